"""What a buyer does at his page: he answers about the area, and takes an hour for his hand-over."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from channels.mail import MailFolder
from channels.sms import SmsFolder
from handlers.jobs import use_office
from ledger.handover.appointments import booked_of
from ledger.surveys.kinds import Choice
from tests.stories.company import Company
from tests.stories.measuring import Surveyed
from tests.stories.moving_in import moving_in
from tests.webapp.application import application
from tests.webapp.house import Browser
from webapp.paperwork.office import Outlets, PaperOffice
from webapp.portal.sending import send_link
from webapp.portal.tokens import token_of

Visiting = Callable[[str], Browser]


@pytest.fixture
def visiting(company: Company, tmp_path: Path) -> Visiting:
    """A phone at the page of a sale to Lin."""
    use_office(PaperOffice(company.database, Outlets(MailFolder(tmp_path, company.clock), SmsFolder(tmp_path))))

    def visit(sale_id: str) -> Browser:
        lin = company.customers["lin"]
        link = company.act("wei", lambda s, a: send_link(s, a, company.clock, sale_id=sale_id, customer_id=lin).id)
        phone = Browser(application(company.database).test_client())
        phone.language = "zh"
        assert phone.post(f"/p/{token_of(company.database.vault, link)}").status_code == 303
        return phone

    return visit


def test_beyond_the_tolerance_the_buyer_chooses_at_his_page(company: Company, visiting: Visiting) -> None:
    surveyed = Surveyed(company)
    sale_id = surveyed.sell()
    phone = visiting(sale_id)
    assert phone.post("/p/area/choice", {"choice": "keep"}, page="/p/").status_code == 404
    surveyed.settle(surveyed.survey(u101="104.50"))
    page = phone.get("/p/").text
    for told in ("104.50", "38,400.00", "请告知您对面积差异的处理选择", "不解除合同"):
        assert told in page, told
    assert phone.post("/p/area/choice", {"choice": "perhaps"}).status_code == 404
    assert phone.post("/p/area/choice", {"choice": "keep"}).status_code == 303
    row = surveyed.settlement(sale_id)
    assert (row.choice, row.choice_by, row.posted_at is not None) == (Choice.KEEP, company.customers["lin"], True)
    assert surveyed.case(sale_id).waiting_at == ["await_money"]
    assert "您的选择" in phone.get("/p/").text
    assert phone.post("/p/area/choice", {"choice": "rescind"}).status_code == 404


def test_the_buyer_takes_an_hour_for_his_hand_over_and_moves_it(company: Company, visiting: Visiting) -> None:
    moving = moving_in(company)
    moving.begin()
    phone = visiting(moving.case().sale_id)
    assert "目前没有可预约的时段" in phone.get("/p/").text
    moving.offer()
    page = phone.get("/p/").text
    assert "请选择收房的日期和时段" in page
    slots = re.findall(r'name="slot_id" value="([^"]+)"', page)
    assert phone.post("/p/move-in/slot", {"slot_id": "none"}, page="/p/").status_code == 303
    assert moving.case().state == "notified"
    assert phone.post("/p/move-in/slot", {"slot_id": slots[0]}).status_code == 303
    assert (moving.case().state, moving.running.waiting_at) == ("appointed", ["await_arrival"])
    assert "您的预约：" in phone.get("/p/").text
    assert phone.post("/p/move-in/slot", {"slot_id": slots[-1]}).status_code == 303
    held = company.read(lambda s: booked_of(s, moving.case().id))
    assert held is not None and held.slot_id == slots[-1]
