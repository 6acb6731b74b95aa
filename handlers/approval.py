"""The verbs of the approval process: who decides next, what was decided, reminders (DOMAIN §9).

The applicant never approves his own case, one person takes one step, and the step of a role that nobody else
holds goes to whom the house has named for it, with the vacancy noted.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal

from engine.api import BusinessError, Context, NotAllowed, TaskWithoutHolder, handler
from handlers.shared import end_of_day, instant_text, today, working_day_after
from handlers.telling import tell_person, tell_staff
from kernel.facts import tell
from ledger.sales.models import Sale
from ledger.staff.posts import Answering, fills, who_answers

NOBODY = "approval.find_step.nobody"

Decision = Literal["approved", "returned", "rejected"]
Part = Literal["before", "after", "vote"]


@dataclass(frozen=True)
class Vacancy:
    """A step (counted from 0) whose role nobody else holds, and who answers instead: a role, or the person named.

    Where it is a person ``instead`` repeats the vacant role.
    """

    step: int
    role: str
    instead: str
    person: str | None = None


@dataclass(frozen=True)
class Opinion:
    """What somebody decided at a step, perhaps for a person he stands in for, with the instant in UTC.

    ``passed`` says that his earlier decision stands. ``part`` is before, after or vote for who was added to the
    step (加签, 会签).
    """

    step: int
    role: str
    by: str
    decision: Decision
    opinion: str | None
    at: str
    passed: bool = False
    on_behalf_of: str | None = None
    part: Part | None = None


@dataclass(frozen=True)
class Passed:
    """The engine passed a step without asking: who had decided it, at which task and when, and why it may."""

    by: str
    task: str
    step: str
    at: str
    why: str


@dataclass(frozen=True)
class BeginIn:
    """What is asked for, and about which thing."""

    kind: str
    subject_id: str | None = None


@dataclass(frozen=True)
class BeginOut:
    """A case that nobody has decided yet; ``outcome`` stands if nobody needs to. The floor price is fen."""

    floor_price_fen: int | None
    step: int = 0
    outcome: Decision = "approved"
    opinions: list[Opinion] = field(default_factory=list)
    deciders: list[str] = field(default_factory=list)
    vacancies: list[Vacancy] = field(default_factory=list)
    expires_at: str | None = None


@handler("approval.begin", again=True)
def begin(data: BeginIn, ctx: Context) -> BeginOut:
    """Open the case and gather what only its approvers may see: the floor price (底价) of a discounted sale."""
    sale = ctx.session.get(Sale, data.subject_id) if data.kind == "discount" and data.subject_id else None
    return BeginOut(floor_price_fen=sale.floor_price_fen if sale else None)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What messages say of a case: the project, the home and the number of what is asked for."""

    path: str
    project: str | None = None
    unit: str | None = None
    subject_no: str | None = None

    def words(self) -> dict[str, object]:
        """The marks of the templates about approvals."""
        return {"project": self.project or "", "unit": self.unit or "", "number": self.subject_no or ""}


@dataclass(frozen=True, kw_only=True)
class FindStepIn(Asked):
    """The case: roles in order, how many have decided, who applied and who has decided."""

    approvers: list[str]
    step: int
    applicants: list[str]
    deciders: list[str]
    vacancies: list[Vacancy]
    approval_reminder_hours: int
    approval_expiry_days: int
    zone: str = "Asia/Shanghai"
    expires_at: str | None = None


@dataclass(frozen=True)
class WentTo:
    """The mark of a task whose post is vacant: the role, and whom it went to (see `engine.api.POST_VACANT`)."""

    posts: list[str]
    to: list[str]


@dataclass(frozen=True)
class FindStepOut:
    """Who is asked next; ``step_role`` is None when everybody has decided. Instants are UTC.

    ``step_people`` holds the person who is named to answer for a vacant ``step_role``.
    """

    step_role: str | None
    excluded: list[str]
    vacancies: list[Vacancy]
    remind_at: str
    expires_at: str
    step_people: list[str] = field(default_factory=list)
    post_vacant: WentTo | None = None


