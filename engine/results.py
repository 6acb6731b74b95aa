"""What the engine answers: frozen dataclasses of plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from kernel.actor import Actor

T = TypeVar("T")

COUNT_CAP = 1000


@dataclass(frozen=True)
class Definition:
    """A deployed process (``kind`` process) or decision (``kind`` decision)."""

    key: str
    version: int
    kind: str
    id: str = ""
    name: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    start_form: str | None = None
    deployed_at: datetime | None = None
    deployed_by: str = ""
    note: str = ""
    resource: str = ""


@dataclass(frozen=True)
class Instance:
    """A process instance. ``state`` is active, suspended, completed, cancelled or failed."""

    id: str
    key: str
    version: int
    state: str
    business_key: str | None
    scope: str = "/"
    started_at: datetime | None = None
    started_by: str = ""
    ended_at: datetime | None = None
    revision: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    open_tasks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """A user task as lists show it; ``labels`` are the name in other languages."""

    id: str
    instance_id: str
    definition_key: str
    definition_version: int
    element_id: str
    name: str
    labels: dict[str, str]
    state: str
    assignee: str | None
    owner: str | None
    delegation: str | None
    candidates: tuple[str, ...]
    excluded: tuple[str, ...]
    due_at: datetime | None
    follow_up_at: datetime | None
    priority: int
    path: str
    form_key: str | None
    facts: dict[str, Any]
    business_key: str | None
    created_at: datetime
    completed_at: datetime | None
    completed_by: str | None
    on_behalf_of: str | None
    revision: int

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles among its candidates, each once, in order."""
        entries = (entry.partition("@")[0] for entry in self.candidates if not entry.startswith("user:"))
        return tuple(dict.fromkeys(entries))


@dataclass(frozen=True)
class TaskRights:
    """What somebody may do with a task now; ``barred`` means that four eyes forbid him to decide."""

    complete: bool
    claim: bool
    unclaim: bool
    barred: bool


@dataclass(frozen=True)
class Comment:
    """What somebody wrote on a task or case."""

    id: str
    task_id: str | None
    author_id: str
    at: datetime
    text: str


@dataclass(frozen=True)
class TaskDetail:
    """A task with what its page needs; ``variables`` are what the task sees, a called process's data included."""

    task: Task
    instance: Instance
    variables: dict[str, Any]
    comments: tuple[Comment, ...]
    draft: dict[str, Any]
    rights: TaskRights


@dataclass(frozen=True)
class HistoryEvent:
    """One thing that happened in an instance: a code with parameters, worded by the page."""

    seq: int
    at: datetime
    code: str
    element_id: str | None
    element_name: str | None
    task_id: str | None
    actor_id: str
    on_behalf_of: str | None
    params: dict[str, Any]


@dataclass(frozen=True)
class Waiting:
    """What an instance waits for: kind user, timer, message, signal or external."""

    kind: str
    element_id: str
    element_name: str
    task_id: str | None = None
    due_at: datetime | None = None
    name: str | None = None
    correlation: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Incident:
    """A step that failed and waits for a person; ``retryable`` says whether `retry` can run it again."""

    id: str
    instance_id: str | None
    job_id: str | None
    definition_key: str
    element_id: str
    element_name: str
    error_type: str
    message_code: str
    params: dict[str, Any]
    state: str
    scope: str
    created_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    retryable: bool
    note: str | None = None
    noted_by: str | None = None
    noted_at: datetime | None = None


@dataclass(frozen=True)
class IncidentDetail:
    """An incident with what its mender needs.

    ``input`` holds the values that the step read; those named in ``editable`` can be edited before a retry.
    ``trace`` tells where in the program it failed. ``runs_as`` is the person whose act a retry repeats.
    """

    incident: Incident
    input: dict[str, Any]
    editable: tuple[str, ...]
    trace: tuple[str, ...]
    runs_as: str | None


@dataclass(frozen=True)
class Job:
    """Something that is due at an instant without a person: a timer, a delivery or an external step.

    ``state`` is waiting, failed, done or cancelled; ``attempts`` of ``max_attempts`` have been made.
    ``last_error`` is a code. Until ``locked_until`` a worker holds it.
    """

    id: str
    kind: str
    name: str
    instance_id: str | None
    definition_key: str | None
    business_key: str | None
    facts: dict[str, Any] | None
    path: str | None
    element_id: str | None
    due_at: datetime
    state: str
    suspended: bool
    attempts: int
    max_attempts: int
    last_error: str | None
    created_at: datetime
    locked_until: datetime | None


@dataclass(frozen=True)
class Turn:
    """A scheduled turn of a process: ``act`` is suspend or activate."""

    act: str
    at: datetime


@dataclass(frozen=True)
class DefinitionControl:
    """What operators decided about all versions of a process.

    While it is ``suspended`` nothing new is started; ``kept_starts`` are to be started once it is activated.
    Finished cases stay ``history_days``, for ever without.
    """

    key: str
    suspended: bool
    suspended_at: datetime | None
    suspended_by: str | None
    reason: str | None
    until: datetime | None
    history_days: int | None
    kept_starts: int
    scheduled: tuple[Turn, ...]


