"""Every step of a case as a line of its sheet: the role, the person and for whom, what was decided and said."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from engine.api import HistoryEvent, PassedStep, Task
from webapp.approval_sheet.case import SheetCase
from webapp.approval_sheet.data import ApprovalStep
from webapp.formatting import moment
from webapp.inbox.happenings import element_name
from webapp.wording import is_worded, state_name

_PASSED = (
    "task_completed", "task_passed", "signer_decided_before", "signer_decided_after", "signer_decided_vote",
)  # fmt: skip
_SAID = ("opinion", "remark", "comment", "note")


def steps_of(case: SheetCase) -> tuple[ApprovalStep, ...]:
    """What was done, in order, those steps as well that were returned from; then who is waited for."""
    passed = {event.task_id: event.seq for event in case.events if event.code in _PASSED}
    told = [(passed[step.task_id], _done(case, step)) for step in case.steps]
    told += [(event.seq, _returned(case, event)) for event in case.events if event.code == "task_returned"]
    done = [line for _seq, line in sorted(told, key=lambda one: one[0])]
    return (*done, *(_waiting(case, task) for task in case.open_tasks))


def outcome_of(case: SheetCase, steps: Iterable[ApprovalStep]) -> str:
    """What has come of it: the last decision unless somebody still has to decide."""
    decisions = [step for step in case.steps if decision_of(step)]
    deciding = {step.form_key for step in decisions}
    if any(task.form_key in deciding for task in case.open_tasks) or (case.open_tasks and not decisions):
        return str(_("Under approval"))
    if decisions:
        return decision_of(decisions[-1])
    return state_name(f"instance.{case.instance.state}")


def decision_of(step: PassedStep) -> str:
    """The decision in words; empty for a step that entered something."""
    code = f"decision.{step.answers.get('decision')}"
    return state_name(code) if is_worded(code) else ""


def _done(case: SheetCase, step: PassedStep) -> ApprovalStep:
    said = next((str(step.answers[name]) for name in _SAID if step.answers.get(name)), "")
    if step.passed:
        said = _("Passed automatically: %(who)s has already decided.", who=case.names.get(step.by, ""))
    return ApprovalStep(
        step=element_name(case.labels, step.element_id, step.name),
        role=_("Added") if step.added else _roles(step.roles),
        name=case.names.get(step.by) or "—",
        substitute=_for(case, step.on_behalf_of),
        decision=decision_of(step) or _("Entered"),
        at=moment(step.at, case.zone),
        comment=said,
    )


def _returned(case: SheetCase, event: HistoryEvent) -> ApprovalStep:
    to = element_name(case.labels, str(event.params.get("to_element")), str(event.params.get("to")))
    to_whom = case.names.get(str(event.params.get("person")), "—")
    way = state_name(f"return_way.{event.params.get('way')}")
    reason = str(event.params.get("reason") or "")
    return ApprovalStep(
        step=element_name(case.labels, event.element_id, event.element_name),
        role=_roles(event.params.get("roles") or ()),
        name=case.names.get(event.actor_id) or "—",
        substitute=_for(case, event.on_behalf_of),
        decision=_("Returned to “%(step)s” (%(who)s)", step=to, who=to_whom),
        at=moment(event.at, case.zone),
        comment=f"{reason} ({way})",
    )


def _waiting(case: SheetCase, task: Task) -> ApprovalStep:
    return ApprovalStep(
        step=element_name(case.labels, task.element_id, task.name),
        role=_roles(task.roles),
        name=case.names.get(task.assignee or "") or "—",
        decision=_("Waiting"),
    )


def _roles(roles: Iterable[str]) -> str:
    return str(_(", ")).join(state_name(f"role.{role}") for role in roles) or "—"


def _for(case: SheetCase, person: str | None) -> str:
    return _("for %(who)s", who=case.names.get(person, "")) if person else ""
