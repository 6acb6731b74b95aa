"""Dynamic state to JSON text and back: where tokens stand, never the diagram.

Format 1: ``{"n": last number, "w": [workflow, …]}``, parents first. A workflow is ``{"p": host token, "d":
called definition id, "s": sub-process, "v": data of a called process, "r": root token, "t": tokens}``; a token is
``[number, parent, state, step, via, armed, details, own data]``. The process's own data has a column to itself.

Format 2 adds what compensation remembers: ``"c"`` of a workflow, the records of completed activities, and details
of tokens that undo. A state without it is still written in format 1, so that an older release reads it.
"""

from __future__ import annotations

import json
from typing import Any

from engine.errors import StateFormatUnknown
from engine.spiff.build import Bundle
from engine.spiff.case import Case
from engine.spiff.inner import Inner, Running
from engine.spiff.records import Records
from engine.spiff.scope import Scope
from engine.spiff.services import Services
from engine.spiff.steps import CallStep
from engine.spiff.token import Token

FORMAT = 2
_KNOWN = (1, 2)


def dump(case: Case) -> str:
    """The state of a case that stands still."""
    inner = sorted(case.subprocesses.values(), key=lambda workflow: workflow.depth)
    state = {"n": case.numbered, "w": [_dump_workflow(workflow) for workflow in (case, *inner)]}
    return json.dumps(state, separators=(",", ":"), ensure_ascii=False)


def format_of(case: Case) -> int:
    """The oldest format that can hold the state of a case."""
    workflows = (case, *case.subprocesses.values())
    undoing = any(w.records or any(_undoes(token) for token in w.tokens()) for w in workflows)
    return FORMAT if undoing else 1


def _undoes(token: Token) -> bool:
    return token.undoes is not None or "left" in token.internal_data


def load(bundle: Bundle, text: str, state_format: int, variables: dict[str, Any], services: Services) -> Case:
    """A case as it stood; raises `StateFormatUnknown` for a format of another release."""
    if state_format not in _KNOWN:
        raise StateFormatUnknown(found=state_format, known=FORMAT)
    state = json.loads(text)
    case = Case(bundle, services, variables, numbered=state["n"])
    first, *inner = state["w"]
    _load_tokens(case, first)
    for record in inner:
        _load_inner(case, record)
    return case


def _dump_workflow(workflow: Running) -> dict[str, Any]:
    root = workflow.task_tree
    record: dict[str, Any] = {"r": root.id, "t": [_dump_token(token, root) for token in workflow.tokens()]}
    if workflow.records:
        record["c"] = workflow.records.runs
    if isinstance(workflow, Inner):
        record["p"] = workflow.parent_task_id
        if workflow.bundle is not None:
            record |= {"d": workflow.bundle.definition_id, "v": workflow.scope.values}
    return record


def _dump_token(token: Token, root: Token) -> list[Any]:
    parent = None if token._parent == root.id else token._parent
    own = token.local.values if token.local is not None else None
    return [
        token.id, parent, token.state, token.task_spec.name, token.via, token.armed, token.internal_data, own,
    ]  # fmt: skip


def _load_inner(case: Case, record: dict[str, Any]) -> None:
    host = case.token(record["p"])
    if isinstance(host.task_spec, CallStep):
        bundle = case.services.bundle(record["d"])
        inner = Inner(bundle.spec, host, Scope(record["v"]), bundle, restored=True)
    else:
        spec = case.bundle_at(host).scopes[host.task_spec.node.id]
        inner = Inner(spec, host, host.scope, None, restored=True)
    _load_tokens(inner, record)


def _load_tokens(workflow: Running, record: dict[str, Any]) -> None:
    steps, root = workflow.spec.task_specs, workflow.restore_root(record["r"])
    workflow.records = Records(record.get("c"))
    # A token may hang on a younger one (an interrupted activity's rival), so all are made before any is hung.
    for number, _, state, step, via, armed, details, own in record["t"]:
        token = Token(workflow, steps[step], None, state, number)
        token.via, token.armed, token.internal_data = via, armed, details
        if details.get("kind") == "conditional":
            workflow.top_workflow.conditions.watch(token)
        if own is not None:
            token.local = Scope(own)
    for number, parent, *_ in record["t"]:
        token = workflow.tasks[number]
        host = root if parent is None else workflow.tasks[parent]
        token._parent = host.id
        host._children.append(number)
        if token.local is not None:
            token.local.outer = host.scope
