"""Making findings about nodes and flows."""

from __future__ import annotations

from collections.abc import Mapping

from engine.definitions.model import Flow, Node, ProcessModel
from engine.findings import ERROR, REWRITTEN, WARNING, Finding, clipped

Element = Node | Flow


def wrong(code: str, element: Element, **params: object) -> Finding:
    """An error about an element: it forbids deployment."""
    return _about(code, ERROR, element, params)


def doubtful(code: str, element: Element, **params: object) -> Finding:
    """A warning about an element."""
    return _about(code, WARNING, element, params)


def about_process(code: str, model: ProcessModel, severity: str = ERROR, **params: object) -> Finding:
    """A finding about the process as a whole."""
    name = clipped(model.name) if model.name else None
    return Finding(code, severity, model.key, name, model.line, _readable(params))


def understood(code: str, element: Element, **params: object) -> Finding:
    """What is left out of the drawing and read as if it were there."""
    return _about(code, REWRITTEN, element, params)


def _about(code: str, severity: str, element: Element, params: Mapping[str, object]) -> Finding:
    name = clipped(element.name) if element.name else None
    return Finding(code, severity, clipped(element.id), name, element.line, _readable(params))


def _readable(params: Mapping[str, object]) -> dict[str, object]:
    return {name: clipped(value) if isinstance(value, str) else value for name, value in params.items()}
