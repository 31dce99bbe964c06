"""`python3 ecsweb/management COMMAND`: by path, since `import ecsweb` needs packages not installed yet."""

from __future__ import annotations

import sys
from importlib import import_module

if __name__ == "__main__":
    sys.exit(import_module("launcher.command_line").main(sys.argv[1:]))
