"""The inventory's verbs in one place; each lives in the module named for its concern."""

from __future__ import annotations

from ledger.inventory.importing import Permit, import_units, preview_units
from ledger.inventory.licensing import license_units
from ledger.inventory.price_force import put_prices_in_force
from ledger.inventory.price_versions import Prices
from ledger.inventory.prices import (
    approve_prices,
    ask_for_approval,
    propose_prices,
    reject_prices,
    withdraw_prices,
)
from ledger.inventory.withholding import release_unit, set_flag, withhold_unit

__all__ = [
    "Permit",
    "Prices",
    "approve_prices",
    "ask_for_approval",
    "import_units",
    "license_units",
    "preview_units",
    "propose_prices",
    "put_prices_in_force",
    "reject_prices",
    "release_unit",
    "set_flag",
    "withdraw_prices",
    "withhold_unit",
]
