"""The fuzzer itself, in a process of its own: ``python -m tests.fuzzing.engine TARGET`` and what libFuzzer takes.

It ends the process, hence the process: see :mod:`tests.fuzzing.__main__`.
"""

from __future__ import annotations

import shlex
import sys


def main(target: str, options: list[str]) -> None:
    """Fuzz a target until libFuzzer has enough."""
    import atheris  # it is not there for each Python, and pytest imports all modules

    with atheris.instrument_imports(include=["rxstream"]):
        from tests.fuzzing.targets import TARGETS
    # To minimise, libFuzzer starts itself again: what it takes for its own path goes to a shell.
    itself = f"{shlex.quote(sys.executable)} -m tests.fuzzing.engine {target}"
    atheris.Setup([itself, *options], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
