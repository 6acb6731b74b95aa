"""The inventory's verbs in one place; each lives in the module named for its concern."""

from __future__ import annotations

from ledger.inventory.importing import Permit, import_units, preview_units
from ledger.inventory.licensing import license_units
from ledger.inventory.prices import (
    Prices,
    approve_prices,
    propose_prices,
    put_due_prices_in_force,
    put_prices_in_force,
    reject_prices,
)
from ledger.inventory.withholding import release_unit, set_flag, withhold_unit

__all__ = [
    "Permit",
    "Prices",
    "approve_prices",
    "import_units",
    "license_units",
    "preview_units",
    "propose_prices",
    "put_due_prices_in_force",
    "put_prices_in_force",
    "reject_prices",
    "release_unit",
    "set_flag",
    "withhold_unit",
]
