"""Security 3: what a model writes is never run, and no display takes it for markup."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import rxstream as rxs
from rxstream.models import Response
from tests.exhaustive.stream import EVENTS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of IPython's own modules
    from IPython.core.formatters import DisplayFormatter

_PACKAGE = Path(rxs.__file__).parent
_RUNS = {"eval", "exec", "compile", "__import__"}
_UNPACKS = {"pickle", "cPickle", "marshal", "shelve", "dill", "yaml", "ctypes", "code", "codeop", "runpy", "imp"}
_STARTS = {"subprocess", "pty", "multiprocessing"}
_OF_OS = ("system", "popen", "exec", "spawn", "posix_spawn", "startfile")
_SCRIPT = "<script>alert('x')</script>"


def _evaluations(source: str) -> Iterator[str]:
    """Give what could run a text in a module: by Python, by a shell, by unpickling, by importing what it names."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name) if name in _RUNS:
                yield name
            case ast.Attribute(value=ast.Name(id="builtins"), attr=name) if name in _RUNS:
                yield f"builtins.{name}"
            case ast.Attribute(value=ast.Name(id="os"), attr=name) if name.startswith(_OF_OS):
                yield f"os.{name}"
            case ast.Import(names=names):
                yield from (one.name for one in names if {one.name, one.name.split(".")[0]} & (_UNPACKS | _STARTS))
            case ast.ImportFrom(module=str(module), names=names):
                whole = {module, module.split(".")[0], *(f"{module}.{one.name}" for one in names)}
                yield from sorted(whole & (_UNPACKS | _STARTS | {f"os.{name}" for name in _OF_OS}))
            case ast.Call(func=ast.Name(id="import_module") | ast.Attribute(attr="import_module"), args=[name, *_]):
                if not isinstance(name, ast.Constant):
                    yield f"import_module({ast.unparse(name)})"
            case _:
                pass


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("eval(text)", "eval"),
        ("run = exec", "exec"),
        ("compile(text, '', 'exec')", "compile"),
        ("__import__(text)", "__import__"),
        ("import builtins\nbuiltins.eval(text)", "builtins.eval"),
        ("import pickle", "pickle"),
        ("from pickle import loads", "pickle"),
        ("import subprocess as s", "subprocess"),
        ("os.system(text)", "os.system"),
        ("os.execvp(text, [])", "os.execvp"),
        ("from os import system", "os.system"),
        ("importlib.import_module(text)", "import_module(text)"),
        ("import_module(f'a.{text}')", "import_module(f'a.{text}')"),
    ],
)
def test_what_could_run_a_text_is_found(source: str, found: str) -> None:
    """The search below can find something."""
    assert list(_evaluations(source)) == [found]


def test_S3_nothing_of_the_package_runs_a_text() -> None:
    """Law: no module evaluates, unpickles, starts a shell, or imports what a text names; but for the names of ours."""
    assert list(_evaluations("re.compile(text)\nimport_module('regex')")) == []
    found = {
        (path.relative_to(_PACKAGE).as_posix(), what)
        for path in _PACKAGE.rglob("*.py")
        for what in _evaluations(path.read_text(encoding="utf-8"))
    }
    # `rxstream.testing` and `rxstream.simulated`: the two names are checked in the line before.
    assert found == {("__init__.py", "import_module(f'rxstream.{name}')")}


def test_S3_no_class_displays_itself_as_markup() -> None:
    """Law: there is no HTML display that could forget to escape; whoever adds one shows here that it does not."""
    found = [
        (path.relative_to(_PACKAGE).as_posix(), name)
        for path in _PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _names(node)
        if name.startswith("_repr_") or name in ("_ipython_display_", "_mime_", "__html__")
    ]
    assert found == []


def _names(node: ast.AST) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.Attribute(attr=name):
            return [name]
        case ast.Name(id=name):
            return [name]
        case _:
            return []


def _hostile(value: Any) -> Any:
    """Return JSON with a script in each text, and with fields named as the displays of notebooks are."""
    if isinstance(value, dict):
        fields = {key: _hostile(one) if key not in ("type", "object") else one for key, one in value.items()}
        return {**fields, "_repr_html_": _SCRIPT, "_repr_mimebundle_": {"text/html": _SCRIPT}, "_ipython_display_": 1}
    if isinstance(value, list):
        return [_hostile(one) for one in value]
    return _SCRIPT if isinstance(value, str) else value


def test_S3_a_notebook_shows_what_a_model_wrote_as_text() -> None:
    """Law: not even a field that is named as a method of display is taken for one."""
    shapes = {event["type"]: event for event in EVENTS}.values()
    events = [rxs.parse_event(_hostile(event)) for event in shapes]
    response = Response.model_validate(_hostile(EVENTS[-1]["response"]))
    display = DisplayFormatter()
    shown = [display.format(one)[0] for one in (*events, response, *response.output)]
    assert len(shown) > 10
    assert {kind for one in shown for kind in one} == {"text/plain"}
    assert all(_SCRIPT.replace("'", "") in one["text/plain"].replace("\\'", "").replace("'", "") for one in shown)
