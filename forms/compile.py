"""Finds a form by its key, compiles it to a marshmallow schema and keeps it.

A key is ``slug/task_id`` and names ``forms/<slug>/<task_id>.json``. Fields that a condition hides are left out of
the schema that checks a given set of answers, so what is not shown is neither required nor accepted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

from marshmallow import RAISE, Schema

from forms import fields
from forms.errors import FormError
from forms.model import DATA_TYPES, Component, FormModel
from forms.reading import read

FORM_KEY = re.compile(r"([a-z][a-z0-9_]*)/([a-z][a-z0-9_]*)\Z")
ROWS_LIMIT = 50


class AnswerSchema(Schema):
    """The parent of compiled schemas: what the form does not ask is refused."""

    error_messages = {"unknown": ("answer_unknown", {}), "type": ("answers_not_a_map", {})}  # type: ignore[dict-item]  # noqa: RUF012

    class Meta:
        """Unknown answers are refused."""

        unknown = RAISE


class Form:
    """A compiled form."""

    def __init__(self, model: FormModel) -> None:
        self.model = model
        self.key = model.key

    @cached_property
    def schema(self) -> type[Schema]:
        """The schema class with every field a person can answer; hidden ones are excluded per set of answers."""
        return compile_schema(self.model.components, name=self.key)

    @cached_property
    def types(self) -> dict[str, str]:
        """The answers by name with their type in process data."""
        return {component.key: DATA_TYPES[component.kind] for component in self.model.asked()}

    def load(self, answers: Mapping[str, object]) -> dict[str, Any]:
        """Clean answers, hidden fields as None; raises marshmallow's ValidationError with coded messages."""
        return load_shown(self.schema, self.model.components, answers, {})


def load_shown(
    schema: type[Schema],
    components: tuple[Component, ...],
    answers: Mapping[str, object],
    around: Mapping[str, object],
) -> dict[str, Any]:
    """Check the answers of the components that are shown; the rest become None."""
    context = {**around, **answers}
    hidden = {c.key for c in components if c.asks and not c.shown(context)}
    passive = {c.key for c in components if not c.asks}
    given = {name: value for name, value in answers.items() if name not in hidden | passive}
    clean: dict[str, Any] = schema(exclude=hidden).load(given)
    return {**clean, **dict.fromkeys(sorted(hidden))}


def compile_schema(components: tuple[Component, ...], *, name: str) -> type[Schema]:
    """A marshmallow schema class from components."""
    made = {component.key: field_for(component) for component in components if component.asks}
    return AnswerSchema.from_dict(made, name=name)  # type: ignore[arg-type]


_SIMPLE: Mapping[str, type[fields.Answer]] = {
    "share": fields.Share,
    "date": fields.Day,
    "datetime": fields.Moment,
    "checkbox": fields.Tick,
    "file": fields.Identifier,
    "pick": fields.Identifier,
}
_NUMBERS: Mapping[str, type[fields.Whole]] = {
    "integer": fields.Whole,
    "money": fields.Money,
    "percent": fields.Percent,
}
_CHOICES: Mapping[str, type[fields.Choice]] = {
    "select": fields.Choice,
    "radio": fields.Choice,
    "checkboxes": fields.Choices,
}


def field_for(component: Component) -> fields.Answer:
    """The marshmallow field of one component."""
    kind = component.kind
    common: dict[str, Any] = {"required": component.required}
    if not component.required:
        common["load_default"] = None
    if kind == "rows":
        return _rows(component, common)
    if kind in _NUMBERS:
        return _NUMBERS[kind](minimum=component.minimum, maximum=component.maximum, **common)
    if kind in _CHOICES:
        return _CHOICES[kind](values=tuple(option.value for option in component.options), **common)
    if kind in _SIMPLE:
        return _SIMPLE[kind](**common)
    lines = kind == "textarea"
    limit = component.max_length or (fields.TEXTAREA_LIMIT if lines else fields.TEXT_LIMIT)
    least = component.min_length or 0
    return fields.Text(limit=limit, least=least, pattern=component.pattern, lines=lines, **common)


def _rows(component: Component, common: dict[str, Any]) -> fields.Rows:
    schema = compile_schema(component.columns, name=component.key)

    def load_row(row: Mapping[str, object], around: Mapping[str, object]) -> dict[str, Any]:
        return load_shown(schema, component.columns, row, around)

    least = component.minimum if isinstance(component.minimum, int) else int(component.required)
    most = component.maximum if isinstance(component.maximum, int) else ROWS_LIMIT
    if not component.required:
        common["load_default"] = list
    return fields.Rows(load_row=load_row, minimum=least, maximum=most, sum_column=component.sum_column, **common)


def exists(form_key: str) -> bool:
    """Whether a form of this key is there."""
    return FORM_KEY.match(form_key) is not None and files("forms").joinpath(f"{form_key}.json").is_file()


@lru_cache(maxsize=512)
def load(form_key: str) -> Form:
    """The compiled form; raises `FormError` when there is none or its file is wrong."""
    return Form(read(form_key, raw_file(form_key)))


def raw_file(form_key: str) -> bytes:
    """The file of a shipped form; raises `FormError` when there is none."""
    if not exists(form_key):
        raise FormError("form_not_found", form=form_key)
    return files("forms").joinpath(f"{form_key}.json").read_bytes()


def shipped() -> list[str]:
    """The keys of all forms that come with the product."""
    folders = [entry for entry in files("forms").iterdir() if entry.is_dir() and not entry.name.startswith("_")]
    return sorted(
        f"{folder.name}/{entry.name.removesuffix('.json')}"
        for folder in folders
        for entry in folder.iterdir()
        if entry.name.endswith(".json")
    )
