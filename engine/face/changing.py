"""What operators change of cases under way: one by one, and many in a batch.

Part of `engine.api.Engine`; every act is checked where it happens and leaves an audit row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.commands.batches import ContinueBatch, StartBatch, StopBatch, UndoBatch
from engine.commands.cancel_instance import CancelInstance
from engine.commands.migrate_instance import MigrateInstance
from engine.commands.modify_instance import ModifyInstance
from engine.commands.restart_instance import RestartInstance
from engine.commands.suspend_instance import ResumeInstance, SuspendInstance
from engine.face.commanding import Commanding
from engine.queries import batches
from engine.results.batches import Batch, BatchItem
from engine.results.changes import Change, Migration, Modification
from engine.results.incidents import IncidentFilter
from engine.results.instances import Instance, InstanceFilter
from engine.results.paging import Page, PageOf


class Changing(Commanding):
    """Commands on cases under way."""

    def cancel(self, instance_id: str, reason: str) -> Instance:
        """End an instance with everything that waits in it."""
        return CancelInstance(instance_id, reason).run(self.host)

    def suspend(self, instance_id: str, reason: str) -> Instance:
        """Halt an instance: no task can be completed, no timer fires, messages for it are kept."""
        return SuspendInstance(instance_id, reason).run(self.host)

    def resume(self, instance_id: str, reason: str) -> Instance:
        """Let a suspended instance go on; timers that fell due meanwhile fire once."""
        return ResumeInstance(instance_id, reason).run(self.host)

    def migrate(
        self,
        instance_id: str,
        version: int,
        *,
        dry_run: bool = False,
        mapping: Mapping[str, str] | None = None,
        recalculate: bool = False,
        called: str | None = None,
        reason: str = "",
    ) -> Migration:
        """Let an instance go on by another version of its diagram, or (``dry_run``) tell what that would mean.

        ``mapping`` names the new id of elements and flows whose id changed; ``recalculate`` counts timers that
        the diagram changed from now. ``called`` names a called process whose calls under way are meant instead.
        Raises `ChangeRefused` with findings when a token does not fit: then nothing was changed.
        """
        given = dict(mapping or {})
        return MigrateInstance(instance_id, version, given, reason, recalculate, dry_run, called).run(self.host)

    def modify(
        self, instance_id: str, changes: Sequence[Change], *, reason: str, dry_run: bool = False
    ) -> Modification:
        """Cancel branches and begin before or after elements, all together; the case then goes as far as it can.

        Of several tokens at an element the one that came first is cancelled. ``dry_run`` tells exactly what would
        happen. Raises `ChangeRefused` with findings: then nothing was changed.
        """
        return ModifyInstance(instance_id, tuple(changes), reason, dry_run).run(self.host)

    def move(
        self, instance_id: str, from_: str, to: str, *, reason: str | None = None, dry_run: bool = False
    ) -> Modification:
        """Take a token from one element and let it come to another; a reason that is given must say something."""
        changes = (Change("cancel", from_), Change("before", to))
        return ModifyInstance(instance_id, changes, reason, dry_run).run(self.host)

    def cancel_branch(
        self, instance_id: str, element_id: str, *, reason: str, dry_run: bool = False
    ) -> Modification:
        """End what waits at an element; refused when nothing would be left or a join would wait for ever."""
        changes = (Change("cancel", element_id),)
        return ModifyInstance(instance_id, changes, reason, dry_run).run(self.host)

    def restart_branch(
        self, instance_id: str, element_id: str, *, reason: str, dry_run: bool = False
    ) -> Modification:
        """Begin what waits at an element anew: a fresh task, timers that count from now."""
        return self.move(instance_id, element_id, element_id, reason=reason, dry_run=dry_run)

    def restart(
        self,
        instance_id: str,
        at: Sequence[str],
        *,
        reason: str,
        version: int | None = None,
        dry_run: bool = False,
    ) -> Modification:
        """Begin a new case with the data of an ended one, before the elements ``at``; its id is in the result.

        Refused when the ended case's verbs have changed domain rows and nobody has registered what makes those
        follow (`HandlerRegistry.restart`). Raises `ChangeRefused`, `Stale` while it runs or its key is taken.
        """
        return RestartInstance(instance_id, tuple(at), reason, version, dry_run).run(self.host)

    # Batches

    def start_batch(
        self,
        kind: str,
        *,
        reason: str,
        ids: tuple[str, ...] = (),
        instances: InstanceFilter | None = None,
        incidents: IncidentFilter | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Batch:
        """Order an act on many: migrate, modify, cancel, suspend, resume (instances) or retry (incidents).

        The subjects are named by ``ids`` or picked by a filter among what the actor may operate on. A worker
        does one after the other, each in a unit of work of its own. Raises `Invalid`, `Missing`, `NotAllowed`.
        """
        return StartBatch(kind, reason, tuple(ids), instances, incidents, dict(params or {})).run(self.host)

    def batch(self, batch_id: str) -> Batch:
        """How far a batch is; raises `Missing`."""
        return batches.get(self.host, batch_id)

    def batches(self, page: Page | None = None) -> PageOf[Batch]:
        """Batches over cases that the actor may operate on, the newest first."""
        return batches.find(self.host, page or Page())

    def batch_items(
        self, batch_id: str, page: Page | None = None, *, state: str | None = None
    ) -> PageOf[BatchItem]:
        """What came of each case of a batch, of one state or all; raises `Missing`."""
        return batches.items(self.host, batch_id, page or Page(), state)

    def stop_batch(self, batch_id: str) -> Batch:
        """Begin no further item; raises `Stale` unless it runs."""
        return StopBatch(batch_id).run(self.host)

    def continue_batch(self, batch_id: str, *, failed: bool = False) -> Batch:
        """Let a stopped batch go on; with ``failed`` try its failed items again."""
        return ContinueBatch(batch_id, failed).run(self.host)

    def undo_batch(self, batch_id: str, reason: str) -> Batch:
        """Order the taking back of all that a batch did; raises `Invalid` when its kind cannot be taken back."""
        return UndoBatch(batch_id, reason).run(self.host)
