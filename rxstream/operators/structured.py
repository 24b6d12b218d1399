"""Operators for structured output: JSON that is used while it arrives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeVar

from pydantic import BaseModel

from rxstream.accumulators.families import FAMILIES, Family
from rxstream.accumulators.structured import (
    ArrayDocument,
    DocumentAccumulator,
    GrowingDocument,
    ModelDocument,
    PartialJSON,
    name_of,
    path_of,
)
from rxstream.accumulators.text import OUTPUT_TEXT
from rxstream.events import ResponseStreamEvent
from rxstream.reactive import IterableOperator, lift
from rxstream.schemas import adapter_of

__all__ = ["elements", "partial_json", "partial_model"]

_T = TypeVar("_T")
_M = TypeVar("_M", bound=BaseModel)

_ARGUMENTS = tuple(family for family in FAMILIES if family.path == ("arguments",))
_TEXTS: dict[str, tuple[Family, ...]] = {"text": OUTPUT_TEXT, "arguments": _ARGUMENTS}


def partial_json(of: Literal["text", "arguments"] = "text") -> IterableOperator[ResponseStreamEvent, PartialJSON]:
    """Emit the value of the JSON that the model writes, each time the value grows.

    ::

        --'{"a": "b'-----'c"'-----'}'------completed--|
        [                partial_json()               ]
        --{a: b}---------{a: bc}--{a: bc}-------------|
          growing        growing  complete

    Strings grow. A number, ``true``, ``false`` and ``null`` are there when their end is seen, keys when their value
    begins. Each text of the response, or each call's arguments, is a document of its own; ``output_index`` and
    ``part_index`` tell which. An emission costs the same however long the document is; its value is put together when
    it is read.

    Keeps: the text and its value.

    Args:
        of: ``text``: the output text. ``arguments``: the arguments of functions and remote (MCP) tools.

    Returns:
        An operator from events to :class:`~rxstream.PartialJSON`.

    Raises:
        ValueError: ``of`` is neither.

    Errors:
        :class:`~rxstream.errors.OutputValidationError`: the text is not JSON.
        :class:`~rxstream.errors.OutputRefusedError`: the response ends, and the model has refused.
        :class:`~rxstream.errors.OutputIncompleteError`: the response ends inside the JSON, or is incomplete without
        any.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> events = [ResponseTextDeltaEvent(output_index=0, delta=delta) for delta in ('{"a": "b', 'c"', "}")]
        >>> collect_now(partial_json(), events)
        [PartialJSON({'a': 'b'}, growing), PartialJSON({'a': 'bc'}, growing), PartialJSON({'a': 'bc'}, complete)]
    """
    families = _TEXTS.get(of)
    if families is None:
        raise ValueError(f"expected of to be one of {', '.join(_TEXTS)}, but got {of!r}")
    return lift(lambda: DocumentAccumulator(families, GrowingDocument))


def partial_model(model: type[_M]) -> IterableOperator[ResponseStreamEvent, _M]:
    """Emit an instance of a pydantic model, each time it grows; the last one is validated as a whole.

    ::

        --'{"name": "Par'-----'is", '---------'"people": 2}'-----------------completed--|
        [                           partial_model(City)                                 ]
        --City(name="Par")----City(name="Paris")----City(name="Paris", people=2)--------|

    Fields that are not there yet are absent: reading one raises ``AttributeError``, and ``model_fields_set`` names
    those that are there, be they ``None``. Their values are of the field's type as soon as they are whole; objects
    inside are validated once, when they close. Earlier instances do not change; what is whole in them is shared with
    later ones, and not to be changed. Defaults are filled in at the end, and the model's own validators see the whole.
    Each text of the response is an instance of its own. ``repr`` of one whose model has a computed field raises while
    it lacks what that is computed from.

    Instances come less often where an open list or string is very long, so that the cost of the whole stays linear;
    :func:`elements` emits each element of such a list.

    Keeps: the text and its values.

    Args:
        model: The model; ``text_format(model)`` asks for it.

    Returns:
        An operator from events to ``model``.

    Raises:
        TypeError: It is no pydantic model, or one without fields of its own (``RootModel``).

    Errors:
        :class:`~rxstream.errors.OutputValidationError`: the text is not JSON, or does not fit the model.
        :class:`~rxstream.errors.OutputRefusedError`: the response ends, and the model has refused.
        :class:`~rxstream.errors.OutputIncompleteError`: the response ends inside the JSON, or is incomplete without
        any.

    Example:
        >>> from pydantic import BaseModel
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> class City(BaseModel):
        ...     name: str
        ...     people: int | None = None
        >>> events = [ResponseTextDeltaEvent(output_index=0, delta=delta) for delta in ('{"name": "Par', 'is"', "}")]
        >>> collect_now(partial_model(City), events)
        [City(name='Par'), City(name='Paris'), City(name='Paris', people=None)]
    """
    if not (isinstance(model, type) and issubclass(model, BaseModel)) or model.__pydantic_root_model__:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"expected a pydantic model with fields, but got {name_of(model)}")
    return lift(lambda: DocumentAccumulator(OUTPUT_TEXT, lambda _key: ModelDocument(model)))


def elements(path: str | Iterable[str | int], model: type[_T]) -> IterableOperator[ResponseStreamEvent, _T]:
    """Emit each element of an array in the output, validated, as soon as it closes.

    ::

        --'{"days": [{"high": 3}'--', {"hi'--'gh": 5}]}'--completed--|
        [                   elements("days", Day)                    ]
        --Day(3)-----------------------------Day(5)------------------|

    Keeps: the text and its values.

    Args:
        path: Where the array stands: keys and indexes with dots between them, or an iterable of them; ``""`` where the
            array is the whole output.
        model: What each element is validated as: a pydantic model, or any type that pydantic knows.

    Returns:
        An operator from events to ``model``.

    Raises:
        TypeError: The path is no path, or pydantic can make nothing of the type.

    Errors:
        :class:`~rxstream.errors.OutputValidationError`: the text is not JSON, an element does not fit, or there is no
        array at the path. The elements before have been emitted.
        :class:`~rxstream.errors.OutputRefusedError`: the response ends, and the model has refused.
        :class:`~rxstream.errors.OutputIncompleteError`: the response ends inside the JSON, or is incomplete without
        any.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> events = [ResponseTextDeltaEvent(output_index=0, delta=delta) for delta in ('{"highs": [3, 1', '5', "]}")]
        >>> collect_now(elements("highs", int), events)
        [3, 15]
    """
    where = path_of(path)
    adapter = adapter_of(model)
    name = name_of(model)
    return lift(lambda: DocumentAccumulator(OUTPUT_TEXT, lambda _key: ArrayDocument(where, adapter, name)))
