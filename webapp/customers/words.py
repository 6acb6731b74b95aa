"""Events of the customer's timeline in words."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.customers.timeline import TimelineEvent
from webapp.wording import is_worded, state_name, word


def timeline_text(event: TimelineEvent, projects: Mapping[str, str] | None = None) -> str:
    """What happened, without who and when; ``projects`` names projects by id."""
    params = dict(event.params)
    for name in ("kind", "stage", "field"):
        value = params.get(name)
        for noun in ("customer_kind", "document", "sale", "receivable_kind"):
            if isinstance(value, str) and is_worded(f"{noun}.{value}"):
                params[name] = state_name(f"{noun}.{value}")
                break
    if isinstance(project_id := params.get("project_id"), str):
        params["project"] = (projects or {}).get(project_id, "")
    return word(f"timeline.{event.code}", params)
