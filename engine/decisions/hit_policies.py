"""What a table answers when several rules fit, or none: the seven hit policies of DMN."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.decisions.errors import DecisionBroken, NoRuleMatched, OutputInvalid, RulesOverlap
from engine.decisions.model import Cell, DecisionModel, Output, Rule, Table, Text
from engine.feel import Run
from engine.feel.builtins import BUILTINS
from engine.feel.builtins.registry import call
from engine.feel.comparison import same

Values = tuple[object, ...]
Variables = Mapping[str, object]

HIT_POLICIES = frozenset({"UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"})
AGGREGATIONS = frozenset({"", "SUM", "MIN", "MAX", "COUNT"})
RANKED = frozenset({"PRIORITY", "OUTPUT ORDER"})
SEVERAL = frozenset({"COLLECT", "RULE ORDER", "OUTPUT ORDER"})


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that fits, with its outputs."""

    rule: Rule
    values: Values


def text_value(text: Text, v: Variables, run: Run) -> object:
    """The value of a FEEL text; an empty one is null.

    Raises DecisionBroken for a text with an error.
    """
    if text.error is not None:
        place = text.place
        raise DecisionBroken("decision_broken", element_id=place.element_id, line=place.line, text=text.text)
    return None if text.expression is None else text.expression.run(v, run)


def matching_rules(table: Table, values: list[object], v: Variables, run: Run) -> list[Rule]:
    """The rules whose every cell takes its value, in order; under FIRST only the first."""
    found = []
    first_only = table.hit_policy == "FIRST"
    for rule, tests in table.matchers:
        for column, test in tests:
            if test(values[column], v, run) is not True:
                break
        else:
            found.append(rule)
            if first_only:
                break
    run.spend(1 + len(table.matchers) // 8)
    return found


Typed = Callable[[object, str], object]
"""Makes a value fit a type."""


def answer(
    table: Table, rules: list[Rule], v: Variables, run: Run, typed: Typed, model: DecisionModel
) -> tuple[object, list[Rule]]:
    """The table's value and the rules it comes from, each output ``typed`` as its column says.

    Raises NoRuleMatched, RulesOverlap and OutputInvalid; each names the table and the rules.
    """
    if not rules:
        return _default(table, v, run, typed), []
    if table.hit_policy == "UNIQUE" and len(rules) > 1:
        raise _error(RulesOverlap, "decision_rules_overlap", table, rules)
    hits = [Hit(rule, _values(table, rule, v, run, typed)) for rule in rules]
    if table.hit_policy == "ANY" and any(not _same(hits[0], hit, run) for hit in hits[1:]):
        raise _error(RulesOverlap, "decision_rules_differ", table, rules)
    if table.hit_policy in RANKED:
        hits = _ranked(table, hits, v, run, model)
    if table.hit_policy not in SEVERAL:
        return shaped(table.outputs, hits[0].values), [hits[0].rule]
    fired = [hit.rule for hit in hits]
    if table.hit_policy == "COLLECT" and table.aggregation:
        return _aggregate(table, hits, run), fired
    return [shaped(table.outputs, hit.values) for hit in hits], fired


def shaped(outputs: tuple[Output, ...], values: Values) -> object:
    """One output as the value itself, several as a context."""
    if len(outputs) == 1:
        return values[0]
    return {output.name: value for output, value in zip(outputs, values, strict=True)}


def _values(table: Table, rule: Rule, v: Variables, run: Run, typed: Typed) -> Values:
    values = [text_value(text, v, run) for text in rule.outputs]
    for place, output in enumerate(table.outputs):
        if output.type_ref:
            values[place] = typed(values[place], output.type_ref)
    return tuple(values)


def _same(one: Hit, other: Hit, run: Run) -> bool:
    return all(same(a, b, run) for a, b in zip(one.values, other.values, strict=True))


def _default(table: Table, v: Variables, run: Run, typed: Typed) -> object:
    if any(output.default is not None for output in table.outputs):
        values = tuple(
            None if output.default is None else typed(text_value(output.default, v, run), output.type_ref)
            for output in table.outputs
        )
        value = shaped(table.outputs, values)
        return [value] if table.hit_policy in SEVERAL and not table.aggregation else value
    if table.aggregation == "COUNT":
        return 0
    raise _error(NoRuleMatched, "decision_no_rule", table, [])


def _ranked(table: Table, hits: list[Hit], v: Variables, run: Run, model: DecisionModel) -> list[Hit]:
    """Hits by the order of the allowed values, the first output column deciding first."""
    orders = [_order(allowed_outputs(model, output), v, run) for output in table.outputs]

    def rank(hit: Hit) -> tuple[int, ...]:
        return tuple(
            _place_of(value, order, table, hit, run)
            for value, order in zip(hit.values, orders, strict=True)
            if order is not None
        )

    return sorted(hits, key=rank)


def allowed_outputs(model: DecisionModel, output: Output) -> Cell | None:
    """The allowed values of an output: its own, else those of its type."""
    item = model.types.get(output.type_ref)
    return output.allowed if output.allowed is not None or item is None else item.allowed


def _order(allowed: Cell | None, v: Variables, run: Run) -> list[object] | None:
    if allowed is None or allowed.tests is None:
        return None
    return [value(v, run) for value in allowed.tests.alternatives]


def _place_of(value: object, order: list[object], table: Table, hit: Hit, run: Run) -> int:
    for index, candidate in enumerate(order):
        if same(candidate, value, run):
            return index
    raise _error(OutputInvalid, "decision_output_not_allowed", table, [hit.rule])


_AGGREGATORS = {"SUM": "sum", "MIN": "min", "MAX": "max", "COUNT": "count"}


def _aggregate(table: Table, hits: list[Hit], run: Run) -> object:
    if len(table.outputs) != 1 or table.aggregation not in _AGGREGATORS:
        raise _error(OutputInvalid, "decision_aggregation", table, [])
    values = [hit.values[0] for hit in hits]
    result = call(BUILTINS[_AGGREGATORS[table.aggregation]], [values], run, 0)
    if result is None:
        raise _error(OutputInvalid, "decision_aggregation", table, [hit.rule for hit in hits])
    return result


Refusal = Callable[..., NoRuleMatched | RulesOverlap | OutputInvalid]


def _error(
    kind: Refusal, code: str, table: Table, rules: list[Rule]
) -> NoRuleMatched | RulesOverlap | OutputInvalid:
    return kind(
        code,
        decision=table.place.element_name,
        element_id=table.place.element_id,
        line=table.place.line,
        rules=[rule.index for rule in rules],
    )
