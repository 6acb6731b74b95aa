"""The inspector's phone: a page that works without network, and what it sends when the network is back.

The page itself names no customer; the homes come as data that the phone keeps. Every sending carries an id that
the phone made, so that repeating it changes nothing; each is a unit of work of its own, and one that is refused
holds no other up.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response, current_app, jsonify, make_response, render_template, request, url_for
from flask_wtf.csrf import generate_csrf

from kernel.actor import Actor
from kernel.errors import Invalid, KeyturnError, Stale
from ledger.handover import inspecting, keys, photos, signing
from ledger.handover.errors import InspectionRefused
from ledger.handover.inspecting import Entered
from ledger.handover.inspection_models import InspectionItem
from ledger.handover.kinds import Choice, Outcome, Verdict
from ledger.staff.permissions import Permission
from webapp.acting import acting, clock, reader, reading
from webapp.errors import status_of
from webapp.handover.desk import pages
from webapp.handover.phone_work import item_told, work_of
from webapp.wording import word

_FILES = ("inspect.js", "outbox.js", "drawing.js", "inspect.css")
_LONGEST_SIGNATURE = 1_000_000
_MOST_ENTRIES = 200


@cache
def _versions() -> dict[str, str]:
    folder = Path(str(current_app.static_folder)) / "handover"
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12] for name in (*_FILES, "worker.js")}


def asset_url(name: str) -> str:
    """A file of the phone's page, with what it holds in its address."""
    return url_for("static", filename=f"handover/{name}", v=_versions()[name])


def _inspector() -> Actor:
    """The reader, if he inspects somewhere. Raises `NotAllowed`."""
    me = reader()
    if not me.may_anywhere(Permission.HANDOVER_INSPECT):
        me.require(Permission.HANDOVER_INSPECT, "/")
    return me


@pages.get("/inspect/")
def inspect() -> str:
    """The page; what it shows comes as data."""
    me = _inspector()
    return render_template("handover/inspect.html", files={name: asset_url(name) for name in _FILES}, me=me)


@pages.get("/inspect/worker.js")
def worker() -> Response:
    """The script that keeps the page for when there is no network."""
    held = [url_for("handover.inspect"), *(asset_url(name) for name in _FILES)]
    held += [current_app.jinja_env.globals["asset"](name) for name in ("app.css",)]  # type: ignore[operator]
    text = (Path(str(current_app.static_folder)) / "handover" / "worker.js").read_text(encoding="utf-8")
    version = hashlib.sha256(json.dumps([held, _versions()]).encode()).hexdigest()[:12]
    told = text.replace("'KEPT'", json.dumps(held)).replace("VERSION", version)
    answer = make_response(told)
    answer.headers["Content-Type"] = "text/javascript; charset=utf-8"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@pages.get("/inspect/work.json")
def inspect_work() -> Response:
    """The homes to look at, with what stands of each part."""
    _inspector()
    with reading() as (session, actor):
        return jsonify(
            reader=actor.id, csrf=generate_csrf(), at=clock().now().isoformat(), cases=work_of(session, actor)
        )


@pages.post("/inspect/entries")
def inspect_entries() -> Response:
    """What was said of parts; each answer tells what became of it."""
    _inspector()
    sent = request.get_json(silent=True)
    entries = sent.get("entries") if isinstance(sent, dict) else None
    if not isinstance(entries, list) or not 0 < len(entries) <= _MOST_ENTRIES:
        raise InspectionRefused(field="entries")
    return jsonify(results=[_take(one) for one in entries])


def _take(sent: Any) -> dict[str, Any]:
    told = {"id": sent.get("id") if isinstance(sent, dict) else None}
    try:
        case_id, entered = _entered(sent)
        with acting() as (session, actor):
            state, item = inspecting.take_entry(session, actor, clock(), case_id=case_id, entered=entered)
            return {**told, "outcome": state.value, "item": item_told(session, item, actor.id)}
    except KeyturnError as refused:
        return {**told, "outcome": "refused", **_said(refused)}


