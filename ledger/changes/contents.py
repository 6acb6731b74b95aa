"""What an order says, as one number: approvals bind to it (DOMAIN §10.6)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.changes.kind import ChangeKind, Preview, Standing
from ledger.changes.models import ChangeEvent, ChangeOrder

LONGEST_REASON = 500


@dataclass(frozen=True)
class Content:
    """A change worked out on what stands now; ``seal`` is SHA-256 over all that approvers approve."""

    preview: Preview
    signed: bool
    seal: str

    @property
    def money(self) -> list[dict[str, Any]]:
        """The money effect as JSON lines."""
        return [line.plain() for line in self.preview.money]

    @property
    def route(self) -> dict[str, Any]:
        """What the approval matrix is asked with."""
        one = self.preview.route
        return {
            "kind": one.kind,
            "off_list_bp": one.off_list_bp,
            "below_floor": one.below_floor,
            "signed": self.signed,
        }


def work_out(kind: ChangeKind, standing: Standing, wanted: Mapping[str, Any], *, turn: int = 0) -> Content:
    """Guard and preview, for the ``turn`` (`turn_of`) in which it is asked for. Raises what the guards refuse."""
    kind.guard(standing, wanted)
    preview = kind.preview(standing, wanted)
    content: dict[str, Any] = {
        "kind": kind.kind,
        "sale": standing.sale.id,
        "unit": standing.sale.unit_id,
        "fault": standing.fault,
        "signed": standing.signed,
        "wanted": wanted,
        "before": preview.before,
        "after": preview.after,
        "money": [line.plain() for line in preview.money if not line.estimate],
    }
    if turn:
        content["turn"] = turn
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Content(preview, standing.signed, hashlib.sha256(text.encode()).hexdigest())


def turn_of(session: Session, order: ChangeOrder) -> int:
    """How often an order was asked for again: what was approved before it came back is not approved for that."""
    mended = select(func.count()).where(ChangeEvent.order_id == order.id, ChangeEvent.kind == "mended")
    return session.scalar(mended) or 0


def differing(stored: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """The names of the fields that differ between two previews' sides."""
    return sorted(name for name in {*stored, *now} if stored.get(name) != now.get(name))
