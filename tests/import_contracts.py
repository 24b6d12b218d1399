"""The layers, held against the imports; the contracts are in ``pyproject.toml``."""

import sys

from importlinter.cli import lint_imports

if __name__ == "__main__":
    sys.exit(lint_imports())
