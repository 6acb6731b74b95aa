"""Files that an analyst brings: read whole, told apart by their kind, checked before anything is deployed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from werkzeug.datastructures import FileStorage

from engine.findings import ERROR, Finding
from forms.checks import check as check_form

MOST_FILES = 40
LARGEST = 5 * 1024 * 1024
_NOT_IN_KEYS = re.compile(r"[^a-z0-9_]+")


@dataclass
class Brought:
    """What was brought: diagrams and tables to deploy, forms that are only checked, and what is wrong already."""

    resources: dict[str, bytes] = field(default_factory=dict)
    forms: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_files(files: Iterable[FileStorage]) -> Brought:
    """By name; a name that comes twice, an empty or an overlarge file is a finding."""
    brought = Brought()
    for number, file in enumerate(file for file in files if file.filename):
        name = str(file.filename).replace("\\", "/").rpartition("/")[2][:150]
        content = file.read(LARGEST + 1)
        if number >= MOST_FILES:
            brought.findings.append(Finding("files_too_many", ERROR, params={"most": MOST_FILES}, resource=name))
            break
        brought.findings += _trouble(brought, name, content)
        kind = brought.forms if name.endswith((".json", ".form")) else brought.resources
        kind[name] = content
    return brought


def _trouble(brought: Brought, name: str, content: bytes) -> list[Finding]:
    if name in brought.resources or name in brought.forms:
        return [Finding("file_name_twice", ERROR, params={"name": name}, resource=name)]
    if not content:
        return [Finding("file_empty", ERROR, resource=name)]
    if len(content) > LARGEST:
        return [Finding("file_larger_than", ERROR, params={"most_mb": LARGEST // 1024**2}, resource=name)]
    return []


def form_findings(brought: Brought) -> list[Finding]:
    """What is wrong with the forms, by component and line."""
    found = []
    for name, content in brought.forms.items():
        stem = _NOT_IN_KEYS.sub("_", name.rpartition(".")[0].lower()).strip("_") or "form"
        key = stem if stem[0].isalpha() else f"form_{stem}"
        for error in check_form(f"uploaded/{key}", content):
            params = {**error.params, "form": name}
            found.append(
                Finding(error.code, ERROR, error.component, line=error.line, params=params, resource=name)
            )
    return found
