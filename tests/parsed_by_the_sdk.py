"""What OpenAI's SDK makes of a recorded stream of structured output."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import httpx
import openai
from pydantic import BaseModel

_M = TypeVar("_M", bound=BaseModel)


def parsed_by_the_sdk(wire: list[dict[str, Any]], model: type[_M]) -> _M | None:
    """The ``output_parsed`` of ``responses.stream(text_format=model)``, of these events as the body of an answer."""
    body = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in wire)
    answer = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=body)
    transport = httpx.MockTransport(lambda request: answer)
    with httpx.Client(transport=transport) as http_client:
        client = openai.OpenAI(api_key="none", base_url="http://recorded/v1", http_client=http_client, max_retries=0)
        with client.responses.stream(model="recorded", input="", text_format=model) as stream:
            return stream.get_final_response().output_parsed
