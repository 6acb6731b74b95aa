"""Editing values by hand: what may be edited, and what the logs tell of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import Invalid
from engine.host import Host
from engine.values import checked_data
from engine.variable_types import require_kind

HIDDEN = "***"
_TOLD = 200


@dataclass(frozen=True)
class Edit:
    """New values with the reason for them; ``force`` allows another kind of value and a new name."""

    changes: dict[str, Any]
    reason: str
    force: bool = False

    def checked(self, before: Mapping[str, Any], protected: Collection[str]) -> dict[str, Any]:
        """The values that differ from ``before``.

        Raises `Invalid` without a reason or a change, for a protected or unknown name, for another kind of value.
        """
        require_reason(self.reason)
        changes = checked_data(self.changes)
        for name, value in changes.items():
            if name in protected:
                raise Invalid("variable_protected", field=name, name=name)
            if not self.force:
                if name not in before:
                    raise Invalid("variable_not_there", field=name, name=name)
                require_kind(name, before[name], value)
        different = {name: value for name, value in changes.items() if name not in before or before[name] != value}
        if not different:
            raise Invalid("nothing_changes", field="changes")
        return different


def require_reason(reason: str) -> None:
    """Raise `Invalid` for an act without a reason."""
    if not reason.strip():
        raise Invalid("reason_missing", field="reason")


def told(host: Host, values: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Values as the logs repeat them: personal ones hidden, long ones cut."""
    return {name: HIDDEN if name in host.personal else _short(values[name]) for name in names if name in values}


def _short(value: Any) -> Any:
    written = json.dumps(value, ensure_ascii=False)
    return value if len(written) <= _TOLD else f"{written[:_TOLD]}…"
