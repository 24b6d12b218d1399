"""A tool loop without asyncio."""

from __future__ import annotations

from collections.abc import Iterator

from rxstream.events import ResponseStreamEvent
from rxstream.tools.conversation import Conversation
from rxstream.tools.execution import Policy, Toolbox
from rxstream.tools.execution_sync import SyncTools
from rxstream.tools.loop_client import StreamingClient
from rxstream.tools.loop_mailbox import Mailbox

__all__ = ["ConversationReader"]


class ConversationReader:
    """Holds a conversation; gives the events in batches, as they come.

    Args:
        client: Sends the requests.
        conversation: One that has not begun.
        toolbox: The tools.
        policy: How calls run.
        eager: Tools run while the stream is read.
    """

    def __init__(
        self, client: StreamingClient, conversation: Conversation, toolbox: Toolbox, policy: Policy, *, eager: bool
    ) -> None:
        self._client = client
        self._conversation = conversation
        self._mailbox = Mailbox(reads_beside=eager)
        self._tools = SyncTools(conversation, toolbox, policy, self._mailbox)

    def __iter__(self) -> Iterator[list[ResponseStreamEvent]]:
        conversation, mailbox = self._conversation, self._mailbox
        going = True
        while going:
            yield [conversation.begin()]
            mailbox.subscribe(self._client.stream(**conversation.request))
            while batch := mailbox.take():
                yield batch  # before anything runs: who leaves when he sees a call has prevented it
                for event in batch:
                    for request in conversation.feed(event):
                        self._tools.start(request)
            going = not mailbox.is_left and conversation.goes_on()

    def close(self) -> None:
        """Leave the stream and the tools that run."""
        self._mailbox.interrupt()
        self._tools.close()

    def interrupt(self) -> None:
        """Make a read that blocks in another thread return."""
        self._mailbox.interrupt()
