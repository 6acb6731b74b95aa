"""What can be wrong with a customer's data. No error carries a name, a number or a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from kernel.errors import Invalid, Missing, Stale

Reason = Literal["id", "phone", "name_and_birthday"]


class CustomerMissing(Missing):
    """No such customer, or outside the scope."""

    code = "customer_missing"


class CustomerInvalid(Invalid):
    """A field is empty, unknown or does not fit; ``field`` names it."""

    code = "customer_invalid"


class IdentityInvalid(Invalid):
    """An ID number does not fit its type: form, region, birth date or check digit; ``code`` tells which."""

    code = "id_no_invalid"


class PhoneInvalid(Invalid):
    """Not a phone number that can exist; one from abroad begins with + and the country."""

    code = "phone_invalid"


class PhoneMissing(Missing):
    """The customer has no such phone number."""

    code = "phone_missing"


class CustomerStale(Stale):
    """Somebody changed the customer meanwhile; ``by`` and ``at`` say who and when."""

    code = "customer_stale"


@dataclass(frozen=True)
class Candidate:
    """A customer who may be the same; ``visible`` says whether the actor may open them."""

    id: str
    reason: Reason
    visible: bool


class DuplicateCustomer(Invalid):
    """The customer seems to be known already (判重).

    With the same ID number it is the same one: open it, or make it known to the project by `link_project`.
    With the same phone, or name and birthday, the command may be repeated with ``confirmed=True``.
    """

    code = "customer_duplicate"

    def __init__(self, candidates: Sequence[Candidate], *, field: str | None = None) -> None:
        self.candidates = tuple(candidates)
        self.confirmable = all(candidate.reason != "id" for candidate in candidates)
        super().__init__(field=field, candidates=[asdict(one) for one in candidates], confirmable=self.confirmable)
