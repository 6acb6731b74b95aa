"""The matching desk: a line and what it may be, confirming one or all that is certain, by hand, leaving out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid, KeyturnError, NotAllowed
from ledger.banking import operations as banking
from ledger.banking.accounts import get_bank_account, list_bank_accounts
from ledger.banking.debts import Debt, debts_of
from ledger.banking.kinds import Certainty, IgnoreReason, LineState
from ledger.banking.learning import list_rules
from ledger.banking.matching import Matching, propose
from ledger.banking.queries import (
    LineFilter,
    LineRow,
    count_lines,
    events_of,
    get_line,
    list_lines,
    matched_fen,
    matches_of,
)
from ledger.banking.sale_search import find_owing_sales
from ledger.finance.amounts import fen_of_yuan
from ledger.finance.interest import late_interest
from ledger.finance.sale_labels import SaleLabel, label_sales
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.carrying_out import carried_out
from webapp.finance.desk import PAGE_SIZE, page_offset, pages
from webapp.once import once
from webapp.page import asked_page
from webapp.wording import word

Answer = str | tuple[str, int] | Response
LINES = 25
_AT_ONCE = 100
_SECONDS = 4.0
_CREDIT, _FEN = "credit:", "fen-"


@dataclass
class Desk:
    """What the page shows: the lines of a page, the one that is looked at, and what was found by hand for it."""

    rows: list[LineRow]
    more: bool
    matchings: dict[str, Matching]
    chosen: Matching | None
    labels: dict[str, SaleLabel]
    by_hand: dict[str, list[Debt]] = field(default_factory=dict)
    found: Sequence[SaleLabel] = ()
    interest: dict[str, int] = field(default_factory=dict)

    @property
    def certain(self) -> list[str]:
        """The lines of the page that have a certain proposal."""
        return [one.id for one in self.rows if _is_certain(self.matchings[one.id])]


def _is_certain(matching: Matching) -> bool:
    return matching.best is not None and matching.best.certainty is Certainty.CERTAIN


@pages.get("/statements/matching")
def matching() -> Answer:
    """Lines on the left, what the chosen one may be on the right."""
    return _page()


def _where() -> LineFilter:
    return LineFilter(
        LineState.OPEN, account_id=request.values.get("account") or None, search=request.values.get("q", "")
    )


def _page(problem: str = "", line_id: str | None = None) -> str:
    with reading() as (session, actor):
        desk = _desk(session, actor, line_id or request.args.get("line"))
        path = desk.chosen.line.path if desk.chosen else "/"
        return render_template(
            "finance/matching.html",
            desk=desk,
            accounts=list_bank_accounts(session, actor),
            where=_where(),
            waiting=count_lines(session, actor, LineFilter(LineState.OPEN)),
            number=asked_page(),
            size=LINES,
            problem=problem,
            typed=request.form,
            reasons=list(IgnoreReason),
            may_confirm=desk.chosen is not None and actor.may(Permission.FINANCE_CONFIRM, path),
        )


def _desk(session: Session, actor: Actor, line_id: str | None) -> Desk:
    rows = list_lines(session, actor, _where(), limit=LINES + 1, offset=(asked_page() - 1) * LINES)
    shown = rows[:LINES]
    chosen = next((row for row in shown if row.id == line_id), None)
    if chosen is None and line_id:
        chosen = get_line(session, actor, line_id)
    chosen = chosen or (shown[0] if shown else None)
    looked_at = [*shown, *([chosen] if chosen and chosen not in shown else [])]
    matchings = propose(session, [row for row in looked_at if row.state is LineState.OPEN])
    desk = Desk(shown, len(rows) > LINES, matchings, matchings.get(chosen.id) if chosen else None, {})
    if desk.chosen is not None:
        _add_by_hand(session, actor, desk, desk.chosen)
        proposed = {sale_id for way in desk.chosen.proposals for sale_id in way.sale_ids}
        desk.interest = late_interest(session, proposed, on=desk.chosen.line.booked_on)
    sales = {sale_id for one in matchings.values() for way in one.proposals for sale_id in way.sale_ids}
    desk.labels = label_sales(session, sales | set(desk.by_hand))
    return desk


def _add_by_hand(session: Session, actor: Actor, desk: Desk, chosen: Matching) -> None:
    """The sales that somebody looked for and those that were taken up for this line."""
    taken = request.values.getlist("sale")
    words = request.values.get("find", "").strip()
    project_id = chosen.line.project_id
    allowed = find_owing_sales(session, actor, project_id, sale_ids=taken) if taken else []
    debts = debts_of(session, [one.sale_id for one in allowed])
    desk.by_hand = {one.sale_id: debts.get(one.sale_id, []) for one in allowed}
    if words:
        found = find_owing_sales(session, actor, project_id, words=words)
        desk.found = [one for one in found if one.sale_id not in desk.by_hand]


@pages.post("/statements/lines/<line_id>/confirm")
def confirm_line(line_id: str) -> Answer:
    """Confirm a proposal, or what was divided by hand."""
    try:
        with acting() as (session, actor):
            return redirect(once(session, actor, clock(), lambda: _confirm(session, actor, line_id)))
    except Invalid as refused:
        return _page(word(refused.code, refused.params, field=refused.field), line_id), 422


def _confirm(session: Session, actor: Actor, line_id: str) -> str:
    given = request.form.get("certainty", "")
    certainty = Certainty(given) if given in list(Certainty) else Certainty.BY_HAND
    outcome = banking.confirm_match(
        session, actor, clock(), line_id=line_id, shares=_shares(), certainty=certainty
    )
    count = len(outcome.receipt_ids)
    if outcome.fresh:
        numbers = _(", ").join(outcome.numbers)
        flash(
            ngettext("Receipt %(numbers)s is confirmed.", "%(num)d receipts are confirmed: %(numbers)s.", count,
                     numbers=numbers),
            "success",
        )  # fmt: skip
    else:
        flash(_("This line was confirmed already; nothing was taken again."), "info")
    return _back()


def _back() -> str:
    """The desk as it was filtered, at the next line."""
    kept = {name: request.form[name] for name in ("account", "q") if request.form.get(name)}
    return url_for("finance.matching", **kept)


def _shares() -> list[banking.Share]:
    """What the form divides the line into: the parts of a proposal, or amounts typed beside debts and sales."""
    shares = [_part(text) for text in request.form.getlist("part")]
    for name, text in request.form.items():
        if name.startswith(_FEN) and text.strip().strip("0.,"):
            shares.append(_share(name.removeprefix(_FEN), fen_of_yuan(text, name)))
    return shares


def _part(text: str) -> banking.Share:
    what, _sign, fen = text.rpartition("=")
    if not fen.isdigit():
        raise Invalid("match_refused", field="part")
    return _share(what, int(fen))


def _share(what: str, fen: int) -> banking.Share:
    if what.startswith(_CREDIT):
        return banking.Share(fen, sale_id=what.removeprefix(_CREDIT))
    return banking.Share(fen, receivable_id=what)


@dataclass(frozen=True)
class Result:
    """What became of a line of a bulk act: the receipts' numbers, or why not."""

    line: LineRow
    numbers: str
    refusal: str


