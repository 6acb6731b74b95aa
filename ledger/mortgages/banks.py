"""Banks and fund centres with what they lend and the papers they want: data that an administrator keeps."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.locking import locked
from ledger.mortgages.errors import BankMissing, MortgageInvalid
from ledger.mortgages.kinds import BroughtBy, LenderKind
from ledger.mortgages.models import MortgageBank, MortgagePaperKind, MortgageProduct
from ledger.organisation.models import OrgNode
from ledger.scope import scoped
from ledger.staff.permissions import Permission

_LONGEST = 80
_WHOLE = 10_000
_MOST_MONTHS = 600


def add_bank(
    session: Session, actor: Actor, clock: Clock, *, path: str, kind: LenderKind, name: str, contact: str = ""
) -> MortgageBank:
    """A bank that lends at the projects at or below a node. Raises `MortgageInvalid` by field."""
    actor.require(Permission.MORTGAGES_MANAGE, path)
    if session.scalar(select(OrgNode.id).where(OrgNode.path == path)) is None:
        raise MortgageInvalid("mortgage_node_missing", field="path")
    name = _name(name)
    same = select(MortgageBank.id).where(MortgageBank.path == path, MortgageBank.name == name)
    if session.scalar(same) is not None:
        raise MortgageInvalid("mortgage_name_taken", field="name", name=name)
    bank = MortgageBank(
        path=path,
        kind=kind,
        name=name,
        contact=contact.strip()[:120],
        changed_at=clock.now(),
        changed_by=actor.id,
    )
    session.add(bank)
    session.flush()  # Products and papers refer to the id.
    _audit(session, actor, clock, bank, "bank_added", {"name": name, "kind": kind.value})
    return bank


def change_bank(
    session: Session, actor: Actor, clock: Clock, *, bank_id: str, name: str, contact: str, active: bool
) -> MortgageBank:
    """Name, contact, and whether it still lends; running loans stay with it."""
    bank = lock_bank(session, actor, bank_id)
    name = _name(name)
    same = select(MortgageBank.id).where(MortgageBank.path == bank.path, MortgageBank.name == name)
    if session.scalar(same.where(MortgageBank.id != bank.id)) is not None:
        raise MortgageInvalid("mortgage_name_taken", field="name", name=name)
    bank.name, bank.contact, bank.active = name, contact.strip()[:120], active
    bank.changed_at, bank.changed_by = clock.now(), actor.id
    _audit(session, actor, clock, bank, "bank_changed", {"name": name, "active": active})
    return bank


def put_product(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    bank_id: str,
    name: str,
    max_share_bp: int,
    max_months: int,
    max_fen: int | None = None,
    active: bool = True,
) -> MortgageProduct:
    """Add what a bank lends, or change it by its name. Raises `MortgageInvalid` by field."""
    bank = lock_bank(session, actor, bank_id)
    name = _name(name, "product")
    if not 0 < max_share_bp <= _WHOLE:
        raise MortgageInvalid("mortgage_share", field="max_share_bp")
    if not 0 < max_months <= _MOST_MONTHS:
        raise MortgageInvalid("mortgage_months", field="max_months", most=_MOST_MONTHS)
    if max_fen is not None and max_fen <= 0:
        raise MortgageInvalid("mortgage_most", field="max_fen")
    same = select(MortgageProduct).where(MortgageProduct.bank_id == bank.id, MortgageProduct.name == name)
    row = session.scalars(same).one_or_none() or MortgageProduct(bank_id=bank.id, name=name)
    row.max_share_bp, row.max_months, row.max_fen, row.active = max_share_bp, max_months, max_fen, active
    session.add(row)
    session.flush()  # Its name must be free now.
    after = {"product": name, "share": max_share_bp, "most_fen": max_fen, "months": max_months, "active": active}
    _audit(session, actor, clock, bank, "product", after)
    return row


def add_paper(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    bank_id: str,
    labels: Mapping[str, str],
    brought_by: BroughtBy,
    required: bool = True,
    path: str | None = None,
) -> MortgagePaperKind:
    """One more line of a bank's list, for all its projects or for those at or below ``path``."""
    bank = lock_bank(session, actor, bank_id)
    path = path or bank.path
    if not path.startswith(bank.path) or session.scalar(select(OrgNode.id).where(OrgNode.path == path)) is None:
        raise MortgageInvalid("mortgage_node_missing", field="path")
    words = {language: _name(labels.get(language, ""), f"label_{language}") for language in ("zh", "en")}
    last = select(func.coalesce(func.max(MortgagePaperKind.position), 0))
    position = session.scalar(last.where(MortgagePaperKind.bank_id == bank.id)) or 0
    row = MortgagePaperKind(
        bank_id=bank.id,
        path=path,
        position=position + 1,
        labels=words,
        brought_by=brought_by,
        required=required,
    )
    session.add(row)
    session.flush()
    _audit(session, actor, clock, bank, "paper_added", {"paper": words["zh"], "path": path})
    return row


def end_paper(session: Session, actor: Actor, clock: Clock, *, bank_id: str, paper_id: str) -> None:
    """A line leaves the list; applications that have begun keep it."""
    bank = lock_bank(session, actor, bank_id)
    row = session.get(MortgagePaperKind, paper_id)
    if row is None or row.bank_id != bank.id:
        raise BankMissing("mortgage_paper_missing", id=paper_id)
    row.active = False
    _audit(session, actor, clock, bank, "paper_ended", {"paper": row.labels.get("zh")})


def lock_bank(session: Session, actor: Actor, bank_id: str) -> MortgageBank:
    """A bank that the actor may change. Raises `BankMissing`, which outside the scope looks alike."""
    query = scoped(actor, MortgageBank, Permission.MORTGAGES_MANAGE).where(MortgageBank.id == bank_id)
    bank = session.scalars(locked(query, MortgageBank)).one_or_none()
    if bank is None:
        raise BankMissing(id=bank_id)
    return bank


def _name(text: str, field: str = "name") -> str:
    plain = text.strip()
    if not plain:
        raise MortgageInvalid("required", field=field)
    if len(plain) > _LONGEST:
        raise MortgageInvalid("text_missing_or_long", field=field, longest=_LONGEST)
    return plain


def _audit(
    session: Session, actor: Actor, clock: Clock, bank: MortgageBank, verb: str, after: Mapping[str, object]
) -> None:
    audit.record(
        session, actor, clock, f"mortgages:{verb}", "mortgage_bank", bank.id, path=bank.path, after=dict(after)
    )
