"""Reading a form field by field, so that all its refusals are told at once, each beside its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from flask import request
from marshmallow import ValidationError

from forms import fields
from forms.validator import flatten
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


def typed_fen(name: str) -> int | None:
    """An amount in yuan as fen, or None when it was left empty. Raises `Invalid`."""
    return typed(name, fields.Money())


def typed_basis_points(name: str) -> int | None:
    """A percentage as basis points, or None when it was left empty. Raises `Invalid`."""
    return typed(name, fields.Percent())


def typed(name: str, how: fields.Answer) -> int | None:
    """A number of the form read as ``how`` says, or None when it was left empty. Raises `Invalid`."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        number: int = how.deserialize(text)
    except ValidationError as wrong:
        raise _refusal(wrong, name) from wrong
    return number


def _refusal(wrong: ValidationError, name: str) -> Invalid:
    code, params = flatten(wrong.messages)[""][0]
    return Invalid(code, field=name, **params)


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


def filled(described: Sequence[Mapping[str, Any]], entries: Entries) -> list[dict[str, Any]]:
    """The fields with what was sent and what was refused; a form not sent yet shows its first values."""
    sent = request.form if request.method == "POST" else {}
    return [
        {**one, "value": sent.get(one["name"], one.get("value")), "error": entries.errors.get(one["name"])}
        for one in described
    ]