@dataclass(frozen=True)
class Usage:
    """A version of a process that uses something at some elements, with how many cases of it are open."""

    key: str
    version: int
    newest: bool
    elements: tuple[str, ...]
    open_cases: int


@dataclass(frozen=True)
class Operation:
    """What somebody did as an operator; ``notes`` were added to it later."""

    id: str
    at: datetime
    action: str
    subject: str
    subject_id: str
    actor_id: str
    on_behalf_of: str | None
    scope: str
    reason: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class OperationFilter:
    """Which acts; ``actor_id`` is who did it or for whom it was done. ``since`` is included, ``until`` is not."""

    actor_id: str | None = None
    action: str | None = None
    subject: str | None = None
    subject_id: str | None = None
    path: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class HistoryProgress:
    """The clean-up of history: cases erased so far, waiting for it and held; when it runs next."""

    erased: int
    to_go: int
    held: int
    next_at: datetime | None


@dataclass(frozen=True)
class LegalHold:
    """What must stay: one instance, or all with a business key."""

    id: str
    instance_id: str | None
    business_key: str | None
    reason: str
    placed_at: datetime
    placed_by: str
    lifted_at: datetime | None
    lifted_by: str | None


@dataclass(frozen=True)
class Message:
    """A message that was kept: waiting, delivered to an instance, or expired."""

    id: str
    name: str
    correlation: dict[str, Any]
    payload: dict[str, Any]
    state: str
    created_at: datetime
    expires_at: datetime
    delivered_at: datetime | None
    delivered_to: str | None


@dataclass(frozen=True)
class DiagramState:
    """A diagram with what happened on it; ids are BPMN element ids, ``notes`` say who and when per element."""

    xml: str
    completed: list[str]
    active: list[str]
    incidents: list[str]
    flows_taken: list[str]
    notes: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class JobFilter:
    """Which jobs; what is left out does not narrow. ``due_from`` is included, ``due_before`` is not.

    ``kinds`` are timer, message_out, external and what else is registered; ``states`` waiting, failed, done and
    cancelled.
    """

    states: tuple[str, ...] = ("waiting", "failed")
    kinds: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    instance_id: str | None = None
    definition_keys: tuple[str, ...] = ()
    element_ids: tuple[str, ...] = ()
    business_key: str | None = None
    path: str | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    suspended: bool | None = None


@dataclass(frozen=True)
class IncidentFilter:
    """Which incidents; what is left out does not narrow. ``since`` is included, ``until`` is not."""

    states: tuple[str, ...] = ("open",)
    incident_ids: tuple[str, ...] = ()
    instance_id: str | None = None
    definition_keys: tuple[str, ...] = ()
    element_ids: tuple[str, ...] = ()
    error_types: tuple[str, ...] = ()
    message_codes: tuple[str, ...] = ()
    path: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Page:
    """Which part of a list: ``number`` from 1, or everything ``after`` the last row's id seen."""

    number: int = 1
    size: int = 50
    after: str | None = None


@dataclass(frozen=True)
class PageOf(Generic[T]):
    """A part of a list with the size of the whole; ``capped`` means "at least ``count``"."""

    rows: list[T]
    count: int
    capped: bool
    number: int
    size: int


@dataclass(frozen=True)
class TaskFilter:
    """Which tasks. ``box`` is mine, group, done or all (all needs the right to operate).

    ``facts`` maps a fact's name to (operator, value), operators being = < <= > >= and startswith. ``sort`` names
    due, priority, created, follow_up, completed, name or ``fact:<name>``, with a leading minus for descending.
    ``viewer`` limits to what that actor may see (default: the engine's actor). ``states`` are open, completed and
    cancelled; left out, the box decides.
    """

    box: str = "mine"
    viewer: Actor | None = None
    assignee: str | None = None
    roles: tuple[str, ...] = ()
    path: str | None = None
    definition_keys: tuple[str, ...] = ()
    element_ids: tuple[str, ...] = ()
    instance_id: str | None = None
    instance_ids: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    business_key: str | None = None
    search: str = ""
    due_from: datetime | None = None
    due_before: datetime | None = None
    without_due: bool = False
    show_snoozed: bool = False
    facts: dict[str, tuple[str, Any]] = field(default_factory=dict)
    sort: tuple[str, ...] = ("due", "-priority", "created")


@dataclass(frozen=True)
class InstanceFilter:
    """Which instances; ``viewer`` limits to the scope of that actor (default: the engine's actor).

    ``search`` finds by the beginnings of words and numbers in business keys and business facts. ``waiting_at`` is
    an element where a task, timer, external step or message waits. ``facts`` are as in `TaskFilter`. Of the times
    the first is included, the second is not. ``versions`` left out means all versions.
    """

    viewer: Actor | None = None
    states: tuple[str, ...] = ()
    definition_keys: tuple[str, ...] = ()
    version: int | None = None
    business_key: str | None = None
    path: str | None = None
    search: str = ""
    with_incidents: bool = False
    waiting_at: str | None = None
    instance_ids: tuple[str, ...] = ()
    versions: tuple[int, ...] = ()
    facts: dict[str, tuple[str, Any]] = field(default_factory=dict)
    started_from: datetime | None = None
    started_before: datetime | None = None
    ended_from: datetime | None = None
    ended_before: datetime | None = None
