"""Putting tokens elsewhere: onto the steps of another version, or to another place of the same diagram."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.spiff.build import Bundle, ScopeSpec
from engine.spiff.case import Case
from engine.spiff.gateways import ParallelStep, first_per_flow
from engine.spiff.inner import Inner, Running
from engine.spiff.steps import CatchStep, InnerStep, Step, arm_boundary
from engine.spiff.token import Token


def own_scopes(case: Case, bundle: Bundle) -> list[Running]:
    """The process or called process of a definition and its sub-processes that run, outermost first."""
    inner = sorted(case.subprocesses.values(), key=lambda workflow: workflow.depth)
    found: list[Running] = [case, *inner]
    wanted = bundle.definition_id
    return [workflow for workflow in found if case.bundle_at(workflow.task_tree).definition_id == wanted]


def called_bundles(case: Case, key: str) -> list[Bundle]:
    """The versions of a called process that are under way in a case, each once."""
    bundles = [inner.bundle for inner in case.subprocesses.values() if isinstance(inner, Inner)]
    found = {bundle.definition_id: bundle for bundle in bundles if bundle is not None and bundle.key == key}
    return list(found.values())


def resting(workflow: Running) -> list[Token]:
    """The tokens that stand for themselves, not the events and loop instances that hang on them."""
    return [token for token in workflow.tokens() if token.parent is workflow.task_tree]


def swap_bundle(case: Case, old: Bundle, new: Bundle) -> None:
    """Let the process itself, or each call of that version, belong to another version."""
    if case.bundle.definition_id == old.definition_id:
        case.bundle = new
    for inner in case.subprocesses.values():
        if isinstance(inner, Inner) and inner.bundle and inner.bundle.definition_id == old.definition_id:
            inner.bundle = new


def swap_spec(workflow: Running, spec: ScopeSpec) -> None:
    """Let a scope run by other steps; its tokens are put onto them one by one."""
    workflow.spec = spec
    workflow.task_tree.task_spec = spec.start


def stand_at(token: Token, step: Step, via: str | None) -> None:
    """Let a token stand at another step with all it carries."""
    token.task_spec = step
    token.via = via


def arm_at(workflow: Running, step: CatchStep, host: Token | None, via: str | None = None) -> Token:
    """Let an event wait: on an activity or event-based gateway, or as the start of an event sub-process."""
    token = Token(workflow, step, host or workflow.task_tree)
    token.armed = host is None
    token.via = via
    step.arm(token)
    return token


def arm_anew(token: Token) -> None:
    """Let a token wait by what its step says now; its row is written anew."""
    token.internal_data.pop("row", None)
    if isinstance(token.task_spec, CatchStep):
        token.task_spec.arm(token)


def open_at(workflow: Running, step: InnerStep) -> Running:
    """Start a sub-process by hand, with its boundary events armed and nothing in it yet."""
    host = Token(workflow, step, workflow.task_tree)
    arm_boundary(host)
    host._set_state(TaskState.STARTED)
    return workflow.top_workflow.open_inner(host)


def put_before(workflow: Running, step: Step) -> None:
    """A new token comes to a step by no flow."""
    step._update(Token(workflow, step, workflow.task_tree))


def put_back(workflow: Running, step: Step, details: Mapping[str, Any]) -> None:
    """A token comes again to a step that has been passed; its task's row takes over ``details``."""
    token = Token(workflow, step, workflow.task_tree)
    token.internal_data["again"] = dict(details)
    step._update(token)


def put_after(workflow: Running, step: Step) -> None:
    """A new token leaves a step as if it had been done; raises `CannotGoOn` when no flow is open."""
    token = Token(workflow, step, workflow.task_tree)
    workflow.move(token, step.chosen(token))


def go_on(case: Case) -> None:
    """Let tokens go on that were put somewhere, or at whose join none is lacking any more, while none could."""
    for token in case.standing():
        if token.state == TaskState.READY and not token.task_spec.manual:
            case.ready.append(token)
    for workflow in (case, *case.subprocesses.values()):
        waiting = [t for t in workflow.tokens() if isinstance(t.task_spec, ParallelStep)]
        for step in dict.fromkeys(token.task_spec for token in waiting):
            _release(step, [t for t in waiting if t.task_spec is step and t.state == TaskState.WAITING])
    # Its last step may have been answered meanwhile.
    case.finish_if_empty()


def _release(step: ParallelStep, here: list[Token]) -> None:
    if len(step.node.incoming) < 2:
        for token in here:
            token._ready()
        return
    per_flow = first_per_flow(here)
    if here and not set(step.node.incoming) - per_flow.keys():
        first, *others = (per_flow[flow] for flow in step.node.incoming)
        for other in others:
            other.remove()
        first._ready()
