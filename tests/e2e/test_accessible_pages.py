"""Every page of inbox, boards, notifications and going back holds to WCAG 2.2 AA, with a focus that is seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.vault import vault_of
from ledger.staff.models import Staff
from tests.e2e.axe import violations
from tests.e2e.deciding import bring
from tests.e2e.office import Office
from tests.stories.company import Case
from webapp.links.offers import offer_of
from webapp.links.tokens import mint, token_of

pytestmark = pytest.mark.timeout(900)
SIZES = {"wide": (1440, 900), "phone": (375, 800)}
BOXES = ("mine", "group", "delegated", "followed", "snoozed", "done")
# Of what Tab reaches: has it an outline or a ring, and does nothing lie over all of it? A page that is still being
# drawn has some frames to scroll there; what lies over the focus after them lies there for good.
SEEN = """async () => {
  const at = document.activeElement
  if (!at || at === document.body) return null
  const look = () => {
    const style = getComputedStyle(at), box = at.getBoundingClientRect()
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none'
    if (!ring) return 'no focus to be seen'
    const over = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].map(([x, y]) => {
      const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y)
      return top && !at.contains(top) && !top.contains(at) && !at.labels?.[0]?.contains(top) ? top : null
    })
    return over.every(Boolean) ? `covered by ${over[0].outerHTML.slice(0, 80)}` : ''
  }
  for (let frame = 0; frame < 60 && look(); frame++) await new Promise(requestAnimationFrame)
  return look() && `${look()}: ${at.outerHTML.slice(0, 120)}`
}"""


@dataclass
class Walk:
    """Pages that are looked at, with what is wrong about them."""

    office: Office
    size: str
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def desk(self, name: str) -> Page:
        """Somebody's browser in this size."""
        page = self.office.desk(name)
        width, height = SIZES[self.size]
        page.set_viewport_size({"width": width, "height": height})
        return page

    def look(self, page: Page, name: str) -> None:
        """Check a page as it stands: by axe, and that it is no wider than the window."""
        found = violations(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("wider than the window")
        if found:
            self.wrong[name] = found

    def open(self, page: Page, address: str, name: str = "") -> None:
        """Open an address and check it."""
        answer = page.goto(address)
        assert answer is not None and answer.status < 400, f"{address}: {answer and answer.status}"
        self.look(page, name or address)

    def dialogs(self, page: Page, name: str) -> None:
        """Open each dialog that the page's buttons lead to, and check it."""
        page.wait_for_load_state("networkidle")
        keys = page.evaluate(
            "() => [...new Set([...document.querySelectorAll('main [data-opens]')].map(one => one.dataset.opens))]"
        )
        for key in keys:
            page.evaluate("key => document.getElementById(key).showModal()", key)
            self.look(page, f"{name}, dialog {key}")
            page.keyboard.press("Escape")


def act(office: Office, name: str, work: Callable[..., object]) -> None:
    """Somebody does something with the engine."""
    company = office.company

    def in_engine(session: Session, actor: Actor) -> None:
        work(company.engine(session, actor))

    company.act(name, in_engine)


def address_of_link(office: Office, name: str, task_id: str) -> str:
    """A one-time link to a task."""
    company = office.company

    def minted(session: Session, actor: Actor) -> str:
        person = session.get_one(Staff, actor.id)
        task = company.engine(session, actor).look_at(task_id)
        offer = offer_of("group", {}, task, is_theirs=True)
        assert offer is not None
        return token_of(vault_of(session), mint(session, company.clock, person, offer, "mail").id)

    return f"/d/{company.act(name, minted)}"


def fill_the_boxes(office: Office) -> list[str]:
    """Give the manager something in each of his boxes, a filter of his own and a copy to read."""
    tasks, people = bring(office, 6), office.company.people
    later = office.company.clock.now() + timedelta(days=1)
    act(office, "manager_1", lambda e: [e.claim(task) for task in tasks[:3]])
    act(office, "manager_1", lambda e: e.delegate(tasks[0], people["manager_2"]))
    act(office, "manager_1", lambda e: e.follow_task(tasks[1]))
    act(office, "manager_1", lambda e: e.set_follow_up(tasks[2], later))
    act(office, "manager_1", lambda e: e.complete(tasks[3], {"decision": "approved"}))
    act(office, "gm_1", lambda e: e.send_copy(tasks[4], [people["manager_1"]], note="Please read"))
    act(office, "manager_2", lambda e: e.add_comment(tasks[1], f"@[{people['manager_1']}] look at this"))
    return tasks


def walk_lists(walk: Walk, page: Page, tasks: list[str]) -> None:
    for box in BOXES:
        walk.open(page, f"/inbox?box={box}")
    walk.open(page, "/inbox?box=group&q=nothing+like+it", "nothing found")
    page.goto("/inbox?box=group&amount_from=1")
    walk.dialogs(page, "list")
    walk.open(page, "/inbox/applications")
    walk.open(page, "/inbox/copies")
    page.locator("main a[href^='/copies/']").first.click()
    page.wait_for_url("**/copies/*")
    walk.look(page, "copy")
    walk.open(page, f"/tasks/{tasks[1]}", "task of mine")
    walk.dialogs(page, "task of mine")
    walk.open(page, f"/tasks/{tasks[1]}/why", "why then")
    walk.open(page, f"/tasks/{tasks[3]}?done=1", "task that is done")
    walk.open(page, "/start")
    walk.open(page, "/start/ad_hoc_task")
    for address in ("/notifications", "/account/notifications", "/account/substitution", "/account/profile"):
        walk.open(page, address)


def walk_boards(walk: Walk, page: Page, tasks: list[str]) -> None:
    walk.open(page, "/workload/")
    walk.open(page, "/workload/tasks")
    walk.open(page, f"/workload/give?id={tasks[5]}&next=/workload/", "re-assign")


def walk_back(walk: Walk, case: Case, manager: Page) -> None:
    """An approval that has gone two steps on is asked back, and returned; each page and its dialogs."""
    office, agreed = walk.office, {"decision": "approved", "remark": "fine"}
    decided = case.task("decide").id
    act(office, "manager_1", lambda e: e.complete(decided, agreed))
    manager.goto(f"/tasks/{decided}")
    walk.dialogs(manager, "own task that nobody has acted on")
    act(office, "gm_1", lambda e: e.complete(case.task("decide").id, agreed))
    task = case.task("decide").id
    later = walk.desk("marketing_1")
    walk.open(later, f"/tasks/{task}", "task of a later approver")
    manager.goto(f"/tasks/{decided}")
    walk.dialogs(manager, "own task that others have acted on")
    act(office, "manager_1", lambda e: e.ask_to_withdraw(decided, "The wrong home"))
    walk.open(manager, f"/tasks/{decided}", "asked to have it back")
    walk.open(later, f"/tasks/{task}", "somebody wants it back")
    walk.dialogs(later, "somebody wants it back")
    act(office, "marketing_1", lambda e: e.return_to(task, decided, way="straight", reason="Ask for the plan"))
    walk.open(manager, f"/tasks/{case.task('decide').id}", "task that came back")
    walk.open(manager, f"/cases/{case.id}", "case that went back")


@pytest.mark.parametrize(("language", "size"), [("en", "wide"), ("zh", "phone")])
def test_every_page_on_which_people_work_on_tasks_is_accessible(
    open_office: Callable[..., Office], language: str, size: str
) -> None:
    office = open_office(language)
    walk, tasks = Walk(office, size), fill_the_boxes(office)
    manager = walk.desk("manager_1")
    walk_lists(walk, manager, tasks)
    walk_boards(walk, manager, tasks)
    case = office.company.start(entry="walk_in")
    case.enter_terms(off=400)
    walk_back(walk, case, manager)
    link = address_of_link(office, "manager_2", tasks[4])
    manager.context.clear_cookies()
    walk.open(manager, link, "one-time link")
    assert not walk.wrong, "\n".join(f"{name}: {one}" for name, found in walk.wrong.items() for one in found)
    assert not office.faults


@pytest.mark.parametrize("size", SIZES)
def test_the_focus_is_seen_wherever_tab_leads(open_office: Callable[..., Office], size: str) -> None:
    office = open_office("zh")
    tasks = fill_the_boxes(office)
    page = Walk(office, size).desk("manager_1")
    for address in ("/inbox?box=group", f"/tasks/{tasks[1]}", "/workload/", "/account/notifications"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        problems = []
        for _ in range(70):
            page.keyboard.press("Tab")
            if (problem := page.evaluate(SEEN)) is None:
                break
            problems += [problem] if problem else []
        assert problems == [], address
