"""Every row of ``tables/``: an expression and what the DMN standard says it gives, by chapter.

A row is ``expression => expected``. What is expected is itself FEEL, kept to plain literals; ``SYNTAX`` means
that the text must be refused when it is read. ``#`` begins a heading. A row of ``cells`` is
``value | unary test => answer``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine.feel import FeelSyntaxError, compile_expression, compile_unary_tests
from engine.feel.values import kind

TABLES = Path(__file__).parent / "tables"
NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
SMALLEST = 600


def _rows(pattern: str) -> Iterator[tuple[str, str, str]]:
    for path in sorted(TABLES.glob(pattern)):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                expression, arrow, expected = line.rpartition(" => ")
                assert arrow, f"{path.name}:{number} has no ' => '"
                yield f"{path.stem}:{number}", expression.strip(), expected.strip()


ROWS = list(_rows("*.txt"))
CELLS = list(_rows("*.cells"))


def _value(text: str) -> object:
    return compile_expression(text).evaluate({}, today=NOW.date(), now=NOW)


def _exact(value: object) -> object:
    """A value that equals another's only if both are of one kind and one zone, all the way down."""
    if isinstance(value, list):
        return [_exact(item) for item in value]
    if isinstance(value, dict):
        return {key: _exact(item) for key, item in value.items()}
    zone = str(getattr(value, "tzinfo", None)) if isinstance(value, (date, datetime)) else ""
    return kind(value), zone, value


@pytest.mark.parametrize(("expression", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_expression_gives_what_the_standard_says(expression: str, expected: str) -> None:
    if expected == "SYNTAX":
        with pytest.raises(FeelSyntaxError):
            compile_expression(expression)
        return
    assert _exact(_value(expression)) == _exact(_value(expected)), expression


@pytest.mark.parametrize(("row", "expected"), [row[1:] for row in CELLS], ids=[row[0] for row in CELLS])
def test_cell_says_of_a_value_what_the_standard_says(row: str, expected: str) -> None:
    value, bar, cell = row.partition(" | ")
    assert bar
    assert compile_unary_tests(cell)(_value(value), {"limit": 7}) is _value(expected), row


def test_the_tables_are_whole() -> None:
    assert len(ROWS) >= SMALLEST
    assert len(CELLS) >= 60
