"""A diagram as data: what the engine and the checks need to know of it, free of XML.

Texts that are FEEL and texts that are plain are told apart by `Setting`: a leading ``=`` marks FEEL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Setting:
    """A text of the diagram: FEEL when ``is_feel``, else a plain value."""

    text: str
    is_feel: bool = False
    line: int = 0


@dataclass(frozen=True)
class Mapped:
    """A named value: an input, output, fact, payload, correlation or assignment; ``value`` is FEEL text."""

    name: str
    value: str
    line: int = 0


@dataclass(frozen=True)
class Escalation:
    """What happens to a late task (超时升级): ``at`` is warning or breach.

    ``notify`` names assignee, candidates, owner, manager (who holds the role above the candidates') or
    ``role:<role>``; ``priority`` is what it is raised to at least, ``hand_to`` the role whose task it becomes.
    """

    at: str
    notify: tuple[str, ...] = ()
    priority: str | None = None
    hand_to: str | None = None
    line: int = 0


@dataclass(frozen=True)
class UserTask:
    """What ``keyturn:task`` says of a user task."""

    form: str | None = None
    candidate_groups: Setting | None = None
    candidate_users: Setting | None = None
    assignee: Setting | None = None
    excluded: Setting | None = None
    due: Setting | None = None
    warn: Setting | None = None
    escalations: tuple[Escalation, ...] = ()
    follow_up: Setting | None = None
    priority: Setting | None = None
    completed_by: str | None = None
    restores: tuple[str, ...] = ()
    repeat: str = "ask"
    passed: str | None = None
    attachments: tuple[str, ...] = ()
    facts: tuple[Mapped, ...] = ()
    outputs: tuple[Mapped, ...] = ()


@dataclass(frozen=True)
class HandlerCall:
    """Which Python verb a service task runs; no inputs or outputs mean: by field name."""

    name: str
    inputs: tuple[Mapped, ...] = ()
    outputs: tuple[Mapped, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class DecisionCall:
    """Which decision a business-rule task evaluates. ``mapping`` is single, collect or list."""

    ref: str
    result: str
    mapping: str = "single"
    inputs: tuple[Mapped, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class ProcessCall:
    """A call activity: no ``inputs`` pass all data in, no ``outputs`` take all data out."""

    key: str
    inputs: tuple[Mapped, ...] = ()
    outputs: tuple[Mapped, ...] = ()


@dataclass(frozen=True)
class Loop:
    """Multi-instance or standard loop. ``collection``, ``cardinality``, ``until`` are FEEL texts.

    A standard loop goes on while ``until`` holds, asked before each turn or after it, ``maximum`` times at most.
    """

    sequential: bool
    collection: str | None = None
    cardinality: str | None = None
    element: str | None = None
    output_collection: str | None = None
    output_element: str | None = None
    until: str | None = None
    standard: bool = False
    asks_before: bool = False
    maximum: int | None = None


@dataclass(frozen=True)
class Event:
    """An event definition. ``kind`` is message, timer, signal, error, escalation, terminate, link, ….

    ``name`` is the message or signal name, or the error code. For timers ``timer_kind`` is date, duration or
    cycle, ``timer`` its text, and ``working_days`` says that a duration counts working days. A compensation event
    undoes the ``activity``, or all of its scope, and ``waits`` until that is done.
    ``condition`` is the FEEL text of a conditional event.
    """

    kind: str
    name: str | None = None
    timer_kind: str | None = None
    timer: Setting | None = None
    working_days: bool = False
    line: int = 0
    activity: str | None = None
    waits: bool = True
    condition: str | None = None


@dataclass(frozen=True)
class Node:
    """An activity, gateway or event. ``kind`` is BPMN's element name; ``scope`` the enclosing element's id.

    ``undone_by`` is the activity that a compensation boundary event is joined to by an association.
    """

    id: str
    kind: str
    name: str | None
    line: int
    scope: str
    labels: Mapping[str, str] = field(default_factory=dict)
    documentation: str | None = None
    lane: str | None = None
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    triggered_by_event: bool = False
    events: tuple[Event, ...] = ()
    message: str | None = None
    correlation: tuple[Mapped, ...] = ()
    payload: tuple[Mapped, ...] = ()
    task: UserTask | None = None
    handler: HandlerCall | None = None
    decision: DecisionCall | None = None
    assigns: tuple[Mapped, ...] = ()
    script: str | None = None
    script_format: str | None = None
    call: ProcessCall | None = None
    loop: Loop | None = None
    for_compensation: bool = False
    undone_by: str | None = None

    @property
    def event(self) -> Event | None:
        """The only event definition, if there is just one."""
        return self.events[0] if len(self.events) == 1 else None

    @property
    def begins_aside(self) -> bool:
        """Whether no sequence flow ever leads here: an event sub-process or a compensation handler."""
        return self.triggered_by_event or self.for_compensation

    def label(self, language: str) -> str:
        """The name in a language, else the drawn name, else the id."""
        return self.labels.get(language) or self.name or self.id


@dataclass(frozen=True)
class Flow:
    """A sequence flow; ``condition`` is FEEL text."""

    id: str
    source: str
    target: str
    line: int
    scope: str
    name: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    condition: str | None = None


@dataclass(frozen=True)
class ProcessModel:
    """An executable process: its nodes and flows (sub-processes' too, by ``scope``), in file order.

    ``variables`` names data that a caller or handler brings and that no form or task of the diagram declares.
    """

    key: str
    name: str | None
    line: int
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    labels: Mapping[str, str] = field(default_factory=dict)
    documentation: str | None = None
    start_form: str | None = None
    start_permission: str | None = None
    business_key: str | None = None
    variables: tuple[str, ...] = ()
    lanes: Mapping[str, str] = field(default_factory=dict)

    def children(self, scope: str) -> list[Node]:
        """The nodes directly inside a process or sub-process."""
        return self._by_scope.get(scope, [])

    def boundary_events(self, activity: str) -> list[Node]:
        """The boundary events attached to an activity, in file order."""
        return self._by_activity.get(activity, [])

    def described(self, element: Node | Flow) -> str:
        """How to call an element in a sentence: its name, else by its neighbours, else its id."""
        if element.name:
            return element.name
        if isinstance(element, Flow):
            ends = [self.nodes[end].name or "…" for end in (element.source, element.target) if end in self.nodes]
            return " → ".join(ends) if any(end != "…" for end in ends) else element.id
        for flow in element.incoming[:10]:
            before = self.nodes.get(self.flows[flow].source) if flow in self.flows else None
            if before is not None and before.name:
                return f"{before.name} → …"
        return element.id

    def caught_links(self, scope: str, name: str | None) -> list[Node]:
        """The catching links of a name in a process or sub-process."""
        return self._links.get((scope, name), [])

    @cached_property
    def _links(self) -> dict[tuple[str, str | None], list[Node]]:
        found: dict[tuple[str, str | None], list[Node]] = {}
        for node in self.nodes.values():
            if node.kind == "intermediateCatchEvent" and node.event is not None and node.event.kind == "link":
                found.setdefault((node.scope, node.event.name), []).append(node)
        return found

    @cached_property
    def _by_scope(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            found.setdefault(node.scope, []).append(node)
        return found

    @cached_property
    def _by_activity(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            if node.attached_to is not None:
                found.setdefault(node.attached_to, []).append(node)
        return found

    def label(self, language: str) -> str:
        """The process name in a language, else the drawn name, else the key."""
        return self.labels.get(language) or self.name or self.key
