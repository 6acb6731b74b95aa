"""Facts that move a hand-over: an appointment, the buyer's coming, money, a signed inspection, an opinion."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.shared import instant_text
from handlers.subscriptions import engine_of_system
from kernel.facts import Telling, on
from ledger.finance.facts import ReceiptConfirmed, ReceivableSettled
from ledger.handover.appointments import booked_of, slot_end
from ledger.handover.cases import live_case_of, today_at
from ledger.handover.facts import AppointmentBooked, BuyerArrived, HandOverRated, InspectionSigned
from ledger.handover.kinds import CaseState
from ledger.handover.models import MoveInCase, MoveInSlot
from ledger.handover.money import open_lines


def appointment_ends(session: Session, case: MoveInCase) -> str | None:
    """The instant at which the appointment that stands is over, as process data holds it."""
    held = booked_of(session, case.id)
    slot = session.scalars(select(MoveInSlot).where(MoveInSlot.id == held.slot_id)).one() if held else None
    return instant_text(slot_end(session, case, slot)) if slot else None


@on(AppointmentBooked)
def appointed(fact: AppointmentBooked, telling: Telling) -> None:
    """The buyer is expected; who does not come by the end of the slot is noted."""
    case = telling.session.get_one(MoveInCase, fact.case_id)
    payload = {"no_show_at": appointment_ends(telling.session, case)}
    engine_of_system(telling).publish("move_in_appointed", {"case_id": fact.case_id}, payload)


@on(BuyerArrived)
def arrived(fact: BuyerArrived, telling: Telling) -> None:
    """The buyer is here."""
    engine_of_system(telling).publish("move_in_arrived", {"case_id": fact.case_id})


@on(ReceivableSettled)
def line_settled(fact: ReceivableSettled, telling: Telling) -> None:
    """A line is paid: when it was the last that stopped the keys, the hand-over goes on."""
    _money_came(telling, fact.sale_id)


@on(ReceiptConfirmed)
def money_came(fact: ReceiptConfirmed, telling: Telling) -> None:
    """Money came in."""
    _money_came(telling, fact.sale_id)


def _money_came(telling: Telling, sale_id: str | None) -> None:
    case = live_case_of(telling.session, sale_id) if sale_id else None
    if case is None or case.state is not CaseState.MONEY or case.on_hold:
        return
    if not open_lines(telling.session, case.sale_id, today_at(telling.session, telling.clock, case.project_id)):
        engine_of_system(telling).publish("move_in_paid", {"case_id": case.id})


@on(InspectionSigned)
def inspected(fact: InspectionSigned, telling: Telling) -> None:
    """An inspection is signed: accepted or refused."""
    engine_of_system(telling).publish("move_in_inspected", {"case_id": fact.case_id}, {"outcome": fact.outcome})


@on(HandOverRated)
def rated(fact: HandOverRated, telling: Telling) -> None:
    """The buyer said how satisfied he is."""
    payload = {"satisfaction": fact.satisfaction}
    engine_of_system(telling).publish("move_in_rated", {"case_id": fact.case_id}, payload)
