"""Saved filters: lists under a name, in their owner's order, shared to a role at a node or to people.

A filter that asks about a fact is not there at all for whoever may not see that fact wherever the filter looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.errors import Invalid, Missing, NotAllowed
from ledger.staff.queries import names
from ledger.staff.roles import ROLES
from webapp.arranged import FilterShare, SavedFilter
from webapp.inbox.criteria import facts_asked
from webapp.inbox.filters import Wanted, read_wanted
from webapp.process_data import sees_fact

COLOURS = ("neutral", "blue", "teal", "green", "yellow", "orange", "red", "purple", "pink")
MOST = 30
_MOST_SHARES = 20
_NAME = 60


@dataclass(frozen=True)
class Share:
    """To whom: the holders of ``role`` at ``path`` or below, or one person."""

    role: str | None = None
    path: str | None = None
    person_id: str | None = None


@dataclass(frozen=True)
class Saved:
    """A saved filter as one of its readers has it; ``is_mine`` says that he may change it."""

    id: str
    name: str
    colour: str
    criteria: Mapping[str, str]
    owner_id: str
    is_mine: bool
    shares: tuple[Share, ...]

    @property
    def wanted(self) -> Wanted:
        """The list it stands for."""
        return read_wanted(self.criteria)


def filters_of(session: Session, actor: Actor) -> list[Saved]:
    """Somebody's own filters in their order, then those shared to him by name; two queries."""
    own = SavedFilter.owner_id == actor.id
    for_roles = FilterShare.role.in_({grant.role for grant in actor.grants})
    shared = select(FilterShare.filter_id).where(or_(FilterShare.person_id == actor.id, for_roles))
    rows = session.scalars(select(SavedFilter).where(or_(own, SavedFilter.id.in_(shared)))).all()
    found = [_saved(row, actor, shares) for row, shares in _with_shares(session, rows)]
    mine = [row.id for row in sorted(rows, key=lambda row: (row.position, row.id)) if row.owner_id == actor.id]
    theirs = [one for one in found if not one.is_mine and _reaches(one, actor) and _may_know(one, actor)]
    by_id = {one.id: one for one in found}
    return [*(by_id[one] for one in mine), *sorted(theirs, key=lambda one: (one.name, one.id))][: 2 * MOST]


def narrowed_by(one: Saved, arguments: Mapping[str, str]) -> Wanted:
    """A saved filter with what an address asks besides: another order, page, word or box."""
    return read_wanted({**one.criteria, **arguments}, saved=one.id, base=one.criteria)


def filter_of(session: Session, actor: Actor, filter_id: str) -> Saved:
    """One of `filters_of`; raises `Missing`."""
    for one in filters_of(session, actor):
        if one.id == filter_id:
            return one
    raise Missing("filter_missing")


def asked_for(session: Session, actor: Actor, arguments: Mapping[str, str]) -> Wanted:
    """The list of an address; raises `Missing` for a filter that is gone, since without it the list were wider."""
    if filter_id := arguments.get("filter"):
        return narrowed_by(filter_of(session, actor, filter_id), arguments)
    return read_wanted(arguments)


def save(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    name: str,
    colour: str,
    criteria: Mapping[str, str],
    shares: Iterable[Share] = (),
    filter_id: str = "",
) -> str:
    """Save a filter, or change one of one's own; returns its id.

    Raises `Invalid` for a name, a colour or a share that is none, `NotAllowed` for a node outside the actor's own,
    `Missing` for another's filter.
    """
    name, kept = " ".join(name.split()), read_wanted(criteria).arguments()
    if not 0 < len(name) <= _NAME:
        raise Invalid("filter_name", field="name", longest=_NAME)
    if colour not in COLOURS:
        raise Invalid("filter_colour", field="colour")
    shares = list(dict.fromkeys(shares))[:_MOST_SHARES]
    _check_shares(session, actor, shares)
    values = {"name": name, "colour": colour, "criteria": kept, "fields": _facts_of(kept)}
    if filter_id:
        row = _own(session, actor, filter_id)
        for column, value in values.items():
            setattr(row, column, value)
    else:
        mine = SavedFilter.owner_id == actor.id
        count = session.execute(select(func.count()).where(mine)).scalar_one()
        if count >= MOST:
            raise Invalid("filter_too_many", most=MOST)
        row = SavedFilter(owner_id=actor.id, position=count, created_at=clock.now(), **values)
        session.add(row)
    session.flush()  # The shares point at the row.
    _write_shares(session, row.id, shares)
    return row.id