@handler("approval.find_step", errors={NOBODY}, again=True)
def find_step(data: FindStepIn, ctx: Context) -> FindStepOut:
    """The role that decides next; for a vacant one whoever the house has named to answer for it.

    Raises the business error `NOBODY` when nobody who is named, up to the top, may decide.
    """
    excluded = sorted({*data.applicants, *data.deciders})
    remind_at = instant_text(ctx.clock.now() + timedelta(hours=data.approval_reminder_hours))
    expires = end_of_day(working_day_after(ctx, data.approval_expiry_days, data.zone), data.zone)
    expires_at = data.expires_at or instant_text(expires)
    if data.step >= len(data.approvers):
        return FindStepOut(None, excluded, data.vacancies, remind_at, expires_at)
    planned = data.approvers[data.step]
    if fills(ctx.session, planned, data.path, today(ctx, data.zone), excluded):
        return FindStepOut(planned, excluded, data.vacancies, remind_at, expires_at)
    found = who_answers(ctx.session, planned, data.path, today(ctx, data.zone), excluded)
    if found is None:
        raise BusinessError(NOBODY, role=planned, path=data.path)
    vacancies = [one for one in data.vacancies if one.step != data.step]
    vacancies.append(Vacancy(data.step, planned, found.role or planned, found.staff_id))
    _tell_of_vacancy(data, ctx, planned, found)
    people, mark = [found.staff_id] if found.staff_id else [], WentTo([planned], [found.entry])
    return FindStepOut(found.role or planned, excluded, vacancies, remind_at, expires_at, people, mark)


def _tell_of_vacancy(data: FindStepIn, ctx: Context, planned: str, found: Answering) -> None:
    """Who answers is told once for each step, and the house sees to it that the post is filled."""
    if data.step not in {one.step for one in data.vacancies}:
        if found.staff_id is not None:
            tell_person(ctx, "approval_vacant", found.staff_id, data.path, data.words())
        elif found.role is not None:
            tell_staff(ctx, "approval_vacant", found.role, data.path, data.words(), part=str(data.step))
    facts = {"project": data.project, "unit": data.unit, "subject": data.subject_no}
    key, posts, task = f"{ctx.instance_id}:{data.step}", (f"{planned}@{data.path}",), ("Decide", {"zh": "审批"})
    tell(ctx.session, TaskWithoutHolder(key, posts, (found.entry,), ctx.instance_id, *task, facts))


@dataclass(frozen=True)
class Said:
    """What somebody who was added decided, perhaps for a person he stands in for; the instant is UTC."""

    by: str
    part: Part
    decision: Decision
    opinion: str | None
    at: str
    on_behalf_of: str | None = None

    @property
    def people(self) -> tuple[str, ...]:
        """Who decided it."""
        return (self.by, self.on_behalf_of) if self.on_behalf_of else (self.by,)


@dataclass(frozen=True)
class Own:
    """What the holder of a step decided himself."""

    decision: Decision
    opinion: str | None
    at: str


@dataclass(frozen=True)
class Signing:
    """Who decided a step together: ``by`` held it, ``own`` is None when he left it to the others.

    ``entitled`` says that he might decide without holding the role: it was handed to him, with a reason (转办).
    """

    by: str
    own: Own | None
    entitled: bool
    opinions: list[Said]


@dataclass(frozen=True)
class RecordOpinionIn:
    """A decision with what came before it; ``signing`` when others decided with whoever held the step."""

    decision: Decision
    step: int
    step_role: str
    applicants: list[str]
    opinions: list[Opinion]
    deciders: list[str]
    opinion: str | None = None
    remark: str | None = None
    passed: Passed | None = None
    signing: Signing | None = None
    vacancies: list[Vacancy] = field(default_factory=list)
    zone: str = "Asia/Shanghai"


@dataclass(frozen=True)
class RecordOpinionOut:
    """The case after the decision; ``outcome`` is final unless it is approved and roles are left."""

    outcome: Decision
    step: int
    opinions: list[Opinion]
    deciders: list[str]


