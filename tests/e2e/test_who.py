"""Who decides, in a real browser: a role at the project, the line, a vacant post's fallback, a substitute; never oneself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from kernel.actor import SYSTEM
from kernel.clock import business_date
from ledger.staff.operations import deactivate_staff
from ledger.staff.substitutions import add_substitution
from tests.e2e.acts import complete, take_task
from tests.e2e.axe import violations
from tests.e2e.office import Office
from tests.e2e.picking import pick
from tests.engine.definitions.drawing import extended, flow, process
from tests.stories.company import PROJECT, Case
from webapp.wording import texts

pytestmark = pytest.mark.timeout(300)

TWO_UP = process(
    '<bpmn:extensionElements><keyturn:label lang="zh">请示</keyturn:label><keyturn:variable name="applicant"/>'
    "</bpmn:extensionElements>",
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
    extended(
        "userTask",
        'id="answer" name="Answer the request"',
        '<keyturn:label lang="zh">答复请示</keyturn:label>'
        '<keyturn:task form="approval/decide" candidateUsers="= manager(applicant, 2)" excluded="= [applicant]" due="P1D"/>',
    ),
    flow("f1", "begin", "answer"),
    flow("f2", "answer", "done"),
    key="request_upwards",
)
ANSWER = {"en": "Answer the request", "zh": "答复请示"}


@pytest.fixture(params=["en", "zh"])
def office(open_office: Callable[..., Office], request: pytest.FixtureRequest) -> Office:
    """The office in both languages."""
    return open_office(request.param)


def role(office: Office, code: str) -> str:
    """What a role is called."""
    return office.words(texts()[f"role.{code}"])


def discount(office: Office, applicant: str = "wei") -> Case:
    """A sale of somebody's whose discount waits for its first approver."""
    case = office.company.start(applicant, entry="walk_in")
    terms = {
        "ownership": "sole",
        "buyers": [{"customer_id": office.company.customers["lin"]}],
        "discounts": [{"name": "Friend", "kind": "rate", "basis_points": 50}],
        "plan_id": office.company.plan_id,
        "deposit_fen": 5_000_000,
    }
    case.complete("enter_terms", applicant, **terms)
    return case


def row(page: Page, case: Case, box: str = "group") -> Locator:
    """The line of the discount in somebody's list."""
    page.goto(f"/inbox?box={box}")
    return page.locator(f"#task-{case.task('decide').id}")


def decide(office: Office, page: Page, case: Case) -> None:
    """Take the discount and agree to it."""
    page.goto(f"/tasks/{case.task('decide').id}")
    take = page.get_by_role("button", name=office.words("Take it"), exact=True)
    if take.count():
        take.first.click()
    page.locator("[name=decision][value=approved]").check()
    complete(office, page)


def fits(page: Page) -> None:
    """On a phone nothing reaches beyond the side of the screen; then a desk again."""
    page.set_viewport_size({"width": 375, "height": 800})
    # A window that was made narrow takes the styles of a phone with its next frames.
    page.evaluate(
        "async () => { for (let left = 60; left && document.documentElement.scrollWidth > innerWidth; left--)"
        " await new Promise(requestAnimationFrame) }"
    )
    width, room = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
    assert width <= room
    assert violations(page) == []
    page.set_viewport_size({"width": 1440, "height": 900})


def test_the_role_at_the_project_decides_and_never_the_applicant(office: Office) -> None:
    case = discount(office, "manager_1")
    applicant, other, above = (office.desk(name) for name in ("manager_1", "manager_2", "gm_1"))
    expect(row(above, case)).to_have_count(0)
    applicant.goto(f"/tasks/{case.task('decide').id}")
    expect(applicant.get_by_text(office.words("Somebody else must decide here"))).to_be_visible()
    expect(applicant.get_by_role("button", name=office.words("Take it"), exact=True)).to_have_count(0)
    expect(row(other, case)).to_have_count(1)
    decide(office, other, case)
    assert case.waiting_at == ["await_deposit"]
    assert office.faults == []


