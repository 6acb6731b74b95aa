"""Texts of papers: refused by line, released by two people, the nearest node first, never changed once released."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import MovedClock
from kernel.errors import NotAllowed
from ledger.organisation.models import Project
from ledger.templates import editing
from ledger.templates.catalogue import KINDS
from ledger.templates.checking import check_text
from ledger.templates.choosing import template_for, text_in_force
from ledger.templates.errors import TemplateStale, TemplateState, TextRefused
from ledger.templates.filling import fill
from ledger.templates.kinds import written
from ledger.templates.models import PaperTemplate
from ledger.templates.queries import compare, list_in_force, versions_at
from ledger.templates.shipped_texts import shipped_texts

GROUP = "/keyturn/"
NEW = "# 补充协议\n\n因 {{reason}}，双方就 {{subject}} 达成一致。\n\n~ 甲方 | {{company}}\n~ 乙方 | {{buyers}}\n"
CONTRACT = KINDS["contract"]


@pytest.fixture
def second(actor_with: Callable[..., Actor]) -> Actor:
    """Another person who writes and releases templates."""
    return actor_with("templates:manage", "templates:release")


def drafted(session: Session, actor: Actor, clock: MovedClock, path: str, text: str = NEW) -> PaperTemplate:
    draft = editing.begin_draft(session, actor, clock, kind="supplement", path=path, language="zh")
    return editing.save_draft(session, actor, clock, template_id=draft.id, text=text, seen=draft.revision)


def released(
    session: Session, writer: Actor, second: Actor, clock: MovedClock, path: str, text: str = NEW
) -> PaperTemplate:
    draft = drafted(session, writer, clock, path, text)
    editing.propose(session, writer, clock, template_id=draft.id, note="shorter")
    return editing.release(session, second, clock, template_id=draft.id)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{{contract_price}} and {{colour}}", "template_variable_unknown"),
        ("{{ contract_price }", "template_mark_broken"),
        ("{{contract_price|safe}}", "template_mark_broken"),
        ("{{contract_price.__class__}}", "template_mark_broken"),
        ("{{plan}}", "template_variable_unknown"),
        ("{{plan.amount}}", "template_list_misplaced"),
        ("- {{plan.amount}} {{buyer.name}}", "template_lists_mixed"),
        ("+ only a label", "template_line_needs_two"),
        ("~ who", "template_line_needs_two"),
        ("**bold", "template_bold_open"),
        ("@plans", "template_layout_elsewhere"),
        ("@copies a | b", "template_layout_elsewhere"),
        ("| a | b |", "template_table_without_rows"),
        ("# again", "template_title_twice"),
    ],
)
def test_what_is_wrong_is_told_by_line(line: str, code: str) -> None:
    assert [(one.line, one.code) for one in check_text(f"# 合同\n\n{line}\n", CONTRACT)] == [(3, code)]


def test_a_text_begins_with_its_title_and_stays_within_bounds() -> None:
    assert check_text("no title", CONTRACT)[0].code == "template_title_first"
    assert check_text("# t\n" * 801, CONTRACT)[0].code == "template_text_too_long"
    assert check_text("| a | b |\n| 1 |\n", CONTRACT)[0].code == "template_title_first"


def test_values_are_written_in_the_language_of_the_paper_and_lists_repeat_their_row() -> None:
    text = (
        "# t\n\n{{contract_price}} {{contract_price_capitals}} {{signed_on}} {{contract_area}}\n\n## 优惠\n\n"
        "| a | b |\n| {{discount.name}} | {{discount.amount}} |\n\n## 计划\n\n| a | b |\n"
        "| {{plan.name}} | {{plan.amount}} |\n| 合计 | {{plan_total}} |\n\n- {{permit_no}}\n"
    )
    values = {
        "contract_price": 123_456_78, "contract_price_capitals": 123_456_78, "signed_on": "2026-09-02",
        "contract_area": 8_937, "plan": [{"name": "一", "amount": 100}, {"name": "二", "amount": 250}],
        "plan_total": 350,
    }  # fmt: skip
    said = fill(text, CONTRACT, values, "zh")
    words = ["".join(run["text"] for run in block["runs"]) for block in said.blocks if "runs" in block]
    assert words == ["t", "123,456.78元 人民币壹拾贰万叁仟肆佰伍拾陆元柒角捌分 2026年9月2日 89.37㎡", "计划"]
    (table,) = (block for block in said.blocks if block["kind"] == "table")
    told = [["".join(run["text"] for run in cell) for cell in row["cells"]] for row in table["rows"]]
    assert told == [["一", "1.00"], ["二", "2.50"], ["合计", "3.50"]]
    assert "CNY 123,456.78" in str(fill(text, CONTRACT, values, "en").blocks)
    assert (written("off", 400, "zh"), written("percent", 450, "en")) == ("9.6折", "4.5%")
    with pytest.raises(TextRefused) as lacking:
        fill(text, CONTRACT, {**values, "signed_on": None}, "zh")
    assert [(one.line, one.what) for one in lacking.value.lines] == [(3, "{{signed_on}}")]


def test_the_nearest_released_text_wins_and_a_second_person_released_it(
    session: Session, admin: Actor, second: Actor, clock: MovedClock, project: Project, harbour: Project
) -> None:
    delivered = template_for(session, clock, "supplement", project.path, "zh")
    assert delivered.text == shipped_texts()["supplement", "zh"]
    assert template_for(session, clock, "supplement", harbour.path, "zh").id == delivered.id
    group = released(session, admin, second, clock, GROUP)
    assert template_for(session, clock, "supplement", project.path, "zh").id == group.id
    own = released(session, admin, second, clock, project.path, NEW + "\n> 云栖\n")
    assert template_for(session, clock, "supplement", project.path, "zh").id == own.id
    assert template_for(session, clock, "supplement", harbour.path, "zh").id == group.id
    assert template_for(session, clock, "supplement", project.path, "en").created_by is None
    newer = released(session, admin, second, clock, project.path, NEW + "\n> 云栖二期\n")
    assert (own.state, newer.state, newer.version) == ("retired", "released", 2)
    assert list_in_force(session, project.path)["supplement"][0].version is newer
    assert [one.id for one in versions_at(session, "supplement", project.path, "zh")][:3] == [
        newer.id,
        own.id,
        group.id,
    ]
    editing.retire(session, second, clock, template_id=newer.id, reason="back to the group's")
    assert text_in_force(session, "supplement", project.path, "zh")[1] is group
    assert [line.text for line in compare(own.text, newer.text) if line.sign == "+"] == ["> 云栖二期"]
    assert compare(own.text, own.text) == []
    long = "\n".join(map(str, range(20)))
    told = [(line.sign, line.text) for line in compare(long, long.replace("10", "x"))]
    assert told == [
        ("…", ""),
        *((" ", "8"), (" ", "9"), ("-", "10"), ("+", "x"), (" ", "11"), (" ", "12")),
        ("…", ""),
    ]


def test_nobody_releases_what_he_wrote_or_proposed_and_no_text_changes_once_it_left_the_draft(
    session: Session, admin: Actor, second: Actor, clock: MovedClock, project: Project
) -> None:
    draft = drafted(session, admin, clock, project.path)
    assert (
        editing.begin_draft(session, second, clock, kind="supplement", path=project.path, language="zh") is draft
    )
    with pytest.raises(TemplateStale):
        editing.save_draft(session, second, clock, template_id=draft.id, text=NEW, seen=1)
    with pytest.raises(TextRefused) as wrong:
        editing.save_draft(session, admin, clock, template_id=draft.id, text="# t\n\n{{colour}}\n")
    assert (wrong.value.lines[0].line, wrong.value.lines[0].what) == (3, "{{colour}}")
    with pytest.raises(TemplateState):
        editing.propose(session, admin, clock, template_id=draft.id, note=" ")
    editing.propose(session, admin, clock, template_id=draft.id, note="shorter")
    with pytest.raises(NotAllowed):
        editing.release(session, admin, clock, template_id=draft.id)
    with pytest.raises(TemplateState):
        editing.save_draft(session, admin, clock, template_id=draft.id, text=NEW)
    editing.take_back(session, second, clock, template_id=draft.id, reason="a typo")
    editing.save_draft(session, second, clock, template_id=draft.id, text=NEW + "\n> x\n")
    editing.propose(session, admin, clock, template_id=draft.id, note="shorter")
    with pytest.raises(NotAllowed):
        editing.release(session, second, clock, template_id=draft.id)


@pytest.mark.parametrize(
    "change", ["SET text = 'other'", "SET language = 'en'", "SET state = 'draft' WHERE state = 'retired'", None]
)
def test_the_database_keeps_the_text_of_what_left_the_draft(
    session: Session, admin: Actor, second: Actor, clock: MovedClock, project: Project, change: str | None
) -> None:
    version = released(session, admin, second, clock, project.path)
    editing.retire(session, second, clock, template_id=version.id, reason="")
    session.flush()
    with pytest.raises(DBAPIError, match="template_text_fixed"):
        session.execute(text(f"UPDATE paper_template {change}" if change else "DELETE FROM paper_template"))
    session.rollback()


def test_a_text_that_is_in_use_already_is_not_proposed(
    session: Session, admin: Actor, clock: MovedClock, project: Project, actor_with: Callable[..., Actor]
) -> None:
    draft = editing.begin_draft(session, admin, clock, kind="supplement", path=project.path, language="zh")
    with pytest.raises(TextRefused):
        editing.propose(session, admin, clock, template_id=draft.id, note="nothing")
    with pytest.raises(NotAllowed):
        editing.begin_draft(session, actor_with("sales:view"), clock, kind="supplement", path=GROUP, language="zh")
