"""A decision as a table to read: columns, rules, what each gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.decisions import parse
from engine.decisions.labels import read_labels
from engine.decisions.model import Input, Rule, Table
from webapp.language import current_language


@dataclass(frozen=True)
class ShownTable:
    """A decision table; ``inputs`` are (label, expression), ``rules`` the texts of their cells."""

    hit_policy: str
    inputs: list[tuple[str, str]]
    outputs: list[str]
    rules: list[tuple[list[str], list[str]]]


def table_of(content: bytes, key: str) -> ShownTable | None:
    """The table of a decision in a file; None when it is no table but an expression."""
    decision = parse(content).decisions.get(key)
    table = decision.logic if decision is not None else None
    if not isinstance(table, Table):
        return None
    labels = read_labels(content)
    return ShownTable(
        f"{table.hit_policy} {table.aggregation}".strip(),
        [(_label(labels, column), column.expression.text) for column in table.inputs],
        [column.name for column in table.outputs],
        [_texts(rule) for rule in table.rules],
    )


def _label(labels: Mapping[str, Mapping[str, str]], column: Input) -> str:
    known = labels.get(column.expression.text.strip(), {})
    return known.get(current_language()) or column.label


def _texts(rule: Rule) -> tuple[list[str], list[str]]:
    return [cell.text or "-" for cell in rule.cells], [text.text for text in rule.outputs]
