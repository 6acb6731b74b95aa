"""The verbs of the review of a change (变更审核): what it is about, its effect or refusal, telling who asked."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.api import Context, Ending, ending, handler
from handlers.telling import tell_person
from kernel.clock import Clock, business_date
from ledger.customers.models import Customer
from ledger.messages.operations import queue_message
from ledger.organisation.parameters import LANGUAGE
from ledger.organisation.queries import parameter, project_at
from ledger.reviews.models import ProposedChange
from ledger.reviews.operations import accept_change, end_change, refuse_change
from ledger.reviews.registry import reviewable, reviewing_roles
from ledger.staff.models import Staff
from ledger.staff.queries import names

_WHAT = {
    "customers": ("Customer’s key data", "客户关键资料"),
    "plans": ("Payment plan", "付款方式"),
    "parameters": ("Parameter", "业务参数"),
    "message_texts": ("Text of a message", "消息模板"),
}
_WITHOUT_A_WORD = ("The review ended without a decision", "审核未作决定即已结束")


@dataclass(frozen=True)
class OpenIn:
    """The proposed change."""

    change_id: str


@dataclass(frozen=True)
class OpenOut:
    """Who is asked and who never is, and the words of the task's columns in the language of the house."""

    kind: str
    applicants: list[str]
    reviewers: list[str]
    subject: str
    project: str | None
    customer: str | None


@handler("review_of_change.open", again=True)
def open_review(data: OpenIn, ctx: Context) -> OpenOut:
    """Name the task and its people; the change keeps the case it waits in."""
    change = ctx.session.get_one(ProposedChange, data.change_id)
    change.instance_id = change.instance_id or ctx.instance_id
    project = project_at(ctx.session, change.path)
    customer = ctx.session.get_one(Customer, change.customer_id) if change.customer_id else None
    return OpenOut(
        kind=change.kind,
        applicants=[person for person in (change.proposed_by, change.proposed_for) if person],
        reviewers=reviewing_roles(change.kind),
        subject=_subject(ctx.session, ctx.clock, change),
        project=project.name if project else None,
        customer=customer.name if customer else None,
    )


def _subject(session: Session, clock: Clock, change: ProposedChange) -> str:
    """The change in the language of the house."""
    language = parameter(session, change.path, LANGUAGE, business_date(clock))
    what = _WHAT[change.kind][1 if language == "zh" else 0]
    about = reviewable(change.kind).subject(session, change.record_id, language)
    return f"{what} · {about}" if about else what


@dataclass(frozen=True)
class AcceptIn:
    """The change and what the reviewer remarks."""

    change_id: str
    remark: str | None = None


@handler("review_of_change.accept")
def accept(data: AcceptIn, ctx: Context) -> None:
    """Put the change into effect for whoever completed the task; raises what the ledger refuses him."""
    accept_change(ctx.session, ctx.actor, ctx.clock, change_id=data.change_id, opinion=data.remark)


@dataclass(frozen=True)
class RefuseIn:
    """The change and why it is refused."""

    change_id: str
    opinion: str | None = None


@handler("review_of_change.refuse")
def refuse(data: RefuseIn, ctx: Context) -> None:
    """Leave the record as it is; raises what the ledger refuses."""
    refuse_change(ctx.session, ctx.actor, ctx.clock, change_id=data.change_id, opinion=data.opinion)


@dataclass(frozen=True)
class TellIn:
    """The change and what it is about."""

    change_id: str
    subject: str


@handler("review_of_change.tell", again=True)
def tell(data: TellIn, ctx: Context) -> None:
    """Tell who proposed it what came of it."""
    change = ctx.session.get_one(ProposedChange, data.change_id)
    reviewer = change.decided_by or ""
    words = {"what": data.subject, "who": names(ctx.session, [reviewer]).get(reviewer, "")}
    if change.state == "refused":
        words["reason"] = change.opinion or ""
    tell_person(ctx, f"change_{change.state}", change.proposed_by, ctx.scope, words)


@ending("review_of_change")
def review_over(ended: Ending) -> None:
    """No change waits without a case: one that nobody has decided is withdrawn, and who proposed it is told.

    A case ends so when it is cancelled or called off, when a step is skipped by hand, when another diagram leads
    past the review, or when somebody else than the ledger says that the change was withdrawn.
    """
    actor, language = (
        ended.ledger_actor,
        parameter(ended.session, ended.scope, LANGUAGE, business_date(ended.clock)),
    )
    change = end_change(
        ended.session,
        actor,
        ended.clock,
        instance_id=ended.instance_id,
        change_id=ended.variables.get("change_id"),
        reason=ended.reason or _WITHOUT_A_WORD[1 if language == "zh" else 0],
    )
    if change is not None and actor.id != change.proposed_by:
        _tell_of_the_end(ended, change)


def _tell_of_the_end(ended: Ending, change: ProposedChange) -> None:
    """A note to who proposed the change; somebody who is no member of staff gets none."""
    session = ended.session
    if session.get(Staff, change.proposed_by) is None:
        return
    queue_message(
        session,
        ended.ledger_actor,
        ended.clock,
        template="change_ended",
        recipient_kind="staff",
        recipient_id=change.proposed_by,
        params={
            "what": _subject(session, ended.clock, change),
            "who": names(session, [ended.actor.id]).get(ended.actor.id, ended.actor.name),
            "reason": change.opinion or "",
        },
        path=change.path,
        key=f"change_ended:{change.id}",
    )
