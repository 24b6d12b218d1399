"""Events of tools that the server runs: searches, code interpreter, images."""

from __future__ import annotations

from typing import Literal

from rxstream.events.base import Index, ResponseEvent, event_class

__all__ = [
    "ResponseCodeInterpreterCallCodeDeltaEvent",
    "ResponseCodeInterpreterCallCodeDoneEvent",
    "ResponseCodeInterpreterCallCompletedEvent",
    "ResponseCodeInterpreterCallInProgressEvent",
    "ResponseCodeInterpreterCallInterpretingEvent",
    "ResponseFileSearchCallCompletedEvent",
    "ResponseFileSearchCallInProgressEvent",
    "ResponseFileSearchCallSearchingEvent",
    "ResponseImageGenCallCompletedEvent",
    "ResponseImageGenCallGeneratingEvent",
    "ResponseImageGenCallInProgressEvent",
    "ResponseImageGenCallPartialImageEvent",
    "ResponseWebSearchCallCompletedEvent",
    "ResponseWebSearchCallInProgressEvent",
    "ResponseWebSearchCallSearchingEvent",
]


@event_class
class ResponseWebSearchCallInProgressEvent(ResponseEvent):
    """``response.web_search_call.in_progress``: a web search begins."""

    type: Literal["response.web_search_call.in_progress"] = "response.web_search_call.in_progress"
    output_index: Index | None = None
    item_id: str | None = None


@event_class
class ResponseWebSearchCallSearchingEvent(ResponseEvent):
    """``response.web_search_call.searching``: a web search is under way."""

    type: Literal["response.web_search_call.searching"] = "response.web_search_call.searching"
    output_index: Index | None = None
    item_id: str | None = None


@event_class
class ResponseWebSearchCallCompletedEvent(ResponseEvent):
    """``response.web_search_call.completed``: a web search is finished."""

    type: Literal["response.web_search_call.completed"] = "response.web_search_call.completed"
    output_index: Index | None = None
    item_id: str | None = None


@event_class
class ResponseFileSearchCallInProgressEvent(ResponseEvent):
    """``response.file_search_call.in_progress``: a file search begins."""

    type: Literal["response.file_search_call.in_progress"] = "response.file_search_call.in_progress"
    output_index: Index | None = None
    item_id: str | None = None


@event_class
class ResponseFileSearchCallSearchingEvent(ResponseEvent):
    """``response.file_search_call.searching``: a file search is under way."""

    type: Literal["response.file_search_call.searching"] = "response.file_search_call.searching"
    output_index: Index | None = None
    item_id: str | None = None


@event_class
class ResponseFileSearchCallCompletedEvent(ResponseEvent):
    """``response.file_search_call.completed``: a file search is finished."""

    type: Literal["response.file_search_call.completed"] = "response.file_search_call.completed"
    output_index: Index | None = None
    item_id: str | None = None


@event_class
class ResponseCodeInterpreterCallInProgressEvent(ResponseEvent):
    """``response.code_interpreter_call.in_progress``: a call of the code interpreter begins."""

    type: Literal["response.code_interpreter_call.in_progress"] = "response.code_interpreter_call.in_progress"
    output_index: Index | None = None
    item_id: str | None = None


@event_class
class ResponseCodeInterpreterCallInterpretingEvent(ResponseEvent):
    """``response.code_interpreter_call.interpreting``: a call of the code interpreter runs."""

    type: Literal["response.code_interpreter_call.interpreting"] = "response.code_interpreter_call.interpreting"
    output_index: Index | None = None
    item_id: str | None = None


@event_class
class ResponseCodeInterpreterCallCompletedEvent(ResponseEvent):
    """``response.code_interpreter_call.completed``: a call of the code interpreter is finished."""

    type: Literal["response.code_interpreter_call.completed"] = "response.code_interpreter_call.completed"
    output_index: Index | None = None
    item_id: str | None = None


@event_class
class ResponseCodeInterpreterCallCodeDeltaEvent(ResponseEvent):
    """``response.code_interpreter_call_code.delta``: a piece of code."""

    type: Literal["response.code_interpreter_call_code.delta"] = "response.code_interpreter_call_code.delta"
    output_index: Index | None = None
    item_id: str | None = None
    delta: str = ""


@event_class
class ResponseCodeInterpreterCallCodeDoneEvent(ResponseEvent):
    """``response.code_interpreter_call_code.done``: the code is finished."""

    type: Literal["response.code_interpreter_call_code.done"] = "response.code_interpreter_call_code.done"
    output_index: Index | None = None
    item_id: str | None = None
    code: str = ""


@event_class
class ResponseImageGenCallInProgressEvent(ResponseEvent):
    """``response.image_generation_call.in_progress``: an image begins."""

    type: Literal["response.image_generation_call.in_progress"] = "response.image_generation_call.in_progress"
    output_index: Index | None = None
    item_id: str | None = None


@event_class
class ResponseImageGenCallGeneratingEvent(ResponseEvent):
    """``response.image_generation_call.generating``: an image is being drawn."""

    type: Literal["response.image_generation_call.generating"] = "response.image_generation_call.generating"
    output_index: Index | None = None
    item_id: str | None = None


@event_class
class ResponseImageGenCallCompletedEvent(ResponseEvent):
    """``response.image_generation_call.completed``: an image is finished."""

    type: Literal["response.image_generation_call.completed"] = "response.image_generation_call.completed"
    output_index: Index | None = None
    item_id: str | None = None


@event_class
class ResponseImageGenCallPartialImageEvent(ResponseEvent):
    """``response.image_generation_call.partial_image``: the image so far, in base64."""

    type: Literal["response.image_generation_call.partial_image"] = "response.image_generation_call.partial_image"
    output_index: Index | None = None
    item_id: str | None = None
    partial_image_index: Index | None = None
    partial_image_b64: str = ""
    background: str | None = None
    output_format: str | None = None
    quality: str | None = None
    size: str | None = None
