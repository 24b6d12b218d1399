"""Fuzz: ``python -m tests.fuzzing TARGET`` for a minute, ``--seconds N`` for longer, or replay a FILE.

It begins with the kept inputs and prints figures at the end; ``--keep`` puts into the corpus what reached new code,
as few and as small inputs as do. Needs atheris (3.0 for Python 3.11, 3.1 for 3.12 and 3.13), which nothing else does.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from tests.fuzzing.kept import CORPUS, replace
from tests.fuzzing.seeds import WORDS, seeds
from tests.fuzzing.targets import TARGETS

_ROOT = Path(__file__).resolve().parents[2]
_LARGEST = 2048
_KEPT_INPUTS = 48  # of each target, or more where all lines need more; and so many bytes at most
_KEPT_BYTES = 40_000


def _replay(target: str, path: Path) -> None:
    TARGETS[target](path.read_bytes())
    print(f"{target}: as it should be")


def _fuzz(target: str, seconds: int, folder: Path) -> int:
    """Fuzz; return how many inputs went wrong."""
    begun_with, found, crashes = folder / "seeds", folder / "found", folder / "crashes"
    for made in (begun_with, found, crashes):
        made.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(target)):
        (begun_with / f"seed-{number}").write_bytes(seed)
    (folder / "words").write_text("".join(_line_of_dictionary(word) for word in WORDS[target]))
    done = _libfuzzer(
        target,
        f"-max_total_time={seconds}",
        f"-max_len={_LARGEST}",
        f"-artifact_prefix={crashes}/",
        f"-dict={folder / 'words'}",
        "-print_final_stats=1",
        "-timeout=20",
        *map(str, (found, begun_with, CORPUS / target)),
    )
    figures = dict(line[6:].split(": ") for line in done.splitlines() if line.startswith("stat::"))
    wrong = sorted(crashes.iterdir())
    if not figures:
        print(done[-2000:])
    for path in wrong:
        print(_reason(done))
        print(f"replay with: python -m tests.fuzzing {target} {path}")
    print(
        f"{target}: {figures.get('number_of_executed_units')} inputs, {figures.get('average_exec_per_sec')} a second, "
        f"{len(list(found.iterdir()))} of them reached something new, {len(wrong)} crashed"
    )
    return len(wrong) if figures else 1


def _reason(log: str) -> str:
    """Return the traceback in what libFuzzer has printed."""
    _, _, traceback = log.partition("=== Uncaught Python exception: ===\n")
    return (traceback or log[-2000:]).partition("\n\n")[0]


def _keep(target: str, folder: Path) -> None:
    """Keep the fewest inputs that reach all lines; then, while there is room, those that reach some of them oftener."""
    least = folder / "least"
    shutil.rmtree(least, ignore_errors=True)
    least.mkdir()
    chosen: list[bytes] = []
    for counters in (0, 1):
        sources = map(str, (least, CORPUS / target, folder / "found", folder / "seeds"))
        _libfuzzer(target, "-merge=1", f"-use_counters={counters}", f"-max_len={_LARGEST}", *sources)
        inputs = {path.read_bytes() for path in least.iterdir()}.difference(chosen)
        for data in sorted(inputs, key=lambda data: (len(data), data)):
            if (not counters or len(chosen) < _KEPT_INPUTS) and sum(map(len, chosen)) + len(data) <= _KEPT_BYTES:
                chosen.append(data)
        print(f"{target}: {len(inputs)} {'more ' * counters}inputs reach all that is known")
    replace(target, chosen)
    print(f"{target}: {len(chosen)} of them are kept, {sum(map(len, chosen))} bytes")


def _line_of_dictionary(word: bytes) -> str:
    return '"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n'


def _libfuzzer(target: str, *options: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzzing.engine", target, *options],
        cwd=_ROOT,
        capture_output=True,
        check=False,
    )
    return (done.stdout + done.stderr).decode(errors="replace")


def main(arguments: list[str]) -> int:
    """Fuzz or replay; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("file", nargs="?", type=Path, help="an input to replay")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--keep", action="store_true", help="put what was found into the corpus")
    parser.add_argument("--folder", type=Path, help="where new inputs go; by default a new folder")
    given = parser.parse_args(arguments)
    if given.file is not None:
        _replay(given.target, given.file)
        return 0
    if find_spec("atheris") is None:
        parser.error("expected atheris to be installed: pip install -e '.[fuzz]'")
    folder = (given.folder or Path(tempfile.mkdtemp(prefix=f"fuzzing-{given.target}-"))).resolve()
    (CORPUS / given.target).mkdir(parents=True, exist_ok=True)
    wrong = _fuzz(given.target, given.seconds, folder)
    if given.keep:
        _keep(given.target, folder)
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
