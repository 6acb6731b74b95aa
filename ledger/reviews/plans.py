"""Payment plans (付款方式) under review: a new version or the end; the record is ``<project id>:<code>``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from ledger.finance.errors import PlanInvalid
from ledger.finance.kinds import ReceivableKind, ShareKind, TriggerKind
from ledger.finance.models import PaymentPlanTemplate
from ledger.finance.operations import approve_plan, propose_plan, retire_plan
from ledger.finance.plans import PlanLine, Share, Trigger
from ledger.finance.templates import plan_lines
from ledger.organisation.models import Project
from ledger.organisation.parameters import REVIEW_PLANS
from ledger.reviews.errors import ChangeInvalid, ChangeMissing
from ledger.reviews.marks import is_marked
from ledger.reviews.reviewable import Order, Place, Values
from ledger.scope import get_scoped
from ledger.staff.permissions import Permission

FIELDS = ("state", "kind", "label_zh", "label_en", "lines")
_RIGHTS = (Permission.PRICES_PROPOSE, Permission.PRICES_APPROVE)


class Plans:
    """The version of a plan in use; ``state`` alone, as retired, ends its use for new sales."""

    kind = "plans"
    review = Permission.PRICES_APPROVE
    views = (Permission.PRICES_PROPOSE, Permission.PRICES_APPROVE)

    def place(self, session: Session, actor: Actor, record_id: str) -> Place:
        """The project; whoever may approve plans may propose that one ends."""
        project_id, _ = split(record_id)
        right = next((one for one in _RIGHTS if actor.may_anywhere(one)), _RIGHTS[0])
        return Place(get_scoped(session, actor, Project, right, project_id).path)

    def is_marked(self, session: Session, clock: Clock, record_id: str, path: str) -> bool:
        """As the node says."""
        return is_marked(session, clock, REVIEW_PLANS, path)

    def current(self, session: Session, record_id: str, values: Values) -> dict[str, Any]:
        """The version in use, else one that was retired."""
        plan = _newest(session, record_id)
        if plan is None:
            return dict.fromkeys(values)
        found = {
            "state": plan.state,
            "kind": plan.kind.value,
            "label_zh": plan.labels.get("zh"),
            "label_en": plan.labels.get("en"),
            "lines": [line_values(line) for line in plan_lines(session, plan.id)],
        }
        return {field: found.get(field) for field in values}

    def apply(self, order: Order, record_id: str, values: Values) -> None:
        """Make the version and approve it as the reviewer's, or end the plan's use; raises what those raise."""
        if unknown := sorted(set(values) - set(FIELDS)):
            raise ChangeInvalid("change_field_unknown", field=unknown[0])
        if values.get("state") == "retired":
            self._retire(order, record_id)
            return
        project_id, code = split(record_id)
        whole = {**self.current(order.session, record_id, dict.fromkeys(FIELDS)), **values}
        labels = {"zh": whole.get("label_zh") or "", "en": whole.get("label_en") or ""}
        plan = propose_plan(
            order.session,
            order.proposer,
            order.clock,
            project_id=project_id,
            code=code,
            kind=str(whole.get("kind") or ""),
            labels={language: text for language, text in labels.items() if text},
            lines=lines_of(whole.get("lines") or ()),
        )
        approve_plan(order.session, order.reviewer, order.clock, template_id=plan.id)

    def _retire(self, order: Order, record_id: str) -> None:
        plan = _newest(order.session, record_id)
        if plan is None or plan.state != "approved":
            raise ChangeMissing("change_record_missing", id=record_id)
        retire_plan(order.session, order.proposer, order.clock, template_id=plan.id)

    def shown(self, field: str, value: Any) -> Any:
        """As it is."""
        return value

    def subject(self, session: Session, record_id: str, language: str) -> str:
        """The code of the plan."""
        return split(record_id)[1]


def record_of(project_id: str, code: str) -> str:
    """The id of a project's plan as a record."""
    return f"{project_id}:{code.strip()}"


def split(record_id: str) -> tuple[str, str]:
    """Project and code of a record."""
    project_id, _, code = record_id.partition(":")
    return project_id, code


def line_values(line: PlanLine) -> dict[str, Any]:
    """A line of a plan as JSON."""
    on = line.trigger.on
    return {
        "kind": line.kind.value,
        "share": line.share.kind.value,
        "value": line.share.value,
        "inclusive": line.share.inclusive,
        "cap_fen": line.share.cap_fen,
        "trigger": line.trigger.kind.value,
        "days": line.trigger.days,
        "on": on.isoformat() if on else None,
        "milestone": line.trigger.milestone,
    }


def lines_of(rows: Sequence[dict[str, Any]]) -> list[PlanLine]:
    """The lines that JSON says. Raises `PlanInvalid` naming the line that cannot be read."""
    return [_line(index, row) for index, row in enumerate(rows)]


def _line(index: int, row: dict[str, Any]) -> PlanLine:
    try:
        share = Share(
            ShareKind(row["share"]), int(row.get("value") or 0), bool(row.get("inclusive")), row.get("cap_fen")
        )
        on = date.fromisoformat(row["on"]) if row.get("on") else None
        trigger = Trigger(
            TriggerKind(row.get("trigger", TriggerKind.AFTER_SIGNING)),
            int(row.get("days") or 0),
            on,
            row.get("milestone"),
        )
        return PlanLine(ReceivableKind(row["kind"]), share, trigger)
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise PlanInvalid("plan_line_unreadable", field=f"lines.{index}.kind") from wrong


def _newest(session: Session, record_id: str) -> PaymentPlanTemplate | None:
    project_id, code = split(record_id)
    query = select(PaymentPlanTemplate).where(
        PaymentPlanTemplate.project_id == project_id,
        PaymentPlanTemplate.code == code,
        PaymentPlanTemplate.state != "draft",
    )
    in_use_first = (PaymentPlanTemplate.state, PaymentPlanTemplate.version.desc())
    return session.scalars(query.order_by(*in_use_first).limit(1)).one_or_none()
