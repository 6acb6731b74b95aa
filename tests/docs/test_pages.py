"""What the pages promise exists: commands, targets, settings, links, libraries."""

from __future__ import annotations

import ast
import importlib
import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache

import click
import pytest

from tests.docs.pages import ROOT, commands, fenced, pages, text_of
from webapp.cli import main

PAGES = pages()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = ("bench", "channels", "demo", "engine", "forms", "handlers", "kernel", "ledger", "tests", "webapp")
_SETTING = re.compile(r"KEYTURN_[A-Z_]*[A-Z]")
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def said(program: str) -> Iterator[tuple[str, list[str]]]:
    """Page and words of every use of a program."""
    for page in PAGES:
        for line in commands(page.read_text(encoding="utf-8")):
            words = line.split()
            if len(words) > 1 and words[0] == program:
                yield page.name, words[1:]


def test_the_pages_are_there() -> None:
    assert {"README.md", "analysts.md", "architecture.md", "feel.md", "operations.md"} <= {p.name for p in PAGES}


def test_every_keyturn_command_of_the_pages_exists_with_its_options() -> None:
    uses = [(page, words) for page, words in said("keyturn") if re.fullmatch(r"[a-z][a-z-]*", words[0])]
    assert len(uses) > 8
    for page, words in uses:
        command = find_command(words)
        assert command is not None, (page, words)
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, (page, words)


def find_command(words: list[str]) -> click.Command | None:
    """The command that words call, sub-commands followed; other rooms' as the project file declares them."""
    joined = PROJECT["project"]["entry-points"]["keyturn.commands"]
    command = joined_command(joined[words[0]]) if words[0] in joined else main.commands.get(words[0])
    for word in words[1:]:
        if not isinstance(command, click.Group):
            break
        command = command.commands.get(word)
    return command


def joined_command(place: str) -> click.Command:
    """The command at ``module:name``."""
    module, _, name = place.partition(":")
    found: click.Command = getattr(importlib.import_module(module), name)
    return found


def test_every_make_target_of_the_pages_exists() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", text_of("Makefile"), re.MULTILINE))
    used = {words[0] for _, words in said("make")}
    assert len(used) > 4
    assert used <= targets


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_relative_link_leads_somewhere(page) -> None:  # type: ignore[no-untyped-def]
    links = [link.partition("#")[0] for link in _LINK.findall(page.read_text(encoding="utf-8"))]
    inside = [link for link in links if link and not link.startswith(("http:", "https:", "mailto:"))]
    assert [link for link in inside if not (page.parent / link).exists()] == []


@cache
def settings_read() -> set[str]:
    """Every variable that a program reads: by the settings' reader, by its full name, or in the shell."""
    tree = ast.parse(text_of("webapp/settings.py"))
    calls = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    found = {
        f"KEYTURN_{call.args[0].value}"
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and getattr(call.func.value, "id", "") == "read"
        and isinstance(call.args[0], ast.Constant)
    }
    for file in (file for room in ROOMS for file in (ROOT / room).rglob("*.py")):
        found |= set(read_by_name(ast.parse(file.read_text(encoding="utf-8"))))
    return found | set(re.findall(r"\$\{(KEYTURN_[A-Z_]+)", text_of(".ci/run")))


def read_by_name(tree: ast.Module) -> Iterator[str]:
    """Full names given to ``environ.get`` or to a command's ``envvar``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            asked = node.args[:1] if getattr(node.func, "attr", "") == "get" else []
            for value in [*asked, *(word.value for word in node.keywords if word.arg == "envvar")]:
                if isinstance(value, ast.Constant) and _SETTING.fullmatch(str(value.value)):
                    yield str(value.value)


def test_every_setting_is_on_the_operators_page_and_nothing_else() -> None:
    told = set(_SETTING.findall(text_of("docs/operations.md")))
    assert told == settings_read()


def test_every_setting_named_on_any_page_exists() -> None:
    named = {name for page in PAGES for name in _SETTING.findall(page.read_text(encoding="utf-8"))}
    assert named <= settings_read()


def test_the_default_values_on_the_operators_page_are_those_of_the_settings() -> None:
    rows = re.findall(r"^\| `(KEYTURN_\w+)` \| `([^`]+)` \|", text_of("docs/operations.md"), re.MULTILINE)
    source = text_of("webapp/settings.py")
    assert len(rows) > 8
    assert [(n, value) for n, value in rows if value not in ("0", *re.findall(r"[\w:/.@]+", source))] == []


def libraries_told() -> set[str]:
    """The first column of the tables of libraries, without versions."""
    told = set()
    for row in re.findall(r"^\| ([^|]+) \|", text_of("docs/dependencies.md"), re.MULTILINE):
        for name in row.split(","):
            told.add(plain(re.sub(r"\s[\d.]+|\(.*?\)", "", name)))
    return told - {"library", "package", "---"}


def plain(name: str) -> str:
    """A library's name, as the index spells it."""
    return re.split(r"[\s\[<>=~!;]", name.strip().lower().replace("_", "-"))[0]


def test_every_library_is_explained_and_every_explained_one_is_used() -> None:
    wanted = [*PROJECT["build-system"]["requires"], *PROJECT["project"]["dependencies"]]
    wanted += [name for extra in PROJECT["project"]["optional-dependencies"].values() for name in extra]
    front = json.loads(text_of("webapp/frontend/package.json"))
    wanted += [*front.get("dependencies", {}), *front.get("devDependencies", {})]
    assert libraries_told() == {plain(name) for name in wanted}


def test_the_examples_of_the_other_languages_are_closed() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert text.count("\n```") % 2 == 0, page.name
        assert all(example.strip() for _, example in fenced(text, "xml")), page.name


def test_the_examples_of_deploy_use_commands_and_settings_that_exist() -> None:
    examples = {file: file.read_text(encoding="utf-8") for file in (ROOT / "deploy").rglob("*") if file.is_file()}
    assert len(examples) > 6
    for file, text in examples.items():
        assert set(_SETTING.findall(text)) <= settings_read(), file
        started = re.findall(r"bin/keyturn (\w+)|command: \[(\w+)\]", text)
        assert {one or other for one, other in started} <= set(main.commands), file
