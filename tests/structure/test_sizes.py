"""Small files, small functions: the figures of the style guide."""

from __future__ import annotations

from pathlib import Path
from statistics import median, quantiles

from tests.structure.sources import PRODUCT_FILES, PYTHON_FILES, STYLE_SHEETS, TEMPLATES, functions, text_of


def lines_of(path: Path) -> int:
    return len(text_of(path).splitlines())


def limit(path: Path, product: int, tests: int) -> int:
    """Stories and contracts may be told in one piece; the product may not."""
    return tests if path.parts[0] == "tests" else product


def test_no_python_file_is_too_long() -> None:
    assert {str(path): lines_of(path) for path in PYTHON_FILES if lines_of(path) > limit(path, 400, 600)} == {}


def test_python_files_are_short_on_the_whole() -> None:
    assert median(lines_of(path) for path in PRODUCT_FILES) <= 100


def test_no_function_is_too_long() -> None:
    sizes = [(path, name, size) for path in PYTHON_FILES for name, size in functions(path)]

    assert [(str(path), name, size) for path, name, size in sizes if size > limit(path, 60, 100)] == []


def test_functions_are_short_on_the_whole() -> None:
    sizes = [size for path in PRODUCT_FILES for _name, size in functions(path)]

    assert median(sizes) <= 10
    assert quantiles(sizes, n=10)[-1] <= 35


def test_no_template_is_too_long() -> None:
    assert {str(path): lines_of(path) for path in TEMPLATES if lines_of(path) > 200} == {}


def test_no_style_sheet_is_too_long() -> None:
    assert {str(path): lines_of(path) for path in STYLE_SHEETS if lines_of(path) > 250} == {}
