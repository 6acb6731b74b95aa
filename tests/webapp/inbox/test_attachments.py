"""Files on tasks and cases: judged by content, encrypted, seen by who sees the case, asked for by a step."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select, text

from channels.scan import Clamd, ClamdSettings
from engine.api import DefinitionError, Invalid, Missing, NotAllowed, Stale
from kernel.actor import SYSTEM
from ledger.documents.models import KeptFile
from tests.channels.test_scan import EICAR, Daemon
from tests.engine.definitions.drawing import extended, flow, process
from tests.webapp.house import Browser, House
from tests.webapp.inbox.conftest import Desk
from tests.webapp.inbox.test_list import count_statements
from webapp.engine_room import engine_for

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


def bring(browser: Browser, page: str, name: str, content: bytes, kind: str = "photo", **more: str):
    """Put a file on a task or case through its page."""
    sent = {"kind": kind, "file": (io.BytesIO(content), name), **more}
    return browser.post(f"{page}/attachments", sent, page=page, follow_redirects=True)


def files_of(house: House, instance_id: str):
    """The files of a case."""
    with house.database.reading() as session:
        return engine_for(session, SYSTEM, house.database.clock).attachments(instance_id)


def contents(house: House) -> list[bytes]:
    """What is kept, as it lies in the database."""
    with house.database.reading() as session:
        return list(session.scalars(select(KeptFile.sealed)))


def test_a_file_is_kept_encrypted_and_later_approvers_see_it(desk: Desk, browser_of) -> None:
    house, begun = desk.house, desk.begin()
    manager = browser_of("sales_manager")
    page = f"/tasks/{desk.task(begun)}"
    for _again in range(2):  # A double click brings it once.
        bring(manager, page, "依据 & 图.pdf", PDF, "price_evidence", once="one")
    (found,) = files_of(house, begun.id)
    (sealed,) = contents(house)
    assert b"%PDF" not in sealed
    assert (found.kind, found.media_type, found.size) == ("price_evidence", "application/pdf", len(PDF))
    desk.complete(desk.task(begun), house.actor("sales-manager"), decision="approved")
    clerk = browser_of("filing_clerk")
    shown = clerk.get(f"/tasks/{desk.task(begun)}").text
    assert "依据 &amp; 图.pdf" in shown
    assert "attached a file (Price evidence)" in shown
    answer = clerk.get(f"/attachments/{found.id}")
    assert answer.data == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith("inline")
    fetched = clerk.get(f"/attachments/{found.id}?download=1")
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    with house.database.reading() as session:
        acts = session.execute(
            text("SELECT action FROM audit WHERE subject = 'attachment' ORDER BY action")
        ).scalars()
        assert list(acts) == ["attachments:add", "attachments:download", "attachments:look"]


def test_pictures_are_shown_in_a_sandbox_and_nothing_else_is_shown(desk: Desk, browser_of) -> None:
    house, begun = desk.house, desk.begin()
    manager, page = browser_of("sales_manager"), f"/cases/{begun.id}"
    bring(manager, page, "door.png", PNG)
    bring(manager, page, "list.csv", b"a,b\n1,2\n")
    picture, table = files_of(house, begun.id)
    assert "sandbox" in manager.get(f"/attachments/{picture.id}").headers["Content-Security-Policy"]
    answer = manager.get(f"/attachments/{table.id}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<html><script>1</script></html>"),
        ("drawing.svg", b"<svg onload='1'/>"),
        ("photo.png", b"<svg onload='1'/>"),
        ("paper.pdf", b"MZ\x90\x00 a program"),
        ("empty.pdf", b""),
        ("huge.png", PNG + b"\x00" * (10 * 1024 * 1024)),
    ],
)
def test_a_file_that_is_not_taken_says_why(desk: Desk, browser_of, name: str, content: bytes) -> None:
    begun = desk.begin()
    manager, page = browser_of("sales_manager"), f"/cases/{begun.id}"
    answer = bring(manager, page, name, content)
    assert "kt-tone-red" in answer.text
    assert files_of(desk.house, begun.id) == []
    assert contents(desk.house) == []


def test_who_may_not_see_the_case_gets_no_file(desk: Desk, browser_of) -> None:
    house, begun = desk.house, desk.begin()
    bring(browser_of("sales_manager"), f"/cases/{begun.id}", "door.png", PNG)
    (found,) = files_of(house, begun.id)
    stranger = browser_of("finance_clerk")
    assert stranger.get(f"/attachments/{found.id}").status_code == 404
    sent = {"kind": "photo", "file": (io.BytesIO(PNG), "x.png")}
    assert stranger.post(f"/cases/{begun.id}/attachments", sent, page="/inbox").status_code == 404
    assert stranger.post(f"/attachments/{found.id}/remove", page="/inbox").status_code == 404
    assert len(contents(house)) == 1


def test_only_its_bringer_takes_a_file_away_and_only_until_the_task_is_done(desk: Desk, browser_of) -> None:
    house, begun = desk.house, desk.begin()
    manager = browser_of("sales_manager")
    gao, task_id = house.hire("gao", "sales_manager"), desk.task(begun)
    for name in ("wrong.png", "right.png"):
        bring(manager, f"/tasks/{task_id}", name, PNG)
    wrong, right = files_of(house, begun.id)

    def detach(actor, file_id):
        with house.database.unit_of_work(actor) as session:
            return engine_for(session, actor, house.database.clock).detach(file_id)

    with pytest.raises(NotAllowed, match="attachment_of_another"):
        detach(gao, wrong.id)
    page = f"/tasks/{task_id}"
    assert manager.post(f"/attachments/{wrong.id}/remove", {"next": page}, page=page).status_code == 302
    detach(house.actor("sales-manager"), wrong.id)  # Again: nothing more happens.
    shown = manager.get(page).text
    assert shown.count("took a file away (Photo)") == 1
    assert len(contents(house)) == 1
    assert manager.get(f"/attachments/{wrong.id}").status_code == 404
    desk.complete(task_id, house.actor("sales-manager"), decision="approved")
    with pytest.raises(Stale, match="attachment_settled"):
        detach(house.actor("sales-manager"), right.id)
    sent = {"kind": "photo", "file": (io.BytesIO(PNG), "late.png")}
    assert manager.post(f"{page}/attachments", sent, page=page).status_code == 409


def test_a_step_is_not_completed_without_the_files_it_needs(house: House, browser_of) -> None:
    needs = '<keyturn:task form="approval/decide" candidateGroups="sales_manager" due="P2D" attachments="{}"/>'
    clock, database = house.database.clock, house.database

    def drawn(kinds: str) -> bytes:
        return process(
            "",
            '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
            extended("userTask", 'id="decide" name="Decide"', needs.format(kinds)),
            flow("f1", "begin", "decide"),
            flow("f2", "decide", "done"),
            key="needs",
        )

    with pytest.raises(DefinitionError) as refused, database.unit_of_work() as session:
        engine_for(session, SYSTEM, clock).deploy({"needs.bpmn": drawn("price_evidence, gossip")})
    assert [finding.code for finding in refused.value.findings] == ["attachment_kind_undefined"]
    with database.unit_of_work() as session:
        engine = engine_for(session, SYSTEM, clock)
        engine.deploy({"needs.bpmn": drawn("price_evidence, id_copy")})
        begun = engine.start("needs", {}, business_key="N-1", scope=house.project.path)
    (task_id,) = begun.open_tasks
    manager, page = browser_of("sales_manager"), f"/tasks/{task_id}"
    bring(manager, page, "why.pdf", PDF, "price_evidence")
    answer = manager.post(page, {"decision": "approved", "remark": "fine"})
    assert answer.status_code == 422
    assert "This step needs files that are not there yet: ID copy." in answer.text
    assert "fine" in answer.text  # What was typed is kept.
    actor = house.actor("sales-manager")
    with pytest.raises(Invalid, match="attachments_lacking"), database.unit_of_work(actor) as session:
        engine_for(session, actor, clock).complete(task_id, {"decision": "approved"})
    bring(manager, f"/cases/{begun.id}", "id.png", PNG, "id_copy")  # On the case it serves as well.
    assert manager.post(page, {"decision": "approved", "remark": "fine"}).status_code == 302


def test_an_infected_file_and_a_silent_scanner_take_nothing(desk: Desk, office, browser_of) -> None:
    begun = desk.begin()
    manager, page = browser_of("sales_manager"), f"/cases/{begun.id}"
    daemon = Daemon()
    office.extensions["keyturn.scanner"] = Clamd(ClamdSettings(daemon.address, timeout_seconds=5))
    assert "Eicar-Signature" in bring(manager, page, "mail.pdf", PDF + EICAR).text
    assert files_of(desk.house, begun.id) == []
    bring(manager, page, "clean.pdf", PDF)
    assert len(files_of(desk.house, begun.id)) == 1
    daemon.answer = b"ERROR\0"
    assert "The virus scanner does not answer" in bring(manager, page, "later.pdf", PDF).text
    daemon.close()
    assert len(files_of(desk.house, begun.id)) == 1


def test_the_page_asks_no_more_for_more_files(desk: Desk, browser_of) -> None:
    house, begun = desk.house, desk.begin()
    manager, page = browser_of("sales_manager"), f"/cases/{begun.id}"
    bring(manager, page, "0.png", PNG)
    manager.get(page)
    few = count_statements(house, lambda: manager.get(page))
    for number in range(1, 6):
        bring(manager, page, f"{number}.png", PNG)
    assert count_statements(house, lambda: manager.get(page)) == few


def test_a_file_that_nobody_has_is_missing(desk: Desk) -> None:
    with pytest.raises(Missing), desk.house.database.reading() as session:
        engine_for(session, SYSTEM, desk.house.database.clock).get_attachment("none")
