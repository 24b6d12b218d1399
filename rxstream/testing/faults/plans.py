"""Which faults strike which request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import cast

from rxstream.testing.faults.bodies import (
    chunks_of,
    cut_after,
    delay_at,
    double_bytes,
    double_event,
    drip,
    drop_bytes,
    drop_event,
    incomplete_after,
    insert,
    one_buffer,
    overwrite,
    reset_after,
    silence_after,
    swap_bytes,
    swap_events,
)
from rxstream.testing.faults.checks import at_least, seconds_of
from rxstream.testing.faults.exchanges import (
    answer_status,
    delay_answer,
    delay_close,
    fail_close,
    no_answer,
    refuse_connection,
)
from rxstream.testing.faults.fault import Fault

__all__ = ["FaultPlan", "drawn_faults", "in_turn", "plan_of"]

FaultPlan = Callable[[int], Sequence[Fault]]
"""The faults of a request, by its number, from 1."""


def in_turn(*plans: Iterable[Fault]) -> FaultPlan:
    """Return a plan with other faults for each request, and none for those after the last.

    Example:
        >>> plan = in_turn([cut_after(100)], [])
        >>> plan(1), plan(2), plan(3)
        ((cut_after(100),), (), ())
    """
    return _InTurn(tuple(tuple(plan) for plan in plans))


@dataclass(frozen=True, repr=False)
class _InTurn:
    plans: tuple[tuple[Fault, ...], ...]

    def __call__(self, number: int) -> tuple[Fault, ...]:
        return self.plans[number - 1] if number <= len(self.plans) else ()

    def __repr__(self) -> str:
        return f"in_turn({', '.join(map(repr, self.plans))})"


def plan_of(faults: Iterable[Fault] | FaultPlan) -> FaultPlan:
    """Return a plan: the same faults for each request, if it is not one already.

    Raises:
        TypeError: There is something else than faults.
    """
    if callable(faults):
        return faults
    if not isinstance(cast(object, faults), Iterable):
        raise TypeError(f"expected faults in a list, as [cut_after(100)], or a plan, but got {faults!r}")
    kept = tuple(faults)
    for fault in kept:
        if not isinstance(fault, Fault):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"expected faults, as cut_after(100) makes them, but got {fault!r}")
    return lambda _: kept


def drawn_faults(
    seed: int | str, *, body_bytes: int = 16_384, longest_seconds: float = 0.05, most_in_body: int = 3
) -> FaultPlan:
    """Return a plan that draws each request's faults: some in the body, an end to it, one before and one after it.

    The same seed draws the same faults, always and everywhere. In half of the plans the bytes stay what they are, and
    only come late, in other chunks or not all.

    Args:
        seed: Decides everything.
        body_bytes: About how long bodies are: faults strike up to there, half of them near the beginning.
        longest_seconds: How long a delay may be; give more in virtual time.
        most_in_body: How many faults may strike within one body.

    Example:
        >>> drawn_faults(6)(1) == drawn_faults(6)(1)
        True
    """
    at_least(1, body_bytes=body_bytes)
    at_least(0, most_in_body=most_in_body)
    seconds_of(longest_seconds)
    return _Drawn(seed, body_bytes, longest_seconds, most_in_body)


@dataclass(frozen=True, repr=False)
class _Drawn:
    seed: int | str
    body_bytes: int
    longest_seconds: float
    most_in_body: int

    def __call__(self, number: int) -> tuple[Fault, ...]:
        chance = Random(f"{self.seed}/{number}")
        return _Draw(chance, self.body_bytes, self.longest_seconds, self.most_in_body).faults()

    def __repr__(self) -> str:
        limits = f"body_bytes={self.body_bytes}, longest_seconds={self.longest_seconds}"
        return f"drawn_faults({self.seed!r}, {limits}, most_in_body={self.most_in_body})"


@dataclass(frozen=True)
class _Draw:
    random: Random
    body_bytes: int
    longest_seconds: float
    most_in_body: int

    def faults(self) -> tuple[Fault, ...]:
        chance = self.random.random
        drawn: list[Fault] = []
        if chance() < 0.15:
            drawn.append(self._before())
        harm = self.random.choice((self._delay, self._harm))
        drawn += [harm() for _ in range(self.random.randint(0, self.most_in_body))]
        if chance() < 0.6:
            drawn.append(self._end())
        if chance() < 0.4:
            drawn.append(self._cut())
        if chance() < 0.15:
            drawn.append(self.random.choice((fail_close(), delay_close(self._seconds()))))
        return tuple(drawn)

    def _before(self) -> Fault:
        status = self.random.choice((400, 401, 404, 408, 409, 429, 500, 502, 503, 504))
        return self.random.choice(
            (
                delay_answer(self._seconds()),
                delay_answer(self._seconds()),
                no_answer(),
                refuse_connection(),
                answer_status(status, b'{"error": {"message": "drawn", "code": "drawn"}}'),
                answer_status(status, b"<html>", {"content-type": "text/html"}),
            )
        )

    def _delay(self) -> Fault:
        at, size = self._offset(), 1 << self.random.randrange(10)
        return self.random.choice((delay_at(at, self._seconds()), drip(at, size, self._seconds() / size)))

    def _harm(self) -> Fault:
        at, size, index = self._offset(), 1 << self.random.randrange(10), self.random.randrange(60)
        return self.random.choice(
            (
                self._delay(),
                insert(at, self._garbage()),
                overwrite(at, self._garbage()),
                drop_bytes(at, size),
                double_bytes(at, size),
                swap_bytes(at, size),
                drop_event(index),
                double_event(index),
                swap_events(index),
            )
        )

    def _end(self) -> Fault:
        end = self.random.choice((cut_after, incomplete_after, reset_after, silence_after))
        return end(self._offset())

    def _cut(self) -> Fault:
        if self.random.random() < 0.1:  # the slowest of all by far
            return drip()
        return self.random.choice((one_buffer(), chunks_of(1 << self.random.randrange(4, 14))))

    def _garbage(self) -> bytes:
        noise = self.random.randbytes(1 << self.random.randrange(6))
        return self.random.choice((noise, noise, b"\n", b"\r", b"\n\n", b"\0", b"data: ", b'"', b"\xef\xbb\xbf", b"\\"))

    def _offset(self) -> int:
        if self.random.random() < 0.5:
            return self.random.randrange(self.body_bytes)
        return int(self.body_bytes ** self.random.random()) - 1

    def _seconds(self) -> float:
        return round(self.random.random() ** 3 * self.longest_seconds, 6)
