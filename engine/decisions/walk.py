"""Walks over a boxed expression and names everything in it that can be wrong, with the names in reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from engine.decisions import model as m


@dataclass(frozen=True, slots=True)
class UseOfText:
    """A text, table, missing logic or type name, with the names that its place may use."""

    part: m.Text | m.Cell | m.Table | m.Unsupported | str
    names: frozenset[str]
    place: m.Place


Uses = Iterator[UseOfText]


def texts(logic: m.Boxed, names: frozenset[str]) -> Uses:
    """Everything to be checked in a boxed expression."""
    if isinstance(logic, m.Unsupported):
        yield UseOfText(logic, names, logic.place)
    else:
        yield from _WALKS[type(logic)](logic, names)


def _literal(logic: m.Literal, names: frozenset[str]) -> Uses:
    yield UseOfText(logic.text, names, logic.place)
    yield UseOfText(logic.type_ref, names, logic.place)


def _table(table: m.Table, names: frozenset[str]) -> Uses:
    yield UseOfText(table, names, table.place)
    for column in table.inputs:
        yield UseOfText(column.expression, names, column.place)
        yield UseOfText(column.type_ref, names, column.place)
        if column.allowed:
            yield UseOfText(column.allowed, names, column.place)
    for output in table.outputs:
        yield UseOfText(output.type_ref, names, output.place)
        if output.allowed:
            yield UseOfText(output.allowed, names, output.place)
        if output.default:
            yield UseOfText(output.default, names, output.place)
    for rule in table.rules:
        for cell in rule.cells:
            yield UseOfText(cell, names, rule.place)
        for text in rule.outputs:
            yield UseOfText(text, names, rule.place)


def _context(logic: m.Context, names: frozenset[str]) -> Uses:
    for name, type_ref, boxed in logic.entries:
        own = {name} if isinstance(boxed, m.FunctionDefinition) else set()
        yield from texts(boxed, names | own)
        yield UseOfText(type_ref, names, logic.place)
        names |= {name}


def _list(logic: m.BoxedList, names: frozenset[str]) -> Uses:
    for item in logic.items:
        yield from texts(item, names)


def _relation(logic: m.Relation, names: frozenset[str]) -> Uses:
    for row in logic.rows:
        for item in row:
            yield from texts(item, names)


def _invocation(logic: m.Invocation, names: frozenset[str]) -> Uses:
    yield from texts(logic.function, names)
    for _name, boxed in logic.bindings:
        yield from texts(boxed, names)
    yield UseOfText(logic.type_ref, names, logic.place)


def _function(logic: m.FunctionDefinition, names: frozenset[str]) -> Uses:
    for _name, type_ref in logic.parameters:
        yield UseOfText(type_ref, names, logic.place)
    yield from texts(logic.body, names | {name for name, _type in logic.parameters})


def _conditional(logic: m.Conditional, names: frozenset[str]) -> Uses:
    for part in (logic.condition, logic.chosen, logic.otherwise):
        yield from texts(part, names)


def _iteration(logic: m.Iteration, names: frozenset[str]) -> Uses:
    yield from texts(logic.source, names)
    if logic.kind == "filter":
        names |= {"*"}
    yield from texts(logic.body, names | {logic.variable, "partial"})


_WALKS: dict[type, Callable[[Any, frozenset[str]], Uses]] = {
    m.Table: _table,
    m.Literal: _literal,
    m.Context: _context,
    m.BoxedList: _list,
    m.Relation: _relation,
    m.Invocation: _invocation,
    m.FunctionDefinition: _function,
    m.Conditional: _conditional,
    m.Iteration: _iteration,
}
