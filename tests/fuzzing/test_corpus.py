"""The inputs that fuzzing has kept, and some like them: only errors of ours come out, and what is right is right.

``python -m tests.fuzzing TARGET --seconds N`` looks for more.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from rxstream.cli import terminal as terminal_module
from rxstream.events import parse_event
from rxstream.recordings import reader as reader_module
from rxstream.sources import encoding
from rxstream.sse import ServerSentEvent, SSEDecoder
from tests.fuzzing import decoding, events, inflating, partial_json, recordings, terminal
from tests.fuzzing.__main__ import main
from tests.fuzzing.kept import CORPUS, kept
from tests.fuzzing.mutations import mutations
from tests.fuzzing.seeds import WORDS, seeds
from tests.fuzzing.targets import TARGETS

_ROOT = Path(__file__).resolve().parents[2]
_MUTATIONS = 2_500


@pytest.mark.parametrize("target", TARGETS)
def test_the_kept_inputs_and_the_seeds_do_no_harm(target: str) -> None:
    """Law: what once reached new code, or went wrong, is tried each time."""
    _try_all(target)


@pytest.mark.parametrize("target", TARGETS)
def test_inputs_like_those_that_are_kept_do_no_harm(target: str) -> None:
    """Law: of 2,500 changed ones, the same in each run."""
    for data in islice(mutations([*kept(target), *seeds(target)], WORDS[target], seed=6), _MUTATIONS):
        _try(target, data)


def _try_all(target: str) -> None:
    for data in [*kept(target), *seeds(target)]:
        _try(target, data)


def _try(target: str, data: bytes) -> None:
    try:
        TARGETS[target](data)
    except Exception as error:
        raise AssertionError(f"{target}: {data!r}") from error


def test_the_corpus_is_small_and_kept_as_it_is() -> None:
    """Law: of each target some inputs, together at most 300 and 200 kB; git changes no byte of them."""
    inputs = [path for target in TARGETS for path in (CORPUS / target).iterdir()]
    assert {path.parent.name for path in inputs} == set(TARGETS)
    assert len(inputs) <= 300
    assert sum(path.stat().st_size for path in inputs) <= 200_000
    assert (CORPUS / ".gitattributes").read_text() == "* -text\n"
    assert {path.name for path in CORPUS.iterdir()} == {".gitattributes", *TARGETS}


def test_the_targets_need_no_fuzzer() -> None:
    """Law: the engine alone imports atheris, which is not there for each Python."""
    code = "import sys, tests.fuzzing.targets, tests.fuzzing.__main__; print('atheris' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=_ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_an_input_is_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Law: by the line that is printed where one goes wrong."""
    path = tmp_path / "crash"
    path.write_bytes(b"data: x\n\n")
    assert main(["decoder", str(path)]) == 0
    assert capsys.readouterr().out == "decoder: as it should be\n"


class _Sticky(SSEDecoder):
    """Takes what is left of a line in a chunk for a line of its own."""

    def feed(self, chunk: bytes | bytearray | memoryview) -> list[ServerSentEvent]:
        return [*super().feed(chunk), *(super().feed(b"\n") if chunk and chunk[-1:] != b"\r" else ())]


def _foreign(*_args: object, **_options: object) -> object:
    raise KeyError("foreign")


@pytest.mark.parametrize(
    ("target", "module", "name", "broken"),
    [
        ("decoder", decoding, "SSEDecoder", _Sticky),
        ("event_parser", events, "parse_event", _foreign),
        ("event_parser", events, "parse_event", lambda data: parse_event({"type": "ping"})),
        ("inflater", encoding, "_PIECE_BYTES", 1 << 17),
        ("inflater", inflating, "Inflater", _foreign),
        ("partial_json", partial_json, "PartialJSONParser", _foreign),
        ("recording", reader_module, "parse_event", _foreign),
        ("recording", recordings, "_is_recorded", lambda data, error: False),
        ("terminal", terminal, "plain_text", str),
        ("terminal", terminal_module, "_UNSAFE", re.compile("\x1b")),
    ],
)
def test_the_targets_can_fail(
    target: str, module: object, name: str, broken: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Law: a mistake in the library, or an error that is not ours, is found by some of the kept inputs and seeds."""
    monkeypatch.setattr(module, name, broken)
    with pytest.raises(AssertionError, match=f"^{target}: b"):
        _try_all(target)