def remove(session: Session, actor: Actor, filter_id: str) -> None:
    """Take one of one's own away, for everybody it was shared to; raises `Missing`."""
    row = _own(session, actor, filter_id)
    session.execute(delete(FilterShare).where(FilterShare.filter_id == row.id))
    session.delete(row)


def put_in_order(session: Session, actor: Actor, ids: Iterable[str]) -> None:
    """Give one's own filters the order of ``ids``; those of others are passed over."""
    for position, one in enumerate(dict.fromkeys(ids)):
        mine = (SavedFilter.id == one) & (SavedFilter.owner_id == actor.id)
        session.execute(update(SavedFilter).where(mine).values(position=position))


def _own(session: Session, actor: Actor, filter_id: str) -> SavedFilter:
    row = session.get(SavedFilter, filter_id)
    if row is None or row.owner_id != actor.id:
        raise Missing("filter_missing")
    return row


def _facts_of(criteria: Mapping[str, str]) -> list[str]:
    """The facts asked about; words that are searched for may be a customer's name."""
    asked = facts_asked(read_wanted(criteria).criteria)
    return sorted({*asked, "customer"}) if criteria.get("q") else asked


def _reaches(saved: Saved, actor: Actor) -> bool:
    return any(_is_for(share, actor) for share in saved.shares)


def _is_for(share: Share, actor: Actor) -> bool:
    if share.person_id is not None:
        return share.person_id == actor.id
    role, path = share.role, share.path or "/"
    return any(g.role == role and (g.covers(path) or g.path.startswith(path)) for g in actor.grants)


def _may_know(saved: Saved, actor: Actor) -> bool:
    """Whether a reader may see, wherever the filter looks, every fact that it asks about."""
    places = [saved.criteria["project"]] if saved.criteria.get("project") else actor.scope_paths()
    return all(sees_fact(actor, fact, path) for fact in _facts_of(saved.criteria) for path in places)


def _check_shares(session: Session, actor: Actor, shares: Iterable[Share]) -> None:
    people = {share.person_id for share in shares if share.person_id}
    if people - set(names(session, people)):
        raise Invalid("filter_share", field="shares")
    for share in shares:
        if share.person_id is None and share.role not in ROLES:
            raise Invalid("filter_share", field="shares")
        if share.person_id is None and not any(grant.covers(share.path or "/") for grant in actor.grants):
            raise NotAllowed("filter_share_outside", field="shares")


def _write_shares(session: Session, filter_id: str, shares: Iterable[Share]) -> None:
    session.execute(delete(FilterShare).where(FilterShare.filter_id == filter_id))
    for number, share in enumerate(shares):
        session.add(FilterShare(filter_id=filter_id, position=number, **vars(share)))


def _with_shares(session: Session, rows: Iterable[SavedFilter]) -> list[tuple[SavedFilter, list[Share]]]:
    by_id = {row.id: (row, list[Share]()) for row in rows}
    query = select(FilterShare).where(FilterShare.filter_id.in_(by_id)).order_by(FilterShare.position)
    for share in session.scalars(query):
        by_id[share.filter_id][1].append(Share(share.role, share.path, share.person_id))
    return list(by_id.values())


def _saved(row: SavedFilter, actor: Actor, shares: Iterable[Share]) -> Saved:
    return Saved(
        id=row.id,
        name=row.name,
        colour=row.colour,
        criteria=dict(row.criteria),
        owner_id=row.owner_id,
        is_mine=row.owner_id == actor.id,
        shares=tuple(shares),
    )
