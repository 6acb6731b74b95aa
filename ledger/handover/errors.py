"""What can be wrong when a home is handed over."""

from __future__ import annotations

from kernel.errors import Invalid, Missing, Stale


class CaseMissing(Missing):
    """There is no such hand-over, or it lies outside the actor's scope."""

    code = "move_in_missing"


class BatchMissing(Missing):
    """There is no such batch, or it lies outside the actor's scope."""

    code = "move_in_batch_missing"


class BatchRefused(Invalid):
    """A building cannot be handed over so; ``code`` says why."""

    code = "move_in_batch_refused"


class SlotRefused(Invalid):
    """Hours cannot be offered so; ``code`` says why."""

    code = "move_in_slot_refused"


class SlotFull(Stale):
    """The last place of the slot or of the day is taken."""

    code = "move_in_slot_full"


class NotNow(Invalid):
    """The hand-over is at another point; ``code`` says which act was too early or too late."""

    code = "move_in_not_now"


class KeysStopped(Invalid):
    """Money is open and nobody has allowed keys with exactly this much open (DOMAIN §9)."""

    code = "move_in_keys_stopped"


class InspectionRefused(Invalid):
    """What was entered does not fit; ``code`` says why."""

    code = "inspection_refused"


class EntryReused(Stale):
    """The id of this entry stands for something else already."""

    code = "inspection_entry_reused"


class PhotoRefused(Invalid):
    """A photo that is no photo, too large, or cannot be decoded; ``code`` says which."""

    code = "photo_refused"


class PlanInvalid(Invalid):
    """Rooms and parts cannot be read; ``code`` says why, ``line`` where."""

    code = "inspection_plan_invalid"
