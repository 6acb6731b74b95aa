"""The kinds there are: migrate, modify, cancel, suspend, resume, retry."""

from __future__ import annotations

from typing import Any

from engine.batches.kinds import BatchKind, Order, Params, Subject
from engine.commands.cancel_instance import CancelInstance
from engine.commands.migrate_instance import MigrateInstance
from engine.commands.modify_instance import ModifyInstance
from engine.commands.retry_incident import RetryIncident
from engine.commands.suspend_instance import ResumeInstance, SuspendInstance
from engine.errors import ChangeRefused, Invalid
from engine.host import Host
from engine.results.changes import Change


def _migrate(host: Host, instance_id: str, params: Params, reason: str) -> dict[str, Any]:
    """A dry run fails where the migration would."""
    command = MigrateInstance(
        instance_id,
        params["version"],
        params.get("mapping", {}),
        reason,
        params.get("recalculate", False),
        params.get("dry_run", False),
        params.get("called"),
    )
    done = command.run(host)
    if not done.possible:
        raise ChangeRefused(done.findings)
    return {"from_version": done.from_version, "to_version": done.to_version}


def _check_migration(params: Params, subjects: list[Subject]) -> None:
    version, mapping = params.get("version"), params.get("mapping", {})
    if not isinstance(version, int) or isinstance(version, bool):
        raise Invalid("batch_version_missing", field="version")
    texts = isinstance(mapping, dict) and all(isinstance(t, str) for pair in mapping.items() for t in pair)
    if not texts:
        raise Invalid("batch_mapping_invalid", field="mapping")
    keys = sorted({subject.definition_key for subject in subjects})
    if len(keys) > 1:
        raise Invalid("batch_several_processes", field="ids", keys=keys)


def _migrate_back(params: Params, result: Params) -> Order:
    mapping = params.get("mapping", {})
    back = {new: old for old, new in mapping.items()}
    if params.get("dry_run") or len(back) < len(mapping):
        raise Invalid("batch_cannot_be_undone", kind="migrate")
    return "migrate", {"version": result["from_version"], "mapping": back, "called": params.get("called")}


def _modify(host: Host, instance_id: str, params: Params, reason: str) -> dict[str, Any]:
    done = ModifyInstance(instance_id, _changes(params), reason, bool(params.get("dry_run", False))).run(host)
    if not done.possible:
        raise ChangeRefused(done.findings)
    return {"state": done.state, "steps": list(done.steps), "forgotten": list(done.forgotten)}


def _check_changes(params: Params, _subjects: list[Subject]) -> None:
    if not _changes(params):
        raise Invalid("change_empty", field="changes")


def _changes(params: Params) -> tuple[Change, ...]:
    given = params.get("changes")
    try:
        return tuple(Change(str(change["kind"]), str(change["element_id"])) for change in given or [])
    except (TypeError, KeyError) as fault:
        raise Invalid("change_empty", field="changes") from fault


def _cancel(host: Host, instance_id: str, _params: Params, reason: str) -> dict[str, Any]:
    CancelInstance(instance_id, reason).run(host)
    return {}


def _suspend(host: Host, instance_id: str, _params: Params, reason: str) -> dict[str, Any]:
    SuspendInstance(instance_id, reason).run(host)
    return {}


def _resume(host: Host, instance_id: str, _params: Params, reason: str) -> dict[str, Any]:
    ResumeInstance(instance_id, reason).run(host)
    return {}


def _retry(host: Host, incident_id: str, _params: Params, reason: str) -> dict[str, Any]:
    RetryIncident(incident_id, reason=reason).run(host)
    return {}


_KINDS = {
    kind.name: kind
    for kind in (
        BatchKind("migrate", "instance", _migrate, _check_migration, _migrate_back),
        BatchKind("modify", "instance", _modify, _check_changes),
        BatchKind("cancel", "instance", _cancel),
        BatchKind("suspend", "instance", _suspend, back=lambda _params, _result: ("resume", {})),
        BatchKind("resume", "instance", _resume, back=lambda _params, _result: ("suspend", {})),
        BatchKind("retry", "incident", _retry),
    )
}


def register(kind: BatchKind) -> None:
    """Offer one more kind; raises ValueError when its name is taken."""
    if _KINDS.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"batch kind {kind.name!r} is registered twice")


def kind_of(name: str) -> BatchKind:
    """A kind by its name; raises `Invalid`."""
    found = _KINDS.get(name)
    if found is None:
        raise Invalid("batch_kind_unknown", field="kind", kind=name, kinds=sorted(_KINDS))
    return found
