"""Checks every shipped form at start-up and at deployment, so that a wrong one is refused with its reason."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from forms import compile as compiled
from forms.errors import FormError
from forms.model import Component, FormModel
from forms.reading import read

LANGUAGES = ("en", "zh")


def check_shipped() -> list[FormError]:
    """What is wrong with the shipped forms; empty when all can be used."""
    return [error for form_key in compiled.shipped() for error in check(form_key)]


def check(form_key: str, raw: bytes | None = None) -> list[FormError]:
    """What is wrong with one form: of the given file, or of the shipped one."""
    try:
        raw = compiled.raw_file(form_key) if raw is None else raw
        errors = list(_missing_words(read(form_key, raw)))
    except FormError as error:
        errors = [error]
    for error in errors:
        error.line = error.line or _line_of(error.component, raw or b"")
    return errors


def _line_of(component: str | None, raw: bytes) -> int | None:
    """The line on which a component's key, path or id stands."""
    if component is None:
        return None
    named = re.compile(
        rb'"(?:key|path|id)"\s*:\s*' + re.escape(json.dumps(component, ensure_ascii=False).encode())
    )
    found = named.search(raw)
    return raw.count(b"\n", 0, found.start()) + 1 if found else None


def _missing_words(model: FormModel) -> Iterator[FormError]:
    """A label in every language, for the form, its fields and its choices."""
    for language in LANGUAGES:
        if not model.title.get(language):
            yield FormError("form_label_missing", form=model.key, language=language)
        for component in _walk(model.components):
            words = [component.help if component.kind == "info" else component.label]
            words += [option.label for option in component.options]
            if not all(text.get(language) for text in words):
                yield FormError("form_label_missing", form=model.key, component=component.key, language=language)


def _walk(components: Iterable[Component]) -> Iterator[Component]:
    for component in components:
        yield component
        yield from _walk(component.columns)
