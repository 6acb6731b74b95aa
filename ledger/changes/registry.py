"""The kinds of change there are."""

from __future__ import annotations

import importlib
from functools import cache
from typing import TypeVar

from ledger.changes.errors import ChangeRefused
from ledger.changes.kind import ChangeKind
from ledger.sales.models import Sale

#: The modules whose kinds are known; each registers its class when it is imported.
MODULES = (
    "ledger.changes.payment_plan",
    "ledger.changes.discount",
    "ledger.changes.short_loan",
    "ledger.changes.room_change",
    "ledger.changes.sale_cancellation",
    "ledger.changes.rights_transfer",
)

C = TypeVar("C", bound=type)
_kinds: dict[str, ChangeKind] = {}


def change_kind(cls: C) -> C:
    """Register a kind of change."""
    one: ChangeKind = cls()
    _kinds[one.kind] = one
    return cls


def known_kinds() -> dict[str, ChangeKind]:
    """Every kind by its name."""
    _load()
    return dict(_kinds)


def find_kind(kind: str) -> ChangeKind:
    """The kind of a name. Raises `ChangeRefused` for one that is not known."""
    found = known_kinds().get(kind)
    if found is None:
        raise ChangeRefused("change_order_kind_unknown", field="kind", kind=kind)
    return found


def kinds_at(sale: Sale) -> list[str]:
    """The kinds of change that can be asked for where a sale stands."""
    agreed = sale.state == "live" and sale.terms_version is not None
    return [name for name, kind in known_kinds().items() if agreed and sale.stage in kind.stages]


@cache
def _load() -> None:
    for module in MODULES:
        importlib.import_module(module)
