"""Making findings about nodes and flows."""

from __future__ import annotations

from engine.definitions.model import Flow, Node, ProcessModel
from engine.findings import ERROR, WARNING, Finding

Element = Node | Flow


def wrong(code: str, element: Element, **params: object) -> Finding:
    """An error about an element: it forbids deployment."""
    return Finding(code, ERROR, element.id, element.name, element.line, params)


def doubtful(code: str, element: Element, **params: object) -> Finding:
    """A warning about an element."""
    return Finding(code, WARNING, element.id, element.name, element.line, params)


def about_process(code: str, model: ProcessModel, severity: str = ERROR, **params: object) -> Finding:
    """A finding about the process as a whole."""
    return Finding(code, severity, model.key, model.name, model.line, params)
