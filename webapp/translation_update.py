"""Bring the catalogues up to date: every marked text gets an entry in the file of the desk that uses it.

``python -m webapp.translation_update [desk …]``. Translations are never overwritten; an entry whose text is no
longer used anywhere is taken out of the files that are updated.
"""

from __future__ import annotations

import sys
from pathlib import Path, PurePosixPath

from babel.messages import extract, frontend, pofile
from babel.messages.catalog import Catalog

from webapp.language import CATALOGUES, LANGUAGES, SOURCE

ROOT = Path(__file__).parent.parent
SHELL = "shell"
TRANSLATED = tuple(language for language in LANGUAGES if language != SOURCE)
_KEYWORDS = {**extract.DEFAULT_KEYWORDS, "lazy_gettext": None, "_l": None, "N_": None}
Message = str | tuple[str, ...]


def used_messages() -> dict[Message, list[str]]:
    """Every text marked for translation, with the files that use it."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = frontend.parse_mapping_cfg(file)
    found: dict[Message, list[str]] = {}
    for name, _line, message, _comments, _context in extract.extract_from_dir(
        ROOT / "webapp", [(f"{pattern}", method) for pattern, method in _below(methods)], _options_below(options),
        keywords=_KEYWORDS,
    ):  # fmt: skip
        if message:
            found.setdefault(message, []).append(f"webapp/{PurePosixPath(name)}")
    return found


def _below(methods: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(pattern.removeprefix("webapp/"), method) for pattern, method in methods]


def _options_below(options: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {pattern.removeprefix("webapp/"): values for pattern, values in options.items()}


def desk_of(file: str) -> str:
    """The catalogue for a file: its desk, or its own name for a module of wording, or the shell."""
    parts = PurePosixPath(file).parts[1:]
    if len(parts) > 2 and parts[0] == "templates" and parts[1] not in ("macros", "errors"):
        return parts[1]
    if len(parts) > 1 and parts[0] == "wording":
        return SHELL if parts[1] == "__init__.py" else PurePosixPath(parts[1]).stem
    if len(parts) > 1 and parts[0] != "templates":
        return parts[0]
    return SHELL


def read(file: Path, language: str) -> Catalog:
    """A desk's catalogue, empty when it does not exist yet."""
    if not file.exists():
        return Catalog(locale=language)
    with file.open("rb") as stream:
        return pofile.read_po(stream, locale=language)


def write(file: Path, catalogue: Catalog) -> None:
    """Write a catalogue without dates or line numbers, so that only changed texts change the file."""
    lines = ['msgid ""', 'msgstr ""', '"Content-Type: text/plain; charset=utf-8\\n"']
    lines.append(f'"Language: {catalogue.locale}\\n"')
    lines.append(f'"Plural-Forms: {catalogue.plural_forms}\\n"')
    for message in sorted((m for m in catalogue if m.id), key=lambda m: _first(m.id).lower()):
        lines.append("")
        if message.fuzzy:
            lines.append("#, fuzzy")
        lines.extend(_entry(message.id, message.string, catalogue.num_plurals))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _entry(message: Message, text: object, plurals: int) -> list[str]:
    if isinstance(message, str):
        return [f"msgid {pofile.normalize(message)}", f"msgstr {pofile.normalize(str(text or ''))}"]
    forms = (text if isinstance(text, list | tuple) else (text,))[:plurals]
    head = [f"msgid {pofile.normalize(message[0])}", f"msgid_plural {pofile.normalize(message[1])}"]
    return head + [f"msgstr[{place}] {pofile.normalize(str(form or ''))}" for place, form in enumerate(forms)]


def _first(message: Message) -> str:
    return message if isinstance(message, str) else message[0]


def update(language: str, desks: set[str]) -> dict[str, int]:
    """Add missing entries and drop unused ones; returns how many entries were added to each file."""
    used = used_messages()
    folder = CATALOGUES / language
    wanted = desks or {desk_of(file) for files in used.values() for file in files}
    present = {file.stem: read(file, language) for file in folder.glob("*.po")}
    for desk in wanted:
        present.setdefault(desk, Catalog(locale=language))
    added = dict.fromkeys(sorted(wanted), 0)
    for desk in wanted:
        for message in [m for m in present[desk] if m.id and m.id not in used]:
            present[desk].delete(message.id)
    for message, files in used.items():
        desk = desk_of(files[0])
        if desk in wanted and not any(catalogue.get(_first(message)) for catalogue in present.values()):
            present[desk].add(message)
            added[desk] += 1
    for desk in wanted:
        if len(present[desk]):
            write(folder / f"{desk}.po", present[desk])
    return added


def main() -> None:
    """Update the desks named on the command line, or all."""
    for language in TRANSLATED:
        for desk, count in update(language, set(sys.argv[1:])).items():
            sys.stdout.write(f"{language}/{desk}.po: {count} added\n")


if __name__ == "__main__":
    main()
