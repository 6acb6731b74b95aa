"""What an order says, as one number: approvals bind to it (DOMAIN §10.6)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.changes.kind import ChangeKind, Preview, Standing

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


def work_out(kind: ChangeKind, standing: Standing, wanted: Mapping[str, Any]) -> Content:
    """Guard and preview. Raises what the kind's guards refuse."""
    kind.guard(standing, wanted)
    preview = kind.preview(standing, wanted)
    content = {
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
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Content(preview, standing.signed, hashlib.sha256(text.encode()).hexdigest())


def differing(stored: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """The names of the fields that differ between two previews' sides."""
    return sorted(name for name in {*stored, *now} if stored.get(name) != now.get(name))
