"""Every kind of paper at a node: what it is made of in each language, and the versions of one text."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kernel.errors import Missing
from ledger.organisation.queries import get_node, names_of_paths
from ledger.staff import queries as staff
from ledger.staff.permissions import Permission
from ledger.templates.catalogue import KINDS, PaperKind
from ledger.templates.choosing import text_in_force
from ledger.templates.editing import begin_draft
from ledger.templates.kinds import LANGUAGES
from ledger.templates.queries import InForce, list_in_force, versions_at
from webapp.acting import acting, clock, reading
from webapp.language import current_language
from webapp.once import once
from webapp.paper_templates.desk import language_name, nodes_of, pages, people_of, require_reader


@dataclass(frozen=True)
class Line:
    """A kind of paper with what it is made of in each language."""

    kind: PaperKind
    name: str
    texts: list[InForce]


@pages.get("/")
def index() -> str:
    """The kinds at one node."""
    with reading() as (session, actor):
        nodes = nodes_of(session, actor)
        asked = request.args.get("node", "")
        node = next((one for one in nodes if one.path == asked), nodes[0])
        found = list_in_force(session, node.path)
        lines = [Line(KINDS[code], KINDS[code].named(current_language()), texts) for code, texts in found.items()]
        paths = {one.version.path for line in lines for one in line.texts if one.version is not None}
        return render_template(
            "paper_templates/index.html",
            nodes=nodes,
            node=node,
            lines=lines,
            places=names_of_paths(session, paths),
            language_name=language_name,
        )


@pages.get("/<kind>/<language>")
def text(kind: str, language: str) -> str:
    """One text at a node: what is in force, its versions here and above."""
    about = KINDS.get(kind)
    if about is None or language not in LANGUAGES:
        raise Missing("paper_template_missing", kind=kind)
    with reading() as (session, actor):
        nodes = nodes_of(session, actor)
        asked = request.args.get("node", "")
        node = next((one for one in nodes if one.path == asked), nodes[0])
        require_reader(actor, node.path)
        versions = versions_at(session, kind, node.path, language)
        force, version = text_in_force(session, kind, node.path, language)
        return render_template(
            "paper_templates/text.html",
            kind=about,
            name=about.named(current_language()),
            language=language,
            languages=LANGUAGES,
            node=node,
            nodes=nodes,
            versions=versions,
            force=force,
            version=version,
            open=next((o for o in versions if o.path == node.path and o.state in ("draft", "proposed")), None),
            places=names_of_paths(session, {one.path for one in versions}),
            people=staff.names(session, people_of(versions)),
            may_write=actor.may(Permission.TEMPLATES_MANAGE, node.path),
            reach={one.id for one in versions if any(one.path.startswith(n.path) for n in nodes)},
            language_name=language_name,
        )


@pages.post("/<kind>/<language>/draft")
def begin(kind: str, language: str) -> Response:
    """Begin a draft at a node with the text in force there."""
    path = request.form.get("node", "")

    with acting() as (session, actor):
        get_node(session, path)

        def act() -> str:
            draft = begin_draft(session, actor, clock(), kind=kind, path=path, language=language)
            return url_for("paper_templates.version", template_id=draft.id)

        address = once(session, actor, clock(), act)
    return redirect(address)
