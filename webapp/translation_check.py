"""Fails when a marked text lacks a translation, is marked fuzzy, or loses or invents a placeholder.

``python -m webapp.translation_check``
"""

from __future__ import annotations

import re
import sys

from babel.messages.catalog import Message

from webapp.language import CATALOGUES
from webapp.translation_update import TRANSLATED, read, used_messages

_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def problems(language: str) -> list[str]:
    """What is wrong in a language's catalogues, one line each; empty when all is well."""
    found: dict[str, tuple[str, Message]] = {}
    wrong = []
    for file in sorted((CATALOGUES / language).glob("*.po")):
        for message in read(file, language):
            if not message.id:
                continue
            key = _key(message.id)
            if key in found:
                wrong.append(f"{file.name}: {key!r} stands in {found[key][0]} too")
            found[key] = (file.name, message)
    for used, files in used_messages().items():
        wrong.extend(_check(_key(used), found.get(_key(used)), files[0]))
    return wrong


def _key(message: str | tuple[str, ...] | list[str]) -> str:
    return message if isinstance(message, str) else message[0]


def _check(key: str, entry: tuple[str, Message] | None, used_in: str) -> list[str]:
    if entry is None:
        return [f"{used_in}: {key!r} has no entry; run make translations"]
    name, message = entry
    texts = [message.string] if isinstance(message.string, str) else list(message.string)
    if not all(texts):
        return [f"{name}: {key!r} is not translated"]
    if message.fuzzy:
        return [f"{name}: {key!r} is fuzzy"]
    sources = message.id if isinstance(message.id, list | tuple) else [message.id]
    wanted = {name for source in sources for name in _PLACEHOLDER.findall(source)}
    return [
        f"{name}: the placeholders of {key!r} differ in {text!r}"
        for text in texts
        if set(_PLACEHOLDER.findall(text)) != wanted
    ]


def main() -> int:
    """Print what is wrong; 1 when something is."""
    wrong = [f"{language}: {line}" for language in TRANSLATED for line in problems(language)]
    for line in wrong:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{len(wrong)} problems in the translations\n" if wrong else "translations are complete\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
