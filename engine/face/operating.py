"""What operators ask of the engine: mending what failed, editing data, jobs.

Part of `engine.api.Engine`; every act is checked where it happens and leaves an audit row.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.commands.change_job import AnswerJob, FireJob, RecalculateJob, RetryJob, SetJobDue
from engine.commands.clean_history import PORTION, CleanHistory, arrange_clean_up, progress
from engine.commands.definition_control import ActivateDefinition, SetHistoryDays, SuspendDefinition
from engine.commands.legal_hold import LiftHold, PlaceHold, find_holds
from engine.commands.mend_incident import AnnotateIncident, EditIncident
from engine.commands.offer_anew import OfferAnew
from engine.commands.retry_incident import RetryIncident
from engine.commands.set_variables import SetVariables
from engine.editing import Edit
from engine.face.commanding import Commanding
from engine.queries import control, incidents, jobs, messages, operations, usage
from engine.results.definitions import DefinitionControl, Usage
from engine.results.history import HistoryProgress, LegalHold
from engine.results.incidents import Incident, IncidentDetail, IncidentFilter
from engine.results.instances import Instance
from engine.results.jobs import Job, JobFilter
from engine.results.messages import Message
from engine.results.operations import Operation, OperationFilter
from engine.results.paging import Page, PageOf


class Operating(Commanding):
    """Commands and queries for operators."""

    # Incidents

    def incidents(self, *, instance_id: str | None = None, state: str | None = "open") -> list[Incident]:
        """Incidents in the actor's scope, newest first, at most 500."""
        states = () if state is None else (state,)
        return incidents.find(self.host, IncidentFilter(states, instance_id=instance_id), Page(size=500)).rows

    def find_incidents(
        self, incident_filter: IncidentFilter | None = None, page: Page | None = None
    ) -> PageOf[Incident]:
        """A page of incidents in the actor's scope, newest first."""
        return incidents.find(self.host, incident_filter or IncidentFilter(), page or Page())

    def get_incident(self, incident_id: str) -> IncidentDetail:
        """An incident with its input and where in the program it failed; raises `Missing`."""
        return incidents.get(self.host, incident_id)

    def retry(
        self, incident_id: str, *, attempts: int | None = None, due_at: datetime | None = None, reason: str = ""
    ) -> Incident:
        """Run again what failed; of a job also with another number of attempts or at a later instant.

        Raises `Invalid` when only the person who acted can repeat it, `StepFailed` when it fails again.
        """
        return RetryIncident(incident_id, attempts, due_at, reason).run(self.host)

    def annotate(self, incident_id: str, text: str) -> IncidentDetail:
        """Leave a note for whoever looks at the incident next; an empty text removes it."""
        return AnnotateIncident(incident_id, text).run(self.host)

    def edit_incident(
        self, incident_id: str, changes: Mapping[str, Any], reason: str, *, force: bool = False
    ) -> IncidentDetail:
        """Give what failed other input, before it is retried.

        Raises `Invalid` for what a person answered, for protected names, and for another kind of value unless
        ``force``.
        """
        return EditIncident(incident_id, Edit(dict(changes), reason, force)).run(self.host)

    def set_variables(
        self,
        instance_id: str,
        changes: Mapping[str, Any],
        reason: str,
        *,
        revision: int | None = None,
        force: bool = False,
        element_id: str | None = None,
    ) -> Instance:
        """Set process data by hand, where a token at ``element_id`` sees it or for the whole process.

        Raises `Invalid` without a reason, for protected or unknown names, for another kind of value unless
        ``force``; `Stale` when somebody changed the case after ``revision``.
        """
        return SetVariables(instance_id, dict(changes), reason, revision, force, element_id).run(self.host)

    # Jobs

    def jobs(self, page: Page | None = None, *, failed_only: bool = False) -> PageOf[Job]:
        """Timers, deliveries and external steps that wait or have failed, the earliest due first."""
        wanted = JobFilter(states=("failed",)) if failed_only else JobFilter()
        return jobs.find(self.host, wanted, page or Page())

    def find_jobs(self, job_filter: JobFilter | None = None, page: Page | None = None) -> PageOf[Job]:
        """A page of jobs in the actor's scope, the earliest due first."""
        return jobs.find(self.host, job_filter or JobFilter(), page or Page())

    def get_job(self, job_id: str) -> Job:
        """One job; raises `Missing`."""
        return jobs.get(self.host, job_id)

    def fire_job(self, job_id: str, reason: str) -> Job:
        """Let a job run now; raises `Stale` when it is running, is over, or its case is suspended."""
        return FireJob(job_id, reason).run(self.host)

    def set_job_due(self, job_id: str, due_at: datetime, reason: str) -> Job:
        """Let a job run at another instant."""
        return SetJobDue(job_id, due_at, reason).run(self.host)

    def recalculate_job(self, job_id: str, reason: str, *, from_now: bool = False) -> Job:
        """Work a timer's time out anew from its diagram and the data of today.

        It is counted from when the timer began to wait, or ``from_now``.
        """
        return RecalculateJob(job_id, reason, from_now).run(self.host)

    def retry_job(
        self, job_id: str, reason: str, *, attempts: int | None = None, due_at: datetime | None = None
    ) -> Job:
        """Give a job that has failed new attempts, at once or at an instant."""
        return RetryJob(job_id, reason, attempts, due_at).run(self.host)

    def answer_job(self, job_id: str, result: Mapping[str, Any], reason: str) -> Job:
        """Enter the answer of an outside system by hand, when it acted and its answer was lost."""
        return AnswerJob(job_id, dict(result), reason).run(self.host)

    # Tasks of leavers

    def offer_anew(self, left: str) -> None:
        """Have the open tasks of somebody who left (``user:id``), or of a post that lost a holder (``role@path``),
        looked at in portions: they go back to the group, or where nobody is left to whom the house has named."""
        OfferAnew(left).run(self.host)

    # Processes as a whole

    def definition_control(self, key: str) -> DefinitionControl:
        """Whether a process is suspended, what is scheduled, how long its history stays; raises `Missing`."""
        return control.get(self.host, key)

    def suspended_definitions(self) -> list[str]:
        """The keys of the processes that are suspended."""
        return control.suspended_keys(self.host)

    def suspend_definition(
        self, key: str, reason: str, *, until: datetime | None = None, at: datetime | None = None
    ) -> DefinitionControl:
        """Start nothing new of a process, now or from ``at``, for ever or ``until`` an instant.

        Running cases go on. What messages, signals and timers were to start is started at the activation.
        """
        return SuspendDefinition(key, reason, until, at).run(self.host)

    def activate_definition(self, key: str, reason: str, *, at: datetime | None = None) -> DefinitionControl:
        """Let a suspended process be started again, now or from ``at``."""
        return ActivateDefinition(key, reason, at).run(self.host)

    def set_history_days(self, key: str, days: int | None, reason: str) -> DefinitionControl:
        """How many days finished cases of a process stay; for ever with None."""
        control_now = SetHistoryDays(key, days, reason).run(self.host)
        arrange_clean_up(self.host)
        return control_now

    def used_by(self, kind: str, name: str) -> list[Usage]:
        """Which processes use a process (called), decision, form or handler, with their open cases.

        Only versions that are the newest or have open cases. Raises `Invalid` for another kind.
        """
        return usage.used_by(self.host, kind, name)

    # What operators did

    def operations(
        self, operation_filter: OperationFilter | None = None, page: Page | None = None
    ) -> PageOf[Operation]:
        """Who did what to which case, incident, job or process, why, and for whom; the latest first."""
        return operations.find(self.host, operation_filter or OperationFilter(), page or Page())

    def annotate_operation(self, operation_id: str, text: str) -> Operation:
        """Add a note to what somebody did; raises `Missing`, `Invalid`."""
        return operations.annotate(self.host, operation_id, text)

    # History

    def clean_history(self, limit: int = PORTION) -> int:
        """Erase finished cases whose time is over, at most ``limit`` of each process; returns how many.

        One portion per unit of work; the caller loops. Held cases and those with something left to send stay.
        """
        return CleanHistory(limit).run(self.host)

    def history_progress(self) -> HistoryProgress:
        """How far the clean-up is."""
        return progress(self.host)

    def place_hold(
        self, reason: str, *, instance_id: str | None = None, business_key: str | None = None
    ) -> LegalHold:
        """Keep the history of a case, or of all cases with a business key, until the hold is lifted."""
        return PlaceHold(instance_id, business_key, reason).run(self.host)

    def lift_hold(self, hold_id: str, reason: str) -> LegalHold:
        """Let history go when its time is over."""
        return LiftHold(hold_id, reason).run(self.host)

    def find_holds(self, *, lifted_too: bool = False) -> list[LegalHold]:
        """The legal holds, the newest first."""
        return find_holds(self.host, lifted_too=lifted_too)

    # Messages

    def find_messages(
        self, page: Page | None = None, *, state: str = "waiting", name: str | None = None
    ) -> PageOf[Message]:
        """Messages that nobody waited for when they came: waiting, expired or delivered since."""
        return messages.find(self.host, page or Page(), state=state, name=name)
