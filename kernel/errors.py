"""What can go wrong in a command, as types that say what to do next.

An error carries a stable code and parameters; the edge words them in the reader's language. Parameters hold
ids, codes, numbers and dates, never names, phone numbers or other personal data, because they may be logged.
"""

from __future__ import annotations

from collections.abc import Mapping


class KeyturnError(Exception):
    """A refusal that a person can act upon.

    ``code`` is a stable snake_case word, ``params`` fills its sentence, ``field`` names the form field it
    belongs to (or None when it concerns the whole command).
    """

    code = "refused"

    def __init__(self, code: str | None = None, *, field: str | None = None, **params: object) -> None:
        self.code = code or type(self).code
        self.field = field
        self.params: Mapping[str, object] = params
        details = ", ".join(f"{name}={value!r}" for name, value in params.items())
        super().__init__(f"{self.code}({details})")


class NotAllowed(KeyturnError):
    """The actor lacks the permission, or four eyes forbid the act."""

    code = "not_allowed"


class Missing(KeyturnError):
    """The thing named does not exist, or lies outside the actor's scope (the two look alike on purpose)."""

    code = "missing"


class Stale(KeyturnError):
    """Somebody else acted first; ``params`` say who (staff id) and when (UTC instant)."""

    code = "stale"


class Invalid(KeyturnError):
    """An input is wrong; ``field`` names it."""

    code = "invalid"


class AnswersInvalid(KeyturnError):
    """A form was refused; ``errors`` maps field names to lists of (code, params)."""

    code = "answers_invalid"

    def __init__(self, errors: Mapping[str, list[tuple[str, dict[str, object]]]]) -> None:
        self.errors = errors
        super().__init__(fields=sorted(errors))
