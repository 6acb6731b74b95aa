"""What is told about a foreign diagram: what was read in another form, what is not run, what is refused.

Remarks that would repeat at every arrow or shape are gathered into one, with their number and an example.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from engine.definitions.names import local
from engine.findings import ERROR, REWRITTEN, WARNING, Finding, clipped

_NOT_ELEMENTS = {"extensionElements", "conditionExpression", "resourceRole", "documentation"}


@dataclass
class Report:
    """Collects findings about elements of one file."""

    resource: str = ""
    found: list[Finding] = field(default_factory=list)
    _said: set[tuple[str, str | None, str]] = field(default_factory=set)
    _counted: dict[tuple[str, str], tuple[Finding, int]] = field(default_factory=dict)

    def rewritten(self, code: str, element: etree._Element, /, **params: object) -> None:
        """The element is read in another form than it is written in; the file stays as it is."""
        self._add(self._about(code, REWRITTEN, element, params))

    def ignored(self, code: str, element: etree._Element, /, **params: object) -> None:
        """Something of the element has no effect when the process runs."""
        self._add(self._about(code, WARNING, element, params))

    def refused(self, code: str, element: etree._Element, /, **params: object) -> None:
        """The element cannot be run as it is."""
        self._add(self._about(code, ERROR, element, params))

    def rewritten_often(self, code: str, group: etree._Element, /, **params: object) -> None:
        """As `rewritten`, told once per ``group`` element with how often it came; ``params`` are of the first."""
        self._count(code, REWRITTEN, group, params)

    def ignored_often(self, code: str, group: etree._Element, key: str = "", /, **params: object) -> None:
        """As `ignored`, told once per ``group`` element and ``key``."""
        self._count(code, WARNING, group, params, key)

    def findings(self) -> Iterator[Finding]:
        """All that was collected; what was gathered comes last with its ``count``."""
        yield from self.found
        for finding, count in self._counted.values():
            yield replace(finding, params={**finding.params, "count": count})

    def _add(self, finding: Finding) -> None:
        """Keep a finding, once even if an element gives the same reason at several of its lines."""
        key = (finding.code, finding.element_id, str(finding.params))
        if key not in self._said:
            self._said.add(key)
            self.found.append(finding)

    def _count(
        self, code: str, severity: str, group: etree._Element, params: dict[str, object], key: str = ""
    ) -> None:
        first = self._about(code, severity, group, params)
        place = (f"{code} {key}", first.element_id or "")
        known, count = self._counted.get(place, (first, 0))
        self._counted[place] = (known, count + 1)

    def _about(self, code: str, severity: str, element: etree._Element, params: dict[str, object]) -> Finding:
        owner = owner_of(element)
        shown = {name: clipped(value) if isinstance(value, str) else value for name, value in params.items()}
        name = owner.get("name")
        return Finding(
            code,
            severity,
            clipped(owner.get("id", "")) or None,
            clipped(name) if name else None,
            element.sourceline or owner.sourceline,
            shown,
            self.resource,
        )


def owner_of(element: etree._Element) -> etree._Element:
    """The nearest element outward that a person sees in the diagram: one with an id, not a part of another."""
    here: etree._Element | None = element
    while here is not None:
        name = local(here)
        if here.get("id") and name not in _NOT_ELEMENTS and not name.endswith(("Definition", "Characteristics")):
            return here
        here = here.getparent()
    return element


def shown(element: etree._Element) -> str:
    """How an element is called in a sentence: its label, else its id."""
    return clipped(element.get("name") or element.get("id") or local(element), 60)
