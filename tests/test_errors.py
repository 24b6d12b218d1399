"""What errors keep when they are copied, pickled, or sent from one process to another."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

from rxstream import errors
from rxstream.errors import (
    APIStatusError,
    ArgumentsError,
    BufferOverflowError,
    EventParseError,
    JSONParseError,
    MaxTurnsError,
    MissingExtraError,
    ModerationError,
    NotAnEventStreamError,
    OutputIncompleteError,
    OutputRefusedError,
    OutputValidationError,
    ProtocolError,
    RecordedError,
    RecordingError,
    ResponseFailedError,
    ResponseStreamError,
    ResponseTimeoutError,
    RxstreamError,
    SSELimitError,
    StreamError,
    StructuredOutputError,
    ToolFailedError,
)
from rxstream.events import parse_event

_FAILED: Any = parse_event(
    {"type": "response.failed", "response": {"id": "resp_1", "status": "failed", "error": {"code": "c"}}}
)
_ERROR = parse_event({"type": "error", "code": "c", "message": "m", "param": "p"})

_WITH_ARGUMENTS: dict[type[RxstreamError], Callable[[], RxstreamError]] = {
    SSELimitError: lambda: SSELimitError(7),
    EventParseError: lambda: EventParseError("JSON", "no \ud83d JSON"),
    ProtocolError: lambda: ProtocolError("response.created", 3, "another"),
    ArgumentsError: lambda: ArgumentsError("f", "{", "JSON"),
    BufferOverflowError: lambda: BufferOverflowError(7),
    MissingExtraError: lambda: MissingExtraError("The server", "server", "uvicorn"),
    RecordedError: lambda: RecordedError("elsewhere.Error", "said"),
    RecordingError: lambda: RecordingError("recording.jsonl", 7, "an event", "[]"),
    StreamError: lambda: StreamError("said", response_id="resp_1", last_sequence_number=4, resumable=True),
    APIStatusError: lambda: APIStatusError(
        "said", status_code=429, code="c", param="p", type="t", body=b"b", request_id="r", retry_after=1.5
    ),
    NotAnEventStreamError: lambda: NotAnEventStreamError("said", content_type="text/html", body=b"<", request_id="r"),
    ResponseStreamError: lambda: ResponseStreamError(
        code="c", message="m", param="p", event=_ERROR, response_id="resp_1", last_sequence_number=4
    ),
    JSONParseError: lambda: JSONParseError(7, "a value", "]"),
    StructuredOutputError: lambda: StructuredOutputError("said", text="{"),
    OutputRefusedError: lambda: OutputRefusedError("No.", text="{"),
    OutputIncompleteError: lambda: OutputIncompleteError("max_output_tokens", text="{"),
    OutputValidationError: lambda: OutputValidationError("City", "name: missing", text="{}"),
    ToolFailedError: lambda: ToolFailedError("said", name="add", call_id="call_1"),
    MaxTurnsError: lambda: MaxTurnsError(7),
    ResponseTimeoutError: lambda: ResponseTimeoutError(
        limit="idle", seconds=7.0, outcome=None, response_id="resp_1", last_sequence_number=4
    ),
    ModerationError: lambda: ModerationError("said", text="t", verdict=True, response_id="resp_1"),
    ResponseFailedError: lambda: ResponseFailedError(
        code="c", message="m", response=_FAILED.response, response_id="resp_1", last_sequence_number=4
    ),
}
_CLASSES = sorted(
    (cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, RxstreamError)),
    key=lambda cls: cls.__name__,
)


def _made(cls: type[RxstreamError]) -> RxstreamError:
    return _WITH_ARGUMENTS.get(cls, lambda: cls("said"))()


def _raise(name: str) -> None:
    raise _made(getattr(errors, name))


def _assert_same(found: BaseException, error: RxstreamError) -> None:
    assert type(found) is type(error)
    assert (str(found), repr(found), found.args) == (str(error), repr(error), error.args)
    assert vars(found) == vars(error)
    if isinstance(error, ImportError):
        assert isinstance(found, ImportError)
        assert found.msg == error.msg


def test_every_error_is_looked_at() -> None:
    """Law: the classes are those of ``__all__``, but for the one warning."""
    assert [cls.__name__ for cls in _CLASSES] == sorted({*errors.__all__} - {"RecordingWarning"})


@pytest.mark.parametrize("cls", _CLASSES)
def test_an_error_survives_copies_and_pickles(cls: type[RxstreamError]) -> None:
    """Law: class, text, arguments, attributes and notes stay as they were."""
    error = _made(cls)
    error.add_note("while the test ran")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        _assert_same(pickle.loads(pickle.dumps(error, protocol)), error)
    _assert_same(copy.copy(error), error)
    _assert_same(copy.deepcopy(error), error)
    _assert_same(pickle.loads(pickle.dumps(copy.deepcopy(error))), error)


def test_a_copy_has_notes_and_attributes_of_its_own() -> None:
    """Law: what is set on a copy is not set on the error."""
    error = StreamError("said")
    copied = copy.copy(error)
    copied.response_id = "resp_1"
    assert error.response_id is None


def test_an_error_of_a_users_class_survives_too() -> None:
    """Law: whatever arguments its constructor takes."""
    error = _OfAUser(1, 2)
    _assert_same(pickle.loads(pickle.dumps(error)), error)
    _assert_same(copy.copy(error), error)


class _OfAUser(StreamError):
    def __init__(self, first: int, second: int) -> None:
        super().__init__(f"expected {first}, but got {second}")
        self.second = second


def test_an_error_comes_out_of_a_process_pool() -> None:
    """Law: as it was raised there, and the pool goes on."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        raised = [(cls, pool.submit(_raise, cls.__name__).exception(60)) for cls in _CLASSES]
    for cls, error in raised:
        assert error is not None
        assert (type(error), str(error)) == (cls, str(_made(cls)))
