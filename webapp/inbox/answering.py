"""A form of a process on a page: what it asks as fields, what it only shows as facts that decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from forms.compile import Form, exists, load
from forms.describe import Field, Refusals, describe, opening_values
from forms.model import Component, text_in
from kernel.actor import Actor
from webapp.formatting import day, discount, moment, money, number, percent
from webapp.language import current_language
from webapp.lookup.words import words_of
from webapp.process_data import FLOOR
from webapp.wording import word

# Shown as figures above the form wherever they are among the data, so they are not repeated among the facts.
PRICES = (
    "list_price_fen",
    "amount_fen",
    "deal_price_fen",
    "money_effect_fen",
    "effective_discount_bp",
    *FLOOR,
)


@dataclass(frozen=True)
class Asked:
    """A form as the page draws it: its title, what it asks, what it shows as (name, label, value).

    ``answered`` is what was answered, as (label, value), for a task that is done.
    """

    title: str
    help: str
    fields: list[Field]
    shown: list[tuple[str, str, Any]]
    answered: list[tuple[str, Any]]


def draw(
    session: Session,
    actor: Actor,
    form_key: str | None,
    values: Mapping[str, Any],
    *,
    typed: Mapping[str, Any] | None = None,
    errors: Refusals | None = None,
    path: str = "/",
) -> Asked | None:
    """The form with ``values`` from the process and over them what somebody ``typed``; None when there is none."""
    if form_key is None or not exists(form_key):
        return None
    form, language = load(form_key), current_language()
    answers = {**opening_values(form, values), **(typed or {})}
    if typed is None:
        answers |= dict(_first_rows(form, answers))
    texts = words_of(session, actor, _picked(form, answers))
    described = describe(form, language, answers, errors, word=_word, texts=texts)
    asked = [f for f in described if f.kind in ("info", "section") or not f.readonly]
    return Asked(
        text_in(form.model.title, language),
        text_in(form.model.help, language),
        [_at(f, path) for f in _without_empty_sections(asked)],
        [(c.key, text_in(c.label, language), _shown(c, answers, texts)) for c in _facts(form, answers)],
        [(text_in(c.label, language), _shown(c, answers, texts)) for c in _answered(form, typed or {})],
    )


def answered(
    session: Session, actor: Actor, form_key: str | None, answers: Mapping[str, Any]
) -> list[tuple[str, Any]]:
    """What was answered in a form, as (label, value) in the language of this answer."""
    if form_key is None or not exists(form_key):
        return []
    form, language = load(form_key), current_language()
    texts = words_of(session, actor, _picked(form, answers))
    return [(text_in(c.label, language), _shown(c, answers, texts)) for c in _answered(form, answers)]


def facts_shown(
    session: Session, actor: Actor, form_key: str, values: Mapping[str, Any]
) -> list[tuple[str, str, Any]]:
    """What a form only shows of the data, as (name, label, value) in the language of this answer."""
    form, language = load(form_key), current_language()
    texts = words_of(session, actor, _picked(form, values))
    return [(c.key, text_in(c.label, language), _shown(c, values, texts)) for c in _facts(form, values)]


def _answered(form: Form, answers: Mapping[str, Any]) -> list[Component]:
    return [c for c in form.model.asked() if c.shown(answers) and answers.get(c.key) not in (None, "", [])]


def _first_rows(form: Form, values: Mapping[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A list that needs a row begins with one, filled from data of the same names: the customer buys."""
    for component in form.model.components:
        if component.kind == "rows" and component.asks and component.required and not values.get(component.key):
            known = {column.key: values[column.key] for column in component.columns if values.get(column.key)}
            yield component.key, [known]


def _word(code: str, params: Mapping[str, object]) -> str:
    return word(code, params)


def _picked(form: Form, answers: Mapping[str, Any]) -> dict[str, set[str]]:
    """The ids that stand in pick fields and for files, by kind."""
    found: dict[str, set[str]] = {}
    for component, value in _values(form.model.components, answers):
        source = "document" if component.kind == "file" else component.source
        if source and isinstance(value, str) and value:
            found.setdefault(source, set()).add(value)
    return found


def _values(components: tuple[Component, ...], answers: Mapping[str, Any]) -> Iterator[tuple[Component, Any]]:
    for component in components:
        value = answers.get(component.key)
        if component.kind == "rows" and isinstance(value, list):
            for row in value:
                if isinstance(row, Mapping):
                    yield from _values(component.columns, row)
        else:
            yield component, value


def _at(field: Field, path: str) -> Field:
    """The field with the address its search goes to."""
    source = url_for("lookup.look", kind=field.source, path=path) if field.source else None
    columns = tuple(_at(column, path) for column in field.columns)
    rows = tuple(tuple(_at(cell, path) for cell in row) for row in field.rows)
    return replace(field, source=source, columns=columns, rows=rows)


def _without_empty_sections(fields: list[Field]) -> list[Field]:
    kept: list[Field] = []
    for field in reversed(fields):
        if field.kind != "section" or (kept and kept[-1].kind != "section"):
            kept.append(field)
    return kept[::-1]


def _facts(form: Form, answers: Mapping[str, Any]) -> Iterator[Component]:
    for component in form.model.components:
        if component.readonly and component.shown(answers) and answers.get(component.key) not in (None, ""):
            yield component


def _shown(component: Component, answers: Mapping[str, Any], texts: Mapping[str, str]) -> Any:
    """A value as people read it."""
    value, language = answers.get(component.key), current_language()
    if component.kind == "rows" and isinstance(value, list):
        return Markup("<br>").join(_row(component, row, texts) for row in value if isinstance(row, Mapping))
    if component.options:
        labels = {option.value: text_in(option.label, language) for option in component.options}
        return labels.get(str(value), value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int):
        return _number(component, value, text_in(component.suffix, language))
    if component.kind == "datetime":
        return moment(value)
    return day(value) if component.kind == "date" else texts.get(str(value), value)


def _row(component: Component, row: Mapping[str, Any], texts: Mapping[str, str]) -> Markup:
    cells = [column for column in component.columns if row.get(column.key) not in (None, "")]
    return Markup(" · ").join(escape(_shown(cell, row, texts)) for cell in cells)


def _number(component: Component, value: int, suffix: str) -> Any:
    if component.kind == "money":
        return money(value)
    return percent(value) if component.kind == "percent" else f"{number(value)} {suffix}".strip()


def off_list(basis_points: int | None) -> str | Markup:
    """An effective discount: ``9.6折`` in Chinese, ``4% off`` in English; nothing off is the list price."""
    if basis_points is None:
        return Markup("—")
    if basis_points == 0:
        return _("none")
    if current_language() == "zh":
        return discount(10_000 - basis_points)
    return _("%(percent)s off", percent=percent(basis_points))
