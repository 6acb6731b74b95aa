"""A sale opens and takes its unit: walk-in, from a queue number, as a hold or a small order.

Two takers of one unit: the row lock (PostgreSQL) or the writing transaction (SQLite) lets one pass and shows the
other a taken unit with who and when; the partial unique index on live sales is the last line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import Clock
from kernel.facts import tell
from kernel.ids import new_id
from ledger.inventory.changes import lock_unit
from ledger.inventory.errors import UnitNotSellable, UnitTaken
from ledger.inventory.models import Unit
from ledger.inventory.states import UnitStatus
from ledger.inventory.taking import check_sellable, move_unit
from ledger.organisation.models import Project
from ledger.organisation.parameters import OPENING_MODE
from ledger.organisation.queries import parameter
from ledger.sales.acts import Act, about
from ledger.sales.closing import close_line
from ledger.sales.errors import QueueNotReady
from ledger.sales.facts import HoldReleased, SaleOpened
from ledger.sales.models import Sale
from ledger.sales.queue_models import QueueBatch
from ledger.sales.queueing import convert_queue_number
from ledger.sales.stage_models import Hold
from ledger.scope import require_on
from ledger.staff.permissions import Permission

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's, without letters that are taken for digits.


@dataclass(frozen=True)
class Opening:
    """How a sale begins: the stage it starts at and the status its unit gets.

    ``in_turn`` tells a way in that has its place in the queue of an opening day already.
    """

    entry: str
    stage: str
    status: UnitStatus
    permission: Permission
    in_turn: bool = False


WALK_IN = Opening("walk_in", "subscribing", UnitStatus.SUBSCRIBED, Permission.SALES_SUBSCRIBE)
QUEUE = Opening("queue", "subscribing", UnitStatus.SUBSCRIBED, Permission.SALES_SUBSCRIBE, in_turn=True)
ROOM_CHANGE = Opening(
    "room_change", "subscribing", UnitStatus.SUBSCRIBED, Permission.SALES_CHANGE_ROOM, in_turn=True
)


def open_sale(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    unit_id: str,
    customer_id: str,
    consultant_id: str | None = None,
    queue_number_id: str | None = None,
    instance_id: str | None = None,
    key: str | None = None,
) -> Sale:
    """Take a unit for a customer who will subscribe: a walk-in, or the bearer of a called queue number.

    The sale waits at stage ``subscribing`` for `subscribe`. Raises `UnitTaken` (who and when), `UnitNotSellable`
    (reason), `QueueNotReady` (also on opening day without a called number), `Missing`, `NotAllowed`.
    """
    act = Act(session, actor, clock, key)
    if earlier := act.earlier("opened", unit_id=unit_id):
        return earlier
    opening = WALK_IN if queue_number_id is None else QUEUE
    sale = open_line(
        act,
        opening,
        unit_id=unit_id,
        customer_id=customer_id,
        consultant_id=consultant_id,
        instance_id=instance_id,
        reason=opening.entry,
    )
    if queue_number_id is not None:
        convert_queue_number(act, number_id=queue_number_id, sale=sale)
    return sale


def open_line(
    act: Act,
    opening: Opening,
    *,
    unit_id: str,
    customer_id: str,
    consultant_id: str | None,
    instance_id: str | None,
    reason: str,
    held_until: datetime | None = None,
    entry: str | None = None,
) -> Sale:
    """Guard, take the unit, write the sale. The guard ends an expired hold of the unit: it blocks nobody.

    ``entry`` is how the buyers came in the first place, when that is another way than this opening.
    """
    unit = lock_unit(act.session, act.actor, unit_id)
    owner_id = consultant_id or act.actor.id
    require_on(act.actor, opening.permission, path=unit.path, owner_id=owner_id)
    act.require_customers(customer_id)
    if not opening.in_turn:
        _require_daily_mode(act, unit)
    end_expired_hold(act, unit)
    price = check_sellable(act.session, act.clock, unit)
    sale_id = new_id()
    sale = Sale(
        id=sale_id,
        no=_number(act, unit, sale_id),
        project_id=unit.project_id,
        path=unit.path,
        unit_id=unit.id,
        customer_id=customer_id,
        entry=entry or opening.entry,
        stage=opening.stage,
        owner_id=owner_id,
        list_price_fen=price.list_price_fen,
        floor_price_fen=price.floor_price_fen,
        price_version_id=price.version_id,
        instance_id=instance_id,
        opened_at=act.clock.now(),
        changed_at=act.clock.now(),
        revision=0,
    )
    _insert(act.session, sale, unit)
    move_unit(
        act.session,
        act.actor,
        act.clock,
        unit=unit,
        status=opening.status,
        sale_id=sale.id,
        reason=reason,
        taken_by=owner_id,
        held_until=held_until,
    )
    act.note(sale, "opened", after=sale.stage, details={"entry": opening.entry, "unit_id": unit.id})
    tell(act.session, SaleOpened(*about(sale), entry=opening.entry))
    return sale


def _require_daily_mode(act: Act, unit: Unit) -> None:
    """On opening day a project with a queue gives its homes to the bearers of called numbers alone."""
    if parameter(act.session, unit.path, OPENING_MODE, act.today(unit.project_id)) != "opening_day":
        return
    queued = select(QueueBatch.id).where(QueueBatch.project_id == unit.project_id, QueueBatch.state != "closed")
    if act.session.scalar(select(queued.exists())):
        raise QueueNotReady("opening_by_queue", field="entry", unit_id=unit.id)


def end_expired_hold(act: Act, unit: Unit) -> None:
    """Close the sale of a hold whose time is over, as its timer would have done (the unit is locked)."""
    if unit.status != UnitStatus.HELD or unit.held_until is None or unit.held_until > act.clock.now():
        return
    assert unit.sale_id is not None  # noqa: S101 - a check constraint says so
    sale = act.lock_after_unit(unit.sale_id)
    hold = act.session.scalars(select(Hold).where(Hold.sale_id == sale.id)).one()
    hold.state, hold.ended_at = "expired", act.clock.now()
    # The key of the act that found it belongs to the sale that this act opens, not to the one it closes.
    close_line(Act(act.session, act.actor, act.clock), sale, unit, kind="hold_expired", reason="hold_expired")
    tell(act.session, HoldReleased(*about(sale), expired=True))


def _insert(session: Session, sale: Sale, unit: Unit) -> None:
    session.add(sale)
    try:
        session.flush()  # The database's own rules about units must speak before anything is built on the sale.
    except IntegrityError as refusal:
        if "unit_is_open_for_sale" in str(refusal):
            raise UnitNotSellable(field="unit_id", unit_id=unit.id, unit_no=unit.unit_no) from refusal
        if "uq_sale_live_unit" in str(refusal) or "sale.unit_id" in str(refusal):
            raise UnitTaken(unit_id=unit.id, unit_no=unit.unit_no, taken_by=None, taken_at=None) from refusal
        raise


def _number(act: Act, unit: Unit, sale_id: str) -> str:
    """A readable number that needs no common counter, so that takers on opening day do not queue for it."""
    project = act.session.get_one(Project, unit.project_id)
    day = act.today(project.id)
    bits = int(sale_id.replace("-", ""), 16)
    tail = "".join(_LETTERS[bits >> 5 * n & 31] for n in range(6))
    return f"{project.code.upper()}-XS-{day:%y%m%d}-{tail}"
