"""A building that is handed over in the demo: yesterday some homes were, today others are expected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.agenda import Agenda, Script
from demo.drawing import photo, signature
from demo.life import Life
from kernel.actor import Actor
from kernel.clock import business_date
from kernel.ids import new_id
from ledger.changes.models import OPEN_STATES, ChangeOrder
from ledger.finance.kinds import TodoKind, TodoState
from ledger.finance.models import MoneyTodo
from ledger.handover import appointments, batches, keys, photos, queries, signing
from ledger.handover.appointments import Hours
from ledger.handover.inspecting import Entered, take_entry
from ledger.handover.kinds import CaseState, Outcome, Verdict
from ledger.handover.models import MoveInCase
from ledger.handover.plans import plans_of, rooms_for
from ledger.inventory.models import Unit
from webapp.handover import running

_NOTICE = timedelta(days=9)
_AGENTS = ("service", "service2")
_HOURS = (
    Hours("09:00", "10:30", 2),
    Hours("10:30", "12:00", 2),
    Hours("13:30", "15:00", 2),
    Hours("15:00", "16:30", 2),
)
_WRONG = (("kitchen", "wall", "墙面空鼓"), ("bathroom", "waterproofing", "地漏周边渗水"))
_YESTERDAY, _TODAY, _TOMORROW = 5, 5, 2
_REFUSES, _STAYS_AWAY, _OWES = 1, 3, 4


def hand_a_building_over(life: Life, ends_at: datetime, agenda: Agenda) -> None:
    """The notices go out nine days before the demo's morning, the hand-over began yesterday."""
    agenda.add(_script(life, ends_at), ends_at - _NOTICE)


def _script(life: Life, ends_at: datetime) -> Script:
    first = business_date(life.clock) + timedelta(days=_NOTICE.days - 1)
    buildings = life.ask(lambda s: batches.buildings_to_hand_over(s, life.actor("gm")))
    if not buildings:
        return
    building = max(buildings, key=lambda one: (buildings[one][1], one))
    batch = life.act(
        "gm",
        lambda s, a: batches.begin_batch(
            s, a, life.clock, building_id=building, completion_no="沪竣备2026-0187", place="物业服务中心一楼",
            first_on=first, last_on=first + timedelta(days=3),
        ),
    )  # fmt: skip
    people = [life.places.staff[name] for name in _AGENTS]
    days = [first + timedelta(days=n) for n in range(4)]
    life.act(
        "service",
        lambda s, a: appointments.offer_slots(
            s, a, life.clock, batch_id=batch.id, days=days, staff_ids=people, hours=_HOURS, day_capacity=12
        ),
    )
    running.work(life.database, batch.id)
    yield timedelta(days=2)
    _book(life, batch.id)
    yield timedelta(days=_NOTICE.days - 3)
    for number, case_id in enumerate(_expected(life, batch.id)):
        _visit(life, case_id, number)
        yield timedelta(minutes=40)


def _book(life: Life, batch_id: str) -> None:
    """Some come on the first day, most on the second, the rest on the third."""
    cases = life.ask(lambda s: queries.list_cases(s, life.actor("service"), batch_id=batch_id))
    cases = [case for case in cases if not _changes(life, case.sale_id)]
    slots = life.ask(lambda s: queries.slots_of(s, batch_id))
    days = sorted({slot.on_date for slot in slots})
    wanted = []
    for day, most in zip(days, (_YESTERDAY, _TODAY, _TOMORROW), strict=False):
        wanted += [slot for slot in slots if slot.on_date == day][:most]
    for case, slot in zip(cases, wanted, strict=False):
        life.act(
            "service", lambda s, a, c=case.id, i=slot.id: appointments.book(s, a, life.clock, case_id=c, slot_id=i)
        )


def _expected(life: Life, batch_id: str) -> list[str]:
    today = business_date(life.clock)
    batch = life.ask(lambda s: batches.get_batch(s, life.actor("service"), batch_id))
    return [one.case.id for one in life.ask(lambda s: queries.day_of(s, batch, today)).expected]


def _visit(life: Life, case_id: str, number: int) -> None:
    """A buyer comes, or not: one refuses, one still owes, the others take their home."""
    case = life.ask(lambda s: s.get_one(MoveInCase, case_id))
    if case.state is not CaseState.APPOINTED or number == _STAYS_AWAY or _changes(life, case.sale_id):
        return
    if number != _OWES:
        _pay(life, case.sale_id)
    life.act("service", lambda s, a: appointments.arrive(s, a, life.clock, case_id=case_id))
    if life.ask(lambda s: s.get_one(MoveInCase, case_id).state) is not CaseState.INSPECTION:
        return
    wrong = {(room, part): words for room, part, words in (_WRONG if number <= _REFUSES else ())}
    _inspect(life, case, wrong)
    refuses = number == _REFUSES
    _do(
        life,
        lambda s, a: signing.sign_inspection(
            s, a, life.clock, visit_id=new_id(), case_id=case_id,
            outcome=Outcome.REFUSED if refuses else Outcome.ACCEPTED, signer="业主本人", signature=signature(),
            reason="卫生间渗水，整改后再收" if refuses else "",
        ),
    )  # fmt: skip
    if not refuses:
        score = 5 - number // 2
        _do(life, lambda s, a: keys.rate(s, a, life.clock, case_id=case_id, satisfaction=score))


def _changes(life: Life, sale_id: str) -> bool:
    """Whether a change of the sale is under way: the hand-over waits for it."""
    query = select(ChangeOrder.id).where(ChangeOrder.sale_id == sale_id, ChangeOrder.state.in_(OPEN_STATES))
    return life.ask(lambda s: s.scalar(query.limit(1))) is not None


def _do(life: Life, act: Callable[..., object]) -> None:
    life.act("service", act)


def _pay(life: Life, sale_id: str) -> None:
    """Whatever is still asked for is paid before he comes."""
    query = select(MoneyTodo).where(
        MoneyTodo.sale_id == sale_id, MoneyTodo.kind == TodoKind.COLLECT, MoneyTodo.state == TodoState.OPEN
    )
    for todo in life.ask(lambda s: s.scalars(query.order_by(MoneyTodo.due_on, MoneyTodo.id)).all()):
        life.pay_todo(todo, "业主本人")


def _inspect(life: Life, case: MoveInCase, wrong: dict[tuple[str, str], str]) -> None:
    layout = life.ask(lambda s: s.get_one(Unit, case.unit_id).layout)
    rooms = life.ask(lambda s: rooms_for(plans_of(s, case.project_id), layout))
    parts = [(room["code"], part["code"]) for room in rooms for part in room["parts"]]

    def enter(session: Session, actor: Actor) -> None:
        for room, part in parts:
            words = wrong.get((room, part), "")
            verdict = Verdict.DEFECT if words else Verdict.OK
            said = Entered(new_id(), room, part, 0, verdict, words, life.clock.now())
            take_entry(session, actor, life.clock, case_id=case.id, entered=said)

    _do(life, enter)
    for room, part in wrong:
        _do(
            life,
            lambda s, a, r=room, p=part: photos.keep_photo(
                s, a, life.clock, photo_id=new_id(), case_id=case.id, room=r, part=p, content=photo()
            ),
        )
