"""The steps a token can stand at: activities and events; gateways and loops have modules of their own.

Each is a SpiffWorkflow task spec whose next tokens are made only when it is left. So nothing is predicted, a
row of any length costs the same, and a specification is never changed once built: all instances share it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin, UserTaskMixin
from SpiffWorkflow.util.task import TaskState

from engine.definitions.model import Event, Flow, Mapped, Node
from engine.errors import BusinessError, CannotGoOn
from engine.spiff.scope import Scope
from engine.spiff.services import Parked
from engine.spiff.token import Token

if TYPE_CHECKING:
    from engine.spiff.build import ScopeSpec
    from engine.spiff.case import Case
    from engine.spiff.loops import LoopStep


_WAITED_FOR = frozenset({"message", "signal", "timer", "conditional"})


class Step(BpmnSpecMixin):  # type: ignore[misc]
    """Passes a token on. ``boundary`` are the events attached to it; ``loop`` the loop it is an instance of."""

    waits_inside = False  # Whether a token may stay here, so that boundary events must be armed.

    def __init__(self, spec: ScopeSpec, node: Node, *, name: str | None = None) -> None:
        super().__init__(spec, name or node.id, bpmn_name=node.name)
        self.node = node
        self.flows: tuple[Flow, ...] = ()
        self.boundary: tuple[BoundaryStep, ...] = ()
        self.loop: LoopStep | None = None
        self.leaves_record = False  # Whether it is remembered when it has completed, to be undone.

    def _predict(self, my_task: Token, *_seen: Any, **_mask: Any) -> None:
        """Predict nothing: tokens are made when they are reached."""

    def _update_hook(self, token: Token) -> bool:
        if self.waits_inside:
            arm_boundary(token)
        return True

    def _on_ready(self, my_task: Token) -> None:
        """The specification was tested when it was built."""

    def _run_hook(self, my_task: Token) -> bool | None:
        return True

    def _on_complete(self, my_task: Token) -> None:
        case = case_of(my_task)
        if my_task.undoes is not None:
            case.compensation.handler_done(my_task)
            return
        case.note_left(my_task)
        if self.leaves_record:
            case.compensation.note_completed(my_task)
        if self.loop is not None:
            self.loop.instance_done(my_task)
            return
        my_task.workflow.move(my_task, self.chosen(my_task))

    def chosen(self, token: Token) -> list[Flow]:
        """The flows to leave by: all without a condition, those whose condition holds, else the default."""
        if len(self.flows) == 1 and self.flows[0].condition is None:
            return [self.flows[0]]
        default = self.node.default
        taken = [f for f in self.flows if f.id != default and holds(token, f)]
        return taken or [f for f in self.flows if f.id == default]


def case_of(token: Token) -> Case:
    """The instance a token belongs to."""
    case: Case = token.workflow.top_workflow
    return case


def holds(token: Token, flow: Flow) -> bool:
    """Whether a flow's condition is true; a flow without one is always open."""
    return flow.condition is None or case_of(token).services.holds(flow.condition, token.data)


def evaluated(token: Token, mapped: tuple[Mapped, ...]) -> dict[str, Any]:
    """Named FEEL values in the token's scope."""
    if not mapped:
        return {}
    data, services = token.data, case_of(token).services
    return {m.name: services.evaluate(m.value, data) for m in mapped}


def arm_boundary(token: Token) -> None:
    """Let the boundary events of an activity wait; errors and escalations are looked up when thrown."""
    for step in token.task_spec.boundary:
        if step.waits_for is not None:
            step.arm(Token(token.workflow, step, token))


class UserStep(UserTaskMixin, Step):  # type: ignore[misc]
    """Waits for a person."""

    waits_inside = True


class ServiceStep(Step):
    """Runs a handler; a business error goes to the nearest catcher, beginning with this very task's boundary."""

    def _run_hook(self, my_task: Token) -> bool | None:
        case = case_of(my_task)
        try:
            answer = case.services.call_handler(self.node, my_task.id, my_task.data)
        except BusinessError as fault:
            case.faults.throw_error(my_task, fault.code, dict(fault.params))
            return None
        if isinstance(answer, Parked):
            arm_boundary(my_task)
            return None
        my_task.scope.write(answer)
        return True


