"""What finance refuses, by field. Amounts in parameters are fen; no names of people."""

from __future__ import annotations

from kernel.errors import Invalid, Missing, NotAllowed, Stale


class AmountInvalid(Invalid):
    """An amount is not a positive whole number of fen below the absurd; state it in yuan with two decimals."""

    code = "amount_invalid"


class DateInvalid(Invalid):
    """A date lies where it cannot, such as a payment in the future; correct it."""

    code = "date_invalid"


class PlanInvalid(Invalid):
    """A payment plan's lines do not make a plan; the field names the line."""

    code = "plan_invalid"


class PlanNotUsable(Invalid):
    """A payment plan is not approved or no longer used; choose another or have it approved."""

    code = "plan_not_usable"


class SaleClosed(Invalid):
    """The sale is closed: take no money for it, refund what is left."""

    code = "sale_closed"


class NoPermit(Invalid):
    """No payment of any kind may be taken before the presale permit (预售许可证; Shandong art. 30)."""

    code = "no_permit"


class ScheduleInvalid(Invalid):
    """Live price-class receivables would not sum to the contract total (DOMAIN §10.3)."""

    code = "schedule_invalid"


class AllocationRefused(Invalid):
    """Money cannot be allocated that way: more than the receipt holds or than is open, or the wrong account."""

    code = "allocation_refused"


class RoomMoneyRefused(Invalid):
    """Money of a sale cannot go along to another unit; the code says which, and what to do first."""

    code = "room_change_money"


class RefundRefused(Invalid):
    """A refund is limited to what was received and not yet refunded, and goes to the payer (DOMAIN §10.5)."""

    code = "refund_refused"


class WaiverRefused(Invalid):
    """A waiver is limited to late interest that is open, a write-off to the open rest of a receivable."""

    code = "waiver_refused"


class WaiverStale(Stale):
    """What was approved is no longer what was asked for (DOMAIN §10.6); ask anew."""

    code = "waiver_stale"


class CompensationRefused(Invalid):
    """A compensation is above what the law or the contract gives, or names nobody to pay it to."""

    code = "compensation_refused"


class PayoutUnapproved(Invalid):
    """It may be paid only once it is approved; wait for the approvers."""

    code = "payout_unapproved"


class PayoutStale(Stale):
    """What was approved is not what would be paid now; ask for approval of the present request."""

    code = "payout_stale"


class OwnAct(NotAllowed):
    """A second person is needed: who entered it may neither approve nor confirm it."""

    code = "own_act"


class KeyReused(Invalid):
    """The same key came with other contents; send the form anew."""

    code = "key_reused"


class ReceiptMissing(Missing):
    """No such receipt within the actor's scope."""

    code = "receipt_missing"


class ReceivableMissing(Missing):
    """No such receivable within the actor's scope."""

    code = "receivable_missing"


class SaleMissing(Missing):
    """No such sale within the actor's scope."""

    code = "sale_missing"


class PlanMissing(Missing):
    """No such payment plan within the actor's scope."""

    code = "plan_missing"


class RefundMissing(Missing):
    """No such refund within the actor's scope."""

    code = "refund_missing"


class WaiverMissing(Missing):
    """No such request to waive within the actor's scope."""

    code = "waiver_missing"


class CompensationMissing(Missing):
    """No such compensation within the actor's scope."""

    code = "compensation_missing"


class TodoMissing(Missing):
    """No such money to-do within the actor's scope."""

    code = "todo_missing"


class AlreadyDone(Stale):
    """Somebody else closed it first: the receipt was reversed, the refund paid or the to-do closed."""

    code = "already_done"
