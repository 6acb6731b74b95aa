"""A clerk brings a survey in, a second person releases it, a building is settled and gets its certificates."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import event, select

import handlers
from handlers.jobs import use_office
from kernel.clock import MovedClock, business_date
from ledger.surveys.models import AreaSettlement
from ledger.titles.kinds import PAPERS
from ledger.titles.models import TitleCase
from tests.stories.company import Case, Company, company_in
from tests.stories.measuring import CLERK, Surveyed
from tests.webapp.application import application
from tests.webapp.house import Browser
from webapp.db import Database
from webapp.jobs import JobRunner
from webapp.paperwork.office import PaperOffice, outlets_of
from webapp.settings import Settings


@pytest.fixture
def company(database: Database, clock: MovedClock, tmp_path: object) -> Company:
    company = company_in(database, clock)
    use_office(PaperOffice(company.database, outlets_of(Settings(outbox_folder=str(tmp_path)), company.database)))
    return company


@pytest.fixture
def at_desk(company: Company) -> Callable[[str], Browser]:
    """A browser of somebody of the company."""
    office = application(company.database)

    def signed_in(name: str) -> Browser:
        browser = Browser(office.test_client())
        assert browser.sign_in(name, "correct horse battery").status_code == 302
        browser.post("/language", {"language": "en"}, page="/account/password")
        return browser

    return signed_in


def survey(rows: list[str], day: str) -> dict[str, object]:
    """The form that brings a survey."""
    text = "\n".join(["楼栋,房号,实测建筑面积,套内面积", *rows])
    return {"kind": "measured", "surveyed_on": day, "file": (io.BytesIO(text.encode()), "survey.csv")}


def flat(page: str) -> str:
    """A page's words in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_from_the_survey_to_the_certificate(company: Company, at_desk: Callable[[str], Browser]) -> None:
    surveyed = Surveyed(company)
    sale_id, other = surveyed.sell(0), surveyed.sell(1)
    clerk, manager = at_desk(CLERK), at_desk("manager_1")
    day = business_date(company.clock).isoformat()
    building = f"/titles/areas/{surveyed.building_id}"
    assert "Nothing is measured yet" in clerk.get(building).text

    wrong = clerk.post(f"{building}/surveys", survey(["1栋,101,0,80", "2栋,201,100,80"], day), page=building)
    assert wrong.status_code == 422
    told = flat(wrong.text)
    assert (
        "must be above zero" in told
        and "Keep the rows of 1栋 alone" in told
        and "is missing from the file" in told
    )
    rows = ["1栋,101,104.50,80", "1栋,201,102.50,80", "1栋,301,100,80", "1栋,401,100,80"]
    brought = clerk.post(f"{building}/surveys", survey(rows, day), page=building)
    page = flat(clerk.get(brought.headers["Location"]).text)
    assert "waits for release" in page and "+4.500 %" in page and "Somebody else releases it" in page
    survey_id = brought.headers["Location"].partition("survey=")[2]
    manager.post(f"/titles/surveys/{survey_id}/release", {}, page=building)
    clerk.post(f"{building}/run", {}, page=building)
    JobRunner(company.database, handlers.registry()).run_due()
    page = flat(clerk.get(building).text)
    assert "Buyer chooses" in page and "Posted, money open" in page and "2 of 2" in page
    assert "1栋" in clerk.get("/titles/areas").text

    row = company.read(lambda s: s.scalars(select(AreaSettlement).where(AreaSettlement.sale_id == sale_id)).one())
    assert "Enter the buyer’s choice" in clerk.get(f"/titles/settlements/{row.id}").text
    Case(company, row.instance_id).complete("choose", CLERK, choice="keep", answered_on=day)
    page = flat(clerk.get(f"/titles/settlements/{row.id}").text)
    assert "Keeps the home" in page and "38,400.00" in page and "19,200.00 borne by the developer" in page
    assert "Area settlement" in flat(at_desk("cashier").get("/finance/").text)

    building = f"/titles/buildings/{surveyed.building_id}"
    assert "No case here" in clerk.get(building).text
    early = clerk.post(
        f"{building}/registration", {"number": "大证1", "registered_on": "2020-01-01"}, page=building
    )
    assert early.status_code == 422 and "must lie between" in early.text
    clerk.post(f"{building}/registration", {"number": "大证1", "registered_on": day}, page=building)
    JobRunner(company.database, handlers.registry()).run_due()
    case = company.read(lambda s: s.scalars(select(TitleCase).where(TitleCase.sale_id == sale_id)).one())
    Case(company, case.instance_id).complete("collect_papers", CLERK, papers=list(PAPERS))
    assert "Ready to submit" in clerk.get(building).text
    send = {"id": [sale_id, other], "number": "17", "submitted_on": day}
    clerk.post(f"{building}/submission", send, page=building)
    JobRunner(company.database, handlers.registry()).run_due()
    address = f"/titles/cases/{case.id}"
    assert "Number of the certificate" in clerk.get(address).text
    clerk.post(f"{address}/issued", {"certificate_no": "沪001", "issued_on": day}, page=address)
    assert "沪001" in clerk.get(address).text
    assert "At the registry" in clerk.get("/titles/").text
    assert "area-and-title" in manager.get(f"/sales/{sale_id}").text


def test_questions_do_not_grow_with_the_building(company: Company, at_desk: Callable[[str], Browser]) -> None:
    surveyed = Surveyed(company)
    clerk, counts = at_desk(CLERK), []
    surveyed.sell(0)
    survey_id = surveyed.survey(u101="104.50")
    pages = (
        f"/titles/areas/{surveyed.building_id}?survey={survey_id}",
        f"/titles/buildings/{surveyed.building_id}",
        "/titles/areas",
        "/titles/",
    )
    for more in (1, 2, 3):
        asked: list[str] = []

        def note(*what: object, asked: list[str] = asked) -> None:
            asked.append(str(what[2]))

        event.listen(company.database.engine, "before_cursor_execute", note)
        for page in pages:
            assert clerk.get(page).status_code == 200
        event.remove(company.database.engine, "before_cursor_execute", note)
        counts.append(len(asked))
        if more < 3:
            surveyed.sell(more)
    assert counts[1] == counts[2]


def test_a_run_is_stopped_and_goes_on_from_its_page(company: Company, at_desk: Callable[[str], Browser]) -> None:
    surveyed = Surveyed(company)
    sales = sorted([surveyed.sell(0), surveyed.sell(1)])
    surveyed.survey(u101="102.50")
    clerk, building = at_desk(CLERK), f"/titles/areas/{surveyed.building_id}"
    run = clerk.post(f"{building}/run", {}, page=building).headers["Location"]
    clerk.post(f"{run}/stop", {}, page=run)
    JobRunner(company.database, handlers.registry()).run_due()
    page = flat(clerk.get(run).text)
    assert "0 of 2" in page and "Go on with the rest" in page
    assert "Go on with the rest" not in flat(at_desk("gm_1").get(run).text)
    clerk.post(f"{run}/go", {}, page=run)
    JobRunner(company.database, handlers.registry()).run_due()
    page = flat(clerk.get(run).text)
    assert "2 of 2" in page and "Go on with the rest" not in page
    assert sorted(company.read(lambda s: s.scalars(select(AreaSettlement.sale_id)).all())) == sales
