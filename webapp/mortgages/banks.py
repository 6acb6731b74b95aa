"""Banks and fund centres (按揭银行): what they lend and the papers they want, kept by an administrator."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kernel.actor import Actor
from kernel.errors import Invalid
from ledger.mortgages import banks as ledger
from ledger.mortgages.errors import BankMissing, MortgageInvalid
from ledger.mortgages.kinds import BroughtBy, LenderKind
from ledger.mortgages.queries import list_banks
from ledger.organisation.queries import list_nodes
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reading
from webapp.current import may
from webapp.mortgages.desk import pages, posted_amount, posted_number, posted_percent, refusal

Answer = str | tuple[str, int] | Response


@pages.get("/banks")
def bank_list() -> str:
    """All banks with their products and papers."""
    return _list_page()


def _list_page(errors: dict[str, str] | None = None) -> str:
    with reading() as (session, actor):
        nodes = [node for node in list_nodes(session) if actor.may(Permission.MORTGAGES_MANAGE, node.path)]
        return render_template(
            "mortgages/banks.html",
            banks=list_banks(session, actor),
            nodes=[(node.path, node.name) for node in nodes],
            kinds=list(LenderKind),
            may_manage=may(Permission.MORTGAGES_MANAGE),
            errors=errors or {},
        )


@pages.post("/banks")
def add_bank() -> Answer:
    """A bank begins to lend."""
    try:
        with acting() as (session, actor):
            bank = ledger.add_bank(
                session,
                actor,
                clock(),
                path=request.form.get("path", ""),
                kind=_kind(),
                name=request.form.get("name", ""),
                contact=request.form.get("contact", ""),
            )
            address = url_for("mortgages.bank", lender_id=bank.id)
    except Invalid as refused:
        return _list_page(refusal(refused)), 422
    flash(_("The bank is entered. Add what it lends and the papers it wants."), "success")
    return redirect(address)


def _kind() -> LenderKind:
    kind = request.form.get("kind", "")
    if kind not in [str(one) for one in LenderKind]:
        raise MortgageInvalid("required", field="kind")
    return LenderKind(kind)


@pages.get("/banks/<lender_id>")
def bank(lender_id: str) -> str:
    """One bank."""
    return _page(lender_id)


def _page(bank_id: str, form: str = "", errors: dict[str, str] | None = None) -> str:
    with reading() as (session, actor):
        found = next((view for view in list_banks(session, actor) if view.bank.id == bank_id), None)
        if found is None:
            raise BankMissing(id=bank_id)
        below = [node for node in list_nodes(session) if node.path.startswith(found.bank.path)]
        return render_template(
            "mortgages/bank.html",
            found=found,
            places={node.path: node.name for node in below},
            who=list(BroughtBy),
            may_manage=actor.may(Permission.MORTGAGES_MANAGE, found.bank.path),
            form=form,
            errors=errors or {},
        )


@pages.post("/banks/<lender_id>")
def change_bank(lender_id: str) -> Answer:
    """Name, contact, and whether it still lends."""

    def act(session: Session, actor: Actor) -> None:
        ledger.change_bank(
            session,
            actor,
            clock(),
            bank_id=lender_id,
            name=request.form.get("name", ""),
            contact=request.form.get("contact", ""),
            active=bool(request.form.get("active")),
        )

    return _acted(lender_id, "bank", act, _("The bank is changed."))


@pages.post("/banks/<lender_id>/products")
def put_product(lender_id: str) -> Answer:
    """What the bank lends, new or changed by its name."""

    def act(session: Session, actor: Actor) -> None:
        ledger.put_product(
            session,
            actor,
            clock(),
            bank_id=lender_id,
            name=request.form.get("product", ""),
            max_share_bp=posted_percent("max_share_bp"),
            max_months=posted_number("max_months"),
            max_fen=posted_amount("max_fen"),
            active=not request.form.get("ended"),
        )

    return _acted(lender_id, "product", act, _("The product is kept."))


@pages.post("/banks/<lender_id>/papers")
def add_paper(lender_id: str) -> Answer:
    """One more paper on the bank's list."""

    def act(session: Session, actor: Actor) -> None:
        who = request.form.get("brought_by", "")
        if who not in [str(one) for one in BroughtBy]:
            raise MortgageInvalid("required", field="brought_by")
        ledger.add_paper(
            session,
            actor,
            clock(),
            bank_id=lender_id,
            labels={"zh": request.form.get("label_zh", ""), "en": request.form.get("label_en", "")},
            brought_by=BroughtBy(who),
            required=bool(request.form.get("required")),
            path=request.form.get("path") or None,
        )

    return _acted(lender_id, "paper", act, _("The paper is on the list."))


@pages.post("/banks/<lender_id>/papers/<listed_id>/end")
def end_paper(lender_id: str, listed_id: str) -> Answer:
    """A paper leaves the list."""

    def act(session: Session, actor: Actor) -> None:
        ledger.end_paper(session, actor, clock(), bank_id=lender_id, paper_id=listed_id)

    return _acted(lender_id, "", act, _("The paper has left the list; running applications keep it."))


def _acted(bank_id: str, form: str, act: Callable[[Session, Actor], None], said: str) -> Answer:
    try:
        with acting() as (session, actor):
            act(session, actor)
    except Invalid as refused:
        return _page(bank_id, form, refusal(refused)), 422
    flash(said, "success")
    return redirect(url_for("mortgages.bank", lender_id=bank_id))
