"""Checks a decision file before anyone depends on it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.decisions import model as m
from engine.decisions.errors import DecisionBroken
from engine.decisions.findings import DecisionFinding, error
from engine.decisions.requirements import known, needed_decisions
from engine.decisions.table_check import check_table
from engine.decisions.types import known_type
from engine.decisions.walk import UseOfText, texts
from engine.feel import FeelSyntaxError
from engine.feel.builtins import BUILTINS

ANYTHING = frozenset({"*"})
"""Stands for surroundings whose names cannot be known."""


def check(model: m.DecisionModel) -> list[DecisionFinding]:
    """All findings of a file, by line. Errors mean that it must not be deployed.

    Codes: ``feel_syntax``, and ``decision_…`` for import, duplicate, requirement_missing, circle,
    unknown_name, unknown_type, no_logic, language, hit_policy, aggregation, aggregation_place,
    no_output_values, no_outputs, no_rules, output_names, rule_shape, empty_output, output_not_allowed,
    value_not_allowed, cell_type, column_kinds, cell_unchecked, rule_impossible, gap, overlap,
    rules_differ, rule_hidden, too_complex.
    """
    findings = list(_file(model))
    for decision in model.decisions.values():
        loose = not any(requirement.target in model.inputs for requirement in decision.requirements)
        findings += _element(model, decision.logic, decision, loose=loose)
    for knowledge in model.knowledge.values():
        findings += _element(model, knowledge.function, knowledge, loose=False)
    for item in model.types.values():
        findings += _type(model, item)
    return sorted(findings, key=lambda finding: finding.line)


def _file(model: m.DecisionModel) -> Iterator[DecisionFinding]:
    for one in (one for one in model.imports if one.model is None):
        yield error("decision_import", one.place, name=one.name)
    for name, place in model.duplicates:
        yield error("decision_duplicate", place, name=name)
    if not model.decisions:
        yield error("decision_none", m.Place(model.model_id, model.name, 1))
    for key, decision in model.decisions.items():
        try:
            needed_decisions(model, [key])
        except DecisionBroken as broken:
            if broken.code == "decision_circle" and broken.params.get("element_id") == key:
                yield error("decision_circle", decision.place, decision=decision.name)


def _element(
    model: m.DecisionModel, logic: m.Boxed, element: m.Decision | m.Knowledge, *, loose: bool
) -> Iterator[DecisionFinding]:
    for requirement in element.requirements:
        if not _is_there(model, requirement):
            yield error("decision_requirement_missing", requirement.place, target=requirement.target)
    if not known_type(model, element.type_ref):
        yield error("decision_unknown_type", element.place, type=element.type_ref)
    surroundings = _surroundings(model, logic, element.requirements, loose=loose)
    for use in texts(logic, surroundings):
        yield from _text(model, use)


def _is_there(model: m.DecisionModel, requirement: m.Requirement) -> bool:
    if model.holds(requirement):
        return known(model, requirement.target)
    found = model.imported(requirement.namespace)
    return found is not None and found.model is not None and known(found.model, requirement.target)


def _surroundings(
    model: m.DecisionModel, logic: m.Boxed, requirements: tuple[m.Requirement, ...], *, loose: bool
) -> frozenset[str]:
    """The names a logic may use: what it requires.

    A ``loose`` decision, drawn without input data, takes its inputs straight from the process: a table
    those that its input columns name, other logic any; but never input data drawn for others.
    """
    names: set[str] = set()
    for requirement in requirements:
        found = None if model.holds(requirement) else model.imported(requirement.namespace)
        if found is not None and found.name:
            names.add(found.name)
            continue
        holder = model if found is None or found.model is None else found.model
        for part in (holder.decisions, holder.inputs, holder.knowledge, holder.services):
            element = part.get(requirement.target)
            if element is not None:
                names.add(element.name)
    if loose and isinstance(logic, m.Table):
        drawn = {data.name for data in model.inputs.values()}
        for column in logic.inputs:
            expression = column.expression.expression
            names |= (expression.names if expression else frozenset()) - drawn
    elif loose:
        names |= ANYTHING
    return frozenset(names)


def _text(model: m.DecisionModel, use: UseOfText) -> Iterator[DecisionFinding]:
    if isinstance(use.part, m.Unsupported):
        yield error(use.part.code, use.part.place, found=use.part.found)
    elif isinstance(use.part, m.Table):
        yield from check_table(model, use.part)
    elif isinstance(use.part, str):
        if not known_type(model, use.part):
            yield error("decision_unknown_type", use.place, type=use.part)
    elif use.part.error is not None:
        yield _syntax(use.part, use.part.error)
    else:
        yield from _unknown_names(model, use.part, use.names)


def _syntax(part: m.Text | m.Cell, problem: FeelSyntaxError) -> DecisionFinding:
    """What is wrong with a text: the reason's code and parameters, and line and column within the text."""
    return error(
        "feel_syntax",
        part.place,
        what=part.place.element_name,
        text=part.text[:200],
        detail=problem.code,
        line=problem.line,
        column=problem.column,
        reasons=dict(problem.params),
    )


def _unknown_names(
    model: m.DecisionModel, part: m.Text | m.Cell, names: frozenset[str]
) -> Iterator[DecisionFinding]:
    read = part.tests if isinstance(part, m.Cell) else part.expression
    unknown = (read.names if read else frozenset()) - names - BUILTINS.keys()
    if names >= ANYTHING:
        unknown &= {data.name for data in model.inputs.values()}
    for name in sorted(unknown):
        yield error("decision_unknown_name", part.place, name=name, text=part.text[:60])


def _type(model: m.DecisionModel, item: m.ItemType) -> Iterator[DecisionFinding]:
    if not known_type(model, item.type_ref):
        yield error("decision_unknown_type", item.place, type=item.type_ref)
    for cell in (item.allowed, item.constraint):
        if cell is not None and cell.error is not None:
            yield _syntax(cell, cell.error)
    for component in item.components:
        yield from _type(model, component)
