"""Proposing a change of a marked record, and what becomes of it: accepted, refused, withdrawn, ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import NotAllowed
from kernel.facts import tell
from ledger.customers.sealing import CustomerErased
from ledger.reviews.contents import FieldChange, contents_of, put_contents
from ledger.reviews.errors import ChangeDecided, ChangeInvalid, ChangeMissing, ChangeOutdated, ChangeWaits
from ledger.reviews.facts import ChangeProposed, ChangeWithdrawn
from ledger.reviews.marks import accepted
from ledger.reviews.models import ProposedChange
from ledger.reviews.registry import reviewable
from ledger.reviews.reviewable import Order, Reviewable, accepted_by, tried_by
from ledger.reviews.scope import seen_changes
from ledger.reviews.second_person import require_second_person

LONGEST = 500


def propose_change(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    kind: str,
    record_id: str,
    values: Mapping[str, Any],
    reason: str | None,
    confirmed: bool = False,
) -> ProposedChange:
    """Propose that fields of a record take other values; nothing takes effect until a second person accepts it.

    The change is tried out with the proposer's own rights and taken back, so whatever the record's operations
    would refuse is refused now. ``confirmed`` overrides a likeness to another customer. Raises `ChangeInvalid`
    without a reason or when nothing would change, `ChangeWaits` when another change of the record waits,
    `ReviewerMissing` when nobody else may review it, and what those operations raise.
    """
    record = reviewable(kind)
    place = record.place(session, actor, record_id)
    reason = _words(reason, "reason", "change_reason_needed")
    _require_none_waits(session, kind, record_id)
    require_second_person(session, actor, clock, kind, place.path)
    order = tried_by(session, actor, clock, reason, confirmed=confirmed)
    contents = _tried(order, record, record_id, values)
    change = ProposedChange(
        kind=kind,
        record_id=record_id,
        customer_id=place.customer_id,
        path=place.path,
        confirmed=confirmed,
        reason=reason,
        state="pending",
        proposed_by=actor.id,
        proposed_for=actor.on_behalf_of,
        proposed_at=clock.now(),
    )
    put_contents(session, change, contents)
    _store(session, change)
    _note(session, actor, clock, change, "propose", reason, fields=sorted(contents))
    tell(session, ChangeProposed(change.id, change.path))
    return change


def _store(session: Session, change: ProposedChange) -> None:
    """Let the unique index speak: somebody may have proposed a change of the same record in the same moment."""
    try:
        with session.begin_nested():
            session.add(change)
    except IntegrityError as clash:
        _require_none_waits(session, change.kind, change.record_id)
        raise ChangeWaits from clash


def _require_none_waits(session: Session, kind: str, record_id: str) -> None:
    same = (ProposedChange.kind == kind) & (ProposedChange.record_id == record_id)
    waits = session.scalars(select(ProposedChange).where(same, ProposedChange.state == "pending")).one_or_none()
    if waits is not None:
        raise ChangeWaits(by=waits.proposed_by, at=waits.proposed_at)


def _tried(order: Order, record: Reviewable, record_id: str, values: Mapping[str, Any]) -> dict[str, FieldChange]:
    """The fields that would change, with what they hold and would hold; the session is as it was before."""
    session = order.session
    before = record.current(session, record_id, values)
    told = list(session.info.get("facts", ()))
    nested = session.begin_nested()
    try:
        with accepted(session):
            record.apply(order, record_id, values)
        session.flush()  # What it would hold is read back from the rows.
        after = record.current(session, record_id, values)
    finally:
        nested.rollback()
        session.info["facts"] = told
    found = {name: FieldChange(before[name], after[name]) for name in values if before[name] != after[name]}
    if not found:
        raise ChangeInvalid("change_of_nothing")
    return found


def accept_change(
    session: Session, actor: Actor, clock: Clock, *, change_id: str, opinion: str | None = None
) -> ProposedChange:
    """A second person accepts: the change takes effect now, as its proposer's act.

    Raises `ChangeMissing`, `ChangeDecided`, `NotAllowed` for the proposer and for who lacks the right to review,
    `ChangeOutdated` when a field is not as it was, `CustomerErased`, and what the record's operations raise.
    """
    change = _decidable(session, actor, change_id)
    record, contents = reviewable(change.kind), contents_of(session, change)
    if not contents:
        raise CustomerErased(id=change.customer_id)
    if differing := differences(session, change, contents):
        raise ChangeOutdated(fields=[f"change_field.{name}" for name in differing])
    proposer = Actor(change.proposed_by, "", on_behalf_of=change.proposed_for)
    with accepted(session):
        order = accepted_by(session, proposer, actor, clock, change.reason, confirmed=change.confirmed)
        record.apply(order, change.record_id, {name: one.after for name, one in contents.items()})
    _decide(change, actor, clock, "accepted", opinion)
    _note(session, actor, clock, change, "accept", opinion, fields=sorted(contents))
    return change


def refuse_change(
    session: Session, actor: Actor, clock: Clock, *, change_id: str, opinion: str | None
) -> ProposedChange:
    """A second person refuses, with a reason; the record stays. Raises as `accept_change`, `ChangeInvalid`."""
    change = _decidable(session, actor, change_id)
    _decide(change, actor, clock, "refused", _words(opinion, "opinion", "change_opinion_needed"))
    _note(session, actor, clock, change, "refuse", change.opinion)
    return change


def withdraw_change(session: Session, actor: Actor, clock: Clock, *, change_id: str) -> ProposedChange:
    """Its proposer takes a change back. Raises `ChangeMissing`, `ChangeDecided`, `NotAllowed` for anybody else."""
    change = _own(session, actor, change_id)
    _decide(change, actor, clock, "withdrawn", None)
    _note(session, actor, clock, change, "withdraw", None)
    tell(session, ChangeWithdrawn(change.id))
    return change


def end_change(
    session: Session, actor: Actor, clock: Clock, *, instance_id: str, change_id: str | None, reason: str
) -> ProposedChange | None:
    """The case in which a change waited is over: if nobody has decided it, it is withdrawn for this reason.

    ``change_id`` names a change that has not come to know its case yet. Needs no right of its own, because it
    follows from the end of the case. Returns None when no change waited in the case.
    """
    session.flush()  # What this transaction has decided is read back with the lock.
    new = (ProposedChange.id == change_id) & ProposedChange.instance_id.is_(None)
    change = _locked(
        session, (ProposedChange.state == "pending") & ((ProposedChange.instance_id == instance_id) | new)
    )
    if change is not None:
        _decide(change, actor, clock, "withdrawn", reason)
        _note(session, actor, clock, change, "end", change.opinion)
    return change


def differences(session: Session, change: ProposedChange, contents: Mapping[str, FieldChange]) -> dict[str, Any]:
    """The fields that no longer hold what they held when the change was proposed, with what they hold now."""
    values = {name: one.after for name, one in contents.items()}
    now = reviewable(change.kind).current(session, change.record_id, values)
    return {name: now[name] for name, one in contents.items() if now[name] != one.before}


def _decidable(session: Session, actor: Actor, change_id: str) -> ProposedChange:
    """The change, locked, for who may decide it."""
    change = _found(session, ProposedChange.id == change_id, change_id)
    if {change.proposed_by, change.proposed_for} & {actor.id, actor.on_behalf_of} - {None}:
        raise NotAllowed("reviewer_is_proposer")
    actor.require(reviewable(change.kind).review, change.path)
    return _undecided(change)


def _own(session: Session, actor: Actor, change_id: str) -> ProposedChange:
    """The change, locked, for its proposer; to whoever may not even see it, it does not exist."""
    own = or_(ProposedChange.proposed_by == actor.id, ProposedChange.proposed_for == actor.id)
    change = _found(session, (ProposedChange.id == change_id) & or_(own, seen_changes(actor)), change_id)
    if actor.id not in (change.proposed_by, change.proposed_for):
        raise NotAllowed("change_not_yours")
    return _undecided(change)


def _undecided(change: ProposedChange) -> ProposedChange:
    if change.state != "pending":
        raise ChangeDecided(by=change.decided_by, at=change.decided_at, state=f"change.{change.state}")
    return change


def _found(session: Session, which: ColumnElement[bool], change_id: str) -> ProposedChange:
    change = _locked(session, which)
    if change is None:
        raise ChangeMissing(id=change_id)
    return change


def _locked(session: Session, which: ColumnElement[bool]) -> ProposedChange | None:
    query = select(ProposedChange).where(which).with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def _decide(change: ProposedChange, actor: Actor, clock: Clock, state: str, opinion: str | None) -> None:
    change.state, change.opinion = state, (opinion or "").strip()[:LONGEST] or None
    change.decided_by, change.decided_for, change.decided_at = actor.id, actor.on_behalf_of, clock.now()


def _words(text: str | None, field: str, lacking: str) -> str:
    text = (text or "").replace("\x00", "").strip()
    if not text:
        raise ChangeInvalid(lacking, field=field)
    if len(text) > LONGEST:
        raise ChangeInvalid("answer_too_long", field=field, limit=LONGEST)
    return text


def _note(
    session: Session,
    actor: Actor,
    clock: Clock,
    change: ProposedChange,
    verb: str,
    reason: str | None,
    **more: Any,
) -> None:
    after = {"kind": change.kind, **more}
    audit.record(
        session,
        actor,
        clock,
        f"reviews:{verb}",
        "proposed_change",
        change.id,
        path=change.path,
        after=after,
        reason=reason,
    )
