"""Raising the error of an Observable out of an iterator."""

from __future__ import annotations

__all__ = ["as_raised"]


def as_raised(error: Exception) -> Exception:
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
