"""The requests of a conversation, turn by turn: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from rxstream.models.base import JSONObject

__all__ = ["TurnRequests"]

# What each turn sets anew; `extra_body` goes over all else, so that it must not bring these.
_OWN_FIELDS = ("input", "previous_response_id", "tool_choice", "store", "conversation")

# What servers refuse in an item that is sent again: a status of reasoning; and an id that they look up, or know as one
# that came with reasoning that is not there any more. Calls are whole without it. Messages are, too, but there are
# servers that want the id of a message.
_LEFT_OUT = {"function_call": ("id",), "custom_tool_call": ("id",), "reasoning": ("status",)}
_LEFT_OUT_WITHOUT_REASONING = {**_LEFT_OUT, "message": ("id",)}


class TurnRequests:
    """Makes the request of each turn.

    A turn follows another by ``previous_response_id``, and its input is what the application adds. Where the server
    does not store responses (``store`` is false there, or it gives no id), all that was said is sent again. In a
    ``conversation`` the server adds up by itself.

    Args:
        request: The first request, as keywords of ``client.stream``.

    Attributes:
        request: The request of the turn that begins.

    Example:
        >>> requests = TurnRequests({"model": "gpt-5", "input": "Hi", "tool_choice": "required"})
        >>> requests.add_turn("resp_1", [], [{"type": "function_call_output", "call_id": "call_1", "output": "3"}])
        >>> requests.request["previous_response_id"], len(requests.request["input"]), requests.request["tool_choice"]
        ('resp_1', 1, 'auto')
    """

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._first = _without_own_fields_in_extra_body(request)
        self._said = _input_items(self._first.get("input"))
        self.request = dict(self._first)

    def add_turn(self, response_id: str | None, output: Sequence[JSONObject], added: Sequence[JSONObject]) -> None:
        """Make the request of the next turn.

        Args:
            response_id: The id of the response of this turn; ``None`` where it is not stored.
            output: Its output items.
            added: What the application answers.
        """
        kept = list(filter(_may_be_resent, output))
        left_out = _LEFT_OUT if len(kept) == len(output) else _LEFT_OUT_WITHOUT_REASONING
        self._said += [*(_as_input(item, left_out) for item in kept), *added]
        self.request = {**self._first, "input": list(added)}
        if self._first.get("conversation") is None:
            if response_id and self._first.get("store") is not False:
                self.request["previous_response_id"] = response_id
            else:
                self.request["input"] = list(self._said)
        if "tool_choice" in self._first:
            # A call that is forced was made. Forced again and again, the model would never come to an answer.
            self.request["tool_choice"] = _unforced(self._first["tool_choice"])


def _without_own_fields_in_extra_body(request: Mapping[str, Any]) -> JSONObject:
    extra: Any = request.get("extra_body")
    if not isinstance(extra, Mapping):
        return dict(request)
    body = dict(cast("Mapping[str, Any]", extra))
    own = {name: body.pop(name) for name in _OWN_FIELDS if name in body}
    return {**request, **own, "extra_body": body}


def _input_items(given: object) -> list[Any]:
    if given is None:
        return []
    if isinstance(given, str):
        return [{"type": "message", "role": "user", "content": given}]
    return list(cast("Sequence[Any]", given))


def _may_be_resent(item: JSONObject) -> bool:
    # Reasoning that the server does not store can be resent encrypted, or in full where it is open. Otherwise the API
    # looks for it by its id, and refuses the request.
    return item.get("type") != "reasoning" or bool(item.get("encrypted_content") or item.get("content"))


def _as_input(item: JSONObject, left_out: Mapping[str, Sequence[str]]) -> JSONObject:
    names = left_out.get(str(item.get("type")), ())
    return {
        name: value
        for name, value in item.items()
        # The API takes no `status: null`, but misses these where they are not there.
        if name not in names and (value is not None or name in ("code", "outputs", "result"))
    }


def _unforced(choice: Any) -> Any:
    if not isinstance(choice, Mapping):
        return "auto" if choice == "required" else choice
    settings = cast("Mapping[str, Any]", choice)
    return {**settings, "mode": "auto"} if settings.get("type") == "allowed_tools" else "auto"
