"""Late interest (违约金) on a sale's account: charging it, and asking that a buyer be let off (减免、核销)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid
from ledger.finance import operations as finance
from ledger.finance.errors import ReceivableMissing
from ledger.finance.interest import SaleInterest, interest_of_sale
from ledger.finance.kinds import Debtor, ReceivableClass, ReceivableKind
from ledger.finance.queries import AccountLine, SaleAccount, sale_account
from ledger.finance.sale_labels import SaleLabel, label_sales
from ledger.finance.waiver_queries import WaiverRow, list_waivers
from ledger.finance.waivers import LONGEST_REASON, open_to_waive
from ledger.staff.permissions import Permission
from ledger.staff.queries import names
from webapp.acting import acting, clock, reading
from webapp.engine_room import engine_for
from webapp.entries import Entries
from webapp.finance.desk import pages, today
from webapp.finance.fields import posted_date, posted_money
from webapp.formatting import day, yuan
from webapp.once import once
from webapp.wording import state_name, word

Answer = str | tuple[str, int] | Response
PROCESS = "interest_waiver"
_FIELD_OF = {"amount_fen": "amount", "receivable_id": "subject", "sale_id": "amount", "through": "through"}


@dataclass(frozen=True)
class InterestView:
    """What the account page shows of late interest, and what its reader may do about it."""

    interest: SaleInterest
    lines: tuple[tuple[AccountLine | None, Any], ...]
    waivers: list[WaiverRow]
    people: dict[str, str]
    may_charge: bool
    may_ask: bool

    @property
    def shown(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.lines or self.waivers)


def interest_view(session: Session, actor: Actor, account: SaleAccount, sale: SaleLabel) -> InterestView:
    """The late interest of a sale through today with the requests to let its buyer off."""
    interest = interest_of_sale(session, sale.sale_id, on=today())
    known = {line.receivable_id: line for line in account.lines}
    waivers = list_waivers(session, actor, sale.sale_id)
    people = names(session, {person for row in waivers for person in (row.requested_by, *row.approvers)})
    is_open = sale.stage != "closed"
    return InterestView(
        interest,
        tuple((known.get(line.receivable_id), line) for line in interest.lines),
        waivers,
        people,
        may_charge=is_open and actor.may(Permission.FINANCE_RAISE, sale.path),
        may_ask=is_open and actor.may(Permission.INTEREST_WAIVER_START, sale.path),
    )


def rate_words(rate: Fraction) -> str:
    """A daily rate per cent, as exact as it is: 1/5000 is 0.02 %."""
    return f"{float(rate * 100):.6f}".rstrip("0").rstrip(".") + "%"


@pages.post("/sales/<sale_id>/interest")
def charge_interest(sale_id: str) -> Answer:
    """Charge what has accrued through a day; what was charged before is not charged again."""
    entries = Entries(_FIELD_OF)
    through = entries.read("through", posted_date)
    leads_to = url_for("finance.account", sale_id=sale_id, _anchor="interest")
    if through is not None:
        try:
            with acting() as (session, actor):

                def act() -> str:
                    raised = finance.charge_interest(session, actor, clock(), sale_id=sale_id, through=through)
                    _tell_charged(sum(line.amount_fen for line in raised))
                    return leads_to

                return redirect(once(session, actor, clock(), act))
        except Invalid as refused:
            entries.refuse(refused)
    for sentence in entries.errors.values():
        flash(sentence, "danger")
    return redirect(leads_to)


def _tell_charged(fen: int) -> None:
    if fen:
        flash(_("¥%(amount)s of late interest is charged and to be collected.", amount=yuan(fen)), "success")
    else:
        flash(_("No late interest has accrued that is not charged already."), "info")


@pages.get("/sales/<sale_id>/waiver")
def waiver(sale_id: str) -> Answer:
    """The form to ask that the buyer be let off late interest, or that the rest of a line be written off."""
    with reading() as (session, actor):
        return _form(session, actor, sale_id, None, {})


@pages.post("/sales/<sale_id>/waiver")
def ask_for_waiver(sale_id: str) -> Answer:
    """Begin the process that has the request approved."""
    entries = Entries(_FIELD_OF)
    amount_fen = entries.read("amount", posted_money)
    reason = request.form.get("reason", "").strip()
    if not reason:
        entries.refuse(Invalid("required", field="reason"))
    if amount_fen is not None and not entries.errors:
        try:
            with acting() as (session, actor):
                leads_to = once(session, actor, clock(), lambda: _ask(session, actor, sale_id, amount_fen, reason))
            flash(_("The request is made. Who has to approve it finds it in the inbox."), "success")
            return redirect(leads_to)
        except (Invalid, ReceivableMissing) as refused:
            entries.refuse(refused)
    with reading() as (session, actor):
        return _form(session, actor, sale_id, request.form.to_dict(), entries.errors), 422


def _ask(session: Session, actor: Actor, sale_id: str, amount_fen: int, reason: str) -> str:
    line_id = request.form.get("subject") or None
    answers = {
        "sale_id": sale_id,
        "kind": "write_off" if line_id else "waiver",
        "receivable_id": line_id,
        "amount_fen": amount_fen,
        "reason": reason,
    }
    sale_account(session, actor, sale_id, today())  # Whoever may not see the account is told no more of it.
    engine_for(session, actor, clock()).start(
        PROCESS, answers, scope=label_sales(session, [sale_id])[sale_id].path
    )
    return url_for("finance.account", sale_id=sale_id, _anchor="interest")


def _form(
    session: Session, actor: Actor, sale_id: str, typed: dict[str, str] | None, errors: dict[str, str]
) -> str:
    account = sale_account(session, actor, sale_id, today())
    sale = label_sales(session, [sale_id])[sale_id]
    actor.require(Permission.INTEREST_WAIVER_START, sale.path)
    left = open_to_waive(session, sale_id, today())
    lines = [line for line in account.lines if _may_be_written_off(line)]
    given = typed or _first_values(left, lines, request.args.get("line"))
    fields = [
        {**field, "value": given.get(field["name"]), "error": errors.get(field["name"])}
        for field in _fields(left, lines)
    ]
    return render_template(
        "finance/waiver.html", sale=sale, fields=fields, left=left, lines=lines, closed=sale.stage == "closed"
    )


def _may_be_written_off(line: AccountLine) -> bool:
    """Late interest is waived rather than written off charge by charge; what others collect is not ours."""
    ours = line.debtor is Debtor.BUYER and line.class_ is not ReceivableClass.COLLECTED
    return ours and line.open_fen > 0 and line.kind is not ReceivableKind.LATE_INTEREST


def _first_values(left: int, lines: list[AccountLine], wanted: str | None) -> dict[str, str]:
    line = next((line for line in lines if line.receivable_id == wanted), None)
    fen = line.open_fen if line else left
    return {"subject": wanted if line and wanted else "", "amount": yuan(fen).replace(",", "") if fen else ""}


def _fields(left: int, lines: list[AccountLine]) -> list[dict[str, Any]]:
    options = [(line.receivable_id, _line_words(line)) for line in lines]
    return [
        {"name": "subject", "kind": "select", "label": _("What the buyer is let off"), "options": options,
         "placeholder": _("Late interest, up to ¥%(amount)s", amount=yuan(left)),
         "help": _("A write-off ends an instalment: its whole rest is no longer collected.")},
        {"name": "amount", "kind": "money", "label": _("Amount to let off"), "required": True, "autofocus": True,
         "help": _("At most what is open and not asked for already.")},
        {"name": "reason", "kind": "textarea", "label": _("Reason"), "required": True,
         "max_length": LONGEST_REASON, "help": _("Approvers decide by it; it stays in the books.")},
    ]  # fmt: skip


def _line_words(line: AccountLine) -> str:
    kind, due = state_name(f"receivable_kind.{line.kind}"), day(line.due_on)
    return _("Write off: %(what)s · %(due)s · ¥%(amount)s", what=kind, due=due, amount=yuan(line.open_fen))


def why_words(row: WaiverRow) -> str:
    """Why a request came to nothing, in words."""
    if row.why is None:
        return ""
    return word(row.why) if row.state == "lapsed" else row.why
