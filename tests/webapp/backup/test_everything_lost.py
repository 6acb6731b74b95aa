"""A company loses its machine and goes on from its last backup: what was there then is there again, row by row."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

import handlers
from engine.jobs import lease_next
from kernel.clock import MovedClock
from ledger.documents.models import Document
from ledger.documents.queries import content_of
from ledger.finance.models import JournalEntry
from ledger.messages.models import Message
from tests.stories.company import Case, Company
from tests.webapp.backup.site import Site, at_work, moved_to, without_leases
from webapp.backup import restore, take_backup
from webapp.jobs import JobRunner


def texts_sent(site: Site) -> int:
    return sum(name.startswith("outbox/sms/") for name in site.files())


def test_a_lost_company_goes_on_from_its_backup(
    site: Site, elsewhere: Site, clock: MovedClock, tmp_path: Path
) -> None:
    with site.database(clock) as database:
        company, signed, waiting = at_work(database, clock)
        held = sell_another(company)
        # A worker has a delivery in hand that it will never finish.
        with database.unit_of_work() as session:
            assert lease_next(session, clock.now(), timedelta(days=30), worker="lost")
        then, laid = site.rows(), site.files()
        taken = take_backup(site.settings, tmp_path / "safe", clock=clock)
        waiting.decide("manager_1")
        company.start(unit_id=company.units[3], entry="walk_in")
        clock.advance(timedelta(hours=1))
    assert without_leases(site.rows()) != without_leases(then)
    site.lose()

    told = restore(elsewhere.settings, taken.file)
    assert elsewhere.rows() == without_leases(then)
    assert elsewhere.files() == laid
    assert told.taken_at == taken.taken_at == clock.now() - timedelta(hours=1)
    assert (told.instances, told.sales, told.papers) == (len(then["engine_instance"]), 3, 3)
    with elsewhere.database(clock) as database:
        company = moved_to(company, database)
        papers_open_and_money_balances(company)
        what_waited_goes_on(elsewhere, company, Case(company, signed.id), Case(company, waiting.id))
        assert Case(company, held.id).instance().state == "active"


def sell_another(company: Company) -> Case:
    """A subscription whose paper and text message wait to be delivered."""
    case = company.start(unit_id=company.units[2], entry="walk_in")
    case.enter_terms(off=100)
    case.decide("manager_1")
    company.pay(key="r2")
    return case


def papers_open_and_money_balances(company: Company) -> None:
    papers = company.read(lambda s: s.scalars(select(Document)).all())
    assert {paper.kind for paper in papers} == {"subscription", "contract", "approval_sheet"}
    for paper in papers:
        assert company.read(lambda s, p=paper: content_of(s, p)).startswith(b"%PDF")
    entries = company.read(lambda s: s.scalars(select(JournalEntry.amount_fen)).all())
    assert entries
    assert sum(entries) == 0


def what_waited_goes_on(site: Site, company: Company, signed: Case, waiting: Case) -> None:
    """The delivery that a lost worker held is made, timers fire, people decide, customers are found by their phones."""
    before = texts_sent(site)
    assert JobRunner(company.database, handlers.registry()).run_due() > 0
    assert texts_sent(site) == before + 1
    company.later(hours=24)
    reminders = select(Message).filter_by(template="approval_waiting")
    told = {note.recipient_id for note in company.read(lambda s: s.scalars(reminders).all())}
    assert told == {company.people["manager_1"], company.people["manager_2"]}
    waiting.decide("manager_1")
    assert waiting.waiting_at != ["decide"]
    signed.submit()
    assert "submit_filing" not in signed.waiting_at
