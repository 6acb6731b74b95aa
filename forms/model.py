"""A form as the rest of the room sees it: components with their texts, limits and columns, free of form-js.

Texts are kept by language; `text_in` falls back to English, the source language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Texts = Mapping[str, str]

#: The kinds whose answers enter process data, with the type an analyst may reckon with there.
DATA_TYPES: Mapping[str, str] = {
    "text": "string",
    "textarea": "string",
    "integer": "integer",
    "money": "integer",
    "percent": "integer",
    "share": "string",
    "date": "date",
    "datetime": "instant",
    "select": "string",
    "radio": "string",
    "checkbox": "boolean",
    "checkboxes": "list",
    "file": "string",
    "pick": "string",
    "rows": "list",
}


def text_in(texts: Texts, language: str) -> str:
    """The text in a language, else in English, else nothing."""
    return texts.get(language) or texts.get("en", "")


@dataclass(frozen=True)
class Option:
    """One choice of a select, radio or checklist."""

    value: str
    label: Texts
    help: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Condition:
    """Shown when another field holds one of some values, written ``field=value|value``."""

    field: str
    values: tuple[str, ...]

    def holds(self, answers: Mapping[str, object]) -> bool:
        """Whether the component is shown, given raw or clean answers."""
        value = answers.get(self.field)
        if isinstance(value, bool):
            value = "true" if value else "false"
        return str(value if value is not None else "") in self.values

    def __str__(self) -> str:
        return f"{self.field}={'|'.join(self.values)}"


@dataclass(frozen=True)
class Component:
    """One field, heading or text of a form.

    ``minimum`` and ``maximum`` are in the unit of the clean value (fen, basis points, whole numbers) or, for
    dates, an ISO date or ``today``.
    """

    key: str
    kind: str
    label: Texts = field(default_factory=dict)
    help: Texts = field(default_factory=dict)
    required: bool = False
    readonly: bool = False
    minimum: int | str | None = None
    maximum: int | str | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    options: tuple[Option, ...] = ()
    columns: tuple[Component, ...] = ()
    sum_column: str | None = None
    shown_when: Condition | None = None
    source: str | None = None
    default: object = None
    look: str | None = None
    wide: bool = False
    suffix: Texts = field(default_factory=dict)
    multiple: bool = False

    @property
    def asks(self) -> bool:
        """Whether a person answers it: no heading, no text, not read-only."""
        return self.kind in DATA_TYPES and not self.readonly

    def shown(self, answers: Mapping[str, object]) -> bool:
        """Whether it is shown with these answers."""
        return self.shown_when is None or self.shown_when.holds(answers)


@dataclass(frozen=True)
class FormModel:
    """A form file, read: its key (``slug/task_id``), titles and components in order.

    A form opens blank, so that nobody's earlier decision stands in it, unless it ``opens_with_data``: then its
    fields begin with the process data of their names, as where terms are mended.
    """

    key: str
    title: Texts
    help: Texts
    components: tuple[Component, ...]
    opens_with_data: bool = False

    def asked(self) -> Iterator[Component]:
        """The components a person answers."""
        return (component for component in self.components if component.asks)