def _entered(sent: Any) -> tuple[str, Entered]:
    try:
        made = datetime.fromisoformat(str(sent["made_at"]))
        return str(sent["case_id"]), Entered(
            id=_id(sent["id"]),
            room=str(sent["room"])[:40],
            part=str(sent["part"])[:40],
            seen_revision=int(sent["seen_revision"]),
            verdict=Verdict(sent["verdict"]),
            note=str(sent.get("note") or "").strip(),
            made_at=made if made.tzinfo else made.replace(tzinfo=UTC),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise InspectionRefused(field="entries") from wrong


def _id(text: Any) -> str:
    if not isinstance(text, str) or not 0 < len(text) <= 36:
        raise InspectionRefused(field="id")
    return text


def _said(refused: KeyturnError) -> dict[str, Any]:
    again = isinstance(refused, Stale) and refused.code != "inspection_entry_reused"
    return {"code": refused.code, "words": word(refused.code, refused.params, field=refused.field), "again": again}


@pages.post("/inspect/photos/<photo_id>")
def inspect_photo(photo_id: str) -> Response | tuple[Response, int]:
    """A photo of a part, as the body."""
    _inspector()
    asked = request.args
    try:
        with acting() as (session, actor):
            photo = photos.keep_photo(
                session,
                actor,
                clock(),
                photo_id=_id(photo_id),
                case_id=asked.get("case", ""),
                room=asked.get("room", "")[:40],
                part=asked.get("part", "")[:40],
                content=request.get_data(cache=False),
            )
            return jsonify(outcome="kept", document=url_for("documents.show", document_id=photo.document_id))
    except KeyturnError as refused:
        return jsonify(outcome="refused", **_said(refused)), status_of(refused)


@pages.post("/inspect/visits/<visit_id>")
def inspect_visit(visit_id: str) -> Response | tuple[Response, int]:
    """The end of an inspection: accepted or refused, signed; then the buyer's opinion, if he gave one."""
    _inspector()
    sent = request.get_json(silent=True)
    try:
        wanted = _signed(sent)
        with acting() as (session, actor):
            visit = signing.sign_inspection(session, actor, clock(), visit_id=_id(visit_id), **wanted)
            case_id, seal = visit.case_id, visit.form_hash
        _rate(case_id, sent)
        return jsonify(outcome="signed", form_hash=seal)
    except KeyturnError as refused:
        return jsonify(outcome="refused", **_said(refused)), status_of(refused)


def _signed(sent: Any) -> dict[str, Any]:
    try:
        picture = str(sent["signature"])
        if len(picture) > _LONGEST_SIGNATURE:
            raise InspectionRefused("photo_too_large", field="signature", limit=_LONGEST_SIGNATURE)
        return {
            "case_id": str(sent["case_id"]),
            "outcome": Outcome(sent["outcome"]),
            "signer": str(sent.get("signer") or ""),
            "reason": str(sent.get("reason") or ""),
            "signature": base64.b64decode(picture.partition(",")[2], validate=True),
        }
    except (KeyError, TypeError, ValueError, binascii.Error) as wrong:
        raise InspectionRefused(field="outcome") from wrong


def _rate(case_id: str, sent: Any) -> None:
    """The opinion comes after the keys; one that comes too early is asked for again later."""
    score = sent.get("satisfaction")
    if not isinstance(score, int) or not score:
        return
    try:
        with acting() as (session, actor):
            keys.rate(session, actor, clock(), case_id=case_id, satisfaction=score)
    except Invalid:
        return


@pages.post("/inspect/conflicts/<entry_id>")
def inspect_conflict(entry_id: str) -> Response | tuple[Response, int]:
    """Which of two versions stands."""
    _inspector()
    sent = request.get_json(silent=True)
    given = sent.get("choice") if isinstance(sent, dict) else None
    try:
        if given not in list(Choice):
            raise InspectionRefused("inspection_no_conflict", field="choice")
        with acting() as (session, actor):
            item: InspectionItem = inspecting.decide_conflict(
                session, actor, clock(), entry_id=entry_id, choice=Choice(given)
            )
            return jsonify(outcome="decided", item=item_told(session, item, actor.id))
    except KeyturnError as refused:
        return jsonify(outcome="refused", **_said(refused)), status_of(refused)
