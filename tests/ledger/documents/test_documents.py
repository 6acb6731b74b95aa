"""A paper is kept exactly as issued; each print after the first is marked."""

import hashlib
from collections.abc import Callable

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from kernel.database import is_sqlite
from kernel.errors import NotAllowed
from ledger.documents import operations, queries
from ledger.documents.errors import DocumentDamaged, DocumentMissing, DocumentVoid, NumberTaken, UploadRefused
from ledger.documents.models import Document, DocumentBlob
from ledger.organisation.models import Project

PDF = b"%PDF-1.7 a subscription"
Issue = Callable[..., Document]


@pytest.fixture
def issue(session: Session, admin: Actor, clock: MovedClock, project: Project) -> Issue:
    """Issue a subscription paper."""

    def make(**changes: object) -> Document:
        paper = {
            "kind": "subscription",
            "subject": "sale",
            "subject_id": "sale-1",
            "number": "YUNXI-RG-2026-000001",
            "pdf": PDF,
            "path": project.path,
        }
        return operations.store_document(session, admin, clock, **(paper | changes))

    return make


def test_the_very_bytes_come_back_with_their_hash(session: Session, admin: Actor, issue: Issue) -> None:
    paper = issue()
    document, content = queries.load_content(session, admin, paper.id)
    assert content == PDF
    assert document.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (document.filename, document.size) == ("YUNXI-RG-2026-000001.pdf", len(PDF))
    assert operations.DocumentIssued(paper.id, "subscription", "sale", "sale-1") in session.info["facts"]


def test_the_same_content_is_kept_once(session: Session, issue: Issue) -> None:
    issue()
    issue(number="YUNXI-RG-2026-000002")
    assert session.query(DocumentBlob).count() == 1


def test_a_number_is_used_once_for_each_kind(session: Session, issue: Issue) -> None:
    issue()
    issue(kind="contract")
    with pytest.raises(NumberTaken):
        issue(subject_id="sale-2")


def test_a_second_print_is_marked_as_a_reprint(
    session: Session, admin: Actor, clock: MovedClock, issue: Issue
) -> None:
    paper = issue()
    reprints = [operations.print_document(session, admin, clock, document_id=paper.id).reprint for _ in range(3)]
    assert reprints == [0, 1, 2]
    assert sorted(event.kind for event in queries.events_of(session, paper.id)) == [
        "issued",
        "printed",
        "reprinted",
        "reprinted",
    ]
    assert queries.reprint_counts(session, [paper.id]) == {paper.id: 2}


def test_a_void_paper_is_not_printed(session: Session, admin: Actor, clock: MovedClock, issue: Issue) -> None:
    paper = issue()
    operations.void_document(session, admin, clock, document_id=paper.id, reason="写错")
    with pytest.raises(DocumentVoid):
        operations.print_document(session, admin, clock, document_id=paper.id)


def test_papers_are_found_by_subject_and_by_number(session: Session, admin: Actor, issue: Issue) -> None:
    paper, _ = issue(), issue(number="2", subject_id="sale-2")
    assert queries.find_documents(session, admin, subject="sale", subject_ids=["sale-1"]) == [paper]
    assert queries.find_by_number(session, admin, "subscription", paper.number or "") is paper


def test_papers_of_other_places_and_other_peoples_own_look_absent(
    session: Session, issue: Issue, project: Project, actor_with: Callable[..., Actor]
) -> None:
    own = actor_with("documents:view", path=project.path, own_only=True)
    paper, foreign = issue(owner_id=own.id), issue(number="2")
    assert queries.load_content(session, own, paper.id)[1] == PDF
    elsewhere = actor_with("documents:view", path="/keyturn/beijing/")
    for actor, document in ((own, foreign), (elsewhere, paper)):
        with pytest.raises(DocumentMissing):
            queries.load_content(session, actor, document.id)


def test_who_may_not_issue_stores_nothing(
    session: Session, clock: MovedClock, issue: Issue, project: Project, actor_with: Callable[..., Actor]
) -> None:
    viewer = actor_with("documents:view")
    paper = {
        "kind": "notice",
        "subject": "sale",
        "subject_id": "1",
        "number": None,
        "pdf": PDF,
        "path": project.path,
    }
    with pytest.raises(NotAllowed):
        operations.store_document(session, viewer, clock, **paper)


def test_papers_refuse_to_be_changed(session: Session, issue: Issue) -> None:
    issue()
    with pytest.raises(DatabaseError, match="append_only:document"):
        session.execute(text("UPDATE document SET number = 'x'"))


def test_content_that_no_longer_fits_its_hash_is_not_handed_out(
    session: Session, admin: Actor, issue: Issue
) -> None:
    paper = issue()
    place = "" if is_sqlite(session) else " ON document_blob"
    session.execute(text(f"DROP TRIGGER keep_document_blob_update{place}"))
    session.execute(update(DocumentBlob).values(content=PDF + b" tampered with"))
    with pytest.raises(DocumentDamaged):
        queries.load_content(session, admin, paper.id)


def test_a_file_people_bring_is_checked(
    session: Session, admin: Actor, clock: MovedClock, project: Project
) -> None:
    place = {"subject": "customer", "subject_id": "1", "path": project.path}
    taken = operations.store_upload(session, admin, clock, **place, filename="../身份证.PDF", content=PDF)
    assert (taken.filename, taken.media_type, taken.number) == ("身份证.PDF", "application/pdf", None)
    with pytest.raises(UploadRefused):
        operations.store_upload(session, admin, clock, **place, filename="身份证.png", content=PDF)


def test_who_reads_papers_but_issues_none_cannot_print_one(
    session: Session, clock: MovedClock, issue: Issue, actor_with: Callable[..., Actor]
) -> None:
    paper, viewer = issue(), actor_with("documents:view")
    with pytest.raises(NotAllowed):
        operations.print_document(session, viewer, clock, document_id=paper.id)
    assert [event.kind for event in queries.events_of(session, paper.id)] == ["issued"]


def test_a_price_list_is_opened_by_who_may_know_floor_prices(
    session: Session, admin: Actor, clock: MovedClock, project: Project, actor_with: Callable[..., Actor]
) -> None:
    brought = operations.store_upload(
        session, admin, clock,
        subject="price_list", subject_id=project.id, path=project.path, filename="list.csv", content=b"a,b\n1,2\n",
    )  # fmt: skip
    with pytest.raises(DocumentMissing):
        queries.load_content(session, actor_with("documents:view"), brought.id)
    pricing = actor_with("documents:view", "units:view_floor_price")
    assert queries.load_content(session, pricing, brought.id)[0].id == brought.id
