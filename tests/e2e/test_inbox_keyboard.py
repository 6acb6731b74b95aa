"""Fifty tasks are cleared at the keyboard alone: taken, approved, returned, one after the other and many at once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.deciding import bring, decision_of, decisions
from tests.e2e.office import Office

pytestmark = pytest.mark.timeout(600)
# A page that is worked by keyboard alone gets no pointer event; one would be counted here.
COUNT_POINTERS = """() => {
  window.ktPointers = Number(sessionStorage.getItem('pointers') ?? 0)
  for (const kind of ['pointerdown', 'mousedown', 'touchstart'])
    addEventListener(kind, () => sessionStorage.setItem('pointers', ++window.ktPointers), true)
}"""


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def focused(page: Page) -> str:
    """What has the focus, by id, name or words."""
    return page.evaluate(
        "() => document.activeElement.id || document.activeElement.name || document.activeElement.textContent.trim()"
    )


def pointers(page: Page) -> int:
    return int(page.evaluate("() => Number(sessionStorage.getItem('pointers') ?? 0)"))


def open_list(office: Office, page: Page) -> None:
    page.context.add_init_script(f"({COUNT_POINTERS})()")
    page.goto("/inbox?box=group")
    expect(page.locator("tr[data-task]").first).to_be_visible()


def decided(office: Office, page: Page) -> None:
    """The pane says that it is done, and the next one is offered and has the focus."""
    done = page.locator("#pane .kt-notice", has_text=office.words("The task is completed."))
    expect(done).to_be_visible()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_fifty_tasks_are_cleared_without_the_mouse(open_office: Callable[..., Office], language: str) -> None:
    office = open_office(language)
    tasks = bring(office, 50)
    page = office.desk("manager_1")
    open_list(office, page)
    keys(page, "j", "Enter")
    for number in range(10):
        expect(page.locator("#pane [data-pane]")).to_have_attribute("data-task", tasks[number])
        if number % 5 == 4:
            keys(page, "r")
            expect(page.locator("#pane textarea[name=opinion]")).to_be_focused()
            page.keyboard.type("The floor plan is missing")
            keys(page, "Control+Enter")
        else:
            keys(page, "a")
            expect(page.locator("#pane [data-sends]")).to_be_focused()
            keys(page, "Enter")
        decided(office, page)
        offer = page.locator("#pane [data-next]")
        expect(offer).to_be_focused()
        expect(offer).to_have_attribute("href", re.compile(rf"^/tasks/{tasks[number + 1]}\?"))
        expect(offer).to_contain_text(f"3栋 {1002 + number}")
        keys(page, "Enter")
    assert decisions(office) == {"approved": 8, "returned": 2}
    keys(page, "Escape")
    expect(page.locator("#pane")).to_be_hidden()
    page.goto("/inbox?box=group")
    expect(page.locator("tr[data-task]")).to_have_count(40)
    keys(page, "X", "b")
    clear_the_rest(office, page)
    assert decisions(office) == {"approved": 48, "returned": 2}
    for number in (4, 9):
        assert decision_of(office, tasks[number]) == ("completed", "returned", "The floor plan is missing")
    assert pointers(page) == 0
    assert not office.faults


def clear_the_rest(office: Office, page: Page) -> None:
    """From the first act of the bar to “Approve …”, into its dialog, and off."""
    while focused(page) != office.words("Approve …"):
        keys(page, "Tab")
    keys(page, "Enter")
    expect(page.locator("#bulk-words-approve")).to_be_focused()
    page.keyboard.type("fair")
    keys(page, "Tab", "Tab", "Enter")
    expect(
        page.get_by_text(
            office.words("%(num)d tasks were approved.", num=40) if office.language == "en" else "已同意 40 项任务"
        )
    ).to_be_visible(timeout=120_000)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_on_a_narrow_screen_the_same_keys_work_on_the_page_of_the_task(
    open_office: Callable[..., Office], language: str
) -> None:
    office = open_office(language)
    tasks = bring(office, 3)
    page = office.desk("manager_1")
    page.set_viewport_size({"width": 375, "height": 800})
    open_list(office, page)
    keys(page, "j", "Enter")
    for number, (key, decision) in enumerate((("a", "approved"), ("r", "returned"))):
        page.wait_for_url(re.compile(rf"/tasks/{tasks[number]}\?"))
        expect(page.locator("#pane")).to_have_count(0)
        keys(page, key)
        if decision == "returned":
            page.keyboard.type("too low")
        keys(page, "Control+Enter")
        page.wait_for_url(re.compile(r"[?&]done=1"))
        assert decision_of(office, tasks[number])[:2] == ("completed", decision)
        keys(page, "n")
    page.wait_for_url(re.compile(rf"/tasks/{tasks[2]}\?"))
    assert pointers(page) == 0


def test_letters_are_letters_while_somebody_types(open_office: Callable[..., Office]) -> None:
    office = open_office("en")
    tasks = bring(office, 2)
    page = office.desk("manager_1")
    open_list(office, page)
    keys(page, "j", "Enter")
    expect(page.locator("#pane [data-pane]")).to_be_visible()
    keys(page, "r")
    page.keyboard.type("rjxad?nb.")
    expect(page.locator("#pane textarea[name=opinion]")).to_have_value("rjxad?nb.")
    expect(page.locator("#kt-shortcuts")).to_be_hidden()
    keys(page, "Escape", "j")
    expect(page.locator("#pane [data-pane]")).to_have_attribute("data-task", tasks[1])
    expect(page.locator(f"#task-{tasks[1]}")).to_be_focused()
    page.go_back()
    expect(page.locator("#pane")).to_be_hidden()
    keys(page, "?")
    expect(page.locator("#kt-shortcuts")).to_be_visible()


def test_what_is_typed_is_there_on_another_device_and_outlives_a_quicker_colleague(
    open_office: Callable[..., Office],
) -> None:
    office = open_office("en")
    task, other = bring(office, 2)
    page = office.desk("manager_1")
    open_list(office, page)
    keys(page, "j", "Enter")
    expect(page.locator("#pane [data-pane]")).to_be_visible()
    keys(page, "r")
    page.keyboard.type("ask for the floor plan")
    expect(page.locator("#pane .kt-draft")).to_contain_text("Saved")
    second = office.desk("manager_1")
    second.goto(f"/inbox?box=group&task={task}")
    expect(second.locator("#pane textarea[name=opinion]")).to_have_value("ask for the floor plan")
    # Left at once, before the pause of typing is over.
    keys(page, "Escape", "j")
    expect(page.locator("#pane [data-pane]")).to_have_attribute("data-task", other)
    keys(page, "r")
    page.keyboard.type("no")
    page.goto("/inbox?box=group")
    expect(page.locator("tr[data-task]").first).to_be_visible()
    opinion = second.locator("textarea[name=opinion]")
    for _ in range(20):  # What is sent in leaving may arrive after what another device asks for.
        second.goto(f"/tasks/{other}")
        if opinion.input_value() == "no":
            break
    expect(opinion).to_have_value("no")
    page.goto(f"/inbox?box=group&task={task}")
    expect(page.locator("#pane textarea[name=opinion]")).to_have_value("ask for the floor plan")
    decide_as(office, "manager_2", task)
    keys(page, "r", "Control+Enter")
    expect(page.locator("#pane .kt-notice").first).to_contain_text("Manager_2 closed it")
    expect(page.locator("#pane textarea[name=opinion]")).to_have_value("ask for the floor plan")


def decide_as(office: Office, name: str, task: str) -> None:
    """A colleague is quicker."""
    office.company.act(name, lambda s, who: office.company.engine(s, who).complete(task, {"decision": "approved"}))