@handler("approval.record_opinion", again=True)
def record_opinion(data: RecordOpinionIn, ctx: Context) -> RecordOpinionOut:
    """Add a decision to the case, with those of the people who were added to the step.

    Raises `NotAllowed` for the applicant, for whoever has decided already, and for whoever got the task by
    re-assignment without holding the role that has to decide. A step that was passed stands as it was decided.
    """
    by, behalf = (data.passed.by, None) if data.passed else (ctx.actor.id, ctx.actor.on_behalf_of)
    signing = None if data.passed or data.signing is None or data.signing.by != by else data.signing
    added = [person for said in signing.opinions for person in said.people] if signing is not None else []
    people = list(dict.fromkeys(person for person in (*added, behalf, by) if person))
    if set(people) & set(data.applicants):
        raise NotAllowed("approver_is_applicant")
    if set(people) & set(data.deciders):
        raise NotAllowed("approver_has_decided")
    may = data.passed is not None or ctx.actor.is_system or (signing is not None and signing.entitled)
    named = {one.person for one in data.vacancies if one.step == data.step and one.person}
    may = may or bool(named & {by, behalf})
    if not may and not ctx.actor.has_role(data.step_role, ctx.scope):
        data = replace(data, step_role=_answers_now(data, ctx))
    return RecordOpinionOut(
        outcome=data.decision,
        step=data.step + 1,
        opinions=[*data.opinions, *_opinions(data, ctx, signing, by)],
        deciders=[*data.deciders, *(one for one in people if one != by), by],
    )


def _answers_now(data: RecordOpinionIn, ctx: Context) -> str:
    """The role in which somebody decides a step whose last holder left while it waited.

    Raises `NotAllowed` when somebody holds the role, or another was named to answer for it.
    """
    kept_out = {*data.applicants, *data.deciders}
    place = (ctx.session, data.step_role, ctx.scope, today(ctx, data.zone))
    found = None if fills(*place, kept_out) else who_answers(*place, kept_out)
    if (
        found is not None
        and found.staff_id is not None
        and found.staff_id in (ctx.actor.id, ctx.actor.on_behalf_of)
    ):
        return data.step_role
    if found is not None and found.role is not None and ctx.actor.has_role(found.role, ctx.scope):
        return found.role
    raise NotAllowed("approver_lacks_role", role=f"role.{data.step_role}")


def _opinions(data: RecordOpinionIn, ctx: Context, signing: Signing | None, by: str) -> list[Opinion]:
    """What was said at the step: before its holder, by him, and after or together with him."""
    step, role, behalf = data.step, data.step_role, None if data.passed else ctx.actor.on_behalf_of
    if signing is None:
        passed, at = data.passed is not None, instant_text(ctx.clock.now())
        return [Opinion(step, role, by, data.decision, data.opinion or data.remark, at, passed, behalf)]
    opinions = [
        Opinion(step, role, one.by, one.decision, one.opinion, one.at, False, one.on_behalf_of, one.part)
        for one in signing.opinions
    ]
    if (own := signing.own) is not None:
        place = sum(one.part == "before" for one in opinions)
        his = Opinion(step, role, by, own.decision, own.opinion, own.at, on_behalf_of=behalf)
        opinions.insert(place, his)
    return opinions


@dataclass(frozen=True, kw_only=True)
class RemindIn(Asked):
    """The role whose decision is waited for, and at which step."""

    step_role: str
    step: int


@handler("approval.remind", again=True)
def remind(data: RemindIn, ctx: Context) -> None:
    """Remind the role whose decision is waited for (催办)."""
    tell_staff(ctx, "approval_waiting", data.step_role, data.path, data.words(), part=str(data.step))


@dataclass(frozen=True, kw_only=True)
class UnforeseenIn(Asked):
    """A case that no other row of the approval table foresees."""


@handler("approval.tell_analyst", again=True)
def tell_analyst(data: UnforeseenIn, ctx: Context) -> None:
    """Show a case that only the last row of the approval table caught to the business analyst."""
    tell_staff(ctx, "approval_unforeseen", "business_analyst", data.path, data.words())
