"""Two people press the same “Take it”: one has the task, the other reads who, and his list shows it no longer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.deciding import bring
from tests.e2e.office import Office

pytestmark = pytest.mark.timeout(300)


def test_the_second_reads_who_was_first_and_loses_the_row_at_once(open_office: Callable[..., Office]) -> None:
    office = open_office("en")
    contested, left = bring(office, 2)
    first, second = office.desk("manager_1"), office.desk("manager_2")
    for page in (first, second):
        page.goto("/inbox?box=group")
        expect(page.locator("[data-task]")).to_have_count(2)
    first.locator(f"#task-{contested} [data-key=c]").click()
    expect(first.locator(f"#task-{contested}")).to_have_count(0)
    # The second list is fetched again by itself every twenty seconds; this is quicker.
    second.locator(f"#task-{contested} [data-key=c]").click()
    expect(second.get_by_role("alert").filter(has_text="Manager_1")).to_be_visible(timeout=5_000)
    expect(second.locator(f"#task-{contested}")).to_have_count(0, timeout=5_000)
    expect(second.locator(f"#task-{left}")).to_be_visible()
    assert office.faults == []


def test_what_the_second_typed_can_still_be_read_when_the_first_has_decided(
    open_office: Callable[..., Office],
) -> None:
    office = open_office("en")
    (task,) = bring(office, 1)
    first, second = office.desk("manager_1"), office.desk("manager_2")
    for page, decision in ((second, "returned"), (first, "approved")):
        page.goto(f"/tasks/{task}")
        page.locator(f"[name=decision][value={decision}]").check()
    second.locator("[name=opinion]").fill("Add the prices of the neighbours")
    office.press(first, "Complete")
    expect(first.get_by_text("The task is completed.").first).to_be_visible()
    office.press(second, "Complete")
    expect(second.get_by_role("alert").filter(has_text="Manager_1")).to_be_visible()
    typed = second.locator("[name=opinion]")
    expect(typed).to_be_visible()
    expect(typed).to_have_value("Add the prices of the neighbours")
    expect(typed).to_be_disabled()
