"""Texts of papers in the browser: drafted at a project, refused by line, previewed, released by legal, compared."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest

from ledger.templates.models import PaperTemplate
from tests.webapp.house import Browser, House

TEXT = "# 补充协议\n\n因 {{reason}}，双方就 {{subject}} 达成一致。\n\n~ 甲方 | {{company}}\n"
AT = "/admin/papers/supplement/zh"


@pytest.fixture
def lawyer(browser_of: Callable[..., Browser]) -> Browser:
    """Who releases the texts of contracts."""
    return browser_of("legal", "leo", "/kt/")


def test_a_text_is_drafted_previewed_proposed_released_by_a_second_person_and_retired(
    house: House, admin: Browser, lawyer: Browser
) -> None:
    path = house.project.path
    assert "As delivered" in admin.get(f"{AT}?node={path}").text
    page = admin.post(f"{AT}/draft", {"node": path}, page=f"{AT}?node={path}").location
    shown = html.unescape(admin.get(page).text)
    assert "data:image/png;base64," in shown
    assert 'data-inserts="{{difference_capitals}}"' in shown
    assert "given by the process" in shown

    wrong = admin.post(page, {"text": TEXT + "\n{{colour}}\n+ x\n", "revision": "1"}, page=page)
    said = html.unescape(wrong.text)
    assert wrong.status_code == 422
    assert "Line 7: Papers of this kind do not know {{colour}}." in said
    assert "Write label and value" in said and "{{colour}}" in said, "what was typed stays"
    told = admin.post(f"{page}/preview", {"text": TEXT + "{{plan.amount}}"}, page=page).text
    assert "it stands in a row of a table" in told

    assert admin.post(page, {"text": TEXT, "revision": "1"}, page=page).status_code == 302
    stale = admin.post(page, {"text": TEXT + "x", "revision": "1"}, page=page)
    assert stale.status_code == 409
    pdf = admin.post(f"{page}/preview.pdf", {"text": TEXT}, page=page)
    assert pdf.data.startswith(b"%PDF")
    nothing_said = admin.post(page, {"text": TEXT, "revision": "2", "propose": "1"}, page=page)
    assert nothing_said.status_code == 422
    done = admin.post(page, {"text": TEXT, "revision": "2", "propose": "1", "note": "Shorter"}, page=page)
    assert done.status_code == 302
    assert "Whoever wrote or proposed" in admin.get(page).text
    assert admin.post(f"{page}/release", {}, page=page).status_code == 403

    read = html.unescape(lawyer.get(page).text)
    assert "Release it" in read and "Shorter" in read and "readonly" in read
    assert lawyer.post(f"{page}/release", {}, page=page).status_code == 302
    listed = html.unescape(admin.get(f"/admin/papers/?node={path}").text)
    assert "Version 1" in re.search(r'data-row="supplement".*?</tr>', listed, re.DOTALL)[0]  # type: ignore[index]
    compared = html.unescape(admin.get(f"{AT}/compare?after={page.rpartition('/')[2].partition('?')[0]}").text)
    assert "<ins>因 {{reason}}，双方就 {{subject}} 达成一致。</ins>" in compared

    assert lawyer.post(f"{page}/retire", {"reason": "back"}, page=page).status_code == 302
    with house.database.reading() as session:
        (version,) = session.query(PaperTemplate).filter(PaperTemplate.created_by.is_not(None)).all()
        assert (version.state, version.text) == ("retired", TEXT)


def test_unknown_kinds_and_languages_are_nowhere(admin: Browser) -> None:
    for address in (
        "/admin/papers/poem/zh",
        "/admin/papers/contract/fr",
        "/admin/papers/contract/zh/compare?after=x",
    ):
        assert admin.get(address).status_code == 404
