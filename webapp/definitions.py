"""The diagrams, tables and forms that Keyturn ships: finding, checking and deploying them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from sqlalchemy.orm import Session

import handlers
from engine.api import Definition
from engine.definitions.check import check_resources, keys_of
from engine.definitions.safe_xml import MAX_BYTES
from engine.definitions.wiring import Wiring
from engine.findings import ERROR, WARNING, Finding
from engine.wiring import wiring_of
from forms import checks as form_checks
from kernel.actor import Actor
from kernel.clock import Clock
from ledger.staff.roles import ROLES
from webapp.engine_room import FORMS, engine_for

FORM_ENDINGS = (".json", ".form")
_IN_FOLDERS = (".bpmn", ".bpmn2", ".bpmn20.xml", ".dmn", ".form")
_TOGETHER = {"process_key_twice", "decision_id_twice"}
_NOT_IN_KEYS = re.compile(r"[^a-z0-9_]+")


def shipped_resources() -> Mapping[str, bytes]:
    """Every diagram and decision table that Keyturn brings along, by file name."""
    found: dict[str, bytes] = {}
    for folder in sorted(files("processes").iterdir(), key=lambda entry: entry.name):
        if folder.is_dir():
            found.update(_diagrams_in(folder))
    return found


def _diagrams_in(folder: Traversable) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith((".bpmn", ".dmn")):
            yield entry.name, entry.read_bytes()


def deploy_shipped(session: Session, actor: Actor, clock: Clock) -> list[Definition]:
    """Deploy what is shipped; what is deployed already unchanged keeps its version."""
    return engine_for(session, actor, clock).deploy(shipped_resources(), note="shipped")


def check_shipped() -> list[Finding]:
    """Findings over every diagram, table and form that is shipped."""
    return [*check_resources(shipped_resources(), _wiring()), *_of_forms()]


def _of_forms() -> Iterator[Finding]:
    for error in form_checks.check_shipped():
        yield Finding(
            error.code, ERROR, error.component, line=error.line, params=error.params, resource=f"{error.form}.json"
        )


def check_form_file(name: str, content: bytes) -> list[Finding]:
    """What is wrong with one form file, by component and line."""
    stem = _NOT_IN_KEYS.sub("_", Path(name).stem.lower()).strip("_") or "form"
    key = stem if stem[0].isalpha() else f"form_{stem}"
    return [
        Finding(
            error.code,
            ERROR,
            error.component,
            line=error.line,
            params={**error.params, "form": name},
            resource=name,
        )
        for error in form_checks.check(f"uploaded/{key}", content)
    ]


def apart(resources: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[Finding]]:
    """Diagrams and tables, and what is wrong with the forms among the files; forms ship with the program."""
    forms = {name: content for name, content in resources.items() if name.endswith(FORM_ENDINGS)}
    findings = [finding for name, content in forms.items() for finding in check_form_file(name, content)]
    return {name: content for name, content in resources.items() if name not in forms}, findings


def in_folders(paths: Iterable[Path]) -> list[Path]:
    """Files as given; of a folder, the diagrams, tables and forms in it at any depth."""
    found: list[Path] = []
    for path in paths:
        within = path.rglob("*") if path.is_dir() else ()
        found += sorted(file for file in within if file.name.lower().endswith(_IN_FOLDERS)) or [path]
    return list(dict.fromkeys(found))


def check_files(paths: Iterable[Path]) -> list[Finding]:
    """Findings over given files, with what is shipped as their surroundings.

    The files need not belong together: a key that stands in two of them only forbids to deploy both at once.
    """
    findings: list[Finding] = []
    resources: dict[str, bytes] = {}
    for path in paths:
        try:
            if path.is_file() and path.stat().st_size > MAX_BYTES:
                params: dict[str, object] = {"limit_mb": MAX_BYTES // 1_000_000}
                findings.append(Finding("xml_too_large", ERROR, params=params, resource=str(path)))
            elif path.is_dir():
                findings.append(Finding("folder_without_files", WARNING, resource=str(path)))
            elif path.exists() and not path.is_file():
                # A pipe or a device may have no end, and would keep all other files from being told.
                findings.append(Finding("file_is_no_file", ERROR, resource=str(path)))
            else:
                resources[str(path)] = path.read_bytes()
        except OSError as problem:
            params = {"detail": problem.strerror or ""}
            findings.append(Finding("file_unreadable", ERROR, params=params, resource=str(path)))
    diagrams, of_forms = apart(resources)
    processes, decisions = keys_of(shipped_resources())
    found = check_resources(diagrams, _wiring(processes, decisions))
    return findings + of_forms + [replace(f, severity=WARNING) if f.code in _TOGETHER else f for f in found]


def check_among(resources: Mapping[str, bytes], deployed: Iterable[Definition]) -> list[Finding]:
    """Findings over files that are to join what is deployed; roles are checked too."""
    keys = [(definition.kind, definition.key) for definition in deployed]
    processes = frozenset(key for kind, key in keys if kind == "process")
    return check_resources(
        resources, _wiring(processes, frozenset(key for kind, key in keys if kind == "decision"))
    )


def _wiring(processes: frozenset[str] = frozenset(), decisions: frozenset[str] = frozenset()) -> Wiring:
    roles = frozenset(ROLES)
    return wiring_of(handlers.registry(), FORMS, roles=roles, processes=processes, decisions=decisions)
