"""A buyer's page behind a one-time link: one sale, one opening, and a plain word for every refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import SYSTEM
from kernel.audit import AuditRow
from kernel.clock import business_date
from ledger.customers.models import Customer
from ledger.documents.operations import store_document
from ledger.progress.operations import begin_step, delay_step, end_step
from ledger.sales.models import Sale, SaleBuyer, SaleTerms
from tests.stories.company import PROJECT, Company
from tests.webapp.house import Browser
from tests.webapp.portal.conftest import Town
from webapp.portal.models import PortalLink, PortalSession
from webapp.portal.sending import ASKED_IN_AN_HOUR
from webapp.portal.views import PER_MINUTE

PDF = b"%PDF-1.4 a paper"
Send = Callable[..., str]


def step(town: Town, code: str, *, key: str, days: int = 7) -> None:
    """A step of the mortgage begins."""
    due = business_date(town.company.clock) + timedelta(days=days)
    of = {"sale_id": town.sale_id, "family": "mortgage", "step": code, "owner_role": "mortgage_clerk"}
    town.company.act("system", lambda s, a: begin_step(s, a, town.company.clock, key=key, due_on=due, **of))


def paper(town: Town, kind: str, sale_id: str | None = None) -> str:
    """A paper of a sale is stored."""
    of = {"kind": kind, "subject": "sale", "subject_id": sale_id or town.sale_id, "number": None, "pdf": PDF}
    return town.company.act(
        "system",
        lambda s, a: (
            store_document(
                s, a, town.company.clock, path=PROJECT, template=kind, language="zh", filename=f"{kind}.pdf", **of
            ).id
        ),
    )


def audited(company: Company) -> list[str]:
    """What was noted of the portal, in order."""
    query = select(AuditRow.action).where(AuditRow.action.startswith("portal:"))
    return list(company.read(lambda s: s.scalars(query.order_by(AuditRow.at, AuditRow.id)).all()))


def test_a_link_opens_the_page_once_and_shows_what_the_clerk_sees(town: Town, send: Send) -> None:
    clock = town.company.clock
    step(town, "papers", key="k1")
    step(town, "submitted", key="k2")
    of = {"sale_id": town.sale_id, "family": "mortgage"}
    town.company.act("system", lambda s, a: end_step(s, a, clock, step="papers", **of))
    late = {"step": "submitted", "reason": "银行系统升级"}
    town.company.act("system", lambda s, a: delay_step(s, a, clock, **late, **of))
    contract, sheet = paper(town, "contract"), paper(town, "approval_sheet")

    link, phone = send(), town.phone()
    for _ in range(2):  # Scanners look first.
        door = phone.get(link)
        assert (door.status_code, "1栋-101" in door.text) == (200, True)
    assert phone.get("/p/").status_code == 403
    opened = phone.post(link)
    assert (opened.status_code, opened.location) == (303, "/p/")
    cookie = opened.headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "Path=/p", "SameSite=Lax"))

    page = phone.get("/p/")
    for told in (
        "贷款资料收集",
        "2026-03-02 完成",
        "送银行审批",
        "银行系统升级",
        "银行审批结果",
        "您的置业顾问",
    ):
        assert told in page.text, told
    assert "Zhou" not in page.text and "13800138001" not in page.text
    assert "/inbox" not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert (page.headers["Referrer-Policy"], page.headers["Cache-Control"]) == ("no-referrer", "no-store")
    phone.set_cookie("language", "en")
    english = phone.get("/p/").text
    phone.delete_cookie("language")
    assert "Loan papers" in english and "Due from you now" in english

    assert phone.get(f"/p/papers/{contract}").data == PDF
    assert phone.get(f"/p/papers/{sheet}").status_code == 404
    assert sheet not in page.text
    assert phone.get(link).location == "/p/"  # The same browser is let in again.
    assert town.phone().post(link).status_code == 409
    refused = town.phone().get(link)
    assert (refused.status_code, "每个链接只能打开一次" in refused.text) == (409, True)
    assert audited(town.company) == ["portal:send", "portal:open", "portal:read_paper"]
    kept = town.company.read(
        lambda s: (s.scalars(select(PortalLink)).one(), s.scalars(select(PortalSession)).one())
    )
    assert link.removeprefix("/p/") not in (kept[0].token_hash, kept[0].id)
    assert kept[1].cookie_hash not in cookie
    log = town.clerk("wei").get(f"/sales/{town.sale_id}").text
    assert "业主进度页" in log and "已打开" in log


def test_a_visit_sees_its_own_sale_and_no_page_of_the_house(town: Town, send: Send) -> None:
    other = town.company.start(
        unit_id=town.company.units[1], entry="walk_in", customer_id=town.company.customers["zhou"]
    )
    foreign = paper(town, "contract", other.sale().id)
    phone = town.phone()
    phone.post(send())
    assert phone.get(f"/p/papers/{foreign}").status_code == 404
    for page in (
        "/",
        "/inbox",
        f"/sales/{town.sale_id}",
        f"/sales/{other.sale().id}",
        "/customers/",
        "/admin/staff/",
    ):
        answer = phone.get(page)
        assert (answer.status_code, "/sign-in" in (answer.location or "")) == (302, True), page
    assert phone.get("/api/v1/tasks").status_code == 401
    assert phone.post(f"/sales/{town.sale_id}/portal-links").status_code in (302, 400)
    assert town.clerk("wei").get("/p/").status_code == 403  # Nor does a sign-in open a buyer's page.


def test_old_replaced_and_invented_links_explain_themselves_and_offer_a_new_one(town: Town, send: Send) -> None:
    company, phone = town.company, town.phone()
    first, second = send(), send()
    assert "我们已给您发送了更新的链接" in phone.get(first).text
    company.later(hours=73)
    old = phone.get(second)
    assert (old.status_code, "给我发送新链接" in old.text) == (409, True)
    for token in ("x", "0" * 44, "x" * 5000, "../sales", "papers"):
        unknown = phone.get(f"/p/{token}")
        assert (unknown.status_code, "给我发送新链接" in unknown.text) == (404, False), token
        assert phone.post(f"/p/{token}/new").status_code == 404
    before = len(town.links())
    for _ in range(ASKED_IN_AN_HOUR):
        assert "已向您登记的手机号" in phone.post(f"{second}/new").text
    assert phone.post(f"{second}/new").status_code == 409
    assert len(town.links()) == before + ASKED_IN_AN_HOUR
    company.later(minutes=2)
    last = town.links()[-1]
    assert phone.post(last).status_code == 303
    company.later(minutes=61)
    over = phone.get("/p/")
    assert (over.status_code, "/p/new" in over.text) == (403, True)
    assert audited(company)[-2:] == ["portal:ask", "portal:open"]


def test_a_buyer_says_no_to_messages_and_leaves(town: Town, send: Send) -> None:
    phone = Browser(town.phone())
    phone.language = "zh"
    phone.post(send("zhou"))
    assert phone.client.post("/p/messages", data={"wanted": "0"}).status_code == 400  # Not by a forged form.
    assert phone.post("/p/messages", {"wanted": "0"}, page="/p/").status_code == 303
    zhou = town.company.read(lambda s: s.get_one(Customer, town.company.customers["zhou"]))
    assert zhou.consents["progress"]["given"] is False
    assert "重新接收消息" in phone.get("/p/").text
    assert "页面已在本设备关闭" in phone.post("/p/leave").text
    assert phone.get("/p/").status_code == 403


def test_who_is_no_buyer_any_more_is_shown_out(town: Town, send: Send) -> None:
    phone = town.phone()
    phone.post(send("zhou"))
    held = send("zhou")
    town.company.act("system", lambda s, a: only(s, town, "lin"))
    for address in ("/p/", held):
        gone = phone.get(address)
        assert (gone.status_code, "您已不是该房屋的业主" in gone.text) == (403, True)
        assert "给我发送新链接" not in gone.text
    assert phone.post(f"{held}/new").status_code == 403


def only(session: Session, town: Town, name: str) -> None:
    """The sale has one buyer from now on."""
    sale = session.get_one(Sale, town.sale_id)
    old = session.get_one(SaleTerms, (sale.id, sale.terms_version))
    version = old.version + 1
    session.add(
        SaleBuyer(
            sale_id=sale.id,
            version=version,
            position=1,
            customer_id=town.company.customers[name],
            ownership="sole",
        )
    )
    session.flush()
    values = {c.name: getattr(old, c.name) for c in SaleTerms.__table__.columns} | {"version": version}
    session.add(SaleTerms(**values))
    session.flush()
    sale.terms_version = version


@pytest.mark.parametrize(("name", "may"), [("wei", True), ("fang", False), ("gm_1", False), ("cashier", False)])
def test_only_who_looks_after_the_sale_sends_links(town: Town, name: str, may: bool) -> None:
    clerk, page = town.clerk(name), f"/sales/{town.sale_id}"
    lin = {"customer_id": town.company.customers["lin"]}
    answer = clerk.post(f"{page}/portal-links", lin, page="/account")
    assert (answer.status_code == 302) is may
    assert len(town.links()) == int(may)
    if may:
        stranger = clerk.post(f"{page}/portal-links", {"customer_id": SYSTEM.id}, page=page)
        assert stranger.status_code == 403


def test_nobody_tries_many_links(town: Town) -> None:
    phone = town.phone()
    answers = [phone.get("/p/guess").status_code for _ in range(PER_MINUTE + 1)]
    assert (answers[0], answers[-1]) == (404, 429)
