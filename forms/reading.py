"""Reads a form file (form-js schema, JSON) into a `FormModel`, refusing what could not be honoured.

Beside the standard properties of form-js, ``properties`` of a component may hold ``label:zh``,
``description:zh``, ``kind`` (money, basis_points, share, customer, unit, staff, plan, …), ``min``, ``max``,
``shown_when`` (``field=value|value``), ``look`` (cards, inline), ``wide``, ``suffix`` and ``sum_column``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from forms.errors import FormError
from forms.model import DATA_TYPES, Component, Condition, FormModel, Option, Texts

SIZE_LIMIT = 256 * 1024
#: form-js types that draw something but never enter the data.
_PASSIVE = {"text": "info", "html": "info", "group": "section"}
_IGNORED = {"button", "separator", "spacer", "image"}
_KINDS = {
    "textfield": "text",
    "textarea": "textarea",
    "number": "integer",
    "select": "select",
    "radio": "radio",
    "checkbox": "checkbox",
    "checklist": "checkboxes",
    "datetime": "date",
    "dynamiclist": "rows",
    "filepicker": "file",
}
#: Values of ``properties.kind`` that look something up; the page draws a pick field with this source.
LOOKUPS = frozenset(
    {
        "customer",
        "unit",
        "staff",
        "colleague",
        "plan",
        "project",
        "batch",
        "offer",
        "document",
        "receipt",
        "sale",
        "loan_product",
    }
)
_TYPED = {"money": "money", "basis_points": "percent", "share": "share", "integer": "integer"}
_KEY = re.compile(r"[a-z][a-z0-9_]*\Z")
_CONDITION = re.compile(r"([a-z][a-z0-9_]*)=([^=|]+(?:\|[^=|]+)*)\Z")


def read(form_key: str, raw: bytes) -> FormModel:
    """The form in ``raw``; raises `FormError` naming the component that is wrong."""
    schema = _json(form_key, raw)
    reader = _Reader(form_key)
    components = tuple(reader.components(schema.get("components")))
    _check_keys(form_key, components)
    properties = reader.map_in(schema, "properties")
    title, help_text = _texts(properties, "title"), _texts(properties, "description")
    return FormModel(form_key, title, help_text, components, _truth(properties.get("opens_with_data")))


def _json(form_key: str, raw: bytes) -> dict[str, Any]:
    if len(raw) > SIZE_LIMIT:
        raise FormError("form_too_large", form=form_key, limit=SIZE_LIMIT)
    try:
        schema = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise FormError("form_not_utf8", form=form_key) from error
    except (json.JSONDecodeError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise FormError("form_not_json", form=form_key, line=line) from error
    if not isinstance(schema, dict):
        raise FormError("form_not_json", form=form_key, line=1)
    return schema


def _check_keys(form_key: str, components: tuple[Component, ...], outer: frozenset[str] = frozenset()) -> None:
    """Each answer has a name of its own; a condition speaks of a field of this list or of the form around it."""
    seen: set[str] = set()
    for component in components:
        if component.kind in DATA_TYPES and component.key in seen:
            raise FormError("form_key_twice", form=form_key, component=component.key)
        seen.add(component.key)
    for component in components:
        condition = component.shown_when
        if condition and condition.field not in seen | outer:
            raise FormError(
                "form_condition_unknown", form=form_key, component=component.key, field=condition.field
            )
        _check_keys(form_key, component.columns, outer | seen)
        if component.sum_column and component.sum_column not in {column.key for column in component.columns}:
            raise FormError(
                "form_sum_unknown", form=form_key, component=component.key, column=component.sum_column
            )


def _texts(holder: Mapping[str, Any], name: str, english: object = None) -> Texts:
    """The texts under ``name`` and ``name:<language>``; ``english`` is form-js' own value."""
    source = english if isinstance(english, str) else holder.get(name)
    texts = {"en": source} if isinstance(source, str) else {}
    for key, value in holder.items():
        stem, _, language = key.partition(":")
        if stem == name and language and isinstance(value, str):
            texts[language] = value
    return texts


