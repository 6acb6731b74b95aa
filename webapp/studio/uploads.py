"""Files that an analyst brings: read whole, told apart by their kind, checked before anything is deployed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from werkzeug.datastructures import FileStorage

from engine.findings import ERROR, Finding
from webapp.definitions import FORM_ENDINGS, check_form_file

MOST_FILES = 40
LARGEST = 5 * 1024 * 1024


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
        kind = brought.forms if name.endswith(FORM_ENDINGS) else brought.resources
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
    return [found for name, content in brought.forms.items() for found in check_form_file(name, content)]
