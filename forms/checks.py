"""Checks every shipped form at start-up and at deployment, so that a wrong one is refused with its reason."""

from __future__ import annotations

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
        model = compiled.load(form_key).model if raw is None else read(form_key, raw)
    except FormError as error:
        return [error]
    return list(_missing_words(model))


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
