"""``POST /v1/moderations`` of the simulated model."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import httpx
import httpx2
import openai
import pytest
from openai.types import ModerationCreateResponse

from rxstream.simulated import SimulatedTransport, running_server
from rxstream.simulated.moderations import CATEGORIES, moderate_input
from rxstream.simulated.server import RunningServer

_URL = "http://simulated/v1/moderations"


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server(seed=5) as base_url:
        yield base_url


def flagged(text: Any) -> list[set[str]]:
    """The flagged categories of each result."""
    results = moderate_input({"input": text})["results"]
    assert all(result["flagged"] == any(result["categories"].values()) for result in results)
    return [{name for name, value in result["categories"].items() if value} for result in results]


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ("Hello", [set()]),
        ("please FLAG-ME", [{"violence"}]),
        ("FLAG-ME:hate/threatening and FLAG-ME:illicit", [{"hate/threatening", "illicit"}]),
        ("You Idiot, I kill the process", [{"harassment", "violence"}]),
        ("skill, idiots", [set()]),
        (["Hello", "FLAG-ME"], [set(), {"violence"}]),
        ([{"type": "text", "text": "FLAG-ME"}, {"type": "image_url", "image_url": {"url": "data:,"}}], [{"violence"}]),
    ],
)
def test_the_rule_is_the_documented_one(text: Any, categories: list[set[str]]):
    """Marks and whole words flag their category; strings have a result each, parts one together."""
    assert flagged(text) == categories


def test_the_same_request_has_the_same_answer():
    """Id and scores are made of the text alone."""
    first, second, other = (moderate_input({"input": text}) for text in ("Hello", "Hello", "Bye"))
    assert first == second
    assert first["id"] != other["id"]
    assert all(0 <= score < 0.011 for score in first["results"][0]["category_scores"].values())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([], 400),
        ({}, 400),
        ({"input": 3}, 400),
        ({"input": []}, 400),
        ({"input": ["a", 3]}, 400),
        ({"input": [{"type": "text"}]}, 400),
        ({"input": "a", "model": "gpt-5"}, 404),
        ({"input": "a", "model": 5}, 404),
    ],
)
@pytest.mark.parametrize("family", [httpx, httpx2])
def test_what_is_no_request_is_refused_in_the_apis_shape(family: ModuleType, body: Any, status: int):
    """As with any other route."""
    with family.Client(transport=SimulatedTransport()) as client:
        response = client.post(_URL, json=body)
        assert client.post(_URL, content=b"{").status_code == 400
        assert client.get(_URL).status_code == 405
    assert response.status_code == status
    assert response.json()["error"]["message"]


def check_answer(answer: ModerationCreateResponse) -> None:
    """The answer is one that the SDK's types take, with every category flagged or not, and scored."""
    [result] = ModerationCreateResponse.model_validate(answer.to_dict(), strict=True).results
    assert result.flagged
    assert result.categories.violence
    for shown in (result.categories, result.category_scores, result.category_applied_input_types):
        assert set(shown.model_dump(by_alias=True)) == set(CATEGORIES)
        assert not shown.model_extra
    assert result.category_scores.violence == 0.9


def test_openais_sdk_asks_a_running_server(server: RunningServer):
    """Over a socket, synchronously and asynchronously."""
    settings: Any = {"base_url": server, "api_key": "test", "max_retries": 0}
    with openai.OpenAI(**settings) as client:
        check_answer(client.moderations.create(input="FLAG-ME", model="omni-moderation-latest"))
        with pytest.raises(openai.NotFoundError):
            client.moderations.create(input="Hello", model="no-such-model")

    async def ask() -> ModerationCreateResponse:
        async with openai.AsyncOpenAI(**settings) as client:
            return await client.moderations.create(input="FLAG-ME")

    check_answer(asyncio.run(ask()))


def test_openais_sdk_asks_in_process():
    """Through the transport, without a socket."""
    http_client = httpx.Client(transport=SimulatedTransport())
    with openai.OpenAI(base_url="http://simulated/v1", api_key="test", http_client=http_client) as client:
        check_answer(client.moderations.create(input="FLAG-ME"))
