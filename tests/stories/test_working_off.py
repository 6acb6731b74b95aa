"""Work over many (批量): stopped by its button and gone on with, broken off half-way, taken by two jobs at once."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from ledger.worklists import Worklist
from tests.stories.company import Company
from tests.stories.test_at_once import at_once
from tests.stories.working_off import (
    Certificates,
    Loans,
    Many,
    Notices,
    Reminders,
    Resumable,
    Settlements,
    Statements,
    papers_are_complete,
)

GOES_ON = (Notices, Settlements, Certificates, Loans, Statements)
KINDS = (*GOES_ON, Reminders)  # Reminders that were stopped are ticked anew; nothing is left to go on with.


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def many(request: pytest.FixtureRequest, company: Company) -> Many:
    """Work that was begun over three sales whose contracts are signed."""
    kind: type[Many] = request.param
    sales = [company.start(entry="walk_in", unit_id=unit) for unit in company.units[:3]]
    for number, sale in enumerate(sales):
        sale.enter_terms()
        company.pay(key=f"deposit:{number}", sale_id=sale.sale().id)
        sale.sign()
    if kind is Loans:
        papers_are_complete(company, sales)
    begun = kind(company)
    begun.sales = sorted(sale.sale().id for sale in sales)
    begun.begin()
    return begun


def counts(many: Many, waiting: int, done: int, failed: int = 0) -> dict[str, int]:
    """How many items wait, are done, failed, by the words of this kind."""
    return {"waiting": waiting, "done": done, many.worklist.failed: failed}


@pytest.mark.parametrize("many", GOES_ON, indirect=True, ids=lambda kind: kind.__name__)
def test_it_is_stopped_by_its_button_and_goes_on_with_the_rest(many: Resumable) -> None:
    many.work(most=1)
    assert (many.stands(), len(many.made())) == (("running", counts(many, 2, 1)), 1)
    many.stop()
    many.work()  # The portion that was ordered before comes all the same.
    assert (many.stands(), len(many.made())) == (("stopped", counts(many, 2, 1)), 1)
    many.go_on()
    many.work()
    assert many.stands() == ("ended", counts(many, 0, 3))
    assert sorted(many.made()) == many.sales
    many.stop()
    many.work()
    assert (many.stands(), sorted(many.made())) == (("ended", counts(many, 0, 3)), many.sales)


class PowerCutError(BaseException):
    """The process is gone: nothing of it gets to tidy up."""


def test_it_breaks_off_half_way_and_the_rest_is_done_without_anything_twice(
    many: Many, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Worklist.count_done
    turns: list[str] = []

    def cut(worklist: Worklist, session: Session, run_id: str) -> None:
        """The second item is done, but not committed."""
        done(worklist, session, run_id)
        session.flush()
        turns.append(run_id)
        if len(turns) == 2:
            raise PowerCutError

    with monkeypatch.context() as patched:
        patched.setattr(Worklist, "count_done", cut)
        with pytest.raises(PowerCutError):
            many.work()
    assert (many.stands(), len(many.made())) == (("running", counts(many, 2, 1)), 1)
    many.work()
    assert many.stands() == ("ended", counts(many, 0, 3))
    assert sorted(many.made()) == many.sales


def test_two_that_work_it_off_at_once_do_nothing_twice(many: Many) -> None:
    assert at_once(many.work, many.work) == [None, None]
    assert many.stands() == ("ended", counts(many, 0, 3))
    assert sorted(many.made()) == many.sales
