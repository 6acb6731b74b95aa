"""Small forms for the stories of this room."""

from __future__ import annotations

import json
from typing import Any

from forms.compile import Form
from forms.reading import read


def component(kind: str, key: str, *, properties: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A form-js component labelled in both languages."""
    label = {"label": key.title(), "properties": {"label:zh": "标", **(properties or {})}}
    return {"type": kind, "key": key, "id": f"Field_{key}", **label, **more}


def raw(*components: dict[str, Any]) -> bytes:
    """A form file."""
    properties = {"title": "A form", "title:zh": "表"}
    return json.dumps({"type": "default", "properties": properties, "components": list(components)}).encode()


def form(*components: dict[str, Any]) -> Form:
    """A compiled form."""
    return Form(read("story/ask", raw(*components)))


REQUIRED = {"validate": {"required": True}}
