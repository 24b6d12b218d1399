"""Raising the error of an Observable out of an iterator."""

from __future__ import annotations

from rxstream.errors import StreamError

__all__ = ["as_exception", "as_raised"]


def as_exception(error: BaseException) -> StreamError:
    """Return what ``on_error`` is given for what is no ``Exception``.

    Example:
        >>> as_exception(SystemExit(1))
        StreamError('expected the source to be read to its end, but SystemExit was raised')
    """
    failure = StreamError(f"expected the source to be read to its end, but {type(error).__name__} was raised")
    failure.__cause__ = error
    return failure


def as_raised(error: BaseException) -> BaseException:
    """Return what an iterator raises for an error: that error, but for two that would look like its normal end.

    Source: PEP 479, which does the same for generators.

    Example:
        >>> as_raised(StopIteration())
        RuntimeError('the Observable ended with the error StopIteration()')
    """
    if not isinstance(error, (StopIteration, StopAsyncIteration)):
        return error
    raised = RuntimeError(f"the Observable ended with the error {error!r}")
    raised.__cause__ = error
    return raised
