"""The project's own files, for the tests that hold its habits."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON_FILES = sorted(
    path.relative_to(ROOT)
    for folder in ("ecsweb", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
PRODUCT_FILES = [path for path in PYTHON_FILES if path.parts[0] == "ecsweb"]
TEMPLATES = sorted(path.relative_to(ROOT) for path in (ROOT / "templates").rglob("*.html"))
STYLE_SHEETS = sorted(path.relative_to(ROOT) for path in (ROOT / "static").rglob("*.css") if "vendor" not in path.parts)


def text_of(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path), filename=str(path))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each function of a file with the number of its lines, decorators and docstring left out."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            yield node.name, (node.end_lineno or node.lineno) - body[0].lineno + 1