@pages.post("/statements/matching/all")
def confirm_everywhere() -> Answer:
    """Confirm what is certain on all pages: for a while, each line a unit of work; asked again, it goes on."""
    with reading() as (session, actor):
        if not actor.may_anywhere(Permission.FINANCE_CONFIRM):
            raise NotAllowed("permission_missing", permission=Permission.FINANCE_CONFIRM.value)
    ends, results = time.monotonic() + _SECONDS, []
    passed = max(0, request.form.get("passed", 0, type=int))
    done = max(0, request.form.get("done", 0, type=int))
    while time.monotonic() < ends:
        with reading() as (session, actor):
            lines = list_lines(session, actor, _where(), limit=_AT_ONCE, offset=passed)
            matchings = propose(session, lines)
        if not lines:
            break
        certain = [line for line in lines if _is_certain(matchings[line.id])]
        results += [_confirm_certain(line) for line in certain]
        passed += len(lines) - len(certain) + sum(bool(one.refusal) for one in results[-len(certain) :] if certain)
    with reading() as (session, actor):
        left = max(0, count_lines(session, actor, _where()) - passed)
    done += sum(not one.refusal for one in results)
    return render_template(
        "finance/matched.html", results=results, done=done, back=_back(), passed=passed, left=left, everywhere=True
    )


