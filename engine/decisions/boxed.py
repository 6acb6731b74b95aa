"""What boxed expressions give: tables, literals, contexts, lists, relations, calls, functions, loops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.decisions import model as m
from engine.decisions.errors import DecisionBroken, DecisionError
from engine.decisions.hit_policies import HIT_POLICIES, answer, matching_rules, text_value
from engine.decisions.types import fit, fits_quietly
from engine.feel import FeelError, FeelLimitError, Function, Run
from engine.feel.calls import invoke, invoke_named
from engine.feel.iteration import condition_filter, for_loop, list_source, quantifier
from engine.feel.values import Code, kind

Variables = dict[str, object]


@dataclass(frozen=True, slots=True)
class FiredRule:
    """A rule that gave the answer; ``rule_index`` counts rows from 1, ``rule_id`` may be empty."""

    decision_id: str
    rule_index: int
    rule_id: str


class Boxes:
    """Evaluates the boxed expressions of one file within one run; ``deciding`` is the decision being made."""

    def __init__(self, model: m.DecisionModel, run: Run, fired: list[FiredRule], *, strict: bool) -> None:
        self.model = model
        self.run = run
        self.fired = fired
        self.strict = strict
        self.deciding = ""

    def value(self, logic: m.Boxed, v: Variables) -> object:
        """The value of any boxed expression; unless strict, null with a warning where it has none."""
        self.run.spend()
        try:
            return _VALUES[type(logic)](self, logic, v)
        except (DecisionError, FeelError) as fault:
            if self.strict or isinstance(fault, FeelLimitError):
                raise
            self.run.warn(fault.code, 0, **fault.params)
            return None

    def fitted(self, value: object, type_ref: str, name: str) -> object:
        """A value as its type wants it, else null with a warning."""
        return fit(self.model, value, type_ref, self.run, name=name, outside=False)

    def code(self, logic: m.Boxed) -> Code:
        """A boxed expression as FEEL's loops take the expressions within them."""
        return lambda v, _run: self.value(logic, dict(v))

    def literal(self, logic: m.Literal, v: Variables) -> object:
        """A literal expression."""
        value = text_value(logic.text, v, self.run)
        return self.fitted(value, logic.type_ref, logic.place.element_name)

    def table(self, table: m.Table, v: Variables) -> object:
        """A decision table."""
        if table.broken is not None:
            place = table.broken.place
            raise DecisionBroken("decision_broken", element_id=place.element_id, line=place.line)
        if table.hit_policy not in HIT_POLICIES:
            raise DecisionBroken(
                "decision_hit_policy", element_id=table.place.element_id, found=table.hit_policy[:40]
            )
        values = [
            self.typed(text_value(column.expression, v, self.run), column.type_ref) for column in table.inputs
        ]
        deciding = self.deciding
        rules = matching_rules(table, values, v, self.run)
        value, fired = answer(table, rules, v, self.run, self.typed, self.model)
        self.fired.extend(FiredRule(deciding, rule.index, rule.rule_id) for rule in fired)
        return value

    def typed(self, value: object, type_ref: str) -> object:
        """The value in a column of a type.

        What does not fit is null by the standard; a strict evaluation leaves it, for the cells to judge.
        """
        fits, made = fits_quietly(self.model, value, type_ref, self.run)
        if fits or self.strict:
            return made
        self.run.warn("decision_type", name="", type=type_ref, found=kind(value))
        return None

    def context(self, logic: m.Context, v: Variables) -> object:
        """A boxed context; the entry without a name is its result."""
        inner = dict(v)
        made: Variables = {}
        for name, type_ref, boxed in logic.entries:
            if isinstance(boxed, m.FunctionDefinition) and name:
                value = self.definition(boxed, inner, name)
            else:
                value = self.value(boxed, inner)
            value = self.fitted(value, type_ref, name)
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
        names = tuple(name for name, _boxed in logic.bindings)
        values = [self.value(boxed, v) for _name, boxed in logic.bindings]
        run = self.run
        value = invoke_named(function, names, values, run, 0) if names else invoke(function, [], run, 0)
        return self.fitted(value, logic.type_ref, logic.place.element_name)

    def function(
        self, logic: m.FunctionDefinition, outer: Callable[[], Variables], type_ref: str = "", *, name: str = ""
    ) -> Function:
        """A boxed function as a value; its surroundings are looked at when it is called."""
        names = tuple(name for name, _type in logic.parameters)

        def call(run: Run, arguments: list[object], _offset: int) -> object:
            v = outer()
            for (parameter, wanted), argument in zip(logic.parameters, arguments, strict=True):
                fits, v[parameter] = fits_quietly(self.model, argument, wanted, run)
                if not fits:
                    run.warn("decision_type", name=parameter, type=wanted, found=kind(argument))
                    return None
            run.enter()
            try:
                return self.fitted(self.value(logic.body, v), type_ref, name)
            finally:
                run.leave()

        return Function(name or logic.place.element_name or "function", names, call)

    def definition(self, logic: m.FunctionDefinition, v: Variables, name: str = "") -> object:
        """A boxed function; as an entry of a context it may call itself by its name."""
        captured = dict(v)
        made = self.function(logic, lambda: dict(captured), name=name)
        if name:
            captured[name] = made
        return made

    def conditional(self, logic: m.Conditional, v: Variables) -> object:
        """A boxed if."""
        return self.value(logic.chosen if self.value(logic.condition, v) is True else logic.otherwise, v)

    def iteration(self, logic: m.Iteration, v: Variables) -> object:
        """A boxed for, some, every or filter, each as FEEL has it."""
        source, body = self.code(logic.source), self.code(logic.body)
        if logic.kind == "filter":
            return condition_filter(source, body, None, 0)(v, self.run)
        loops = [(logic.variable, list_source(source, 0))]
        if logic.kind == "for":
            return for_loop(loops, body, uses_partial=True)(v, self.run)
        return quantifier(loops, body, some=logic.kind == "some", offset=0)(v, self.run)

    def unsupported(self, logic: m.Unsupported, _v: Variables) -> object:
        """Logic that is missing or in another language."""
        place = logic.place
        raise DecisionBroken(logic.code, element_id=place.element_id, line=place.line, found=logic.found)


_VALUES: dict[type, Callable[[Boxes, Any, Variables], object]] = {
    m.Table: Boxes.table,
    m.Literal: Boxes.literal,
    m.Context: Boxes.context,
    m.BoxedList: Boxes.boxed_list,
    m.Relation: Boxes.relation,
    m.Invocation: Boxes.invocation,
    m.FunctionDefinition: Boxes.definition,
    m.Conditional: Boxes.conditional,
    m.Iteration: Boxes.iteration,
    m.Unsupported: Boxes.unsupported,
}
