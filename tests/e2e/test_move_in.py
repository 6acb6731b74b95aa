"""A hand-over day: the inspector's phone loses its network, the board on the desk goes on by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select

from kernel.clock import business_date
from ledger.handover.inspection_models import InspectionConflict, InspectionEntry, InspectionPhoto
from tests.e2e.axe import is_sound, is_sound_everywhere
from tests.e2e.office import Office
from tests.stories.moving_in import Moving, moving_in, picture

pytestmark = pytest.mark.timeout(300)
PARTS = 23


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_inspection_without_network_arrives_once_and_shows_whom_it_met(
    open_office: Callable[..., Office], language: str
) -> None:
    office = open_office(language)
    moving = _here(office)
    board = office.desk("agent")
    board.goto(f"/handover/batches/{moving.batch_id}/board")
    _figure(office, board, "Arrived", "1")
    is_sound_everywhere(board)
    phone = _phone(office)
    is_sound(phone)
    phone.locator(".ki-home").click()
    expect(phone.locator(".ki-room")).to_have_count(6)
    is_sound_everywhere(phone)

    phone.context.set_offline(True)
    phone.reload()
    expect(phone.locator("#inspect-status")).to_contain_text(
        office.words("No network: everything is kept on this phone")
    )
    moving.enter("kitchen", "pipes", "defect", "drips", name="other_agent")  # Somebody else, meanwhile.
    _inspect(phone)
    expect(phone.locator("#inspect-status")).to_have_attribute("data-waiting", str(PARTS + 3))
    is_sound(phone)  # With no network, all rooms open and photos waiting.
    assert _count(moving, InspectionEntry.id) == 1

    lost = []
    phone.context.route("**/inspect/entries", lambda route: _lose_the_answer(route, lost))
    phone.context.set_offline(False)
    expect(phone.locator("#inspect-status")).to_have_attribute("data-waiting", "0", timeout=60_000)
    assert lost == [True]
    assert _count(moving, InspectionEntry.id) == PARTS + 1
    assert _count(moving, InspectionPhoto.id) == 2
    assert _count(moving, InspectionConflict.entry_id) == 1
    expect(phone.get_by_role("alert").filter(has_text=office.words("A photo was refused"))).to_be_visible()
    office.press(phone, "Take it away")

    is_sound(phone)
    met = phone.locator(".ki-conflict")
    expect(met).to_contain_text("Other_Agent")
    expect(met).to_contain_text("drips")
    met.locator("[data-choice=standing]").click()
    expect(met).to_have_count(0)
    _sign(office, phone)
    _figure(office, board, "Taken over", "1")  # The board has not been loaded again.
    _figure(office, board, "Defects", "3")
    _figure(office, board, "Satisfied", "100 %")
    for address in ("", "new", "plans", f"batches/{moving.batch_id}", f"cases/{moving.case().id}"):
        board.goto(f"/handover/{address}")
        is_sound_everywhere(board)
    assert [fault for fault in office.faults if "net::ERR" not in fault] == []
    assert sorted(part for part, _state, _times in moving.defects()) == ["pipes", "wall", "waterproofing"]


def _here(office: Office) -> Moving:
    """A buyer who stands in the house this morning."""
    company = office.company
    moving = moving_in(company, days=0, language=office.language)
    day = business_date(company.clock) + timedelta(days=7)
    moving.begin(first_on=day, last_on=day)
    moving.book(moving.offer(first=day, count=1)[0])
    moving.at(day, 9)
    moving.arrive()
    return moving


def _phone(office: Office) -> Page:
    context = office._profile(375, 800, "inspector")
    office._sign_in(context, "agent")
    page = context.new_page()
    page.goto("/handover/inspect/")
    expect(page.locator("#inspect[data-kept=yes]")).to_be_visible()
    return page


def _inspect(phone: Page) -> None:
    """Two defects with a photo each, a file that is no photo, and the rest in order."""
    for room, part, words in (("kitchen", "wall", "cracked"), ("bathroom", "waterproofing", "wet")):
        block = phone.locator(f"[data-room={room}]")
        block.locator("summary").click()
        row = phone.locator(f"[data-part='{room}/{part}']")
        row.locator("input.form-control").fill(words)
        row.get_by_role("button").nth(1).click()
        expect(row).to_have_attribute("data-verdict", "defect")
        row.locator("input[type=file]").set_input_files(
            {"name": "wall.jpg", "mimeType": "image/jpeg", "buffer": picture(size=(1200, 900))}
        )
    row.locator("input[type=file]").set_input_files(
        {"name": "no-photo.jpg", "mimeType": "image/jpeg", "buffer": b"this is a text"}
    )
    for room in ("entrance", "living", "bedroom", "kitchen", "bathroom", "balcony"):
        block = phone.locator(f"[data-room={room}]")
        if block.get_attribute("open") is None:
            block.locator("summary").click()
        block.locator(".ki-all").click()
        expect(block.locator(".ki-all")).to_have_count(0)


def _lose_the_answer(route: Route, lost: list[bool]) -> None:
    """The first sending arrives, its answer does not."""
    if lost:
        route.continue_()
        return
    lost.append(True)
    route.fetch()
    route.abort()


def _sign(office: Office, phone: Page) -> None:
    form = phone.locator(".ki-sign")
    form.locator("[name=outcome][value=accepted]").check()
    form.locator("[name=signer]").fill("林婉")
    form.locator("[name=satisfaction][value='5']").check()
    form.locator("canvas").scroll_into_view_if_needed()
    box = form.locator("canvas").bounding_box()
    assert box is not None
    phone.mouse.move(box["x"] + 30, box["y"] + 50)
    phone.mouse.down()
    phone.mouse.move(box["x"] + 200, box["y"] + 90, steps=6)
    phone.mouse.up()
    office.press(phone, "Finish the inspection")
    expect(phone.locator(".ki-sign")).to_have_count(0)


def _figure(office: Office, board: Page, label: str, value: str) -> None:
    figure = board.locator("#board .kt-figure").filter(has=board.get_by_text(office.words(label), exact=True))
    expect(figure.locator("dd")).to_contain_text(value)


def _count(moving: Moving, column: object) -> int:
    return moving.company.read(lambda s: s.scalar(select(func.count(column))) or 0)  # type: ignore[arg-type]
