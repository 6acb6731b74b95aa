"""The engine's public face: one method per command and query, typed results, typed errors.

Every method works in the session it was given; the session's owner commits. Instants are UTC.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine.attachments import KINDS as ATTACHMENT_KINDS
from engine.attachments import ContentsUnwanted
from engine.commands.attach import File
from engine.commands.comment import EDITABLE_FOR
from engine.commands.urge import Urged
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
from engine.face.attaching import Attaching
from engine.face.changing import Changing
from engine.face.deploying import Deploying
from engine.face.driving import Driving
from engine.face.going_back import GoingBack
from engine.face.operating import Operating
from engine.face.overseeing import Overseeing
from engine.face.reading_cases import ReadingCases
from engine.face.reading_tasks import ReadingTasks
from engine.face.signing import Signing
from engine.face.telling import Telling
from engine.face.watching import Watching
from engine.face.working import Working
from engine.findings import Finding
from engine.handlers import (
    Context,
    Ending,
    HandlerRegistry,
    JobContext,
    default_registry,
    ending,
    handler,
    job_kind,
)
from engine.host import Host
from engine.incidents import record_incident
from engine.lateness import TaskLate
from engine.mentions import PeopleMentioned, mentioned_in, split_mentions
from engine.ports import (
    Calendar,
    Checker,
    Directory,
    FormValidator,
    Place,
    Places,
    RoleChecker,
    Stand,
    Substitutions,
    TaskAccess,
    Vacant,
    Veils,
)
from engine.queries.copies import Copy
from engine.results.attachments import Attachment
from engine.results.batches import Batch, BatchItem
from engine.results.changes import Change, ElementDifference, Migration, Modification
from engine.results.comments import Comment
from engine.results.definitions import Definition, DefinitionControl, Usage
from engine.results.going_back import PassedStep, Return, Withdrawal, WithdrawalRights
from engine.results.history import HistoryEvent, HistoryProgress, LegalHold
from engine.results.incidents import Incident, IncidentDetail, IncidentFilter
from engine.results.instances import DiagramState, Instance, InstanceFilter
from engine.results.jobs import Job, JobFilter
from engine.results.messages import Message
from engine.results.operations import Operation, OperationFilter
from engine.results.paging import COUNT_CAP, Page, PageOf
from engine.results.signing import Signer, SigningState
from engine.results.tasks import Draft, Marks, SubTask, Task, TaskDetail, TaskFilter, TaskRights
from engine.results.waiting import DueReason, Waiting
from engine.results.workload import Load, Workload
from engine.vacancies import POST_VACANT, TaskWithoutHolder
from kernel.actor import Actor
from kernel.clock import Clock

__all__ = [
    "ATTACHMENT_KINDS",
    "COUNT_CAP",
    "EDITABLE_FOR",
    "POST_VACANT",
    "AnswersInvalid",
    "Attachment",
    "Batch",
    "BatchItem",
    "BusinessError",
    "Calendar",
    "Change",
    "ChangeRefused",
    "Checker",
    "Comment",
    "ContentsUnwanted",
    "Context",
    "Copy",
    "Definition",
    "DefinitionControl",
    "DefinitionError",
    "DiagramState",
    "Directory",
    "Draft",
    "DueReason",
    "ElementDifference",
    "Ending",
    "Engine",
    "File",
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
    "Load",
    "Marks",
    "Message",
    "Migration",
    "Missing",
    "Modification",
    "NotAllowed",
    "Operation",
    "OperationFilter",
    "Page",
    "PageOf",
    "PassedStep",
    "PeopleMentioned",
    "Place",
    "Places",
    "Return",
    "RoleChecker",
    "Signer",
    "SigningState",
    "Stale",
    "Stand",
    "StateFormatUnknown",
    "StepFailed",
    "SubTask",
    "Substitutions",
    "Task",
    "TaskAccess",
    "TaskDetail",
    "TaskFilter",
    "TaskLate",
    "TaskRights",
    "TaskWithoutHolder",
    "Urged",
    "Usage",
    "Vacant",
    "Veils",
    "Waiting",
    "Withdrawal",
    "WithdrawalRights",
    "Workload",
    "default_registry",
    "ending",
    "handler",
    "job_kind",
    "mentioned_in",
    "record_incident",
    "split_mentions",
]


class Engine(
    Attaching,
    Changing,
    Deploying,
    Driving,
    GoingBack,
    Operating,
    Overseeing,
    ReadingCases,
    ReadingTasks,
    Signing,
    Telling,
    Watching,
    Working,
):
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
        veils: Veils | None = None,
        substitutions: Substitutions | None = None,
    ) -> None:
        ports = checker, forms, directory, calendar, registry
        super().__init__(Host(session, actor, clock, *ports, personal, places, veils, substitutions))
