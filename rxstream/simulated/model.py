"""The simulated model: request bodies in, events and responses out, with no network and no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from rxstream.errors import ConfigurationError
from rxstream.simulated.conversation import check_calls, item_text
from rxstream.simulated.http_errors import api_error
from rxstream.simulated.ids import IdFactory
from rxstream.simulated.requests import ResponseRequest, parse_request
from rxstream.simulated.response_object import new_response
from rxstream.simulated.scenarios import SCENARIOS, Scenario, Scene
from rxstream.simulated.scenarios.documents import json_text
from rxstream.simulated.script import ResponseScript
from rxstream.simulated.stored import EventStream, SimulatedResponse
from rxstream.simulated.tokens import count_tokens

__all__ = ["SimulatedModel"]

_PREFIX = "scenario:"
_EPOCH = 1_750_000_000
# A server that runs for weeks must not keep every response.
_MOST_KEPT = 1_000
_MODELS = ("gpt-5", "gpt-5-mini", "gpt-4.1", "gpt-4o", "o4-mini")


class SimulatedModel:
    """A model that speaks the Responses API, offline: the same seed and requests give the same bytes.

    It has no clock. Times are passed in as ``now``, in seconds of any clock; without them a response is whole at once.

    Args:
        seed: Decides every id and every choice.
        scenario: The name of one of ``SCENARIOS``, with ``:PARAMETER`` where it takes one. A request may choose
            another one by ``model="scenario:NAME"`` or ``metadata={"scenario": "NAME"}``.
        tokens_per_second: The pace of the events' delays; ``None`` means no delays.

    Raises:
        ConfigurationError: If there is no such scenario, or the pace is not positive.

    Attributes:
        request_count: How many responses were asked for.
        requests: The bodies of the newest requests, in order.
        abandoned: The ids of the newest responses whose stream was closed before its end, in order.

    Example:
        >>> model = SimulatedModel(seed=1)
        >>> model.respond({"model": "gpt-5", "input": "Say 'hi' twice"})["output"][0]["content"][0]["text"]
        'hi, hi'
        >>> [event["type"] for event in model.events({"model": "gpt-5", "input": "Hello"})][:2]
        ['response.created', 'response.in_progress']
    """

    def __init__(
        self, seed: int | str = 0, scenario: str | None = None, tokens_per_second: float | None = None
    ) -> None:
        if scenario is not None and _find(scenario)[0] is None:
            raise ConfigurationError(f"expected a scenario out of {', '.join(SCENARIOS)}, but got {scenario!r}")
        if tokens_per_second is not None and tokens_per_second <= 0:
            raise ConfigurationError(f"expected tokens_per_second above 0 or None, but got {tokens_per_second!r}")
        self.seed = seed
        self.scenario = scenario
        self.tokens_per_second = tokens_per_second
        self.request_count = 0
        self.requests: deque[object] = deque(maxlen=_MOST_KEPT)
        self.abandoned: deque[str] = deque(maxlen=_MOST_KEPT)
        self._request_ids = IdFactory(f"{seed}:requests")
        self._responses: dict[str, SimulatedResponse] = {}
        self._open: set[EventStream] = set()

    @property
    def open_streams(self) -> int:
        """How many streams are being read now."""
        return len(self._open)

    def new_request_id(self) -> str:
        """Draw the ``x-request-id`` of an answer."""
        return self._request_ids.new("req")

    def create(self, body: object, *, now: float = 0.0) -> SimulatedResponse:
        """Make the response to a request body, with all its events.

        Raises:
            SimulatedHTTPError: If the answer is an HTTP error or another body.
        """
        self.request_count += 1
        self.requests.append(body)
        request = parse_request(body)
        conversation = [*self._history(request), *map(self._resolved, request.items)]
        check_calls(conversation)
        made = self._write(request, conversation, now)
        if request.flag("store", True) or made.background:
            self._responses[made.id] = made
            if len(self._responses) > _MOST_KEPT:
                del self._responses[next(iter(self._responses))]
        return made

    def events(self, body: object) -> list[dict[str, Any]]:
        """Give all events of the response to a request body."""
        return self.create(body).events

    def respond(self, body: object) -> dict[str, Any]:
        """Give the final response to a request body."""
        return self.create(body).snapshot()

    def retrieve(self, response_id: str, *, now: float = inf) -> dict[str, Any]:
        """Give a stored response as it stands at ``now``."""
        return self._stored(response_id).snapshot(now)

    def cancel(self, response_id: str, *, now: float = inf) -> dict[str, Any]:
        """Cancel a background response; one that has ended is given as it is."""
        stored = self._stored(response_id)
        if not stored.background:
            raise api_error(400, "Cannot cancel a synchronous response.", param="response_id")
        return stored.cancel(now)

    def delete(self, response_id: str) -> dict[str, Any]:
        """Forget a stored response."""
        self._stored(response_id)
        del self._responses[response_id]
        return {"id": response_id, "object": "response", "deleted": True}

    def stream(self, made: SimulatedResponse) -> EventStream:
        """Read a response's events from the first on."""
        return self._opened(EventStream(made, 0, self._forget))

    def resume(self, response_id: str, *, starting_after: int = -1) -> EventStream:
        """Read the events of a background response whose ``sequence_number`` is above ``starting_after``."""
        stored = self._stored(response_id)
        if not stored.background:
            raise api_error(404, f"Response with id '{response_id}' cannot be streamed: it is not in the background.")
        return self._opened(EventStream(stored, max(0, starting_after + 1), self._forget))

    def close_streams(self) -> None:
        """Close every stream that is being read; its reader finds it at its end."""
        for stream in list(self._open):
            stream.close()

    def models(self) -> dict[str, Any]:
        """Give the list of models, each scenario among them."""
        names = [*_MODELS, *(f"{_PREFIX}{name}" for name in SCENARIOS)]
        return {"object": "list", "data": [_model(name) for name in names]}

    def model(self, name: str) -> dict[str, Any]:
        """Give one model."""
        is_scenario = name.startswith(_PREFIX) and _find(name.removeprefix(_PREFIX))[0] is not None
        if name not in _MODELS and not is_scenario:
            raise api_error(404, f"The model '{name}' does not exist", param="model", code="model_not_found")
        return _model(name)

    def _write(self, request: ResponseRequest, conversation: list[dict[str, Any]], now: float) -> SimulatedResponse:
        scenario, parameter = self._scenario_of(request)
        ids = IdFactory(f"{self.seed}:{self.request_count}")
        scene = Scene(request, conversation, ids.random, parameter, self.request_count)
        script = ResponseScript(
            new_response(request, ids.new("resp"), _EPOCH + self.request_count),
            ids,
            tokens_per_second=self.tokens_per_second,
            max_output_tokens=request.body.get("max_output_tokens"),
            input_tokens=_input_tokens(request, conversation),
            top_logprobs=request.top_logprobs,
        )
        steps = scenario.plan(scene)
        _begin(script)
        for step in steps:
            if script.may_go_on():
                step(script)
        scenario.end(script)
        return SimulatedResponse(
            script.events, script.delays, script.response, [*conversation, *script.output], started_at=now
        )

    def _scenario_of(self, request: ResponseRequest) -> tuple[Scenario, str | None]:
        chosen: Mapping[str, Any] = request.body.get("metadata") or {}
        name = chosen.get("scenario") or self.scenario or "text"
        if "scenario" not in chosen and request.body["model"].startswith(_PREFIX):
            name = request.body["model"].removeprefix(_PREFIX)
        scenario, parameter = _find(str(name))
        if scenario is None:
            raise api_error(
                404,
                f"There is no scenario '{name}'. Known: {', '.join(SCENARIOS)}.",
                param="model",
                code="model_not_found",
            )
        return scenario, parameter

    def _history(self, request: ResponseRequest) -> list[dict[str, Any]]:
        previous = request.body.get("previous_response_id")
        if previous is None:
            return []
        if previous not in self._responses:
            raise api_error(
                400,
                f"Previous response with id '{previous}' not found.",
                param="previous_response_id",
                code="previous_response_not_found",
            )
        return self._responses[previous].items

    def _resolved(self, item: dict[str, Any]) -> dict[str, Any]:
        """Look up an item that is named only."""
        if item["type"] != "item_reference":
            return item
        known: Iterator[dict[str, Any]] = (
            output for made in self._responses.values() for output in made.final["output"]
        )
        found = next((output for output in known if output["id"] == item.get("id")), None)
        if found is None:
            raise api_error(404, f"Item with id '{item.get('id')}' not found.", param="input")
        return found

    def _stored(self, response_id: str) -> SimulatedResponse:
        if response_id not in self._responses:
            raise api_error(404, f"Response with id '{response_id}' not found.")
        return self._responses[response_id]

    def _opened(self, stream: EventStream) -> EventStream:
        self._open.add(stream)
        return stream

    def _forget(self, stream: EventStream) -> None:
        self._open.discard(stream)
        if not stream.ended:
            self.abandoned.append(stream.response.id)


def _find(name: str) -> tuple[Scenario | None, str | None]:
    base, _, parameter = name.partition(":")
    scenario = SCENARIOS.get(base)
    accepted = scenario is not None and (not parameter or scenario.parameter is not None)
    return (scenario if accepted else None), parameter or None


def _begin(script: ResponseScript) -> None:
    if script.response["background"]:
        script.lifecycle("response.created", status="queued")
        script.lifecycle("response.queued")
    else:
        script.lifecycle("response.created")
    script.lifecycle("response.in_progress", status="in_progress")


def _input_tokens(request: ResponseRequest, conversation: list[dict[str, Any]]) -> int:
    instructions = request.body.get("instructions") or ""
    told = instructions if isinstance(instructions, str) else json_text(instructions)
    declared = json_text(request.tools) if request.tools else ""
    return sum(map(count_tokens, (told, declared, *map(item_text, conversation))))


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": _EPOCH, "owned_by": "rxstream"}
