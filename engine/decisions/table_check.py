"""Checks one decision table: shape, policy, allowed values, gaps, overlaps, rules that never fire."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from engine.decisions.columns import CellSet, Column, build_column, read_cell
from engine.decisions.coverage import Box, Coverage, TooComplexError
from engine.decisions.findings import DecisionFinding, error, warning
from engine.decisions.hit_policies import AGGREGATIONS, HIT_POLICIES, RANKED, SEVERAL, allowed_outputs
from engine.decisions.model import Cell, DecisionModel, Input, Rule, Table, Text
from engine.decisions.types import BASE_TYPES, INTEGER_TYPES, base_type
from engine.feel import DEFAULT, FeelError, Run
from engine.feel.comparison import same
from engine.feel.values import kind

MAX_REPORTED = 20


def check_table(model: DecisionModel, table: Table) -> Iterator[DecisionFinding]:
    """Everything that is wrong with a table but its FEEL texts, which are checked with all others."""
    yield from _policy(model, table)
    shapes = list(_shape(table))
    yield from shapes
    yield from _outputs(model, table)
    if not shapes and table.broken is None and table.rules and table.inputs:
        yield from _coverage(model, table)


def _policy(model: DecisionModel, table: Table) -> Iterator[DecisionFinding]:
    if table.hit_policy not in HIT_POLICIES:
        known = ", ".join(sorted(HIT_POLICIES))
        yield error("decision_hit_policy", table.place, found=table.hit_policy[:40], known=known)
    if table.aggregation not in AGGREGATIONS:
        known = ", ".join(sorted(AGGREGATIONS - {""}))
        yield error("decision_aggregation", table.place, found=table.aggregation[:40], known=known)
    elif table.aggregation and (table.hit_policy != "COLLECT" or len(table.outputs) != 1):
        yield error("decision_aggregation_place", table.place, found=table.aggregation)
    if table.hit_policy in RANKED and not any(allowed_outputs(model, output) for output in table.outputs):
        yield error("decision_no_output_values", table.place, hit_policy=table.hit_policy)


def _shape(table: Table) -> Iterator[DecisionFinding]:
    if not table.outputs:
        yield error("decision_no_outputs", table.place)
    if not table.rules:
        yield error("decision_no_rules", table.place)
    names = [output.name for output in table.outputs]
    if len(names) > 1 and (not all(names) or len(set(names)) != len(names)):
        yield error("decision_output_names", table.place)
    for rule in table.rules:
        if len(rule.cells) != len(table.inputs) or len(rule.outputs) != len(table.outputs):
            yield error(
                "decision_rule_shape",
                rule.place,
                rule=rule.index,
                inputs=len(table.inputs),
                outputs=len(table.outputs),
            )


def _constant(text: Text) -> tuple[bool, object]:
    """Whether a text is a constant, and its value."""
    expression = text.expression
    if expression is None or expression.names or expression.item_names:
        return False, None
    run = Run(DEFAULT, None, None, None)
    try:
        value = expression.run({}, run)
    except FeelError:
        return False, None
    return not run.warnings, value


def _outputs(model: DecisionModel, table: Table) -> Iterator[DecisionFinding]:
    for rule in table.rules:
        for output, text in zip(table.outputs, rule.outputs, strict=False):
            if not text.text:
                yield warning("decision_empty_output", text.place, rule=rule.index)
                continue
            allowed = allowed_outputs(model, output)
            known, value = _constant(text)
            if known and allowed is not None and allowed.tests is not None:
                run = Run(DEFAULT, None, None, None)
                if allowed.tests.run(value, {}, run) is False:
                    yield error(
                        "decision_output_not_allowed",
                        text.place,
                        rule=rule.index,
                        found=text.text[:60],
                        allowed=allowed.text[:200],
                    )


def _allowed(model: DecisionModel, column: Input) -> Cell | None:
    if column.allowed is not None:
        return column.allowed
    names = [data for data in model.inputs.values() if data.name == column.expression.text]
    for type_ref in (column.type_ref, *(data.type_ref for data in names)):
        item = model.types.get(type_ref)
        if item is not None and item.allowed is not None and not item.is_list:
            return item.allowed
    return None


def _column_type(model: DecisionModel, column: Input) -> str:
    names = [data.type_ref for data in model.inputs.values() if data.name == column.expression.text]
    bases = (base_type(model, type_ref) for type_ref in (column.type_ref, *names) if type_ref)
    return next((base for base in bases if base), "")


def _columns(model: DecisionModel, table: Table) -> tuple[list[Column], list[DecisionFinding]]:
    columns: list[Column] = []
    findings: list[DecisionFinding] = []
    for index, column in enumerate(table.inputs):
        base = _column_type(model, column)
        cells = [_typed(read_cell(rule.cells[index]), rule, index, base, findings) for rule in table.rules]
        allowed_cell = _allowed(model, column)
        allowed = None if allowed_cell is None else read_cell(allowed_cell)
        built = build_column(
            column.label, cells, allowed, integers=base in INTEGER_TYPES, boolean=base == "boolean"
        )
        if built is None:
            findings.append(error("decision_column_kinds", column.place, column=column.label))
            cells = [CellSet(any_value=cell.any_value, unknown=not cell.any_value) for cell in cells]
            built = build_column(column.label, cells, None, integers=False, boolean=False)
        if built is not None:
            _not_allowed(built, cells, table, index, findings)
            columns.append(built)
    return columns, findings


def _typed(cell: CellSet, rule: Rule, index: int, base: str, findings: list[DecisionFinding]) -> CellSet:
    """The cell, or an unknown one with a finding if its values are of another kind than the column."""
    if cell.unknown:
        place = rule.cells[index].place
        findings.append(
            warning("decision_cell_unchecked", place, rule=rule.index, text=rule.cells[index].text[:60])
        )
    kinds = {kind(bound) for piece in cell.pieces for bound in piece.bounds()}
    wrong = sorted(kinds - set(BASE_TYPES.get(base, kinds)))
    if wrong:
        place = rule.cells[index].place
        findings.append(error("decision_cell_type", place, rule=rule.index, expected=base, found=wrong[0]))
        return CellSet(unknown=True)
    return cell


def _not_allowed(
    column: Column, cells: list[CellSet], table: Table, index: int, findings: list[DecisionFinding]
) -> None:
    for rule, cell in zip(table.rules, cells, strict=True):
        for piece in cell.pieces:
            part = column.mask(CellSet((piece,)))
            if piece.is_point and not part & column.domain:
                findings.append(
                    error(
                        "decision_value_not_allowed",
                        rule.cells[index].place,
                        rule=rule.index,
                        column=column.name,
                        found=column.describe(part),
                        allowed=column.describe(column.domain) if not column.ordered else "",
                    )
                )


def _coverage(model: DecisionModel, table: Table) -> Iterator[DecisionFinding]:
    columns, findings = _columns(model, table)
    yield from findings[: 2 * MAX_REPORTED]
    gave_up = False
    for look in (_impossible, _gaps, _overlaps, _hidden):
        try:
            yield from islice(look(table, Coverage(columns, len(table.rules))), MAX_REPORTED)
        except TooComplexError:
            gave_up = True
    if gave_up:
        yield warning("decision_too_complex", table.place, rules=len(table.rules))


def _impossible(table: Table, coverage: Coverage) -> Iterator[DecisionFinding]:
    for number, index in coverage.impossible():
        rule, column = table.rules[number], coverage.columns[index]
        yield error("decision_rule_impossible", rule.place, rule=rule.index, column=column.name)


def _hidden(table: Table, coverage: Coverage) -> Iterator[DecisionFinding]:
    for number in coverage.hidden() if table.hit_policy == "FIRST" else ():
        rule = table.rules[number]
        yield error("decision_rule_hidden", rule.place, rule=rule.index)


def _region(coverage: Coverage, box: Box) -> str:
    parts = (
        f"{column.name}: {column.describe(mask)}"
        for column, mask in zip(coverage.columns, box, strict=True)
        if mask & column.domain != column.domain
    )
    return "; ".join(parts) or "-"


def _gaps(table: Table, coverage: Coverage) -> Iterator[DecisionFinding]:
    if any(output.default is not None for output in table.outputs):
        return
    make = warning if table.hit_policy in SEVERAL else error
    for box in coverage.gaps():
        yield make("decision_gap", table.place, region=_region(coverage, box))


def _overlaps(table: Table, coverage: Coverage) -> Iterator[DecisionFinding]:
    if table.hit_policy not in ("UNIQUE", "ANY"):
        return
    for first, second, box in coverage.overlaps():
        one, other = table.rules[first], table.rules[second]
        params = {"rules": [one.index, other.index], "region": _region(coverage, box)}
        if table.hit_policy == "UNIQUE":
            yield error("decision_overlap", other.place, **params)
        elif not _same_outputs(one, other):
            yield error("decision_rules_differ", other.place, **params)


def _same_outputs(one: Rule, other: Rule) -> bool:
    """Whether two rules certainly give the same; texts that are no constants must read the same."""
    for mine, theirs in zip(one.outputs, other.outputs, strict=True):
        known, value = _constant(mine)
        other_known, other_value = _constant(theirs)
        if known and other_known:
            if not _same_values(value, other_value):
                return False
        elif mine.text != theirs.text:
            return False
    return True


def _same_values(one: object, other: object) -> bool:
    """Whether two constants are equal; those too big to be compared count as different."""
    try:
        return same(one, other, Run(DEFAULT, None, None, None))
    except (FeelError, RecursionError):
        return False
