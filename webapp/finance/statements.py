"""Bank statements (银行流水) in the browser: the list, bringing a file, looking before it goes in, one of them."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from ledger.banking import operations as banking
from ledger.banking.accounts import get_bank_account, list_bank_accounts
from ledger.banking.errors import BankAccountMissing, Problem, StatementRefused
from ledger.banking.headings import missing_columns
from ledger.banking.importing import ImportPlan
from ledger.banking.joining import gaps_of_statement
from ledger.banking.kinds import Column, LineState
from ledger.banking.queries import LineFilter, count_lines, get_statement, list_lines, list_statements
from ledger.banking.uploads import get_upload, look_at
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.finance.desk import PAGE_SIZE, asked, page_offset, pages
from webapp.once import once
from webapp.page import asked_page
from webapp.wording import state_name, word

Answer = str | tuple[str, int] | Response
_SHOWN = 200
_PREFIX = "column-"


@pages.get("/statements")
def statements() -> Answer:
    """The statements that came, and the form for another one."""
    return _list()


def _list(refused: StatementRefused | None = None, problem: str = "") -> str:
    with reading() as (session, actor):
        account_id = request.args.get("account") or None
        rows = list_statements(session, actor, account_id=account_id, limit=PAGE_SIZE + 1, offset=page_offset())
        return render_template(
            "finance/statements.html",
            rows=rows[:PAGE_SIZE],
            more=len(rows) > PAGE_SIZE,
            number=asked_page(),
            size=PAGE_SIZE,
            accounts=list_bank_accounts(session, actor),
            bringing=list_bank_accounts(session, actor, Permission.BANKING_IMPORT),
            account_id=account_id or request.form.get("account", ""),
            waiting=count_lines(session, actor, LineFilter(LineState.OPEN)),
            problems=worded(refused.problems) if refused else ([problem] if problem else []),
        )


def worded(problems: tuple[Problem, ...]) -> list[str]:
    """Each reason as a sentence that begins with its line and field."""
    return [_sentence(problem) for problem in problems[:_SHOWN]]


def _sentence(problem: Problem) -> str:
    said = word(problem.code, problem.params)
    place = state_name(f"statement_column.{problem.column}") if problem.column else ""
    if problem.row and place:
        return _("Line %(row)s, %(column)s: %(said)s", row=problem.row, column=place, said=said)
    if problem.row:
        return _("Line %(row)s: %(said)s", row=problem.row, said=said)
    return said


@pages.post("/statements")
def bring() -> Answer:
    """Take a file in to look at it; one that is no statement leaves nothing."""
    sent = request.files.get("file")
    try:
        with acting() as (session, actor):
            account_id = request.form.get("account", "")
            if not account_id:
                raise BankAccountMissing(field="account")
            get_bank_account(session, actor, account_id, Permission.BANKING_IMPORT)
            if sent is None or not sent.filename:
                return _list(problem=_("Choose a file first.")), 422
            upload = banking.bring_statement(
                session, actor, clock(), account_id=account_id, content=sent.read(), file_name=sent.filename
            )
            return redirect(url_for("finance.look_at_statement", upload_id=upload.id))
    except StatementRefused as refused:
        return _list(refused), 422


@pages.get("/statements/uploads/<upload_id>")
def look_at_statement(upload_id: str) -> Answer:
    """What a file would do, line by line; nothing is written."""
    return _preview(upload_id, request.args)


def _preview(upload_id: str, typed: Mapping[str, str]) -> str:
    with reading() as (session, actor):
        upload, plan = look_at(session, actor, clock(), upload_id, _columns(typed))
        account = get_bank_account(session, actor, upload.account_id, Permission.BANKING_IMPORT)
        return render_template(
            "finance/statement_preview.html",
            upload=upload,
            account=account,
            plan=plan,
            missing=missing_columns(plan.parsed.columns),
            columns=list(Column),
            lines=_shown_lines(plan),
            most=_SHOWN,
            problems=worded(plan.problems),
        )


def _columns(typed: Mapping[str, str]) -> dict[str, str]:
    """The headings that a person chose; columns that were not asked keep what is proposed."""
    return {
        name.removeprefix(_PREFIX): heading
        for name, heading in typed.items()
        if name.startswith(_PREFIX) and heading
    }


def _shown_lines(plan: ImportPlan) -> list[tuple[object, str, str]]:
    """The first lines with what would become of each: new, known or refused, and why."""
    why: dict[int, str] = {}
    for problem in plan.problems:
        if problem.row:
            why.setdefault(problem.row, _sentence(problem))
    known = {one.row for one in plan.known}
    lines = sorted(plan.parsed.lines, key=lambda one: (one.row not in why, one.row))[:_SHOWN]
    return [
        (one, "refused" if one.row in why else "known" if one.row in known else "new", why.get(one.row, ""))
        for one in lines
    ]


@pages.post("/statements/uploads/<upload_id>")
def take_statement_in(upload_id: str) -> Answer:
    """Take the file in as it was shown."""
    try:
        with acting() as (session, actor):
            return redirect(once(session, actor, clock(), lambda: _take_in(session, actor, upload_id)))
    except StatementRefused:
        return _preview(upload_id, request.form), 422


def _take_in(session: Session, actor: Actor, upload_id: str) -> str:
    outcome = banking.take_in(session, actor, clock(), upload_id=upload_id, columns=_columns(request.form))
    if outcome.statement_id is None:
        flash(_("Nothing new: all %(known)s lines of this file are here already.", known=outcome.known), "info")
        return url_for("finance.statements")
    flash(
        _("%(added)s lines taken in, %(known)s were here already.", added=outcome.added, known=outcome.known),
        "success",
    )
    return url_for("finance.statement", statement_id=outcome.statement_id)


@pages.post("/statements/uploads/<upload_id>/leave")
def leave_statement(upload_id: str) -> Answer:
    """Let the file go without taking it in."""
    with acting() as (session, actor):
        get_upload(session, actor, upload_id)
        banking.leave(session, actor, upload_id=upload_id)
    flash(_("The file was not taken in; nothing of it was kept."), "info")
    return redirect(url_for("finance.statements"))


@pages.get("/statements/<statement_id>")
def statement(statement_id: str) -> Answer:
    """One statement with the lines that it brought and where each stands."""
    state = asked("state", LineState)
    where = LineFilter(
        LineState(state) if state else None, statement_id=statement_id, search=request.args.get("q", "")
    )
    with reading() as (session, actor):
        found = get_statement(session, actor, statement_id)
        rows = list_lines(session, actor, where, limit=PAGE_SIZE + 1, offset=page_offset())
        return render_template(
            "finance/statement.html",
            statement=found,
            missing=gaps_of_statement(session, found.account_id, statement_id),
            rows=rows[:PAGE_SIZE],
            more=len(rows) > PAGE_SIZE,
            number=asked_page(),
            size=PAGE_SIZE,
            where=where,
            who=staff.names(session, [found.imported_by]).get(found.imported_by, ""),
        )
