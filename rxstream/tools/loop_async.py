"""A tool loop in asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from rxstream.events import ResponseStreamEvent
from rxstream.tools.conversation import Conversation
from rxstream.tools.execution import Policy, Toolbox
from rxstream.tools.execution_async import AsyncTools
from rxstream.tools.loop_client import StreamingClient
from rxstream.tools.loop_inbox import Inbox

__all__ = ["converse"]

_LIMIT = 64


async def converse(
    client: StreamingClient, conversation: Conversation, toolbox: Toolbox, policy: Policy
) -> AsyncGenerator[list[ResponseStreamEvent], None]:
    """Hold a conversation; give the events in batches, as they come."""
    inbox = Inbox(_LIMIT)
    tools = AsyncTools(conversation, toolbox, policy, inbox)
    try:
        going = True
        while going:
            yield [conversation.begin()]
            inbox.subscribe(client.stream(**conversation.request))
            while batch := await inbox.take():
                yield batch  # before anything runs: who leaves when he sees a call has prevented it
                for event in batch:
                    for request in conversation.feed(event):
                        tools.start(request)
            going = conversation.goes_on()
    finally:
        await asyncio.gather(inbox.close(), tools.close())
