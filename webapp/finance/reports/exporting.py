"""Taking a report along is a right of its own: only where it is held, each time logged, names masked by right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import Actor
from kernel.errors import Invalid, NotAllowed
from ledger.customers.masking import mask_name
from ledger.finance.sale_labels import SaleLabel
from ledger.staff.permissions import Permission
from webapp.acting import clock
from webapp.current import may

MOST_ROWS = 20_000
_RIGHT = Permission.FINANCE_EXPORT


def may_export() -> bool:
    """Whether the reader may take reports along somewhere; for buttons."""
    return may(_RIGHT)


def exporter(actor: Actor) -> Actor:
    """The actor with those grants alone by which he may take along what he sees. Raises `NotAllowed`."""
    if actor.is_system:
        return actor
    grants = tuple(grant for grant in actor.grants if _RIGHT in grant.permissions)
    if not any(Permission.FINANCE_VIEW in grant.permissions for grant in grants):
        raise NotAllowed("permission_missing", permission=_RIGHT.value)
    return replace(actor, grants=grants)


def log_export(session: Session, actor: Actor, report: str, *, rows: int, path: str = "/") -> None:
    """Note who took which report along, cut to what, and how many rows it had."""
    asked = {name: value for name, value in request.args.items() if value and name != "page"}
    after = {"asked": asked, "rows": rows}
    audit.record(session, actor, clock(), "finance:export", "report", report, path=path, after=after)


def require_few(rows: int) -> None:
    """Raise `Invalid` for more rows than one workbook takes."""
    if rows > MOST_ROWS:
        raise Invalid("report_too_long", most=MOST_ROWS)


def buyers_for(actor: Actor, label: SaleLabel | None) -> str:
    """The buyers of a sale as this person may take them along: shortened without the right to see customers."""
    if label is None:
        return ""
    clear = actor.may(Permission.CUSTOMERS_VIEW, label.path)
    return _(", ").join(name if clear else mask_name(name) for name in label.buyer_names)


def home_of(label: SaleLabel | None) -> str:
    """The home of a sale, or that there is no sale yet."""
    return label.unit_label if label else _("Before a sale")


def sale_no(label: SaleLabel | None) -> str:
    """The number of a sale."""
    return label.no if label else ""


Labels = Mapping[str, SaleLabel]
