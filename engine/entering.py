"""Which fields of a form somebody filled in or changed, as the history names them: never what was entered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.host import Host


def entered(
    host: Host, form_key: str | None, answers: Mapping[str, Any], seen: Mapping[str, Any]
) -> dict[str, Any]:
    """The parameters of a history event: ``form``, and the names under ``filled`` and ``changed``.

    A form that begins with process data, ``seen``, had those values before; any other begins blank. Without a form
    or an entry there is nothing to tell.
    """
    if form_key is None or not host.forms.exists(form_key):
        return {}
    before = seen if host.forms.opens_with_data(form_key) else {}
    asked = [name for name in host.forms.fields(form_key) if name in answers]
    filled = [name for name in asked if _is_blank(before.get(name)) and not _is_blank(answers[name])]
    changed = [name for name in asked if not _is_blank(before.get(name)) and before[name] != answers[name]]
    if not filled and not changed:
        return {}
    return {"form": form_key, "filled": filled or None, "changed": changed or None}


def _is_blank(value: Any) -> bool:
    return value is None or value is False or value in ("", [])
