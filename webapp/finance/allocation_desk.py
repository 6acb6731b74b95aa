"""The allocation desk: a receipt counted by hand or anew, or moved to another sale; before and after come first.

Checking carries the act out and takes it back, so what is shown is what will be, interest charged anew included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid, Missing
from ledger.finance import operations as finance
from ledger.finance.accounts import free_fen
from ledger.finance.allocation import suggest, take_back
from ledger.finance.amounts import fen_of_yuan
from ledger.finance.late_clauses import late_clause
from ledger.finance.queries import ReceiptDetail, get_receipt, sale_account
from ledger.finance.receipt_queries import CountedLine, counted_lines
from ledger.finance.receipt_rows import lock_receipt
from ledger.finance.sale_labels import label_sales
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.entries import Entries
from webapp.finance.desk import pages, today
from webapp.formatting import yuan
from webapp.once import once

Answer = str | tuple[str, int] | Response


class _Tried(Exception):
    """Everything was tried and is taken back."""


@dataclass(frozen=True)
class Change:
    """One receivable before and after, in fen: counted of this receipt, and still open."""

    before: CountedLine | None
    after: CountedLine | None

    @property
    def line(self) -> CountedLine:
        """The receivable."""
        found = self.after or self.before
        assert found is not None  # noqa: S101 - a change has at least one side
        return found


@pages.get("/receipts/<receipt_id>/allocation")
def allocation(receipt_id: str) -> str:
    """What the receipt settles, to be changed; ``suggest`` fills in what contract or law prescribe."""
    suggested = _suggested(receipt_id) if request.args.get("suggest") else None
    with reading() as (session, actor):
        return _allocation_page(session, actor, receipt_id, Entries(), suggested=suggested)


def _suggested(receipt_id: str) -> dict[str, int]:
    """What contract or law prescribe for all that the receipt holds, as if nothing of it were counted yet."""
    found: dict[str, int] = {}
    try:
        with acting() as (session, actor):
            receipt = lock_receipt(session, actor, Permission.FINANCE_ALLOCATE, receipt_id)
            take_back(session, actor, clock(), receipt)
            session.flush()  # What is free is read again.
            found = suggest(session, receipt, free_fen(session, receipt), receipt.paid_on)
            raise _Tried
    except _Tried:
        return found


@pages.post("/receipts/<receipt_id>/allocation")
def allocate_anew(receipt_id: str) -> Answer:
    """Show before and after; once the clerk has seen that, take back what was counted and count it anew."""
    entries = Entries()
    shares = _posted_shares(entries)
    changes: list[Change] = []
    if not entries.errors:
        try:
            if request.form.get("seen"):
                with acting() as (session, actor):
                    address = once(session, actor, clock(), lambda: _allocate(session, actor, receipt_id, shares))
                flash(_("The receipt is allocated anew."), "success")
                return redirect(address)
            changes = _tried(receipt_id, lambda session, actor: _allocate(session, actor, receipt_id, shares))
        except (Invalid, Missing) as refused:
            entries.refuse(refused)
    with reading() as (session, actor):
        page = _allocation_page(session, actor, receipt_id, entries, changes=changes, shares=shares)
        return page, 422 if entries.errors else 200


def _allocate(session: Session, actor: Actor, receipt_id: str, shares: Mapping[str, int]) -> str:
    finance.reallocate(session, actor, clock(), receipt_id=receipt_id, allocations=shares)
    return url_for("finance.receipt", receipt_id=receipt_id)


def _tried(receipt_id: str, act: Callable[[Session, Actor], object]) -> list[Change]:
    """Every line that ``act`` changes, before and after; nothing of it stays."""
    found: list[Change] = []
    try:
        with acting() as (session, actor):
            before = counted_lines(session, actor, receipt_id)
            act(session, actor)
            session.flush()  # What the act wrote is read again.
            found = _changes(before, counted_lines(session, actor, receipt_id))
            raise _Tried
    except _Tried:
        return found


def _changes(before: Sequence[CountedLine], after: Sequence[CountedLine]) -> list[Change]:
    old = {line.receivable_id: line for line in before}
    new = {line.receivable_id: line for line in after}
    both = [Change(old.get(key), new.get(key)) for key in dict.fromkeys([*old, *new])]
    return [change for change in both if change.before != change.after]


def _posted_shares(entries: Entries) -> dict[str, int]:
    """Fen by receivable from the fields ``line-<id>``; an empty one or a zero counts nothing."""
    shares = {}
    for name, text in request.form.items():
        if name.startswith("line-") and text.strip().strip("0.,"):
            fen = entries.read(name, lambda field: fen_of_yuan(request.form[field], field))
            shares[name.removeprefix("line-")] = fen or 0
    return shares


def _allocation_page(
    session: Session,
    actor: Actor,
    receipt_id: str,
    entries: Entries,
    *,
    changes: Sequence[Change] = (),
    shares: Mapping[str, int] | None = None,
    suggested: Mapping[str, int] | None = None,
) -> str:
    detail = _usable(session, actor, receipt_id)
    row = detail.row
    lines = counted_lines(session, actor, receipt_id)
    holds = row.amount_fen - detail.refunded_fen
    now = {line.receivable_id: line.counted_fen for line in lines}
    first = _in_fields(now if suggested is None else suggested)
    given = dict(request.form) if request.method == "POST" else first
    counted = sum((shares or {}).values())
    return render_template(
        "finance/allocation.html",
        row=row,
        detail=detail,
        lines=lines,
        given=given,
        errors=entries.errors,
        changes=changes,
        holds_fen=holds,
        left_fen=holds - counted,
        statutory=late_clause(session, row.sale_id).statutory if row.sale_id else True,
        sale=label_sales(session, [row.sale_id]).get(row.sale_id) if row.sale_id else None,
    )


def _in_fields(shares: Mapping[str, int]) -> dict[str, str]:
    """Fen by receivable as the fields show them."""
    return {f"line-{key}": yuan(fen).replace(",", "") for key, fen in shares.items() if fen}


def _usable(session: Session, actor: Actor, receipt_id: str) -> ReceiptDetail:
    """A confirmed receipt that the reader may allocate. Raises `Missing`, `NotAllowed`, `Invalid`."""
    detail = get_receipt(session, actor, receipt_id)
    actor.require(Permission.FINANCE_ALLOCATE, detail.row.path)
    if not detail.usable:
        raise Invalid("allocation_unconfirmed")
    return detail


@pages.get("/receipts/<receipt_id>/move")
def move(receipt_id: str) -> str:
    """The free money of a receipt for another sale: which one?"""
    with reading() as (session, actor):
        return _move_page(session, actor, receipt_id, Entries())


@pages.post("/receipts/<receipt_id>/move")
def move_it(receipt_id: str) -> Answer:
    """Show what both sales hold before and after; once the clerk has seen that, move the receipt."""
    entries, sale_id = Entries(), request.form.get("sale_id", "").strip()
    if not sale_id:
        entries.refuse(Invalid("required", field="sale_id"))
    else:
        try:
            fen = _asked_part()
            if request.form.get("seen"):
                with acting() as (session, actor):
                    address = once(
                        session, actor, clock(), lambda: _move(session, actor, receipt_id, sale_id, fen)
                    )
                flash(_("The money belongs to the other sale now. Allocate it there."), "success")
                return redirect(address)
            _tried(receipt_id, lambda session, actor: _move(session, actor, receipt_id, sale_id, fen))
        except (Invalid, Missing) as refused:
            entries.refuse(refused)
    with reading() as (session, actor):
        page = _move_page(session, actor, receipt_id, entries, sale_id=sale_id)
        return page, 422 if entries.errors else 200


def _asked_part() -> int | None:
    """Fen of the part that shall go over; None for all of it."""
    text = request.form.get("amount", "").strip()
    return fen_of_yuan(text, "amount") if text else None


def _move(session: Session, actor: Actor, receipt_id: str, sale_id: str, fen: int | None) -> str:
    if get_receipt(session, actor, receipt_id).row.sale_id == sale_id:
        raise Invalid("move_to_same_sale", field="sale_id")
    act = (session, actor, clock())
    if fen is None:
        finance.move_receipt(*act, receipt_id=receipt_id, sale_id=sale_id)
        return url_for("finance.receipt", receipt_id=receipt_id)
    reason = _("A part goes to another sale")
    _rest, moved = finance.divide_receipt(
        *act, receipt_id=receipt_id, sale_id=sale_id, amount_fen=fen, reason=reason
    )
    return url_for("finance.receipt", receipt_id=moved.id)


def _move_page(
    session: Session, actor: Actor, receipt_id: str, entries: Entries, *, sale_id: str | None = None
) -> str:
    detail = _usable(session, actor, receipt_id)
    row = detail.row
    wanted = [one for one in (row.sale_id, sale_id) if one]
    labels = label_sales(session, wanted)
    target = labels.get(sale_id) if sale_id else None
    fields = [
        {
            "name": "sale_id",
            "kind": "pick",
            "label": _("To which sale"),
            "required": True,
            "wide": True,
            "source": url_for("lookup.look", kind="sale", path=row.path),
            "value": sale_id if target else "",
            "text": f"{target.unit_label} · {target.no}" if target else "",
            "error": entries.errors.get("sale_id") or entries.errors.get("receipt_id"),
            "help": _("Search by unit number, sale number or buyer."),
        }
    ]
    typed = request.form.get("amount", "").strip()
    if actor.may(Permission.FINANCE_REVERSE, row.path):
        fields.append(
            {
                "name": "amount",
                "kind": "money",
                "label": _("A part only"),
                "value": typed,
                "error": entries.errors.get("amount"),
                "help": _(
                    "Empty moves all. For a part the receipt is taken back by counter-entry, and two stand for it."
                ),
            }
        )
    part = None if entries.errors else _asked_part()
    sees = target is not None and actor.may(Permission.FINANCE_VIEW, target.path)
    credits = {
        one: sale_account(session, actor, one, today()).credit_fen for one in wanted if one != sale_id or sees
    }
    return render_template(
        "finance/move.html",
        row=row,
        detail=detail,
        fields=fields,
        errors=entries.errors,
        source=labels.get(row.sale_id) if row.sale_id else None,
        target=target if sees and not entries.errors else None,
        credits=credits,
        moved_fen=detail.credit_fen if part is None else part,
        typed=typed,
    )
