"""The checks of a deployment, with what is registered and deployed around it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from engine.definitions.check import check_resources
from engine.findings import Finding
from engine.host import Host
from engine.tables.columns import table_of
from engine.tables.definitions import DefinitionRow
from engine.wiring import wiring_of

DEFINITIONS = table_of(DefinitionRow)


def findings_of(host: Host, resources: Mapping[str, bytes]) -> list[Finding]:
    """What is wrong with the files, element by element."""
    known = host.session.execute(select(DEFINITIONS.c.kind, DEFINITIONS.c.key).distinct()).all()
    processes = frozenset(row.key for row in known if row.kind == "process")
    decisions = frozenset(row.key for row in known if row.kind == "decision")
    wiring = wiring_of(host.registry, host.forms, processes=processes, decisions=decisions)
    return check_resources(resources, wiring)
