"""Makes what a file holds: required decisions first, each once; functions of knowledge models and services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.decisions import model as m
from engine.decisions.boxed import Boxes, FiredRule, Variables
from engine.decisions.requirements import needed_decisions
from engine.decisions.types import fit, fits_quietly, is_of_type, result_type
from engine.feel import Function, Run
from engine.feel.calls import invoke
from engine.feel.values import kind


class Maker:
    """One evaluation of one file.

    Inputs from ``outside`` are JSON values, so ISO texts are read as their types say. What is ``strict``
    raises where the standard only gives null.
    """

    def __init__(
        self,
        model: m.DecisionModel,
        inputs: Mapping[str, object],
        run: Run,
        *,
        strict: bool = True,
        outside: bool = True,
    ) -> None:
        self.model = model
        self.run = run
        self.strict = strict
        self.outside = outside
        self.inputs = inputs
        self.fired: list[FiredRule] = []
        self.made: Variables = {}
        self.others: dict[str, Maker] = {}
        self.boxes = Boxes(model, run, self.fired, strict=strict)
        types = {data.name: data.type_ref for data in model.inputs.values()}
        self.drawn: Variables = {}
        self.undrawn: Variables = {}
        for name, value in inputs.items():
            kept = self.drawn if name in types else self.undrawn
            kept[name] = fit(model, value, types.get(name, ""), run, name=name, outside=outside)
        if run.own_types is None:
            run.own_types = lambda value, name, run: is_of_type(model, value, name, run)
            run.whole_seconds = not strict

    def make_all(self, wanted: Sequence[str]) -> None:
        """Make the wanted decisions and all they require that is not given."""
        for key in needed_decisions(self.model, wanted, given=frozenset(self.made), strict=self.strict):
            self.make(self.model.decisions[key])

    def make(self, decision: m.Decision) -> None:
        """Decide, its requirements being decided."""
        v = self.variables(decision.requirements, dict(self.undrawn))
        self.boxes.deciding = decision.element_id
        value = self.boxes.value(decision.logic, v)
        self.made[decision.element_id] = fit(
            self.model, value, decision.type_ref, self.run, name=decision.name, outside=False
        )

    def serve(self, service: m.Service) -> object:
        """The value of a decision service, its input decisions being among the inputs."""
        inputs = self.drawn | self.undrawn
        for key in service.input_decisions:
            decision = self.model.decisions.get(key)
            if decision is not None:
                given = inputs.get(decision.name)
                self.made[key] = fit(
                    self.model, given, decision.type_ref, self.run, name=decision.name, outside=self.outside
                )
        wanted = [key for key in service.outputs if key in self.model.decisions]
        self.make_all(wanted)
        value = {self.model.decisions[key].name: self.made.get(key) for key in wanted}
        result = next(iter(value.values())) if len(wanted) == 1 else value
        type_ref = result_type(self.model, service.type_ref)
        return fit(self.model, result, type_ref, self.run, name=service.name, outside=False)

    def variables(self, requirements: tuple[m.Requirement, ...], v: Variables) -> Variables:
        """What the logic of an element may name: what it requires, and what is given in ``v``.

        Input data that is drawn must be required; values nobody drew are there for every decision.
        """
        for requirement in requirements:
            if self.model.holds(requirement):
                self.enter(requirement.target, v)
            else:
                self.enter_import(requirement, v)
        return v

    def enter(self, target: str, v: Variables) -> None:
        """Give the value of an element of this file its name among the variables."""
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

    def enter_import(self, requirement: m.Requirement, v: Variables) -> None:
        """Give the value of an element of an imported file its name, within the prefix of the import."""
        found = self.model.imported(requirement.namespace)
        if found is None or found.model is None:
            return
        other = self.others.get(found.name)
        if other is None:
            inputs = self.inputs_of(found.name)
            other = Maker(found.model, inputs, self.run, strict=self.strict, outside=self.outside)
            other.boxes.fired = other.fired = self.fired
            self.others[found.name] = other
        if requirement.target in found.model.decisions:
            other.make_all([requirement.target])
        if not found.name:
            other.enter(requirement.target, v)
            return
        known = v.get(found.name)
        inner: Variables = dict(known) if isinstance(known, dict) else {}
        other.enter(requirement.target, inner)
        v[found.name] = inner

    def inputs_of(self, prefix: str) -> Variables:
        """The inputs of an imported file: given under its prefix, as ``prefix.name`` or by the same names."""
        inputs = dict(self.inputs)
        nested = inputs.pop(prefix, None)
        dotted = f"{prefix}."
        inputs |= {
            name.removeprefix(dotted): value for name, value in self.inputs.items() if name.startswith(dotted)
        }
        if isinstance(nested, Mapping):
            inputs |= {str(name): value for name, value in nested.items()}
        return inputs

    def knowledge_function(self, knowledge: m.Knowledge) -> object:
        """A business knowledge model as a function, which may call itself."""
        logic = knowledge.function
        if not isinstance(logic, m.FunctionDefinition):
            return self.boxes.value(logic, {})

        def surroundings() -> Variables:
            return {knowledge.name: made} | self.variables(knowledge.requirements, {})

        result = result_type(self.model, knowledge.type_ref)
        made = self.boxes.function(logic, surroundings, result, name=knowledge.name)
        return made

    def call_knowledge(self, knowledge: m.Knowledge, arguments: Mapping[str, object]) -> object:
        """What a business knowledge model gives for arguments from outside."""
        function = self.knowledge_function(knowledge)
        logic = knowledge.function
        if not isinstance(function, Function) or not isinstance(logic, m.FunctionDefinition):
            return None
        values = [
            fit(self.model, arguments.get(name), type_ref, self.run, name=name, outside=self.outside)
            for name, type_ref in logic.parameters
        ]
        return invoke(function, values, self.run, 0)

    def service_function(self, service: m.Service) -> Function:
        """A decision service as a function of its input data and input decisions."""
        model = self.model
        decisions = [model.decisions[key] for key in service.input_decisions if key in model.decisions]
        data = [model.inputs[key] for key in service.input_data if key in model.inputs]
        takers: list[m.InputData | m.Decision] = [*data, *decisions]
        parameters = [(one.name, one.type_ref) for one in takers]

        def call(run: Run, arguments: list[object], _offset: int) -> object:
            run.enter()
            try:
                inputs: Variables = {}
                for (name, type_ref), argument in zip(parameters, arguments, strict=True):
                    fits, inputs[name] = fits_quietly(model, argument, type_ref, run)
                    if not fits:
                        run.warn("decision_type", name=name, type=type_ref, found=kind(argument))
                        return None
                maker = Maker(model, inputs, run, strict=self.strict, outside=False)
                value = maker.serve(service)
                self.fired.extend(maker.fired)
                return value
            finally:
                run.leave()

        return Function(service.name, tuple(name for name, _type in parameters), call)
