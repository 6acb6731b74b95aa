"""What every start has in common: a new record that begins and goes as far as it can."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.host import Host
from engine.results.instances import Instance
from engine.running.run import Deliver, Run
from engine.spiff.build import Bundle
from engine.spiff.codec import FORMAT
from engine.store.instances import InstanceRecord
from kernel.ids import new_id


def begin_instance(
    host: Host,
    bundle: Bundle,
    variables: dict[str, Any],
    business_key: str | None,
    scope: str,
    deliver: Deliver,
    *,
    start_at: str | None = None,
    command: Mapping[str, Any] | None = None,
    job_id: str | None = None,
    entered: Mapping[str, Any] | None = None,
) -> Instance:
    """Begin at a start event; ``entered`` is what the history says about its form. Raises `StepFailed`."""
    record = new_record(host, bundle, variables, business_key, scope)
    run = Run(host, record, bundle, command=command, job_id=job_id)
    run.journal.note("instance_started", version=bundle.version, **(entered or {}))
    with run.step(deliver) as case:
        case.begin(start_at)
    return record.result(run.open_tasks)


def new_record(
    host: Host, bundle: Bundle, variables: dict[str, Any], business_key: str | None, scope: str
) -> InstanceRecord:
    """The row of an instance that is yet to begin."""
    now = host.clock.now()
    return InstanceRecord(
        id=new_id(),
        definition_id=bundle.definition_id,
        definition_key=bundle.key,
        definition_version=bundle.version,
        state="active",
        business_key=business_key,
        path=scope,
        variables=variables,
        facts={},
        tokens="",
        tokens_format=FORMAT,
        revision=0,
        history_seq=0,
        reason=None,
        started_at=now,
        started_by=host.actor.id,
        changed_at=now,
        ended_at=None,
    )
