"""Rules of substitution (代理): who does whose tasks while somebody is on leave or ill.

A person has at most one running rule for a process and a day, nobody stands in for himself, and there are no
chains: who is away himself stands in for nobody. Both accounts are locked while that is checked, so that two rules
made at once cannot both pass.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock, business_date
from kernel.errors import NotAllowed
from ledger.staff.errors import StaffMissing, SubstitutionInvalid, SubstitutionMissing
from ledger.staff.models import Staff, Substitution
from ledger.staff.permissions import Permission
from ledger.staff.queries import actor_for, manages

LONGEST = timedelta(days=366)


def add_substitution(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    substitute_id: str,
    from_date: date,
    to_date: date,
    principal_id: str | None = None,
    processes: Iterable[str] = (),
    reason: str = "",
) -> Substitution:
    """Let somebody do the tasks of the actor, or of ``principal_id``, from a day to a day, both inclusive.

    For oneself it needs no right; for another it needs ``staff:manage`` over that account. The very same rule made
    again is returned unchanged. Raises `StaffMissing`, `NotAllowed`, `SubstitutionInvalid`.
    """
    principal = _held(session, principal_id or actor.id, "principal")
    if principal.id != actor.id and not manages(session, actor, clock, principal.id):
        raise NotAllowed("permission_missing", permission=Permission.STAFF_MANAGE.value)
    if substitute_id == principal.id:
        raise SubstitutionInvalid("substitute_is_self", field="substitute_id")
    substitute = _held(session, substitute_id, "substitute_id")
    _check_dates(from_date, to_date, business_date(clock))
    keys = sorted({key.strip() for key in processes if key.strip()})
    for rule in _overlapping(session, [principal.id, substitute.id], from_date, to_date):
        same = (rule.principal_id, rule.substitute_id, rule.processes) == (principal.id, substitute.id, keys)
        if same and (rule.from_date, rule.to_date) == (from_date, to_date):
            return rule
        _check_against(rule, principal, substitute, set(keys))
    rule = Substitution(
        principal_id=principal.id,
        substitute_id=substitute.id,
        from_date=from_date,
        to_date=to_date,
        processes=keys,
        planned=principal.id == actor.id,
        reason=reason.strip()[:200] or None,
        created_by=actor.id,
        created_at=clock.now(),
    )
    session.add(rule)
    session.flush()  # The audit row names the rule's id, and the next rule of this transaction must see it.
    audit.record(
        session, actor, clock, "staff:add_substitution", "staff", principal.id,
        after={"substitute": substitute.id, "from": from_date.isoformat(), "to": to_date.isoformat(),
               "processes": keys},
        reason=rule.reason,
    )  # fmt: skip
    return rule


def revoke_substitution(session: Session, actor: Actor, clock: Clock, *, substitution_id: str) -> Substitution:
    """End a rule at once; one that has ended already is returned unchanged. Raises `SubstitutionMissing`."""
    rule = session.get(Substitution, substitution_id)
    if rule is None or not _may_revoke(session, actor, clock, rule):
        raise SubstitutionMissing(id=substitution_id)
    if rule.revoked_at is None and rule.to_date >= business_date(clock):
        rule.revoked_at, rule.revoked_by = clock.now(), actor.id
        session.flush()  # Later queries of this transaction must not see the rule.
        before = {"substitute": rule.substitute_id, "to": rule.to_date.isoformat()}
        audit.record(session, actor, clock, "staff:revoke_substitution", "staff", rule.principal_id, before=before)
    return rule


def stood_in_for(session: Session, substitute_id: str, clock: Clock) -> list[tuple[Actor, frozenset[str]]]:
    """Whom somebody stands in for today, with that one's rights, and for which processes (none given: all)."""
    found = []
    today = business_date(clock)
    for rule in session.scalars(_running(today).where(Substitution.substitute_id == substitute_id)):
        try:
            found.append((actor_for(session, rule.principal_id, clock), frozenset(rule.processes)))
        except StaffMissing:  # Who has left has no rights to lend.
            continue
    return found


def running_substitutions(session: Session, clock: Clock) -> list[Substitution]:
    """The rules that hold today, whoever they are of."""
    return list(session.scalars(_running(business_date(clock))))


def substitutions_of(session: Session, staff_id: str) -> list[Substitution]:
    """Every rule in which somebody is stood in for or stands in, the latest first."""
    theirs = or_(Substitution.principal_id == staff_id, Substitution.substitute_id == staff_id)
    order = (Substitution.from_date.desc(), Substitution.id.desc())
    return list(session.scalars(select(Substitution).where(theirs).order_by(*order)))


def _running(on: date) -> Select[Substitution]:
    rule = Substitution
    return (
        select(rule)
        .where(rule.revoked_at.is_(None), rule.from_date <= on, rule.to_date >= on)
        .order_by(rule.from_date, rule.id)
    )


def _held(session: Session, staff_id: str, field: str) -> Staff:
    staff = session.get(Staff, staff_id)
    if staff is None or not staff.active:
        raise StaffMissing(field=field, id=staff_id)
    return staff


def _check_dates(from_date: date, to_date: date, today: date) -> None:
    if to_date < from_date:
        raise SubstitutionInvalid("substitution_dates_reversed", field="to_date", from_date=from_date)
    if from_date < today:
        raise SubstitutionInvalid("substitution_in_the_past", field="from_date", today=today)
    if to_date - from_date > LONGEST:
        raise SubstitutionInvalid("substitution_too_long", field="to_date", days=LONGEST.days)


def _overlapping(session: Session, people: list[str], from_date: date, to_date: date) -> list[Substitution]:
    """The rules that touch two people and some of these days, both accounts locked until the transaction ends."""
    accounts = select(Staff.id).where(Staff.id.in_(people)).order_by(Staff.id)
    session.execute(accounts.with_for_update())
    rule = Substitution
    days = (rule.revoked_at.is_(None), rule.from_date <= to_date, rule.to_date >= from_date)
    theirs = or_(rule.principal_id.in_(people), rule.substitute_id.in_(people))
    return list(session.scalars(select(rule).where(*days, theirs)))


def _check_against(rule: Substitution, principal: Staff, substitute: Staff, keys: set[str]) -> None:
    if rule.processes and keys and not keys & set(rule.processes):
        return
    told = {"from_date": rule.from_date, "to_date": rule.to_date}
    if rule.principal_id == principal.id:
        raise SubstitutionInvalid(
            "substitution_overlaps", field="from_date", substitute=rule.substitute_id, **told
        )
    if rule.principal_id == substitute.id:
        raise SubstitutionInvalid("substitute_is_away", field="substitute_id", substitute=substitute.id, **told)
    if rule.substitute_id == principal.id:
        raise SubstitutionInvalid("principal_stands_in", field="from_date", person=rule.principal_id, **told)


def _may_revoke(session: Session, actor: Actor, clock: Clock, rule: Substitution) -> bool:
    return actor.id == rule.principal_id or manages(session, actor, clock, rule.principal_id)
