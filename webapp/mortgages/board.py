"""The board (按揭看板): open loans by bank and step with their days, and the list behind each cell."""

from __future__ import annotations

from dataclasses import replace

from flask import render_template, request

from ledger.finance.sale_labels import label_sales
from ledger.mortgages.kinds import LoanState, Step
from ledger.mortgages.queries import NO_BANK, BoardCell, LoanFilter, board, clerks, list_banks, list_loans
from ledger.organisation.queries import list_projects
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import reading
from webapp.current import may
from webapp.mortgages.desk import PAGE_SIZE, page_offset, pages, today
from webapp.page import asked_page


@pages.get("/")
def index() -> str:
    """The board with the list of its loans."""
    where = _asked_for()
    with reading() as (session, actor):
        rows = list_loans(session, actor, where, on=today(), limit=PAGE_SIZE + 1, offset=page_offset())
        cells = board(session, actor, replace(where, step=None, late_on=None, state=LoanState.OPEN), on=today())
        banks = {view.bank.id: view.bank for view in list_banks(session, actor)}
        people = {*clerks(session, actor), *(row.clerk_id for row in rows if row.clerk_id)}
        return render_template(
            "mortgages/board.html",
            rows=rows[:PAGE_SIZE],
            more=len(rows) > PAGE_SIZE,
            number=asked_page(),
            size=PAGE_SIZE,
            where=where,
            cells=cells,
            lenders=_lenders(cells, {bank_id: bank.name for bank_id, bank in banks.items()}),
            totals=_totals(cells),
            steps=list(Step),
            used_steps=[step for step in Step if any(at is step for _, at in cells)],
            states=list(LoanState),
            labels=label_sales(session, [row.sale_id for row in rows]),
            projects={p.id: p.name for p in list_projects(session, actor, Permission.SALES_VIEW)},
            banks={bank_id: bank.name for bank_id, bank in banks.items()},
            clerks=staff.names(session, people),
            on=today(),
            submits=where.step is Step.SUBMIT and where.bank_id in banks and may(Permission.MORTGAGES_WORK),
            no_bank=NO_BANK,
        )


def _asked_for() -> LoanFilter:
    step, state = request.args.get("step", ""), request.args.get("state", "")
    return LoanFilter(
        project_id=request.args.get("project") or None,
        bank_id=request.args.get("bank") or None,
        clerk_id=request.args.get("clerk") or None,
        step=Step(step) if step in [str(one) for one in Step] else None,
        late_on=today() if request.args.get("late") else None,
        state=LoanState(state) if state in [str(one) for one in LoanState] else LoanState.OPEN,
    )


def _lenders(cells: dict[tuple[str, Step], BoardCell], names: dict[str, str]) -> list[tuple[str, str | None]]:
    """The rows of the board: id and name of each bank that has loans, those without a bank first."""
    found = {bank_id for bank_id, _ in cells}
    named = sorted(((one, names.get(one, "—")) for one in found if one != NO_BANK), key=lambda pair: pair[1])
    return [*([(NO_BANK, None)] if NO_BANK in found else []), *named]


def _totals(cells: dict[tuple[str, Step], BoardCell]) -> dict[str, int]:
    """Loans that are open and late, and fen that banks have still to pay out."""
    waiting = (Step.SIGN, Step.PRENOTICE, Step.FUNDING)
    return {
        "open": sum(cell.count for cell in cells.values()),
        "late": sum(cell.late for cell in cells.values()),
        "submit": sum(cell.count for (_, step), cell in cells.items() if step is Step.SUBMIT),
        "awaited_fen": sum(cell.fen for (_, step), cell in cells.items() if step in waiting),
    }