@pages.post("/statements/matching/certain")
def confirm_all_certain() -> Answer:
    """Confirm each of the chosen lines that is certain, one unit of work each, and tell what became of each."""
    ids = list(dict.fromkeys(request.form.getlist("id")))[:_AT_ONCE]
    if not ids:
        return _page(_("Choose at least one line.")), 422
    with reading() as (session, actor):
        lines = [get_line(session, actor, line_id) for line_id in ids]
    results = [_confirm_certain(line) for line in lines]
    return render_template(
        "finance/matched.html",
        results=results,
        done=sum(not one.refusal for one in results),
        back=_back(),
    )


def _confirm_certain(line: LineRow) -> Result:
    try:
        with acting() as (session, actor):
            outcome = banking.confirm_certain(session, actor, clock(), line_id=line.id)
    except KeyturnError as refused:
        return Result(line, "", word(refused.code, refused.params, field=refused.field))
    return Result(line, _(", ").join(outcome.numbers), "")


@pages.get("/statements/lines/<line_id>")
def line(line_id: str) -> Answer:
    """One line: what the bank told, what it became, who did what."""
    with reading() as (session, actor):
        found = get_line(session, actor, line_id)
        matches, events = matches_of(session, line_id), events_of(session, line_id)
        return render_template(
            "finance/statement_line.html",
            line=found,
            account=get_bank_account(session, actor, found.account_id),
            matched=matched_fen(session, [line_id]).get(line_id, 0),
            matches=matches,
            events=events,
            labels=label_sales(session, [one.sale_id for one in matches if one.sale_id]),
            people=staff.names(session, {one.by for one in matches} | {one.by for one in events}),
            may_undo=actor.may(Permission.FINANCE_REVERSE, found.path),
            reasons=list(IgnoreReason),
        )


@pages.post("/statements/lines/<line_id>/ignore")
def ignore_line(line_id: str) -> Answer:
    """Leave a line out."""
    reason, note = request.form.get("reason", ""), request.form.get("note", "")

    def act(session: Session, actor: Actor) -> None:
        banking.ignore_line(session, actor, clock(), line_id=line_id, reason=reason, note=note)

    try:
        return carried_out(act, leads_to=_back(), done=_("The line is left out."))
    except Invalid as refused:
        return _page(word(refused.code, refused.params, field=refused.field), line_id), 422


@pages.post("/statements/lines/<line_id>/reopen")
def reopen_line(line_id: str) -> Answer:
    """Take a line up again that was left out."""

    def act(session: Session, actor: Actor) -> None:
        banking.reopen_line(session, actor, clock(), line_id=line_id)

    to = url_for("finance.matching", line=line_id)
    return carried_out(act, leads_to=to, done=_("The line waits to be matched again."))


@pages.post("/statements/lines/<line_id>/undo")
def undo_match(line_id: str) -> Answer:
    """Take a match back: its receipts are reversed by counter-entry."""
    reason = request.form.get("reason", "")

    def act(session: Session, actor: Actor) -> None:
        banking.undo_match(session, actor, clock(), line_id=line_id, reason=reason)

    to = url_for("finance.line", line_id=line_id)
    return carried_out(act, leads_to=to, done=_("The match is taken back; the line waits to be matched again."))


@pages.get("/statements/rules")
def match_rules() -> Answer:
    """What confirmed matches have taught."""
    with reading() as (session, actor):
        rows = list_rules(session, actor, limit=PAGE_SIZE + 1, offset=page_offset())
        return render_template(
            "finance/match_rules.html",
            rows=rows[:PAGE_SIZE],
            more=len(rows) > PAGE_SIZE,
            number=asked_page(),
            size=PAGE_SIZE,
            labels=label_sales(session, [row.sale_id for row in rows if row.sale_id]),
            people=staff.names(session, {row.created_by for row in rows}),
            waiting=count_lines(session, actor, LineFilter(LineState.OPEN)),
        )


@pages.post("/statements/rules/<rule_id>/switch")
def switch_rule(rule_id: str) -> Answer:
    """Use a rule or leave it aside."""
    active = request.form.get("active") == "true"

    def act(session: Session, actor: Actor) -> None:
        banking.switch_rule(session, actor, clock(), rule_id=rule_id, active=active)

    done = _("The rule is used again.") if active else _("The rule is not used any more.")
    return carried_out(act, leads_to=url_for("finance.match_rules"), done=done)
