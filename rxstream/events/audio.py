"""Events of spoken output; they belong to the response, not to an item."""

from __future__ import annotations

from typing import Literal

from rxstream.events.base import ResponseEvent, event_class

__all__ = [
    "ResponseAudioDeltaEvent",
    "ResponseAudioDoneEvent",
    "ResponseAudioTranscriptDeltaEvent",
    "ResponseAudioTranscriptDoneEvent",
]


@event_class
class ResponseAudioDeltaEvent(ResponseEvent):
    """``response.audio.delta``: a piece of audio, in base64."""

    type: Literal["response.audio.delta"] = "response.audio.delta"
    delta: str = ""


@event_class
class ResponseAudioDoneEvent(ResponseEvent):
    """``response.audio.done``: the audio is finished."""

    type: Literal["response.audio.done"] = "response.audio.done"


@event_class
class ResponseAudioTranscriptDeltaEvent(ResponseEvent):
    """``response.audio.transcript.delta``: a piece of the transcript."""

    type: Literal["response.audio.transcript.delta"] = "response.audio.transcript.delta"
    delta: str = ""


@event_class
class ResponseAudioTranscriptDoneEvent(ResponseEvent):
    """``response.audio.transcript.done``: the transcript is finished."""

    type: Literal["response.audio.transcript.done"] = "response.audio.transcript.done"