def test_the_line_is_entered_on_a_page_and_decides_two_levels_up(office: Office) -> None:
    company, admin = office.company, office.desk("admin")
    for below, above in (("wei", "manager_1"), ("manager_1", "legal_1")):
        admin.goto(f"/admin/staff/{company.people[below]}")
        pick(admin, "#f-manager_id", above, above.title())
        admin.locator("form[action$='/manager'] button[type=submit]").click()
        expect(admin.get_by_text(office.words("The line manager is entered."))).to_be_visible()
    admin.goto("/admin/staff/lines")
    top = admin.locator(f"[data-member='{company.people['legal_1']}']")
    expect(top.locator(f"[data-member='{company.people['wei']}']")).to_be_visible()
    fits(admin)
    with company.database.unit_of_work() as session:
        engine = company.engine(session, SYSTEM)
        engine.deploy({"request_upwards.bpmn": TWO_UP})
        engine.start("request_upwards", {"applicant": company.people["wei"]}, scope=PROJECT)
    nearest, chief = office.desk("manager_1"), office.desk("legal_1")
    nearest.goto("/inbox?box=group")
    expect(nearest.get_by_text(ANSWER[office.language])).to_have_count(0)
    take_task(office, chief)
    expect(chief.get_by_text(ANSWER[office.language]).first).to_be_visible()
    chief.locator("[name=decision][value=approved]").check()
    complete(office, chief)
    assert office.faults == []


def test_a_vacant_post_goes_to_the_person_named_and_the_administrator_is_asked_until_it_is_filled(
    office: Office,
) -> None:
    company, admin = office.company, office.desk("admin")
    post, vacant = role(office, "sales_manager"), f"/admin/organisation/{company.project_id}/posts"
    admin.goto(f"{vacant}?role=sales_manager")
    admin.locator("[name=to]").select_option("person")
    pick(admin, "#f-person_id", "legal", "Legal_1")
    office.press(admin, "Enter it")
    expect(admin.locator("[data-post=sales_manager]")).to_contain_text("Legal_1")
    fits(admin)
    for name in ("manager_1", "manager_2"):
        company.act(
            "admin",
            lambda s, a, who=name: deactivate_staff(
                s, a, company.clock, staff_id=company.people[who], reason="left"
            ),
        )
    case = discount(office)
    deputy = office.desk("legal_1")
    expect(row(deputy, case)).to_contain_text(office.words("Post vacant: went to %(who)s", who="Legal_1"))
    fits(deputy)
    deputy.goto(f"/tasks/{case.task('decide').id}")
    expect(deputy.get_by_text(office.words("Post vacant: %(post)s", post=post))).to_be_visible()

    admin.goto("/inbox?box=group")
    todo = admin.locator("tr[data-row]", has_text=post)
    todo.locator("th a").first.click()
    expect(admin.get_by_text(office.words("went to %(who)s", who="Legal_1")).first).to_be_visible()
    staff = admin.get_by_role("link", name=office.words("Open Staff"))
    expect(staff).to_have_attribute("href", "/admin/staff/")  # Where the role is given.
    fits(admin)
    decide(office, deputy, case)
    assert case.waiting_at == ["await_deposit"]

    admin.goto(f"/admin/staff/{company.people['fang']}")
    admin.locator("form[action$='/roles'] [name=role]").select_option("sales_manager")
    admin.locator("form[action$='/roles'] [name=path]").select_option(PROJECT)
    office.press(admin, "Give the role")
    admin.goto("/inbox?box=group")
    expect(admin.locator("tr[data-row]", has_text=post)).to_have_count(0)
    admin.goto(vacant)
    expect(admin.locator("[data-post=sales_manager]")).to_contain_text("Fang")
    assert office.faults == []


def test_a_substitute_decides_for_whom_he_stands_in_and_both_are_named(office: Office) -> None:
    company = office.company
    today = business_date(company.clock)
    company.act(
        "manager_1",
        lambda s, a: add_substitution(
            s, a, company.clock,
            substitute_id=company.people["legal_1"], from_date=today, to_date=today + timedelta(days=3),
        ),
    )  # fmt: skip
    case = discount(office)
    page = office.desk("legal_1")
    expect(row(page, case, "substituting")).to_contain_text(office.words("for %(who)s", who="Manager_1"))
    decide(office, page, case)
    page.goto(f"/cases/{case.id}")
    said = office.words("%(by)s for %(who)s", by="Legal_1", who="Manager_1")
    expect(page.locator(".kt-timeline").get_by_text(said).first).to_be_visible()
    assert office.faults == []
