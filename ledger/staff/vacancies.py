"""Vacant posts (岗位空缺): noted when a task finds nobody, closed when somebody holds the post again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock, business_date
from kernel.database import is_sqlite
from kernel.facts import Fact, tell
from kernel.ids import new_id
from ledger.staff.errors import VacancyMissing
from ledger.staff.models import PostVacancy, VacancyTurn
from ledger.staff.permissions import Permission
from ledger.staff.posts import fills


@dataclass(frozen=True)
class VacancyOpened(Fact):
    """A post has become vacant, or has again: somebody has to be given it."""

    vacancy_id: str


@dataclass(frozen=True)
class PostFilled(Fact):
    """Somebody holds a post again that was vacant."""

    vacancy_id: str


@dataclass(frozen=True)
class Turn:
    """A task that went to somebody else: the case, the task in both languages, what it is about, and to whom.

    ``instead`` are codes of roles or ``user:`` with a staff id. ``key`` tells one task from another.
    """

    key: str
    instance_id: str
    task: str
    labels: Mapping[str, str]
    about: str
    instead: Sequence[str]


def note_vacancy(session: Session, clock: Clock, *, role: str, path: str, turn: Turn) -> PostVacancy | None:
    """Note that a task found nobody at a post; the first time `VacancyOpened` is told, and again when it reopens.

    None for a post that somebody holds, such as one who may not decide his own request: that is no vacancy.
    """
    if fills(session, role, path, business_date(clock)):
        return None
    found = _row(session, clock, role, path)
    if found.times == 0 or found.filled_at is not None:
        found.opened_at, found.filled_at, found.times = clock.now(), None, found.times + 1
        tell(session, VacancyOpened(found.id))
    known = select(VacancyTurn.id).where(VacancyTurn.vacancy_id == found.id, VacancyTurn.key == turn.key)
    if session.scalar(known) is None:
        session.add(
            VacancyTurn(
                vacancy_id=found.id,
                key=turn.key,
                instance_id=turn.instance_id,
                task=turn.task[:255],
                labels=dict(turn.labels),
                about=turn.about[:250],
                instead=list(turn.instead),
                at=clock.now(),
            )
        )
    session.flush()  # The next task of this transaction must see the vacancy.
    return found


def _row(session: Session, clock: Clock, role: str, path: str) -> PostVacancy:
    """The post's row, locked; a new one has not been vacant yet. Two who need it at once get the same."""
    insert_new = sqlite.insert if is_sqlite(session) else postgresql.insert
    values = {"id": new_id(), "role": role, "path": path, "opened_at": clock.now(), "times": 0}
    session.execute(insert_new(PostVacancy).values(values).on_conflict_do_nothing())
    query = select(PostVacancy).where(PostVacancy.role == role, PostVacancy.path == path)
    return session.scalars(query.with_for_update()).one()


def close_filled(session: Session, clock: Clock, *, vacancy_id: str | None = None) -> list[PostVacancy]:
    """Close what is noted as vacant and is held by somebody today; `PostFilled` is told of each."""
    query = select(PostVacancy).where(PostVacancy.filled_at.is_(None))
    if vacancy_id is not None:
        query = query.where(PostVacancy.id == vacancy_id)
    today = business_date(clock)
    filled = [one for one in session.scalars(query.with_for_update()) if fills(session, one.role, one.path, today)]
    for one in filled:
        one.filled_at = clock.now()
        tell(session, PostFilled(one.id))
    session.flush()  # Later queries of this transaction must see that it is filled.
    return filled


def list_vacancies(session: Session, actor: Actor, path: str) -> list[PostVacancy]:
    """The posts at a node and below that are or were vacant, those that are first, then the latest."""
    actor.require(Permission.STAFF_MANAGE, path)
    rule = PostVacancy.path.startswith(path, autoescape=True)
    rows = session.scalars(select(PostVacancy).where(rule))
    return sorted(rows, key=lambda one: (one.filled_at is not None, -one.opened_at.timestamp()))


def turns_of(session: Session, vacancy: PostVacancy, limit: int) -> list[VacancyTurn]:
    """What went to whom since a post last became vacant, the latest first."""
    query = select(VacancyTurn).where(VacancyTurn.vacancy_id == vacancy.id, VacancyTurn.at >= vacancy.opened_at)
    return list(session.scalars(query.order_by(VacancyTurn.at.desc(), VacancyTurn.id.desc()).limit(limit)))


def get_vacancy(session: Session, vacancy_id: str) -> PostVacancy:
    """A noted vacancy by its id. Raises `Missing`."""
    found = session.get(PostVacancy, vacancy_id)
    if found is None:
        raise VacancyMissing(id=vacancy_id)
    return found
