"""Makes decisions: the required ones first, each once, every fired rule noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.decisions import model as m
from engine.decisions.errors import DecisionBroken, DecisionMissing
from engine.decisions.hit_policies import HIT_POLICIES, answer, matching_rules, text_value
from engine.decisions.requirements import needed_decisions
from engine.decisions.types import fit, is_of_type
from engine.feel import DEFAULT, FeelLimitError, FeelWarning, Function, Limits, Run, WorkingCalendar
from engine.feel.calls import invoke
from engine.feel.iteration import as_list

Variables = dict[str, object]


@dataclass(frozen=True, slots=True)
class FiredRule:
    """A rule that gave the answer; ``rule_index`` counts rows from 1, ``rule_id`` may be empty."""

    decision_id: str
    rule_index: int
    rule_id: str


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """What was decided.

    ``value`` is the decision's FEEL value; ``outputs`` the same by name: the columns of a single hit, else
    the decision's name (or its only column's) with the value. ``decisions`` has every decision made on the
    way, by name. ``warnings`` say why nulls within were null.
    """

    value: object
    outputs: dict[str, object]
    fired: list[FiredRule]
    decisions: dict[str, object]
    warnings: tuple[FeelWarning, ...]


def evaluate(
    model: m.DecisionModel,
    decision_id: str,
    inputs: Mapping[str, object],
    *,
    today: date | None = None,
    now: datetime | None = None,
    calendar: WorkingCalendar | None = None,
    limits: Limits = DEFAULT,
) -> DecisionResult:
    """Make a decision (by its id or name) from input values by name.

    Nothing of an earlier decision is kept. Raises DecisionMissing, DecisionBroken, NoRuleMatched,
    RulesOverlap, OutputInvalid, and FeelLimitError when a limit is passed.
    """
    decision = model.decision(decision_id)
    if decision is None:
        raise DecisionMissing("decision_not_found", decision=decision_id[:100])
    run = Run(limits, today, now, calendar)
    maker = _Maker(model, inputs, run)
    try:
        maker.make_all([decision.element_id])
    except RecursionError:
        raise FeelLimitError("feel_depth_limit", {"limit": limits.depth}) from None
    value = maker.made[decision.element_id]
    names = {model.decisions[key].name: made for key, made in maker.made.items()}
    return DecisionResult(value, _outputs(decision, value), maker.fired, names, tuple(run.warnings or ()))


def evaluate_service(
    model: m.DecisionModel,
    service_id: str,
    inputs: Mapping[str, object],
    *,
    today: date | None = None,
    now: datetime | None = None,
    calendar: WorkingCalendar | None = None,
    limits: Limits = DEFAULT,
) -> DecisionResult:
    """Make the output decisions of a decision service (by its id or name); raises as ``evaluate`` does."""
    service = model.service(service_id)
    if service is None:
        raise DecisionMissing("decision_not_found", decision=service_id[:100])
    run = Run(limits, today, now, calendar)
    maker = _Maker(model, inputs, run)
    try:
        value = maker.serve(service)
    except RecursionError:
        raise FeelLimitError("feel_depth_limit", {"limit": limits.depth}) from None
    names = {model.decisions[key].name: maker.made[key] for key in service.outputs}
    return DecisionResult(value, names, maker.fired, names, tuple(run.warnings or ()))


def _outputs(decision: m.Decision, value: object) -> dict[str, object]:
    logic = decision.logic
    if isinstance(logic, m.Table):
        if len(logic.outputs) == 1:
            return {logic.outputs[0].name or decision.name: value}
        if isinstance(value, dict):
            return dict(value)
    return {decision.name: value}


class _Maker:
    """One evaluation of one model."""

    def __init__(self, model: m.DecisionModel, inputs: Mapping[str, object], run: Run) -> None:
        self.model = model
        self.run = run
        self.fired: list[FiredRule] = []
        self.made: dict[str, object] = {}
        self.deciding = ""
        types = {data.name: data.type_ref for data in model.inputs.values()}
        self.drawn: Variables = {}
        self.undrawn: Variables = {}
        for name, value in inputs.items():
            kept = self.drawn if name in types else self.undrawn
            kept[name] = fit(model, value, types.get(name, ""), run, name=name, outside=True)
        run.own_types = lambda value, name, run: is_of_type(model, value, name, run)

    def make_all(self, wanted: Sequence[str]) -> None:
        """Make the wanted decisions and all they require that is not given."""
        for key in needed_decisions(self.model, wanted, given=frozenset(self.made)):
            self.make(self.model.decisions[key])

    def serve(self, service: m.Service) -> object:
        """The value of a decision service, its input decisions being among the inputs."""
        inputs = self.drawn | self.undrawn
        for key in service.input_decisions:
            if key in self.model.decisions:
                self.made[key] = inputs.get(self.model.decisions[key].name)
        wanted = [key for key in service.outputs if key in self.model.decisions]
        self.make_all(wanted)
        if len(wanted) == 1:
            return self.made[wanted[0]]
        return {self.model.decisions[key].name: self.made[key] for key in wanted}

    def make(self, decision: m.Decision) -> None:
        """Decide, its requirements being decided."""
        v = self.variables(decision.requirements, dict(self.undrawn))
        self.deciding = decision.element_id
        value = self.value(decision.logic, v)
        self.made[decision.element_id] = fit(
            self.model, value, decision.type_ref, self.run, name=decision.name, outside=False
        )

    def variables(self, requirements: tuple[m.Requirement, ...], v: Variables) -> Variables:
        """What the logic of an element may name: what it requires, and what is given in ``v``.

        Input data that is drawn must be required; values nobody drew are there for every decision.
        """
        for requirement in requirements:
            target = requirement.target
            if target in self.made:
                v[self.model.decisions[target].name] = self.made[target]
            elif target in self.model.inputs:
                name = self.model.inputs[target].name
                v[name] = self.drawn.get(name)
            elif target in self.model.knowledge:
                knowledge = self.model.knowledge[target]
                v[knowledge.name] = self.knowledge_function(knowledge)
            elif target in self.model.services:
                service = self.model.services[target]
                v[service.name] = self.service_function(service)
        return v

    def knowledge_function(self, knowledge: m.Knowledge) -> object:
        """A business knowledge model as a function."""
        logic = knowledge.function
        if not isinstance(logic, m.FunctionDefinition):
            return self.value(logic, {})
        return self.function(logic, lambda: self.variables(knowledge.requirements, {}), knowledge.type_ref)

    def function(
        self, logic: m.FunctionDefinition, outer: Callable[[], Variables], type_ref: str = ""
    ) -> Function:
        """A boxed function as a value; its surroundings are looked at when it is called."""
        names = tuple(name for name, _type in logic.parameters)

        def call(run: Run, arguments: list[object], _offset: int) -> object:
            v = outer()
            for (name, wanted), argument in zip(logic.parameters, arguments, strict=True):
                v[name] = fit(self.model, argument, wanted, run, name=name, outside=False)
            run.enter()
            try:
                return fit(self.model, self.value(logic.body, v), type_ref, run, name="", outside=False)
            finally:
                run.leave()

        return Function(logic.place.element_name or "function", names, call)

    def service_function(self, service: m.Service) -> Function:
        """A decision service as a function of its input decisions and input data."""
        model = self.model
        decisions = [model.decisions[key] for key in service.input_decisions if key in model.decisions]
        data_names = [model.inputs[key].name for key in service.input_data if key in model.inputs]
        names = (*data_names, *(one.name for one in decisions))

        def call(run: Run, arguments: list[object], _offset: int) -> object:
            run.enter()
            try:
                maker = _Maker(self.model, dict(zip(names, arguments, strict=True)), run)
                value = maker.serve(service)
                self.fired.extend(maker.fired)
                return value
            finally:
                run.leave()

        return Function(service.name, names, call)

    def value(self, logic: m.Boxed, v: Variables) -> object:
        """The value of any boxed expression."""
        self.run.spend()
        return _VALUES[type(logic)](self, logic, v)

    def literal(self, logic: m.Literal, v: Variables) -> object:
        """A literal expression."""
        value = text_value(logic.text, v, self.run)
        return fit(self.model, value, logic.type_ref, self.run, name=logic.place.element_name, outside=False)

    def table(self, table: m.Table, v: Variables) -> object:
        """A decision table."""
        if table.broken is not None:
            place = table.broken.place
            raise DecisionBroken("decision_broken", element_id=place.element_id, line=place.line)
        if table.hit_policy not in HIT_POLICIES:
            raise DecisionBroken(
                "decision_hit_policy", element_id=table.place.element_id, found=table.hit_policy[:40]
            )
        values = [text_value(column.expression, v, self.run) for column in table.inputs]
        deciding = self.deciding
        value, rules = answer(table, matching_rules(table, values, v, self.run), v, self.run)
        self.fired.extend(FiredRule(deciding, rule.index, rule.rule_id) for rule in rules)
        return value

    def context(self, logic: m.Context, v: Variables) -> object:
        """A boxed context; the entry without a name is its result."""
        inner = dict(v)
        made: Variables = {}
        for name, type_ref, boxed in logic.entries:
            value = fit(self.model, self.value(boxed, inner), type_ref, self.run, name=name, outside=False)
            if not name:
                return value
            inner[name] = made[name] = value
        return made

    def boxed_list(self, logic: m.BoxedList, v: Variables) -> object:
        """A boxed list."""
        return [self.value(item, v) for item in logic.items]

    def relation(self, logic: m.Relation, v: Variables) -> object:
        """A boxed relation as a list of contexts."""
        return [
            dict(zip(logic.columns, (self.value(item, v) for item in row), strict=False)) for row in logic.rows
        ]

    def invocation(self, logic: m.Invocation, v: Variables) -> object:
        """A boxed call with named arguments."""
        function = self.value(logic.function, v)
        if not isinstance(function, Function):
            self.run.warn("feel_not_a_function", 0, found=logic.place.element_name)
            return None
        given = {name: self.value(boxed, v) for name, boxed in logic.bindings}
        if not given.keys() <= set(function.parameters):
            self.run.warn("feel_argument_names", 0, function=function.name)
            return None
        return invoke(function, [given.get(name) for name in function.parameters], self.run, 0)

    def definition(self, logic: m.FunctionDefinition, v: Variables) -> object:
        """A boxed function."""
        captured = dict(v)
        return self.function(logic, lambda: dict(captured))

    def conditional(self, logic: m.Conditional, v: Variables) -> object:
        """A boxed if."""
        return self.value(logic.chosen if self.value(logic.condition, v) is True else logic.otherwise, v)

    def iteration(self, logic: m.Iteration, v: Variables) -> object:
        """A boxed for, some, every or filter."""
        source = self.value(logic.source, v)
        if source is None:
            return None
        found: list[object] = []
        inner = dict(v)
        outcomes: list[object] = []
        for item in as_list(source, self.run, 0):
            self.run.spend()
            inner[logic.variable] = item
            if logic.kind == "filter" and isinstance(item, dict):
                inner = {**v, **item, "item": item}
            inner["partial"] = list(outcomes) if logic.kind == "for" else None
            outcome = self.value(logic.body, inner)
            outcomes.append(outcome)
            if outcome is True:
                found.append(item)
        return self._concluded(logic.kind, outcomes, found)

    def _concluded(self, kind: str, outcomes: list[object], found: list[object]) -> object:
        if kind == "for":
            return self.run.items(outcomes)
        if kind == "filter":
            return self.run.items(found)
        decisive = kind == "some"
        if any(outcome is decisive for outcome in outcomes):
            return decisive
        return None if any(type(outcome) is not bool for outcome in outcomes) else not decisive

    def unsupported(self, logic: m.Unsupported, _v: Variables) -> object:
        """Logic that is missing or in another language."""
        place = logic.place
        raise DecisionBroken(logic.code, element_id=place.element_id, line=place.line, found=logic.found)


_VALUES: dict[type, Callable[[_Maker, Any, Variables], object]] = {
    m.Table: _Maker.table,
    m.Literal: _Maker.literal,
    m.Context: _Maker.context,
    m.BoxedList: _Maker.boxed_list,
    m.Relation: _Maker.relation,
    m.Invocation: _Maker.invocation,
    m.FunctionDefinition: _Maker.definition,
    m.Conditional: _Maker.conditional,
    m.Iteration: _Maker.iteration,
    m.Unsupported: _Maker.unsupported,
}
