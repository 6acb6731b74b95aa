"""Commands about diagrams, tables and forms: check them, deploy them."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path

import click
from flask_babel import gettext

from engine.findings import ERROR, REWRITTEN, SEVERITIES, WARNING, DefinitionError, Finding
from kernel.actor import SYSTEM
from webapp.cli.wording import speaking
from webapp.definitions import apart, check_files, check_shipped, deploy_shipped, in_folders
from webapp.engine_room import engine_for
from webapp.language import N_
from webapp.settings import Settings
from webapp.startup import open_database, require_schema
from webapp.wording import word

_SEVERITY_WORDS = {ERROR: N_("error"), WARNING: N_("warning"), REWRITTEN: N_("read as")}


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print findings as JSON.")
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """Check diagrams, decision tables and forms: the files and folders given, or all that are shipped.

    Diagrams of other tools are told how they are read. The exit code is 1 when something has an error.
    """
    known = in_folders(files)
    findings = check_files(known) if files else check_shipped()
    _print(findings, as_json, [str(file) for file in known])
    if any(finding.severity == ERROR for finding in findings):
        sys.exit(1)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--note", default="", help="What is new, for the list of versions.")
@click.pass_obj
def deploy(settings: Settings, files: tuple[Path, ...], note: str) -> None:
    """Deploy diagrams and decision tables: those given, or all that are shipped."""
    database = open_database(settings)
    require_schema(database)
    told: list[Finding] = []
    try:
        with database.unit_of_work(SYSTEM) as session:
            if files:
                resources, wrong = apart({file.name: file.read_bytes() for file in files})
                if wrong:
                    raise DefinitionError(wrong)
                engine = engine_for(session, SYSTEM, database.clock)
                done = engine.deploy(resources, note=note)
                told = engine.check(resources)
            else:
                done = deploy_shipped(session, SYSTEM, database.clock)
    except DefinitionError as refused:
        _print(refused.findings, as_json=False)
        raise
    if told:
        _print(told, as_json=False)
    for definition in done:
        click.echo(f"{definition.kind:10} {definition.key} v{definition.version}")


def _print(findings: Iterable[Finding], as_json: bool, files: Collection[str] = ()) -> None:
    with speaking():
        ordered = sorted(findings, key=lambda f: (f.resource, SEVERITIES.index(f.severity), f.line or 0))
        rows = [_row(finding) for finding in ordered]
        words = {severity: gettext(text) for severity, text in _SEVERITY_WORDS.items()}
        totals = _totals(ordered, files)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        place = ":".join(str(part) for part in (row["resource"], row["line"]) if part)
        name = f" {row['element_name']}" if row["element_name"] else ""
        element = f"{name} [{row['element_id']}]" if row["element_id"] else ""
        click.echo(f"{place}: {words[str(row['severity'])]}:{element} {row['text']}")
    for total in totals:
        click.echo(total)


def _totals(findings: Collection[Finding], files: Collection[str]) -> list[str]:
    count = Counter(finding.severity for finding in findings)
    told = [gettext("Errors: %(errors)s, warnings: %(warnings)s", errors=count[ERROR], warnings=count[WARNING])]
    if count[REWRITTEN]:
        told.append(
            gettext("Read in another form than written: %(count)s. Deploying accepts it.", count=count[REWRITTEN])
        )
    if len(files) > 1:
        wrong = {finding.resource for finding in findings if finding.severity == ERROR}
        read_otherwise = {finding.resource for finding in findings if finding.severity == REWRITTEN} - wrong
        told.append(
            gettext(
                "Files: %(files)s, ready: %(ready)s, ready as read here: %(rewritten)s, with errors: %(wrong)s",
                files=len(files),
                ready=len(set(files) - wrong - read_otherwise),
                rewritten=len(read_otherwise),
                wrong=len(wrong),
            )
        )
    return told


def _row(finding: Finding) -> dict[str, object]:
    return {
        "resource": finding.resource,
        "line": finding.line,
        "severity": finding.severity,
        "code": finding.code,
        "element_id": finding.element_id,
        "element_name": finding.element_name,
        "text": word(finding.code, finding.params),
    }


COMMANDS = [check, deploy]
