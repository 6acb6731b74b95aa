"""What of a process's data and business facts its readers may see: the same on pages and through the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.actor import Actor
from ledger.customers.masking import mask_name
from ledger.staff.permissions import Permission

# Whether a price lies below the floor tells the floor to whoever may try several prices.
FLOOR = ("floor_price_fen", "below_floor")

# Facts that need a right of their own to be seen.
VEILED = {
    "customer": Permission.CUSTOMERS_VIEW,
    **dict.fromkeys(FLOOR, Permission.UNITS_VIEW_FLOOR_PRICE),
}

# What the logs of the engine never repeat, whatever a process calls its variables.
PERSONAL = frozenset(
    {
        "address", "birthday", "customer", "customer_name", "email", "id_no", "mobile", "name", "payee", "payer",
        "phone", "phones",
    }
)  # fmt: skip


class Veils:
    """Where each person may see the facts that are not open to all; lists do not search or sort by the others."""

    def nodes(self, actor: Actor) -> Mapping[str, tuple[str, ...]]:
        """By fact, the nodes where the actor may see it."""
        return {name: actor.scope_paths(right) for name, right in VEILED.items()}


def sees_fact(actor: Actor, name: str, path: str) -> bool:
    """Whether somebody may see a business fact at a node."""
    return name not in VEILED or actor.may(VEILED[name], path)


def without_customers(actor: Actor, data: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Facts or data with the customer's name shortened (``王*``) for who may not see customers there."""
    name = data.get("customer")
    if not isinstance(name, str) or actor.may(Permission.CUSTOMERS_VIEW, path):
        return dict(data)
    return {**data, "customer": mask_name(name)}


def as_seen(actor: Actor, data: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Facts or data as the actor may see them at a node: without the floor price (底价), customers shortened."""
    shown = without_customers(actor, data, path)
    if not actor.may(Permission.UNITS_VIEW_FLOOR_PRICE, path):
        shown = {name: value for name, value in shown.items() if name not in FLOOR}
    return shown