class ScriptStep(Step):
    """Assigns FEEL values in order, each seeing the one before."""

    def _run_hook(self, my_task: Token) -> bool:
        services = case_of(my_task).services
        for assign in self.node.assigns:
            my_task.scope.write({assign.name: services.evaluate(assign.value, my_task.data)})
        return True


class DecisionStep(Step):
    """Evaluates a decision."""

    def _run_hook(self, my_task: Token) -> bool:
        my_task.scope.write(case_of(my_task).services.decide(self.node, my_task.data))
        return True


class ThrowStep(Step):
    """Throws a message, signal or escalation and passes on: send task, intermediate throw event, end event."""

    def _run_hook(self, my_task: Token) -> bool | None:
        if self.node.message is not None:
            self._throw_message(my_task, self.node.message)
        goes_on = True
        for event in self.node.events:
            if event.kind == "compensate":
                goes_on = case_of(my_task).compensation.throw(my_task, event)
            self._throw(my_task, event)
        return True if goes_on and my_task.id in my_task.workflow.tasks else None

    def compensated(self, token: Token) -> None:
        """All that the event undoes has been undone."""
        token.complete()

    def _throw(self, token: Token, event: Event) -> None:
        if event.kind == "message" and event.name:
            self._throw_message(token, event.name)
        elif event.kind == "signal" and event.name:
            case_of(token).throw_signal(event.name, evaluated(token, self.node.payload))
        elif event.kind == "escalation":
            case_of(token).faults.throw_escalation(token, event.name or "")

    def _throw_message(self, token: Token, name: str) -> None:
        correlation = evaluated(token, self.node.correlation)
        case_of(token).services.throw_message(name, correlation, evaluated(token, self.node.payload))


class EndStep(ThrowStep):
    """Ends a token; a terminate end ends its scope, an error end throws to the nearest catcher.

    A cancel end stops its transaction, undoes what completed in it and leaves by the cancel boundary event.
    """

    def _run_hook(self, my_task: Token) -> bool | None:
        if not super()._run_hook(my_task):
            return None
        kinds = {event.kind: event for event in self.node.events}
        if "error" in kinds:
            case_of(my_task).note_left(my_task)
            case_of(my_task).faults.throw_error(my_task, kinds["error"].name or "", {})
            return None
        if "terminate" in kinds:
            my_task.workflow.clear(keep=my_task)
        if "cancel" in kinds:
            my_task.workflow.clear(keep=my_task)
            if case_of(my_task).compensation.throw(my_task, Event("compensate")):
                self._leave_transaction(my_task)
            return None
        return True

    def compensated(self, token: Token) -> None:
        """All that the event undoes has been undone."""
        if any(event.kind == "cancel" for event in self.node.events):
            self._leave_transaction(token)
        else:
            token.complete()

    def _leave_transaction(self, token: Token) -> None:
        case_of(token).note_left(token)
        case_of(token).faults.cancel_transaction(token)

    def chosen(self, token: Token) -> list[Flow]:
        """Nowhere."""
        return []


