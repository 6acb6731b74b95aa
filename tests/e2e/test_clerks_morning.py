"""A finance clerk's whole morning: statement, matches, to-dos, arrears, letters; at the desk and on the phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from kernel.actor import SYSTEM
from kernel.clock import MovedClock, business_date
from ledger.arrears.expected import expected_interest
from ledger.arrears.kinds import Channel, ProposalState, RunKind, RunState
from ledger.arrears.models import ArrearsProposal, ArrearsRun, ArrearsStep
from ledger.banking.models import LineStanding
from ledger.banking.operations import open_bank_account
from ledger.documents.models import Document
from ledger.finance.kinds import ReceivableKind, TodoKind, TodoState
from ledger.finance.models import JournalEntry, MoneyTodo, Receipt, Receivable
from ledger.finance.queries import sale_account
from ledger.organisation.operations import set_parameter
from tests.e2e.office import Office, WalkingClock
from tests.e2e.test_finance_keyboard import done_by, owe
from tests.ledger.banking.bank import NUMBER, Bank
from tests.stories.company import DEPOSIT, Case

pytestmark = pytest.mark.timeout(300)
SIGNED, YESTERDAY = date(2026, 9, 14), "20261011"
LOAN = 890_000_00


@pytest.fixture
def clock() -> MovedClock:
    """Four weeks before that morning, when the homes are sold."""
    return WalkingClock(datetime(2026, 9, 14, 1, 0, tzinfo=UTC))


def sell(office: Office, number: int, buyer: str, *, sign: bool) -> Case:
    """A home with its terms agreed; signed, so that its down payment is due a week later."""
    company, who = office.company, {"customer_id": office.company.customers[buyer]}
    case = company.start(entry="walk_in", unit_id=company.units[number], **who)
    case.enter_terms(buyers=[who])
    if sign:
        company.pay(key=f"deposit {number}", sale_id=case.sale().id)
        case.sign()
    return case


def begin_the_day(office: Office) -> list[Case]:
    """Four homes: three late with the down payment, one that owes its deposit; no run comes while bank lines wait."""
    company = office.company
    company.act("admin", lambda s, a: company.engine(s, a).suspend_definition("arrears_run", reason="by hand"))
    given = {"project_id": company.project_id, "name": "监管户", "number": NUMBER, "account": "supervised"}
    company.act("treasurer", lambda s, a: open_bank_account(s, a, company.clock, **given))
    rule = {"path": "/keyturn/", "name": "arrears_unmatched", "value": "refuse", "effective_from": SIGNED}
    with company.database.unit_of_work() as session:
        set_parameter(session, SYSTEM, company.clock, **rule)
    buyers = ("lin", "zhou", "lin", "zhou")
    cases = [sell(office, number, buyer, sign=True) for number, buyer in enumerate(buyers[:3])]
    company.at(datetime(2026, 10, 12, 1, 0, tzinfo=UTC))
    return [*cases, sell(office, 3, buyers[3], sign=False)]


def statement(office: Office, cases: list[Case], folder: Path) -> Path:
    """What the bank booked yesterday: a deposit, loan money, one late buyer with interest, and its own interest."""
    bank, today = Bank(), business_date(office.company.clock)
    paying = cases[2].sale().id
    interest = office.company.read(lambda s: expected_interest(s, [paying], date(2026, 10, 11)))[paying]
    assert interest > 0 and today == date(2026, 10, 12)
    bank.line(DEPOSIT, memo="1栋401定金", payer="马超", day=YESTERDAY)
    bank.line(LOAN, memo="1栋101按揭放款", payer="中国工商银行按揭中心", account="", day=YESTERDAY)
    bank.line(down_payment(office, paying) + interest, memo="301室购房款", payer="林女士", day=YESTERDAY)
    bank.line(12_34, memo="结息", summary="利息", payer="", account="", day=YESTERDAY)
    file = folder / "流水.csv"
    file.write_bytes(bank.csv())
    return file


def down_payment(office: Office, sale_id: str) -> int:
    query = select(Receivable.amount_fen).where(
        Receivable.sale_id == sale_id, Receivable.kind == ReceivableKind.DOWN_PAYMENT
    )
    return int(office.company.read(lambda s: s.scalar(query)) or 0)


def is_wide(page: Page) -> bool:
    return page.viewport_size is not None and page.viewport_size["width"] > 1000


def do(page: Page, key: str) -> None:
    """What a key does; a phone has none, so what carries it is pressed."""
    if is_wide(page):
        page.locator(f"[data-key='{key}']").first.wait_for()
        page.keyboard.press(key)
    else:
        page.locator(f"[data-key='{key}']").locator("visible=true").first.click()


def bring_the_statement(office: Office, page: Page, file: Path) -> None:
    page.goto("/finance/statements")
    page.set_input_files("[name=file]", str(file))
    office.press(page, "Read the file")
    page.wait_for_url("**/uploads/*")
    do(page, "c")
    office.follow(page, "Match the lines")


def run_the_chase(office: Office, page: Page, told: str) -> None:
    page.goto("/finance/arrears/runs")
    do(page, "r")
    page.wait_for_url("**/arrears/runs/*")
    expect(page.locator("#arrears-run").get_by_text(office.words(told), exact=True)).to_be_visible()


def match_the_lines(office: Office, page: Page) -> None:
    """What is certain in one go, the late buyer's line by itself; the bank's own interest is left out."""
    do(page, "a")
    expect(page.get_by_text(office.words("Confirmed"), exact=True)).to_have_count(2)
    do(page, "n")
    page.locator("tr[data-row]", has_text="购房款").locator("[data-open]").click()
    chosen = page.locator("#chosen")
    expect(chosen.get_by_text("301室购房款")).to_be_visible()
    do(page, "c")
    page.locator("tr[data-row]", has_text="结息").locator("[data-open]").click()
    expect(chosen.get_by_text("结息", exact=True)).to_be_visible()
    chosen.locator("[name=reason]").select_option("interest")
    office.press(page, "Leave out")
    expect(page.get_by_text(office.words("Every line is matched"))).to_be_visible()


def clear_the_to_dos(office: Office, page: Page, count: int) -> None:
    """At the desk one leads to the next; on the phone each is opened from the list."""
    page.goto("/finance/?kind=confirm")
    if is_wide(page):
        page.keyboard.press("j")
        page.keyboard.press("Enter")
    for left in range(count, 0, -1):
        if not is_wide(page):
            page.goto("/finance/?kind=confirm")
            page.locator("tr[data-row] [data-open]").first.click()
        expect(page.locator("[data-key=c]").locator("visible=true")).to_have_count(1)
        do(page, "c")
        told = "The to-do is done." if is_wide(page) else "Taken and confirmed."
        expect(page.locator(".kt-notice", has_text=office.words(told))).to_be_visible()
        if left > 1 and is_wide(page):
            do(page, "n")


def send_the_letters(office: Office, page: Page) -> None:
    """Tick the whole list, send, and see how far it is."""
    page.goto("/finance/arrears/proposals")
    expect(page.locator("tr[data-row]")).to_have_count(2)
    for row in page.locator("input[data-select]").all():
        row.check()
    office.press(page, "Send them")
    page.wait_for_url("**/arrears/runs/*")
    told = page.locator("#arrears-run")
    expect(told.get_by_text(office.words("%(done)s of %(total)s", done=2, total=2))).to_be_visible()
    expect(told.get_by_text(office.words("Done"), exact=True)).to_be_visible()


@pytest.mark.parametrize(("language", "width"), [("zh", 1440), ("en", 375)])
def test_a_clerks_whole_morning(
    open_office: Callable[..., Office], language: str, width: int, tmp_path: Path
) -> None:
    office = open_office(language)
    cases = begin_the_day(office)
    fees = owe(office, 3, (TodoKind.CONFIRM,))
    page = office.desk("cashier")
    page.set_viewport_size({"width": width, "height": 900})

    bring_the_statement(office, page, statement(office, cases, tmp_path))
    run_the_chase(office, page, "Refused")
    assert runs_of(office) == [(RunKind.LEVELS, RunState.REFUSED, 0)]
    page.goto("/finance/statements/matching")
    match_the_lines(office, page)
    assert states_of_lines(office) == {"matched": 3, "ignored": 1}
    assert cases[3].waiting_at == ["sign_contract"]

    clear_the_to_dos(office, page, len(fees))
    assert set(done_by(office, fees)) == {TodoState.DONE}

    run_the_chase(office, page, "Done")
    send_the_letters(office, page)
    check_the_ledger(office, cases)
    assert not office.faults


def runs_of(office: Office) -> list[tuple[str, str, int]]:
    rows = office.company.read(lambda s: s.scalars(select(ArrearsRun).order_by(ArrearsRun.begun_at)).all())
    return [(row.kind, row.state, row.done) for row in rows]


def states_of_lines(office: Office) -> dict[str, int]:
    query = select(LineStanding.state, func.count()).group_by(LineStanding.state)
    return {str(state): count for state, count in office.company.read(lambda s: s.execute(query).all())}


def check_the_ledger(office: Office, cases: list[Case]) -> None:
    """What the morning left: money where it belongs, books that balance, and letters to the two who are late."""
    company, today = office.company, business_date(office.company.clock)
    account = {
        number: company.read(lambda s, c=case: sale_account(s, SYSTEM, c.sale().id, today))
        for number, case in enumerate(cases)
    }
    assert [account[number].overdue_fen > 0 for number in range(4)] == [True, True, False, False]
    assert [account[number].credit_fen for number in range(4)] == [0, 0, 0, 0]
    assert runs_of(office)[1:] == [(RunKind.LEVELS, RunState.ENDED, 2), (RunKind.SENDING, RunState.ENDED, 2)]
    letters = company.read(lambda s: s.scalars(select(Document).where(Document.kind.startswith("arrears_"))).all())
    assert [paper.number for paper in letters] == [f"YUNXI-TZ-2026-{number:06d}" for number in (1, 2)]
    steps = company.read(lambda s: s.scalars(select(ArrearsStep)).all())
    assert {(step.level, step.channel) for step in steps} == {(3, Channel.LETTER)}
    open_ones = select(func.count()).where(ArrearsProposal.state == ProposalState.OPEN)
    assert company.read(lambda s: s.scalar(open_ones)) == 0
    assert company.read(lambda s: s.scalar(select(func.sum(JournalEntry.amount_fen)))) == 0
    taken = select(func.count()).where(MoneyTodo.kind == TodoKind.CONFIRM, MoneyTodo.state == TodoState.OPEN)
    assert company.read(lambda s: s.scalar(taken)) == 0
    assert company.read(lambda s: s.scalar(select(func.count()).select_from(Receipt))) == 9