class _Reader:
    """Reads the components of one form file; keeps its key for the errors."""

    def __init__(self, form_key: str) -> None:
        self.form_key = form_key

    def map_in(self, entry: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        """An object inside a component; nothing counts as an empty one."""
        value = entry.get(name) or {}
        if not isinstance(value, dict):
            raise FormError("form_component_invalid", form=self.form_key, component=str(entry.get("key")))
        return value

    def components(self, raw: object, depth: int = 0) -> Iterator[Component]:
        """The components of a list, with groups opened into a heading and what they hold."""
        if not isinstance(raw, list) or depth > 4:
            raise FormError("form_components_missing", form=self.form_key)
        for entry in raw:
            if not isinstance(entry, dict):
                raise FormError("form_component_invalid", form=self.form_key)
            kind = str(entry.get("type"))
            if kind in _IGNORED:
                continue
            yield self.component(entry)
            if kind == "group":
                yield from self.components(entry.get("components") or [], depth + 1)

    def component(self, entry: Mapping[str, Any]) -> Component:
        """One component."""
        properties, validate = self.map_in(entry, "properties"), self.map_in(entry, "validate")
        kind, source = self.kind(entry, properties)
        key = self.key(entry, kind)
        if "conditional" in entry:
            raise FormError("form_condition_unsupported", form=self.form_key, component=key)
        minimum = properties.get("min", validate.get("min", entry.get("minDate")))
        maximum = properties.get("max", validate.get("max", entry.get("maxDate")))
        rows = kind == "rows"
        return Component(
            key=key,
            kind=kind,
            label=_texts(properties, "label", entry.get("label") or entry.get("dateLabel")),
            help=_texts(
                properties, "description", entry.get("text") or entry.get("content") or entry.get("description")
            ),
            required=bool(validate.get("required")),
            readonly=bool(entry.get("readonly") or entry.get("disabled")),
            minimum=self.bound(key, kind, entry.get("minRows") if rows else minimum),
            maximum=self.bound(key, kind, entry.get("maxRows") if rows else maximum),
            min_length=self.length(key, validate.get("minLength")),
            max_length=self.length(key, validate.get("maxLength")),
            pattern=self.pattern(key, validate.get("pattern")),
            options=tuple(self.options(key, kind, entry)),
            columns=tuple(self.components(entry.get("components"), 1)) if rows else (),
            sum_column=_word(properties.get("sum_column")),
            shown_when=self.condition(key, properties.get("shown_when")),
            source=source,
            default=entry.get("defaultValue"),
            look=_word(properties.get("look")),
            wide=_truth(properties.get("wide")),
            suffix=_texts(properties, "suffix"),
            multiple=bool(entry.get("multiple")),
        )

    def kind(self, entry: Mapping[str, Any], properties: Mapping[str, Any]) -> tuple[str, str | None]:
        """The kind of field and, for pick fields, where it looks up."""
        shape = str(entry.get("type"))
        name = str(entry.get("key") or entry.get("id"))
        if shape in _PASSIVE:
            return _PASSIVE[shape], None
        if shape not in _KINDS:
            raise FormError("form_component_unknown", form=self.form_key, component=name, type=shape)
        wanted = str(properties.get("kind", ""))
        if not wanted:
            plain = _KINDS[shape]
            return ("datetime" if plain == "date" and entry.get("subtype") == "datetime" else plain), None
        if wanted in LOOKUPS and shape in ("textfield", "select"):
            return "pick", wanted
        if wanted in _TYPED and shape in ("textfield", "number"):
            return _TYPED[wanted], None
        raise FormError("form_kind_unknown", form=self.form_key, component=name, kind=wanted)

    def key(self, entry: Mapping[str, Any], kind: str) -> str:
        """The name of the answer; texts and headings go by their id."""
        if kind in ("info", "section"):
            return str(entry.get("key") or entry.get("id") or kind)
        key = entry.get("path") if kind == "rows" else entry.get("key")
        if not isinstance(key, str) or not _KEY.match(key) or key == "typename":
            raise FormError("form_key_invalid", form=self.form_key, component=str(entry.get("id")), key=key)
        return key

    def bound(self, key: str, kind: str, value: object) -> int | str | None:
        """A minimum or maximum: a whole number, or for dates a date or ``today``."""
        if value in (None, ""):
            return None
        if kind in ("date", "datetime"):
            if isinstance(value, str) and re.fullmatch(r"today|\d{4}-\d\d-\d\d", value):
                return value
        elif re.fullmatch(r"-?\d+", str(value)):
            return int(str(value))
        raise FormError("form_bound_invalid", form=self.form_key, component=key, value=str(value))

    def length(self, key: str, value: object) -> int | None:
        """A length limit."""
        bound = self.bound(key, "integer", value)
        return bound if isinstance(bound, int) else None

    def pattern(self, key: str, value: object) -> str | None:
        """A regular expression that compiles; matched with a time limit."""
        if value in (None, ""):
            return None
        try:
            re.compile(str(value))
        except re.error as error:
            raise FormError("form_pattern_invalid", form=self.form_key, component=key) from error
        return str(value)

    def options(self, key: str, kind: str, entry: Mapping[str, Any]) -> Iterator[Option]:
        """The choices; a choice without a value is refused, and so is a field that needs some and has none."""
        values = entry.get("values") or []
        if not isinstance(values, list):
            raise FormError("form_option_invalid", form=self.form_key, component=key)
        if kind in ("select", "radio", "checkboxes") and not values:
            raise FormError("form_options_missing", form=self.form_key, component=key)
        for value in values:
            if not isinstance(value, dict) or not isinstance(value.get("value"), str) or not value["value"]:
                raise FormError("form_option_invalid", form=self.form_key, component=key)
            texts = {**value, **self.map_in(value, "properties")}
            yield Option(value["value"], _texts(texts, "label"), _texts(texts, "description"))

    def condition(self, key: str, text: object) -> Condition | None:
        """When the component is shown."""
        if text is None:
            return None
        match = _CONDITION.match(str(text))
        if not match:
            raise FormError("form_condition_invalid", form=self.form_key, component=key, condition=str(text))
        return Condition(match[1], tuple(match[2].split("|")))


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _truth(value: object) -> bool:
    return value is True or value == "true"
