"""People who act at the same moment, each in a thread and a transaction of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from engine.api import Stale
from kernel.errors import KeyturnError
from ledger.inventory.errors import UnitTaken
from ledger.sales.models import Sale
from tests.stories.company import DEPOSIT, Company

Outcome = KeyturnError | None


def at_once(*acts: Callable[[], object]) -> list[Outcome]:
    """Run acts at the same moment; the refusal of each, or None for one that succeeded."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> Outcome:
        barrier.wait()
        try:
            act()
        except KeyturnError as refusal:
            return refusal
        return None

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def test_of_two_consultants_who_sell_one_unit_at_once_one_wins(company: Company) -> None:
    outcomes = at_once(
        lambda: company.start("wei", entry="walk_in"),
        lambda: company.start("fang", entry="walk_in", customer_id=company.customers["zhou"]),
    )
    assert sum(outcome is None for outcome in outcomes) == 1
    (refusal,) = [outcome for outcome in outcomes if outcome is not None]
    assert isinstance(refusal, UnitTaken)
    assert refusal.params["taken_by"] in (company.people["wei"], company.people["fang"])
    assert company.read(lambda s: s.scalar(select(func.count()).select_from(Sale))) == 1


def test_a_form_sent_twice_at_once_acts_once(company: Company) -> None:
    case = company.start(entry="walk_in")
    task = case.task("enter_terms")
    terms = {
        "ownership": "sole",
        "buyers": [{"customer_id": company.customers["lin"]}],
        "discounts": [],
        "plan_id": company.plan_id,
        "deposit_fen": DEPOSIT,
    }

    def send() -> None:
        company.act("wei", lambda s, a: company.engine(s, a).complete(task.id, terms))

    outcomes = at_once(send, send)
    (refusal,) = [outcome for outcome in outcomes if outcome is not None]
    assert isinstance(refusal, Stale)
    assert refusal.params["by"] == company.people["wei"]
    assert company.todos("collect") == [DEPOSIT]
    assert case.sale().terms_version == 1
