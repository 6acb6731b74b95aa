"""What a proposed change holds by field: written and read, sealed where it is a customer's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from ledger.customers.sealing import keys_of, seal, unseal
from ledger.reviews.models import ProposedChange


@dataclass(frozen=True)
class FieldChange:
    """A field with what it held and what it is to hold; None is nothing."""

    before: Any
    after: Any


def put_contents(session: Session, change: ProposedChange, contents: Mapping[str, FieldChange]) -> None:
    """Write the contents, sealed under the customer's key if there is one. Raises `CustomerErased`."""
    plain = {name: {"before": one.before, "after": one.after} for name, one in contents.items()}
    if change.customer_id is None:
        change.fields = plain
    else:
        change.sealed = seal(session, change.customer_id, json.dumps(plain))


def contents_of(
    session: Session, change: ProposedChange, keys: Mapping[str, bytes | None] | None = None
) -> dict[str, FieldChange]:
    """The contents in the clear; nothing once the customer's key was destroyed. ``keys`` saves asking for them."""
    plain: Mapping[str, Any] = change.fields or {}
    if change.customer_id is not None:
        known = keys if keys is not None else keys_of(session, [change.customer_id])
        text = unseal(session, known.get(change.customer_id), change.sealed)
        plain = json.loads(text) if text else {}
    return {name: FieldChange(one["before"], one["after"]) for name, one in plain.items()}
