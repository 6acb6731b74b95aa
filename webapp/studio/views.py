"""The pages of the studio."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from engine.api import Definition, DefinitionError, Finding
from engine.definitions.safe_xml import as_text
from engine.findings import REWRITTEN, SEVERITIES, errors_of
from kernel.errors import Missing
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reader, reading
from webapp.definitions import check_among
from webapp.engine_room import engine_for
from webapp.inbox.people import names_of
from webapp.inbox.rows import name_of
from webapp.studio.tables import table_of
from webapp.studio.uploads import Brought, form_findings, read_files

pages = Blueprint("studio", __name__, url_prefix="/studio")
KINDS = ("process", "decision")

Answer = str | tuple[str, int] | Response


@pages.before_request
def _require() -> None:
    """Without the right to view definitions the desk does not exist."""
    if not reader().may_anywhere(Permission.ENGINE_VIEW):
        raise Missing


@pages.get("/")
def index() -> str:
    """Every process and decision in its newest version."""
    with reading() as (session, actor):
        found = engine_for(session, actor, clock()).find_definitions()
        names = names_of(session, {definition.deployed_by for definition in found})
        order = {kind: place for place, kind in enumerate(KINDS)}
        rows = sorted(
            ((d, name_of(d.labels, d.name)) for d in found), key=lambda row: (order[row[0].kind], row[1])
        )
        return render_template("studio/index.html", rows=rows, names=names, may_deploy=_may_deploy())


@pages.get("/<kind>/<key>")
def definition(kind: str, key: str) -> str:
    """A definition: its drawing or table, its versions."""
    _known(kind)
    wanted = request.args.get("version", "")
    with reading() as (session, actor):
        engine = engine_for(session, actor, clock())
        versions = engine.find_versions(key, kind=kind)
        chosen = next((one for one in versions if str(one.version) == wanted), versions[0])
        table = None
        if kind == "decision":
            table = table_of(engine.resource(key, chosen.version, kind=kind), key)
        return render_template(
            "studio/definition.html",
            chosen=chosen,
            name=name_of(chosen.labels, chosen.name),
            versions=versions,
            names=names_of(session, {one.deployed_by for one in versions}),
            table=table,
        )


@pages.get("/<kind>/<key>/<int:version>/file")
def file(kind: str, key: str, version: int) -> Response:
    """The file of a version: to be saved, byte for byte as it was deployed; to be looked at, in UTF-8."""
    _known(kind)
    with reading() as (session, actor):
        engine = engine_for(session, actor, clock())
        content = engine.resource(key, version, kind=kind)
        name = engine.get_definition(key, version, kind=kind).resource
    saved = bool(request.args.get("save"))
    answer = make_response(content if saved else as_text(content))
    answer.content_type = "application/xml" if saved else "application/xml; charset=utf-8"
    if saved:
        answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@pages.route("/deploy", methods=["GET", "POST"])
def deploy() -> Answer:
    """Bring files; they are deployed together when none of them has an error."""
    if not _may_deploy():
        raise Missing
    if request.method == "GET":
        return _deploy_page([], None)
    brought = read_files(request.files.getlist("files"))
    if not (brought.resources or brought.forms):
        return _deploy_page([], _("Choose at least one file.")), 422
    findings = [*brought.findings, *form_findings(brought), *_diagram_findings(brought)]
    if errors_of(findings):
        return _deploy_page(findings, None, refused=True), 422
    if "check" in request.form or not brought.resources:
        return _deploy_page(findings, None, passed=sorted([*brought.resources, *brought.forms]))
    return _deploy(brought, findings)


def _diagram_findings(brought: Brought) -> list[Finding]:
    with reading() as (session, actor):
        deployed = engine_for(session, actor, clock()).find_definitions()
    return check_among(brought.resources, deployed) if brought.resources else []


def _deploy(brought: Brought, findings: list[Finding]) -> Answer:
    try:
        with acting() as (session, actor):
            engine = engine_for(session, actor, clock())
            before = {(d.kind, d.key): d.version for d in engine.find_definitions()}
            note = request.form.get("note", "").strip()[:200]
            done = engine.deploy(brought.resources, note=note)
    except DefinitionError as refused:
        return _deploy_page(list(refused.findings), None, refused=True), 422
    _tell([d for d in done if before.get((d.kind, d.key)) != d.version], len(done))
    if findings:
        return _deploy_page(findings, None, passed=sorted(brought.resources), deployed=done)
    return redirect(url_for("studio.index"))  # type: ignore[return-value]


def _tell(new: list[Definition], whole: int) -> None:
    if new:
        number = len(new)
        flash(
            ngettext("%(num)d definition has a new version.", "%(num)d definitions have a new version.", number),
            "success",
        )
    if whole > len(new):
        flash(_("What had not changed keeps its version."), "info")


def _deploy_page(
    findings: list[Finding],
    problem: str | None,
    *,
    refused: bool = False,
    passed: list[str] | None = None,
    deployed: list[Definition] | None = None,
) -> str:
    ordered = sorted(findings, key=lambda f: (f.resource, SEVERITIES.index(f.severity), f.line or 0))
    by_file = [(name, list(some)) for name, some in groupby(ordered, key=lambda f: f.resource)]
    return render_template(
        "studio/deploy.html",
        by_file=by_file,
        problem=problem,
        refused=refused,
        passed=passed or [],
        deployed=deployed or [],
        rewritten=any(finding.severity == REWRITTEN for finding in findings),
        note=request.form.get("note", ""),
    )


def _may_deploy() -> bool:
    return reader().may_anywhere(Permission.ENGINE_DEPLOY)


def _known(kind: str) -> None:
    if kind not in KINDS:
        raise Missing("definition_missing")
