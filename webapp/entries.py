"""Reading a form field by field, so that all its refusals are told at once, each beside its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from flask import request

from kernel.errors import Invalid, KeyturnError
from webapp.wording import word

T = TypeVar("T")


def posted_day(name: str) -> date | None:
    """A date of the form, or None when it was left empty. Raises `Invalid` when it is no date."""
    text = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise Invalid("not_a_date", field=name) from wrong


class Entries:
    """Collects the refusals of a form; ``fields`` maps an operation's arguments to the form's names."""

    def __init__(self, fields: Mapping[str, str] | None = None) -> None:
        self.errors: dict[str, str] = {}
        self._fields = fields or {}

    def read(self, name: str, how: Callable[[str], T]) -> T | None:
        """What a field says, or None after noting why it was refused."""
        try:
            return how(name)
        except Invalid as refused:
            self.refuse(refused)
            return None

    def refuse(self, refused: KeyturnError) -> None:
        """Note a refusal beside its field; one without a field of the form is raised again."""
        if refused.field is None:
            raise refused
        name = self._fields.get(refused.field, refused.field)
        self.errors[name] = word(refused.code, refused.params, field=refused.field)
