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
        findings += _element(model, decision.logic, decision.requirements, decision.type_ref, decision.place)
    for knowledge in model.knowledge.values():
        findings += _element(
            model, knowledge.function, knowledge.requirements, knowledge.type_ref, knowledge.place
        )
    for item in model.types.values():
        findings += _type(model, item)
    return sorted(findings, key=lambda finding: finding.line)


def _file(model: m.DecisionModel) -> Iterator[DecisionFinding]:
    for name, place in model.imports:
        yield error("decision_import", place, name=name)
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
    model: m.DecisionModel,
    logic: m.Boxed,
    requirements: tuple[m.Requirement, ...],
    type_ref: str,
    place: m.Place,
) -> Iterator[DecisionFinding]:
    for requirement in requirements:
        if requirement.external or not known(model, requirement.target):
            yield error("decision_requirement_missing", requirement.place, target=requirement.target)
    if not known_type(model, type_ref):
        yield error("decision_unknown_type", place, type=type_ref)
    surroundings = _surroundings(model, logic, requirements)
    for use in texts(logic, surroundings):
        yield from _text(model, use)


def _surroundings(
    model: m.DecisionModel, logic: m.Boxed, requirements: tuple[m.Requirement, ...]
) -> frozenset[str]:
    """The names a logic may use: what it requires.

    A decision that is drawn without input data takes its inputs straight from the process: a table those
    that its input columns name, other logic any.
    """
    names = set()
    for requirement in requirements:
        for part in (model.decisions, model.inputs, model.knowledge, model.services):
            element = part.get(requirement.target)
            if element is not None:
                names.add(element.name)
    if not any(requirement.target in model.inputs for requirement in requirements):
        if not isinstance(logic, m.Table):
            names |= ANYTHING
        else:
            for column in logic.inputs:
                names |= column.expression.expression.names if column.expression.expression else set()
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
        problem = use.part.error
        yield error(
            "feel_syntax",
            use.part.place,
            text=use.part.text[:200],
            reason=problem.code,
            line=problem.line,
            column=problem.column,
            details=dict(problem.params),
        )
    elif not use.names >= ANYTHING:
        used = use.part.tests.names if isinstance(use.part, m.Cell) and use.part.tests else frozenset()
        if isinstance(use.part, m.Text) and use.part.expression:
            used = use.part.expression.names
        for name in sorted(used - use.names - BUILTINS.keys()):
            yield error("decision_unknown_name", use.part.place, name=name, text=use.part.text[:60])


def _type(model: m.DecisionModel, item: m.ItemType) -> Iterator[DecisionFinding]:
    if not known_type(model, item.type_ref):
        yield error("decision_unknown_type", item.place, type=item.type_ref)
    if item.allowed is not None and item.allowed.error is not None:
        yield error(
            "feel_syntax", item.allowed.place, text=item.allowed.text[:200], reason=item.allowed.error.code
        )
    for component in item.components:
        yield from _type(model, component)
