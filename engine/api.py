"""The engine's public face: one method per command and query, typed results, typed errors.

Every method works in the session it was given; the session's owner commits. Instants are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from engine import cache
from engine.change_results import (
    Batch,
    BatchItem,
    Change,
    ElementDifference,
    Migration,
    Modification,
)
from engine.changing.versions import differences
from engine.changing_cases import Changing
from engine.commands.assign_task import AssignTask
from engine.commands.claim_task import ClaimTask, UnclaimTask
from engine.commands.comment import AddComment
from engine.commands.complete_task import CompleteTask
from engine.commands.delegate_task import DelegateTask, ResolveTask
from engine.commands.deploy import CheckResources, Deploy
from engine.commands.publish import Publish
from engine.commands.roll_back import RollBack
from engine.commands.run_due import RunDue
from engine.commands.save_draft import SaveDraft
from engine.commands.set_facts import SetInstanceFacts, SetTaskFacts
from engine.commands.set_task import SetDue, SetFollowUp, SetPriority
from engine.commands.signal import Signal
from engine.commands.start_process import StartProcess
from engine.errors import (
    AnswersInvalid,
    BusinessError,
    ChangeRefused,
    DefinitionError,
    Invalid,
    Missing,
    NotAllowed,
    Stale,
    StateFormatUnknown,
    StepFailed,
)
from engine.findings import Finding
from engine.handlers import (
    Context,
    HandlerRegistry,
    JobContext,
    default_registry,
    handler,
    job_kind,
)
from engine.host import Host
from engine.incidents import record_incident
from engine.operating import Operating
from engine.ports import (
    Calendar,
    Checker,
    Directory,
    FormValidator,
    Place,
    Places,
    RoleChecker,
    TaskAccess,
)
from engine.queries import definitions, diagram, instances, tasks
from engine.queries.paths import nodes_of
from engine.results import (
    COUNT_CAP,
    Comment,
    Definition,
    DefinitionControl,
    DiagramState,
    HistoryEvent,
    HistoryProgress,
    Incident,
    IncidentDetail,
    IncidentFilter,
    Instance,
    InstanceFilter,
    Job,
    JobFilter,
    LegalHold,
    Message,
    Operation,
    OperationFilter,
    Page,
    PageOf,
    Task,
    TaskDetail,
    TaskFilter,
    TaskRights,
    Usage,
    Waiting,
)
from kernel.actor import Actor
from kernel.clock import Clock

__all__ = [
    "COUNT_CAP",
    "AnswersInvalid",
    "Batch",
    "BatchItem",
    "BusinessError",
    "Calendar",
    "Change",
    "ChangeRefused",
    "Checker",
    "Comment",
    "Context",
    "Definition",
    "DefinitionControl",
    "DefinitionError",
    "DiagramState",
    "Directory",
    "ElementDifference",
    "Engine",
    "Finding",
    "FormValidator",
    "HandlerRegistry",
    "HistoryEvent",
    "HistoryProgress",
    "Incident",
    "IncidentDetail",
    "IncidentFilter",
    "Instance",
    "InstanceFilter",
    "Invalid",
    "Job",
    "JobContext",
    "JobFilter",
    "LegalHold",
    "Message",
    "Migration",
    "Missing",
    "Modification",
    "NotAllowed",
    "Operation",
    "OperationFilter",
    "Page",
    "PageOf",
    "Place",
    "Places",
    "RoleChecker",
    "Stale",
    "StateFormatUnknown",
    "StepFailed",
    "Task",
    "TaskAccess",
    "TaskDetail",
    "TaskFilter",
    "TaskRights",
    "Usage",
    "Waiting",
    "default_registry",
    "handler",
    "job_kind",
    "record_incident",
]


class Engine(Changing, Operating):
    """All commands and queries for one actor in one transaction."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        *,
        clock: Clock,
        checker: Checker,
        forms: FormValidator,
        directory: Directory,
        calendar: Calendar,
        registry: HandlerRegistry = default_registry,
        personal: frozenset[str] = frozenset(),
        places: Places | None = None,
    ) -> None:
        self.host = Host(session, actor, clock, checker, forms, directory, calendar, registry, personal, places)

    # Definitions

    def check(self, resources: Mapping[str, bytes]) -> list[Finding]:
        """What is wrong with diagrams and tables, without deploying them."""
        return CheckResources(resources).run(self.host)

    def deploy(self, resources: Mapping[str, bytes], *, note: str = "") -> list[Definition]:
        """Deploy files that pass the checks; an unchanged file keeps its version.

        Raises `DefinitionError` with the findings, `NotAllowed`.
        """
        return Deploy(resources, note).run(self.host)

    def find_definitions(self, *, kind: str | None = None) -> list[Definition]:
        """The latest version of every definition."""
        return definitions.find_latest(self.host.session, kind=kind)

    def get_definition(self, key: str, version: int | None = None, *, kind: str = "process") -> Definition:
        """One definition, the latest without ``version``; raises `Missing`."""
        return definitions.get(self.host.session, key, version, kind)

    def find_versions(self, key: str, *, kind: str = "process") -> list[Definition]:
        """All versions of a definition, the newest first; raises `Missing`."""
        return definitions.find_versions(self.host.session, kind, key)

    def roll_back(self, key: str, version: int, *, kind: str = "process", note: str = "") -> Definition:
        """Make an earlier version the newest again, under the next number; running cases stay on theirs.

        Raises `Missing`, `NotAllowed`, `Invalid` when it is the newest already, `DefinitionError`.
        """
        return RollBack(key, version, kind, note).run(self.host)

    def compare(self, key: str, old: int, new: int) -> list[ElementDifference]:
        """What two versions of a process do not share, element by element; raises `Missing`."""
        models = [
            cache.bundle_of(self.host.session, self.get_definition(key, version).id).model
            for version in (old, new)
        ]
        return differences(*models)

    def may_start(self, key: str, scope: str) -> bool:
        """Whether the actor may start a process at an organisation node."""
        return self.host.checker.may_start(self.host.actor, key, scope)

    def startable(self) -> list[Definition]:
        """The processes that the actor may start somewhere and that begin with a form."""
        paths = nodes_of(self.host.actor)
        known = definitions.find_latest(self.host.session, kind="process")
        return [d for d in known if d.start_form and any(self.may_start(d.key, path) for path in paths)]

    def element_labels(self, key: str, version: int | None = None) -> dict[str, dict[str, str]]:
        """What the elements of a process (called ones included) are named; raises `Missing`."""
        return definitions.labels(self.host.session, self.get_definition(key, version).id)

    def resource(self, key: str, version: int | None = None, *, kind: str = "process") -> bytes:
        """The file a definition came in; raises `Missing`."""
        return definitions.content(self.host.session, self.get_definition(key, version, kind=kind).id)

    # Instances

    def start(
        self,
        key: str,
        variables: Mapping[str, Any] | None = None,
        *,
        business_key: str | None = None,
        version: int | None = None,
        scope: str = "",
    ) -> Instance:
        """Start a process at an organisation node (``scope``, default the whole company).

        Raises `Missing`, `NotAllowed`, `Stale` when a live instance has the same key and business key, and
        `StepFailed` when a step fails.
        """
        return StartProcess(key, dict(variables or {}), business_key, version, scope or "/").run(self.host)

    def set_instance_facts(self, instance_id: str, facts: Mapping[str, Any]) -> Instance:
        """Refresh business facts of an instance and of its open tasks."""
        return SetInstanceFacts(instance_id, dict(facts)).run(self.host)

    # Tasks

    def complete(self, task_id: str, answers: Mapping[str, Any], *, revision: int | None = None) -> Instance:
        """Complete a user task with its form's answers.

        Raises `NotAllowed`, `Missing`, `Stale` (``params`` say who and when), `AnswersInvalid`, `StepFailed`.
        """
        return CompleteTask(task_id, dict(answers), revision).run(self.host)

    def claim(self, task_id: str) -> Task:
        """Take a group's task; raises `Stale` with who has it when somebody was faster."""
        return ClaimTask(task_id).run(self.host)

    def unclaim(self, task_id: str) -> Task:
        """Give a task back to its group."""
        return UnclaimTask(task_id).run(self.host)

    def assign(self, task_id: str, assignee: str | None, *, reason: str = "") -> Task:
        """Give a task to a person (needs the right to operate)."""
        return AssignTask(task_id, assignee, reason).run(self.host)

    def delegate(self, task_id: str, delegate_id: str) -> Task:
        """Let somebody prepare a task; the owner keeps it and completes it."""
        return DelegateTask(task_id, delegate_id).run(self.host)

    def resolve(self, task_id: str, answers: Mapping[str, Any] | None = None) -> Task:
        """Hand a delegated task back to its owner with a prepared form."""
        return ResolveTask(task_id, dict(answers or {})).run(self.host)

    def save_draft(self, task_id: str, answers: Mapping[str, Any]) -> Task:
        """Keep a half-filled form."""
        return SaveDraft(task_id, dict(answers)).run(self.host)

    def set_due(self, task_id: str, due_at: datetime | None) -> Task:
        """Change a task's due instant."""
        return SetDue(task_id, due_at).run(self.host)

    def set_follow_up(self, task_id: str, follow_up_at: datetime | None) -> Task:
        """Hide a task from its worker's list until an instant."""
        return SetFollowUp(task_id, follow_up_at).run(self.host)

    def set_priority(self, task_id: str, priority: int) -> Task:
        """Change a task's priority (0 to 100)."""
        return SetPriority(task_id, priority).run(self.host)

    def set_facts(self, task_id: str, facts: Mapping[str, Any]) -> Task:
        """Refresh business facts of one task."""
        return SetTaskFacts(task_id, dict(facts)).run(self.host)

    def add_comment(self, task_id: str, text: str) -> Comment:
        """Write a comment that later workers of the case see."""
        return AddComment(task_id, text).run(self.host)

    # Events and jobs

    def publish(
        self,
        message: str,
        correlation: Mapping[str, Any] | None = None,
        payload: Mapping[str, Any] | None = None,
        *,
        ttl: timedelta | None = None,
    ) -> int:
        """Deliver a message to everybody who waits for this name and correlation; returns to how many.

        With ``ttl`` a message nobody waits for is kept that long and delivered once to the first who will.
        """
        return Publish(message, dict(correlation or {}), dict(payload or {}), ttl).run(self.host)

    def signal(self, name: str, payload: Mapping[str, Any] | None = None) -> int:
        """Broadcast a signal; returns how many received it."""
        return Signal(name, dict(payload or {})).run(self.host)

    def run_due(self, now: datetime | None = None, limit: int = 1) -> int:
        """Run due timers; returns how many. One per unit of work keeps locks short; the caller loops."""
        return RunDue(now or self.host.clock.now(), limit).run(self.host)

    # Queries

    def find_tasks(self, task_filter: TaskFilter | None = None, page: Page | None = None) -> PageOf[Task]:
        """Tasks the viewer may see."""
        return tasks.find(self.host, task_filter or TaskFilter(), page or Page())

    def count_tasks(self, task_filter: TaskFilter) -> int:
        """How many tasks fit, counted up to `COUNT_CAP` + 1."""
        return tasks.count(self.host, task_filter)

    def get_task(self, task_id: str) -> TaskDetail:
        """A task with its instance, variables and comments; raises `Missing` outside the actor's scope."""
        return tasks.get(self.host, task_id)

    def find_instances(
        self, instance_filter: InstanceFilter | None = None, page: Page | None = None
    ) -> PageOf[Instance]:
        """Instances in the viewer's scope."""
        return instances.find(self.host, instance_filter or InstanceFilter(), page or Page())

    def get_instance(self, instance_id: str) -> Instance:
        """One instance; raises `Missing` outside the actor's scope."""
        return instances.get(self.host, instance_id)

    def variables(self, instance_id: str) -> dict[str, Any]:
        """The process data of an instance."""
        return instances.variables(self.host, instance_id)

    def history(self, instance_id: str) -> list[HistoryEvent]:
        """What happened, in order."""
        return instances.history(self.host, instance_id)

    def labels(self, instance_id: str) -> dict[str, dict[str, str]]:
        """What the elements of an instance's diagram (called ones included) are named: id → language → text."""
        return instances.labels(self.host, instance_id)

    def comments(self, instance_id: str) -> list[Comment]:
        """All comments of a case, oldest first."""
        return instances.comments(self.host, instance_id)

    def waiting(self, instance_id: str) -> list[Waiting]:
        """What the instance waits for."""
        return instances.waiting(self.host, instance_id)

    def diagram(self, instance_id: str) -> DiagramState:
        """The instance's diagram with what happened on it."""
        return diagram.state(self.host, instance_id)