class CatchStep(Step):
    """Waits for a message, signal or timer: intermediate catch event or receive task."""

    waits_inside = True

    @property
    def waits_for(self) -> Event | None:
        """The event that is waited for; None when it is none or looked up when thrown."""
        if self.node.message is not None and not self.node.events:
            return Event("message", self.node.message)
        event = self.node.event
        return event if event is not None and event.kind in _WAITED_FOR else None

    def _update_hook(self, token: Token) -> bool:
        if self.waits_for is None:
            return True
        super()._update_hook(token)
        self.arm(token)
        return False

    def arm(self, token: Token) -> None:
        """Let the token wait, with what its subscription or job needs to know."""
        event = self.waits_for
        if event is None:
            raise CannotGoOn("event_unsupported", kinds=",".join(e.kind for e in self.node.events))
        token._set_state(TaskState.WAITING)
        if event.kind == "conditional":
            token.internal_data.update(kind="conditional", name=self.node.id, key={}, held=False)
            case_of(token).conditions.watch(token)
            return
        if event.kind != "timer":
            key = evaluated(token, self.node.correlation) if event.kind == "message" else {}
            token.internal_data.update(kind=event.kind, name=event.name, key=key)
            return
        plan = case_of(token).services.plan_timer(event, token.data)
        token.internal_data.update(kind="timer", due=plan.due.isoformat(), every=plan.every, more=plan.more)
        if plan.begin is not None:
            token.internal_data.update(begin=plan.begin.isoformat(), turn=plan.turn)

    def take(self, token: Token, payload: dict[str, Any]) -> None:
        """Write what came with the event: the declared parts, or all of it when none is declared."""
        if self.node.payload:
            payload = {m.value: payload.get(m.name) for m in self.node.payload}
        token.scope.write(payload)

    def fire(self, token: Token, payload: dict[str, Any]) -> None:
        """The event came: the token goes on; after an event-based gateway its rivals are gone."""
        root, parent = token.workflow.task_tree, token.parent
        if parent is not root and parent is not None and parent.task_spec is not self.loop:
            token.hang_on(root)
            case_of(token).note_left(parent)
            parent.remove()
        self.take(token, payload)
        token._ready()

    def turn(self, token: Token) -> bool:
        """Arm the next turn after a non-interrupting event; False when there is none."""
        waiting = token.internal_data
        if waiting.get("kind") != "timer":
            return bool(waiting)
        if waiting["every"] is None or waiting["more"] == 0:
            return False
        # A cycle that 0.1.0 armed knows no beginning: it is counted from the turn that has come.
        begin, turn = waiting.get("begin", waiting["due"]), waiting.get("turn", 0) + 1
        due = case_of(token).services.due_at_turn(datetime.fromisoformat(begin), waiting["every"], turn)
        more = None if waiting["more"] is None else waiting["more"] - 1
        waiting.update(due=due.isoformat(), more=more, begin=begin, turn=turn)
        waiting.pop("row", None)
        return True


class BoundaryStep(CatchStep):
    """Hangs on an activity; its tokens wait as children of the activity's token."""

    waits_inside = False

    def _update_hook(self, token: Token) -> bool:
        return True

    def fire(self, token: Token, payload: dict[str, Any]) -> None:
        """Interrupt the activity, or start a token beside it, as often as the event comes."""
        workflow, host = token.workflow, token.parent
        if host is None:
            return
        if self.node.interrupting:
            token.hang_on(workflow.task_tree)
            case_of(token).interrupt(host, by=self.node.id)
            going = token
        else:
            going = Token(workflow, self, workflow.task_tree)
            if not self.turn(token):
                token.remove()
        self.take(going, payload)
        going._ready()


class InnerStep(Step):
    """An activity with tokens of its own inside: embedded sub-process or transaction."""

    waits_inside = True

    def _update_hook(self, token: Token) -> bool:
        super()._update_hook(token)
        token._set_state(TaskState.STARTED)
        self.begin(token)
        return False

    def begin(self, token: Token) -> None:
        """Start what is inside, in the data scope of the token."""
        case = case_of(token)
        case.begin_inner(token, case.bundle_at(token).scopes[self.node.id], token.scope)

    def take_results(self, token: Token, scope: Scope) -> None:
        """An embedded sub-process writes where its parent reads; there is nothing to take."""


class CallStep(InnerStep):
    """Calls another process: data in and out by name, or all of it."""

    def begin(self, token: Token) -> None:
        """Start the latest version of the called process in a scope of its own."""
        call, case = self.node.call, case_of(token)
        if call is None:
            raise CannotGoOn("call_without_process")
        bundle = case.services.called(call.key)
        values = evaluated(token, call.inputs) if call.inputs else token.data
        case.begin_inner(token, bundle.spec, Scope(values), bundle)

    def take_results(self, token: Token, scope: Scope) -> None:
        """Write the declared results, or everything."""
        call, services = self.node.call, case_of(token).services
        data = scope.read()
        if call is not None and call.outputs:
            data = {m.name: services.evaluate(m.value, data) for m in call.outputs}
        token.scope.write(data)


class ArmedStart(CatchStep):
    """The start of an event sub-process: waits as long as its scope runs."""

    waits_inside = False

    def __init__(self, spec: ScopeSpec, node: Node, *, name: str, handler: InnerStep) -> None:
        super().__init__(spec, node, name=name)
        self.handler = handler

    def fire(self, token: Token, payload: dict[str, Any]) -> None:
        """End everything else in the scope, or run beside it."""
        workflow = token.workflow
        self.take(token, payload)
        if self.node.interrupting:
            workflow.clear(keep=None)
        elif not self.turn(token):
            token.remove()
        self.handler._update(Token(workflow, self.handler, workflow.task_tree))
