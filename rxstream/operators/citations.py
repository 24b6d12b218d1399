"""The operator for citations."""

# No `from __future__ import annotations` here: the operator has that name.

from rxstream.accumulators.annotations import AnnotationAccumulator
from rxstream.events import ResponseStreamEvent
from rxstream.models.parts import Annotation
from rxstream.reactive import IterableOperator, lift

__all__ = ["annotations"]


def annotations() -> IterableOperator[ResponseStreamEvent, Annotation]:
    """Emit each annotation of the response's text: citations of web pages and files.

    ::

        --"Hel"--added(url)--done(url, file)--|
        [            annotations()            ]
        ---------url---------file-------------|

    Each is emitted once, when it is added, or else when a ``.done`` or the terminal event brings it.

    Keeps: the annotations that were emitted.

    Returns:
        An operator from events to annotations, as in :mod:`rxstream.models`.

    Errors:
        None of its own; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseOutputTextAnnotationAddedEvent
        >>> from rxstream.models import AnnotationURLCitation
        >>> event = ResponseOutputTextAnnotationAddedEvent(
        ...     output_index=0, content_index=0, annotation=AnnotationURLCitation(url="https://a.example"))
        >>> [annotation.url for annotation in collect_now(annotations(), [event])]
        ['https://a.example']
    """
    return lift(_Annotations)


class _Annotations:
    def __init__(self) -> None:
        self.feed = AnnotationAccumulator().feed

    def close(self) -> tuple[()]:
        return ()
