"""The checks of a deployment, with what is registered and deployed around it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select

from engine import shapes
from engine.definitions.check import check_resources
from engine.definitions.wiring import HandlerFacts, Wiring
from engine.findings import Finding
from engine.host import Host
from engine.tables.columns import table_of
from engine.tables.definitions import DefinitionRow

DEFINITIONS = table_of(DefinitionRow)


def findings_of(host: Host, resources: Mapping[str, bytes]) -> list[Finding]:
    """What is wrong with the files, element by element."""
    return check_resources(resources, _wiring(host))


def _wiring(host: Host) -> Wiring:
    known = host.session.execute(select(DEFINITIONS.c.kind, DEFINITIONS.c.key).distinct()).all()
    return Wiring(
        handler=lambda name: _handler_facts(host, name),
        form_fields=lambda key: _form_fields(host, key),
        processes=frozenset(row.key for row in known if row.kind == "process"),
        decisions=frozenset(row.key for row in known if row.kind == "decision"),
    )


def _handler_facts(host: Host, name: str) -> HandlerFacts | None:
    known = host.registry.handlers.get(name)
    if known is None:
        return None
    return HandlerFacts(
        inputs=shapes.fields_of(known.takes) if known.takes is not None else {},
        outputs=frozenset(shapes.fields_of(known.gives) if known.gives is not None else ()),
        errors=known.errors,
    )


def _form_fields(host: Host, form_key: str) -> Collection[str] | None:
    return host.forms.fields(form_key) if host.forms.exists(form_key) else None
