"""The pane beside the list: the page of a task in a frame of its own, for whoever asks for it from the list."""

from __future__ import annotations

from flask import request

PANE = "pane"


def in_pane() -> bool:
    """Whether the answer goes into the pane: then the page of a task is drawn without the frame of a page."""
    return request.headers.get("HX-Target") == PANE
