"""The daily run: by instalment, each with its own amount, stopped and begun again, refused while bank lines wait."""

from __future__ import annotations

import re
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from engine.api import DefinitionError
from kernel.actor import SYSTEM
from ledger.arrears import runs
from ledger.arrears.finding import find_lines
from ledger.arrears.kinds import Role, RunState
from ledger.arrears.models import ArrearsReach, ArrearsRun
from ledger.finance.kinds import PlanKind, ReceivableKind, ShareKind, TriggerKind
from ledger.finance.operations import approve_plan, propose_plan
from ledger.finance.plans import PlanLine, Share, Trigger
from ledger.organisation.models import PresalePermit
from ledger.organisation.operations import set_parameter
from tests.stories.chasing import Chase
from tests.stories.company import PROJECT, Company
from webapp.arrears import running
from webapp.definitions import shipped_resources


def _line(kind: ReceivableKind, share: Share, days: int) -> PlanLine:
    return PlanLine(kind, share, Trigger(TriggerKind.AFTER_SIGNING, days=days))


@pytest.fixture
def chase(company: Company) -> Chase:
    """A contract of 2 March in three instalments: two due on the 9th, one on the 22nd."""
    shares = (Share(ShareKind.BASIS_POINTS, 3000), Share(ShareKind.BASIS_POINTS, 2000), Share(ShareKind.REMAINDER))
    kinds = (ReceivableKind.DOWN_PAYMENT, ReceivableKind.INSTALMENT, ReceivableKind.INSTALMENT)
    lines = [_line(*parts) for parts in zip(kinds, shares, (7, 7, 20), strict=True)]
    terms = {"project_id": company.project_id, "code": "three", "kind": PlanKind.INSTALMENTS}
    plan_id = company.act(
        "manager_1",
        lambda s, a: propose_plan(s, a, company.clock, labels={"en": "3", "zh": "3"}, lines=lines, **terms).id,
    )
    company.act("gm_1", lambda s, a: approve_plan(s, a, company.clock, template_id=plan_id))
    case = company.start(entry="walk_in")
    case.enter_terms(plan_id=plan_id)
    company.pay()
    case.sign()
    return Chase(company, case.sale().id)


def late(chase: Chase, day: date) -> dict[tuple[str, int], int]:
    """Fen open by kind and days late, as a run finds them."""
    found = chase.company.read(lambda s: list(find_lines(s, PROJECT, day)))
    return {(line.kind.value, line.days): line.open_fen for line in found}


def test_an_instalment_is_late_by_itself_whatever_else_of_the_sale_is_not_due(chase: Chase) -> None:
    """ERPNext #26969: the first late instalment raises the case, though the document is not due."""
    assert chase.on(date(2026, 3, 12)) == 1
    reached = chase.company.read(lambda s: s.scalars(select(ArrearsReach)).all())
    assert sorted(row.open_fen for row in reached) == [256_000_00, 334_000_00]
    assert {row.days for row in reached} == {3}


def test_what_is_due_today_is_not_late(chase: Chase) -> None:
    """ERPNext #45685: the run says so too."""
    assert {days for _, days in late(chase, date(2026, 3, 9))} == {0}
    assert chase.on(date(2026, 3, 9)) == 1
    assert {p.level for p in chase.proposals()} == {0}


def test_several_late_lines_keep_their_own_amounts_and_money_is_taken_off_the_one_it_settled(chase: Chase) -> None:
    """ERPNext #42605, #46770: no line shows the sum of the others, and each is lowered by its own money."""
    chase.on(date(2026, 3, 9))
    down = chase.line(ReceivableKind.DOWN_PAYMENT)
    chase.company.pay(100_000_00, key="part", receivable_id=down.id)
    assert late(chase, date(2026, 3, 23)) == {
        ("down_payment", 14): 234_000_00,
        ("instalment", 14): 256_000_00,
        ("instalment", 1): 640_000_00,
    }


def test_lines_of_one_sale_stand_in_one_case_each_at_its_own_level(chase: Chase) -> None:
    chase.on(date(2026, 3, 12))
    chase.on(date(2026, 3, 23))
    assert chase.cases() == 1
    assert [p.level for p in chase.proposals()] == [1, 2]


