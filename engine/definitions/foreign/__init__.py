"""Diagrams of other tools: what they say in other words is put into Keyturn's, in memory, and told."""

from __future__ import annotations

from lxml import etree

from engine.definitions.foreign import choices, lost, references, rewriting
from engine.definitions.foreign.report import Report
from engine.definitions.names import q


def adapt(root: etree._Element, report: Report) -> None:
    """Change a parsed diagram into what the reader reads; ``report`` takes what is to be told of it."""
    rewriting.rewrite(root, report)
    references.mend(root, report)
    for process in root.iterfind(q("process")):
        choices.adapt(process, report)
    lost.tell_outside(root, report)
