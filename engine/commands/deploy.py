"""Deploy diagrams and decision tables that pass the checks; running instances stay on their version."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select

from engine.commands.checking import findings_of
from engine.commands.timer_starts import cancel_starts, schedule_starts
from engine.correlation import OF_STARTS
from engine.decisions import parse
from engine.decisions.labels import read_labels
from engine.definitions import read
from engine.definitions.check import kind_of
from engine.definitions.model import ProcessModel
from engine.errors import DefinitionError, NotAllowed
from engine.findings import Finding, errors_of
from engine.host import Host
from engine.queries.definitions import to_definition
from engine.results.definitions import Definition
from engine.spiff.build import build
from engine.tables.columns import table_of
from engine.tables.definitions import DefinitionRow, ResourceRow
from engine.tables.work import SubscriptionRow
from kernel.audit import record
from kernel.ids import new_id

DEFINITIONS = table_of(DefinitionRow)
RESOURCES = table_of(ResourceRow)
SUBSCRIPTIONS = table_of(SubscriptionRow)


@dataclass(frozen=True)
class CheckResources:
    """Everything that is wrong, file by file, without deploying."""

    resources: Mapping[str, bytes]

    def run(self, host: Host) -> list[Finding]:
        """Never raises for bad files: every trouble is a finding."""
        return findings_of(host, self.resources)


@dataclass(frozen=True)
class Deploy:
    """A file whose content is that of its newest version keeps that version."""

    resources: Mapping[str, bytes]
    note: str = ""

    def run(self, host: Host) -> list[Definition]:
        """Raises `NotAllowed` and `DefinitionError` with all findings when one is an error."""
        if not host.checker.may_deploy(host.actor):
            raise NotAllowed("deploy_missing")
        findings = findings_of(host, self.resources)
        if errors_of(findings):
            raise DefinitionError(findings)
        return [d for name in sorted(self.resources) for d in self._deploy(host, name, self.resources[name])]

    def _deploy(self, host: Host, name: str, content: bytes) -> list[Definition]:
        described = _describe(name, content)
        digest = hashlib.sha256(content).hexdigest()
        kept = [_same_as_newest(host, item["kind"], item["key"], digest) for item in described]
        if all(kept):
            return [definition for definition in kept if definition is not None]
        resource_id = new_id()
        now = host.clock.now()
        file = {"id": resource_id, "name": name, "sha256": digest, "content": content, "created_at": now}
        host.session.execute(insert(RESOURCES).values(file))
        return [self._store(host, item, resource_id, name) for item in described]

    def _store(self, host: Host, item: dict[str, Any], resource_id: str, name: str) -> Definition:
        model: ProcessModel | None = item.pop("model")
        same = (DEFINITIONS.c.kind == item["kind"]) & (DEFINITIONS.c.key == item["key"])
        newest = host.session.execute(select(func.max(DEFINITIONS.c.version)).where(same)).scalar() or 0
        row = item | {
            "id": new_id(),
            "version": newest + 1,
            "resource_id": resource_id,
            "note": self.note,
            "deployed_at": host.clock.now(),
            "deployed_by": host.actor.id,
        }
        host.session.execute(insert(DEFINITIONS).values(row))
        if model is not None:
            _subscribe_starts(host, row, model)
        after = {"key": row["key"], "version": row["version"], "kind": row["kind"]}
        record(host.session, host.actor, host.clock, "definition:deploy", "definition", row["id"], after=after)
        return to_definition({**row, "resource": name})


def _describe(name: str, content: bytes) -> list[dict[str, Any]]:
    if kind_of(name, content) == "decision":
        labels = read_labels(content)
        plain: dict[str, Any] = {
            "kind": "decision",
            "start_form": None,
            "start_permission": None,
            "model": None,
        }
        decisions = parse(content).decisions
        return [
            {**plain, "key": key, "name": decision.name or key, "labels": labels.get(key, {})}
            for key, decision in decisions.items()
        ]
    model = read(content, resource=name)
    build(model, "", 0)
    return [
        {
            "kind": "process",
            "key": model.key,
            "name": model.name or model.key,
            "labels": dict(model.labels),
            "start_form": model.start_form,
            "start_permission": model.start_permission,
            "model": model,
        }
    ]


def _same_as_newest(host: Host, kind: str, key: str, digest: str) -> Definition | None:
    query = (
        select(DEFINITIONS, RESOURCES.c.sha256, RESOURCES.c.name.label("resource"))
        .join(RESOURCES, RESOURCES.c.id == DEFINITIONS.c.resource_id)
        .where(DEFINITIONS.c.kind == kind, DEFINITIONS.c.key == key)
        .order_by(DEFINITIONS.c.version.desc())
        .limit(1)
    )
    row = host.session.execute(query).mappings().first()
    return to_definition(row) if row is not None and row["sha256"] == digest else None


def _subscribe_starts(host: Host, row: dict[str, Any], model: ProcessModel) -> None:
    """Message, signal and timer start events wait in the newest version only."""
    older = select(DEFINITIONS.c.id).where(DEFINITIONS.c.kind == "process", DEFINITIONS.c.key == row["key"])
    session, table = host.session, SUBSCRIPTIONS
    cancel_starts(host, older)
    session.execute(delete(table).where(table.c.instance_id.is_(None), table.c.definition_id.in_(older)))
    starts = [node for node in model.children(model.key) if node.kind == "startEvent" and node.event]
    rows = [
        {
            "id": new_id(),
            "kind": node.event.kind,
            "name": node.event.name,
            "correlation": OF_STARTS,
            "instance_id": None,
            "definition_id": row["id"],
            "element_id": node.id,
            "token": None,
            "created_at": host.clock.now(),
        }
        for node in starts
        if node.event is not None and node.event.kind in ("message", "signal")
    ]
    if rows:
        session.execute(insert(table), rows)
    schedule_starts(host, row["id"], model)
