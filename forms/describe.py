"""Describes a form for the page and the API: fields in order with words, values, refusals and choices.

The names follow the template macro ``fields.html``: a field in a row is called ``list-index-column``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from forms.compile import Form
from forms.model import Component, text_in
from forms.posted import NAME_SEPARATOR

Refusals = Mapping[str, Sequence[tuple[str, Mapping[str, object]]]]
Word = Callable[[str, Mapping[str, object]], str]
ROW_MARK = "__row__"


@dataclass(frozen=True)
class Choice:
    """One choice in the reader's language."""

    value: str
    label: str
    help: str = ""


@dataclass(frozen=True)
class Field:
    """A field as the page draws it."""

    name: str
    kind: str
    label: str
    help: str = ""
    required: bool = False
    readonly: bool = False
    value: object = ""
    text: str = ""
    error: str | None = None
    options: tuple[Choice, ...] = ()
    look: str | None = None
    wide: bool = False
    suffix: str = ""
    minimum: int | str | None = None
    maximum: int | str | None = None
    multiple: bool = False
    shown_when: str | None = None
    source: str | None = None
    columns: tuple[Field, ...] = ()
    rows: tuple[tuple[Field, ...], ...] = ()
    min_rows: int = 0
    max_rows: int | None = None
    sum_column: str | None = None
    sum_target: int | None = None


@dataclass(frozen=True)
class _Describer:
    language: str
    errors: Refusals
    word: Word
    texts: Mapping[str, str] = field(default_factory=dict)

    def field(self, component: Component, value: object, name: str, path: str) -> Field:
        """One component with its value, under its HTML name and its dotted path in the refusals."""
        info = component.kind in ("info", "section")
        return Field(
            name=name,
            kind=component.kind,
            label=text_in(component.label, self.language),
            help=text_in(component.help, self.language),
            required=component.required,
            readonly=component.readonly,
            value=None if info else shown_value(component, value),
            text=text_in(component.help, self.language) if info else self.texts.get(str(value), ""),
            error=self.error(path),
            options=tuple(
                Choice(o.value, text_in(o.label, self.language), text_in(o.help, self.language))
                for o in component.options
            ),
            look=component.look,
            wide=component.wide or component.kind in ("textarea", "rows", "info", "section"),
            suffix=text_in(component.suffix, self.language),
            minimum=None if component.kind in ("money", "percent") else component.minimum,
            maximum=None if component.kind in ("money", "percent") else component.maximum,
            multiple=component.multiple,
            shown_when=str(component.shown_when) if component.shown_when else None,
            source=component.source,
            **self.list_parts(component, value, name, path),
        )

    def list_parts(self, component: Component, value: object, name: str, path: str) -> dict[str, object]:
        """Columns and rows of a list."""
        if component.kind != "rows":
            return {}
        rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
        return {
            "columns": self.row(component, {}, name, path, ROW_MARK),
            "rows": tuple(self.row(component, row, name, path, str(index)) for index, row in enumerate(rows)),
            "min_rows": component.minimum if isinstance(component.minimum, int) else int(component.required),
            "max_rows": component.maximum if isinstance(component.maximum, int) else None,
            "sum_column": component.sum_column,
            "sum_target": 100 if component.sum_column else None,
        }

    def row(
        self, component: Component, row: Mapping[str, object], name: str, path: str, index: str
    ) -> tuple[Field, ...]:
        """The fields of one row."""
        return tuple(
            self.field(
                column,
                row.get(column.key, column.default),
                NAME_SEPARATOR.join((name, index, column.key)),
                f"{path}.{index}.{column.key}",
            )
            for column in component.columns
        )

    def error(self, path: str) -> str | None:
        """The refusals of a field in words."""
        return " ".join(self.word(code, params) for code, params in self.errors.get(path, ())) or None


def describe(
    form: Form,
    language: str,
    answers: Mapping[str, object] | None = None,
    errors: Refusals | None = None,
    *,
    word: Word = lambda code, _params: code,
    texts: Mapping[str, str] | None = None,
) -> list[Field]:
    """The fields of ``form`` in order.

    ``answers`` holds what was typed, or process data for a form opened afresh (an integer is then fen or basis
    points); ``texts`` words for the ids that pick fields hold; ``word`` words a refusal.
    """
    describer = _Describer(language, errors or {}, word, texts or {})
    values = answers or {}
    return [
        describer.field(component, values.get(component.key, component.default), component.key, component.key)
        for component in form.model.components
    ]


def opening_values(form: Form, data: Mapping[str, object]) -> dict[str, object]:
    """What a form opened afresh begins with: the data, without what it asks unless it opens with data."""
    asked = () if form.model.opens_with_data else {component.key for component in form.model.asked()}
    return {name: value for name, value in data.items() if name not in asked}


def shown_value(component: Component, value: object) -> object:
    """A value as it stands in the field: typed text as typed, data as a person would type it."""
    kind = component.kind
    if kind == "checkbox":
        return value is True or value in ("true", "on", "1")
    if kind == "checkboxes":
        return [str(v) for v in value] if isinstance(value, list) else []
    if kind == "rows" or value is None or isinstance(value, bool):
        return "" if kind != "rows" else None
    if isinstance(value, int) and kind in ("money", "percent"):
        return _hundredths_text(value, always=kind == "money")
    return _share_text(str(value)) if kind == "share" else str(value)


def _hundredths_text(value: int, *, always: bool) -> str:
    """Fen as yuan, basis points as per cent; the two decimals ``always`` or only where they are not zero."""
    sign, whole, part = "-" if value < 0 else "", abs(value) // 100, abs(value) % 100
    return f"{sign}{whole}.{part:02d}" if always or part else f"{sign}{whole}"


def _share_text(value: str) -> str:
    """A stored share ``1/2`` as 50 (per cent) where that is exact, else as the fraction."""
    numerator, slash, denominator = value.partition("/")
    if not slash or not (numerator.isdecimal() and denominator.isdecimal() and int(denominator)):
        return value
    percent = Fraction(int(numerator), int(denominator)) * 100
    hundredths = percent * 100
    if hundredths.denominator != 1:
        return value
    return f"{int(hundredths) / 100:g}"
