"""Writes small DMN files for tests."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from engine.decisions import DecisionModel, parse

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def file(*parts: str, namespace: str = DMN) -> DecisionModel:
    """A model of these parts."""
    return parse(source(*parts, namespace=namespace))


def source(*parts: str, namespace: str = DMN) -> bytes:
    """The bytes of a file of these parts."""
    body = "\n".join(parts)
    return (
        f'<definitions xmlns="{namespace}" id="defs" name="Test" namespace="t">\n{body}\n</definitions>'.encode()
    )


def text(tag: str, content: str, **attributes: str) -> str:
    """An element with a FEEL text."""
    return f"<{tag}{_attributes(attributes)}><text>{escape(content)}</text></{tag}>"


def _attributes(attributes: dict[str, str]) -> str:
    return "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())


def table(
    rules: Sequence[Sequence[str]],
    inputs: Sequence[str] = ("x",),
    outputs: Sequence[str] = ("result",),
    *,
    policy: str = "UNIQUE",
    allowed: dict[str, str] | None = None,
    types: dict[str, str] | None = None,
    defaults: dict[str, str] | None = None,
    aggregation: str = "",
) -> str:
    """A decision table; each rule is its cells and then its outputs."""
    allowed, types, defaults = allowed or {}, types or {}, defaults or {}
    parts = [
        f'<decisionTable id="table" hitPolicy="{policy}"'
        + (f' aggregation="{aggregation}"' if aggregation else "")
        + ">"
    ]
    for name in inputs:
        kind = f' typeRef="{types[name]}"' if name in types else ""
        values = text("inputValues", allowed[name]) if name in allowed else ""
        parts.append(
            f"<input><inputExpression{kind}><text>{escape(name)}</text></inputExpression>{values}</input>"
        )
    for name in outputs:
        values = text("outputValues", allowed[name]) if name in allowed else ""
        default = text("defaultOutputEntry", defaults[name]) if name in defaults else ""
        parts.append(f'<output name="{name}">{values}{default}</output>')
    for number, rule in enumerate(rules, 1):
        cells = "".join(
            text("inputEntry", cell, id=f"cell_{number}_{at}") for at, cell in enumerate(rule[: len(inputs)], 1)
        )
        entries = "".join(text("outputEntry", entry) for entry in rule[len(inputs) :])
        parts.append(f'<rule id="rule_{number}">{cells}{entries}</rule>')
    return "\n".join([*parts, "</decisionTable>"])


def decision(logic: str, *, name: str = "decide", needs: Sequence[str] = (), type_ref: str = "") -> str:
    """A decision; ``needs`` are hrefs written as ``kind:id`` with kind Input, Decision or Knowledge."""
    requirements = []
    for need in needs:
        kind, _, target = need.partition(":")
        outer = "knowledgeRequirement" if kind == "Knowledge" else "informationRequirement"
        requirements.append(f'<{outer}><required{kind} href="#{target}"/></{outer}>')
    variable = f'<variable name="{name}"' + (f' typeRef="{type_ref}"' if type_ref else "") + "/>"
    return f'<decision id="{name}" name="{name}">{variable}{"".join(requirements)}{logic}</decision>'


def input_data(name: str, type_ref: str = "") -> str:
    """Input data."""
    kind = f' typeRef="{type_ref}"' if type_ref else ""
    return f'<inputData id="{name}" name="{name}"><variable name="{name}"{kind}/></inputData>'


def literal(content: str) -> str:
    """A literal expression."""
    return text("literalExpression", content)