def test_before_the_permit_nobody_is_asked_for_money(chase: Chase) -> None:
    with chase.company.database.unit_of_work() as session:
        session.execute(update(PresalePermit).values(granted_on=date(2027, 1, 1)))
    assert chase.on(date(2026, 3, 12)) == 1
    assert chase.proposals() == []
    assert chase.steps() == [(Role.US.value, 1, "task")]
    assert chase.task("ask_why").facts["amount_fen"] == 590_000_00


def test_a_run_that_is_stopped_begins_with_nothing_further_and_the_next_goes_on(chase: Chase) -> None:
    company = chase.company
    company.later(days=10)
    today = runs.today_of(company.clock)
    begun = company.act("cashier", lambda s, a: runs.begin_run(s, a, company.clock, path=PROJECT, on=today)[0].id)
    assert (
        company.act("cashier", lambda s, a: runs.begin_run(s, a, company.clock, path=PROJECT, on=today)[1])
        is False
    )
    company.act("cashier", lambda s, a: runs.stop_run(s, a, company.clock, run_id=begun))
    running.work(company.database, begun)
    stopped = company.read(lambda s: s.get_one(ArrearsRun, begun))
    assert (stopped.state, stopped.done) == (RunState.STOPPED, 0)
    assert chase.run() == 1


def test_a_portion_that_ends_too_soon_orders_the_next(chase: Chase) -> None:
    company = chase.company
    company.later(days=10)
    today = runs.today_of(company.clock)
    begun = company.act("cashier", lambda s, a: runs.begin_run(s, a, company.clock, path=PROJECT, on=today)[0].id)
    running.work(company.database, begun, most=0)
    waits = company.read(lambda s: s.get_one(ArrearsRun, begun))
    assert (waits.state, waits.total, waits.done) == (RunState.RUNNING, 1, 0)
    running.work(company.database, begun)
    ended = company.read(lambda s: s.get_one(ArrearsRun, begun))
    assert (ended.state, ended.total, ended.done) == (RunState.ENDED, 1, 1)


@pytest.mark.parametrize(("rule", "state"), [("warn", RunState.RUNNING), ("refuse", RunState.REFUSED)])
def test_a_run_warns_or_is_refused_while_bank_lines_wait(
    chase: Chase, rule: str, state: RunState, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = chase.company
    monkeypatch.setattr("ledger.arrears.runs.waiting_lines", lambda *_: 3)
    with company.database.unit_of_work() as session:
        set_parameter(
            session,
            SYSTEM,
            company.clock,
            path="/keyturn/",
            name="arrears_unmatched",
            value=rule,
            effective_from=date(2026, 3, 1),
        )
    today = runs.today_of(company.clock)
    run, is_new = company.act("cashier", lambda s, a: runs.begin_run(s, a, company.clock, path=PROJECT, on=today))
    assert (run.state, run.waiting_lines, run.note) == (state, 3, "bank_lines_wait")
    assert is_new is (state is RunState.RUNNING)


def test_the_command_tells_what_it_would_do_and_does_it_once(
    chase: Chase, monkeypatch: pytest.MonkeyPatch
) -> None:
    from webapp.cli import chasing  # noqa: PLC0415 - patched below

    company = chase.company
    company.later(days=10)
    monkeypatch.setattr(chasing, "opened", lambda _settings: company.database)
    monkeypatch.setattr(chasing, "person", lambda _database, _name: SYSTEM)

    def ask(*options: str) -> str:
        answer = CliRunner().invoke(chasing.arrears_run, ["--as", "cashier", *options], obj=None)
        assert answer.exit_code == 0, answer.output
        return answer.output

    assert "1 to open, 0 to advance, 0 to close" in ask("--dry-run")
    assert "1 of 1 cases" in ask("--at", PROJECT)
    assert "0 of 0 cases" in ask("--at", PROJECT)


def test_a_table_of_levels_with_a_gap_is_refused_by_its_region_and_the_old_one_stays(chase: Chase) -> None:
    name, company = "arrears_levels.dmn", chase.company
    content = shipped_resources()[name].decode()
    rows = re.findall(r"<rule id=.*?</rule>", content, re.DOTALL)
    second = next(row for row in rows if "[8..14]" in row)
    with pytest.raises(DefinitionError) as refused:
        company.act(
            "analyst",
            lambda s, a: company.engine(s, a).deploy({name: content.replace(second, "").encode()}, note="shorter"),
        )
    assert "decision_gap" in {finding.code for finding in refused.value.findings}
    chase.on(date(2026, 3, 17))
    assert [proposal.level for proposal in chase.proposals()] == [2]
