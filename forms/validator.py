"""The engine's port for forms: answers are checked alike from the page, the API and a bulk act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError

from forms import compile as compiled
from forms.model import Component
from kernel.clock import DEFAULT_ZONE, Clock, business_date
from kernel.errors import AnswersInvalid

Refusals = dict[str, list[tuple[str, dict[str, object]]]]


class FormValidator:
    """Checks answers against the shipped forms."""

    def exists(self, form_key: str) -> bool:
        """Whether a form of this key is there."""
        return compiled.exists(form_key)

    def fields(self, form_key: str) -> dict[str, str]:
        """The answers a form gives, by name, with their type in process data."""
        return dict(compiled.load(form_key).types)

    def opens_with_data(self, form_key: str) -> bool:
        """Whether its fields begin with the process data of their names, instead of blank."""
        return compiled.load(form_key).model.opens_with_data

    def validate(
        self, form_key: str, answers: Mapping[str, Any], variables: Mapping[str, Any], clock: Clock
    ) -> dict[str, Any]:
        """Clean answers, every asked field among them (None when left blank).

        Raises `AnswersInvalid` with the refusals by field; a field in a row is named ``list.index.column``.
        ``variables`` are the process data; a ``zone`` among them decides which day today is.
        """
        form = compiled.load(form_key)
        try:
            clean = form.load(answers)
        except ValidationError as error:
            raise AnswersInvalid(flatten(error.messages)) from error
        zone = variables.get("zone")
        today = business_date(clock, zone if isinstance(zone, str) else DEFAULT_ZONE)
        refusals = dict(_date_refusals(form.model.components, clean, today))
        if refusals:
            raise AnswersInvalid(refusals)
        return clean


def flatten(messages: object, prefix: str = "") -> Refusals:
    """Marshmallow's nested messages as refusals by dotted field name."""
    if isinstance(messages, Mapping):
        found: Refusals = {}
        for name, nested in messages.items():
            key = str(name) if str(name) != "_schema" else ""
            found.update(flatten(nested, f"{prefix}.{key}".strip(".")))
        return found
    entries = messages if isinstance(messages, list) else [messages]
    return {prefix: [entry if isinstance(entry, tuple) else ("answer_invalid", {}) for entry in entries]}


def _date_refusals(
    components: tuple[Component, ...], clean: Mapping[str, Any], today: date, prefix: str = ""
) -> Iterator[tuple[str, list[tuple[str, dict[str, object]]]]]:
    """Days before the earliest or after the latest that the form allows."""
    for component in components:
        value, name = clean.get(component.key), f"{prefix}{component.key}"
        if component.kind == "rows":
            for index, row in enumerate(value or []):
                yield from _date_refusals(component.columns, row, today, f"{name}.{index}.")
        if component.kind not in ("date", "datetime") or not isinstance(value, str):
            continue
        day, least, most = value[:10], _bound(component.minimum, today), _bound(component.maximum, today)
        if least and day < least:
            yield name, [("date_too_early", {"minimum": least})]
        elif most and day > most:
            yield name, [("date_too_late", {"maximum": most})]


def _bound(bound: int | str | None, today: date) -> str | None:
    return today.isoformat() if bound == "today" else bound if isinstance(bound, str) else None
