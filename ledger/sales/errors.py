"""What can go wrong in a sale, each with a code that the edge words and says what to do."""

from __future__ import annotations

from kernel.errors import Invalid, KeyturnError, Stale


class DiscountInvalid(Invalid):
    """A discount line cannot be taken; ``field`` names the line, ``position`` counts from one."""

    code = "discount_invalid"


class BuyersInvalid(Invalid):
    """The buyers or their shares are wrong (DOMAIN §10.2)."""

    code = "buyers_invalid"


class SaleNotReady(KeyturnError):
    """The sale is not at a stage that allows the act: ``stage``, ``state`` say where it is, ``act`` what for."""

    code = "sale_not_ready"


class ApprovalMissing(KeyturnError):
    """The terms need an approval that is not there: the price is below the floor (底价)."""

    code = "approval_missing"


class ApprovalStale(Stale):
    """What was approved is not what the sale says now; ask for approval of the present terms."""

    code = "approval_of_other_terms"


class ApproverIsApplicant(KeyturnError):
    """The person who asks never approves."""

    code = "approver_is_applicant"


class PermitMissing(KeyturnError):
    """No money may be taken before the presale permit (预售许可证)."""

    code = "permit_missing"


class ExpiryInvalid(Invalid):
    """An expiry lies in the past; choose a later one."""

    code = "expiry_in_the_past"


class QueueOrder(KeyturnError):
    """Another number comes first; ``next_seq`` says which."""

    code = "queue_order"


class QueueNotReady(KeyturnError):
    """The queue batch or number is not in a state that allows the act."""

    code = "queue_not_ready"


class QueueBatchInvalid(Invalid):
    """A queue batch cannot be opened so: its code is empty or taken."""

    code = "queue_batch_invalid"


class OfferNotReady(KeyturnError):
    """The discount offer is not waiting for approval; ``state`` says where it is."""

    code = "offer_not_ready"


class AmountInvalid(Invalid):
    """An amount is not a positive number of fen, or absurdly large."""

    code = "amount_invalid"


class RoomChangeRefused(Invalid):
    """A sale cannot go over to another unit; the code and the field say why."""

    code = "room_change_refused"


class FilingStands(KeyturnError):
    """The filing (备案) must be cancelled before the sale can be closed and the unit freed (DOMAIN §10.7)."""

    code = "filing_stands"


class DateInvalid(Invalid):
    """A date contradicts another one; ``earliest`` or ``latest`` says what is possible."""

    code = "date_invalid"
