"""The parts of pages: fields, lists, timelines."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, render_template_string
from lxml import html as lxml_html

from webapp.inbox.happenings import Happening


def draw(app: Flask, template: str, url: str = "/?sort=due", **values: Any) -> Any:
    with app.test_request_context(url, headers={"Accept-Language": "en"}):
        return lxml_html.fromstring(f"<div>{render_template_string(template, **values)}</div>")


def field(app: Flask, **description: Any) -> Any:
    description = {"name": "price", "label": "Price", **description}
    return draw(app, '{% from "macros/fields.html" import field %}{{ field(f) }}', f=description)


def test_a_wrong_field_is_tied_to_its_error_and_help(app: Flask) -> None:
    drawn = field(app, kind="money", value="12.345", error="Too many decimals.", help="In yuan.", required=True)
    (box,) = drawn.xpath("//input")
    assert box.get("aria-invalid") == "true"
    ids = box.get("aria-describedby").split()
    told = " ".join(drawn.xpath("string(//*[@id=$i])", i=i).strip() for i in ids)
    assert told == "Too many decimals. In yuan."
    assert drawn.xpath("//label/@for") == [box.get("id")]
    assert box.get("data-money") is not None


def test_what_was_typed_comes_back_unchanged_and_harmless(app: Flask) -> None:
    hostile = '"><script>alert(1)</script>'
    drawn = field(app, kind="text", value=hostile)
    assert drawn.xpath("//input/@value") == [hostile]
    assert not drawn.xpath("//script")


@pytest.mark.parametrize("value", ["loan", ["loan"]])
def test_the_chosen_option_is_selected(app: Flask, value: Any) -> None:
    drawn = field(app, kind="select", value=value, options=[("lump", "Lump"), ("loan", "Loan")])
    assert drawn.xpath("//option[@selected]/@value") == ["loan"]


def test_choices_stand_in_a_group_with_a_legend(app: Flask) -> None:
    drawn = field(
        app, kind="radio", value="b", options=[{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]
    )
    assert drawn.xpath("string(//fieldset/legend)").strip() == "Price"
    assert drawn.xpath("//input[@checked]/@value") == ["b"]


def test_zero_is_a_value_and_nothing_is_not(app: Flask) -> None:
    assert field(app, kind="integer", value=0).xpath("//input/@value") == ["0"]
    assert field(app, kind="integer", value=None).xpath("//input/@value") == [""]


def test_a_list_of_rows_carries_a_blank_row_to_copy(app: Flask) -> None:
    def row(index: int | str) -> list[dict[str, str]]:
        return [{"name": f"buyers-{index}-share", "label": "Share", "kind": "share"}]

    drawn = field(
        app,
        name="buyers",
        kind="rows",
        columns=row("__row__"),
        rows=[row(0), row(1)],
        min_rows=1,
        sum_column="share",
        sum_target=100,
    )
    assert drawn.xpath("//template//input/@name") == ["buyers-__row__-share"]
    assert drawn.xpath("//*[@data-rows-body]//input/@name") == ["buyers-0-share", "buyers-1-share"]
    assert drawn.xpath("//*[@data-rows-sum]/@data-target") == ["100"]


def test_the_summary_of_a_refused_form_leads_to_each_field(app: Flask) -> None:
    template = '{% from "macros/fields.html" import error_summary %}{{ error_summary(fields) }}'
    fields = [{"name": "a", "label": "A", "error": "Wrong."}, {"name": "b", "label": "B", "error": None}]
    fields.append(
        {"name": "c", "label": "C", "error": None, "rows": [[{"name": "c-0-d", "label": "D", "error": "Wrong."}]]}
    )
    drawn = draw(app, template, fields=fields)
    assert drawn.xpath("//a/@href") == ["#f-a", "#f-c-0-d"]
    assert drawn.xpath("//strong/text()")[0].startswith("2 entries")


def test_a_sorted_column_says_so_and_turns_round(app: Flask) -> None:
    template = '{% from "macros/tables.html" import sort_head %}<table><tr>{{ sort_head("Due", "due", "due") }}</tr></table>'
    app.add_url_rule("/", "home", lambda: "")
    drawn = draw(app, template)
    assert drawn.xpath("//th/@aria-sort") == ["ascending"]
    assert drawn.xpath("//th/a/@href") == ["/?sort=-due"]


@pytest.mark.parametrize(
    ("number", "shown", "total", "more", "words", "links"),
    [
        (1, 20, 37, None, "1–20 of 37", ["Next"]),
        (2, 17, 37, None, "21–37 of 37", ["Previous"]),
        (2, 20, "1,000+", True, "21–40 of 1,000+", ["Previous", "Next"]),
        (1, 3, None, False, "1–3", []),
    ],
)
def test_a_pager_tells_where_one_is(
    app: Flask, number: int, shown: int, total: Any, more: bool | None, words: str, links: list[str]
) -> None:
    app.add_url_rule("/", "home", lambda: "")
    template = '{% from "macros/tables.html" import pager %}{{ pager(number, 20, shown, total, more) }}'
    drawn = draw(app, template, number=number, shown=shown, total=total, more=more)
    assert drawn.xpath("string(//span)") == words
    assert [link.text_content().strip() for link in drawn.xpath("//a")] == links


def test_a_timeline_is_gathered_by_days_of_the_project(app: Flask) -> None:
    template = '{% from "macros/timeline.html" import timeline %}{{ timeline(events) }}'
    events = [
        {"at": datetime(2026, 3, 2, 17, 0, tzinfo=UTC), "text": "late at night in Shanghai", "who": "A"},
        {"at": datetime(2026, 3, 2, 1, 0, tzinfo=UTC), "text": "in the morning", "note": "<b>bold</b>"},
    ]
    drawn = draw(app, template, events=events)
    assert drawn.xpath("//h3/text()") == ["Tuesday, 3 March 2026", "Monday, 2 March 2026"]
    assert [time.text for time in drawn.xpath("//time")] == ["01:00", "09:00"]
    assert not drawn.xpath("//b")


def test_steps_of_the_process_in_a_row_stand_in_one_line_and_one_alone_as_it_is(app: Flask) -> None:
    template = '{% from "macros/timeline.html" import timeline %}{{ timeline(events) }}'
    at = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    told = [("signed", "Wei"), ("step 1", ""), ("step 2", ""), ("step 3", ""), ("applied", "Wei"), ("step 0", "")]
    events = [Happening(at, "point", "neutral", text, who, folds=not who) for text, who in told]
    drawn = draw(app, template, events=events)
    assert drawn.xpath("string(//summary)") == "3 steps of the process"
    assert [line.split() for line in drawn.xpath("//details//li//span/text()") if line.strip()] == [
        ["step", "1"], ["step", "2"], ["step", "3"],
    ]  # fmt: skip
    assert len(drawn.xpath("//div/ol/li")) == 4


def test_markers_of_a_diagram_survive_their_way_through_the_attribute(app: Flask) -> None:
    template = '{% from "macros/panels.html" import diagram %}{{ diagram("/x.bpmn", markers) }}'
    drawn = draw(app, template, markers={"notes": {"Task": 'it\'s "quoted" <b>'}})
    assert html.unescape(drawn.xpath("//*[@data-diagram]/@data-markers")[0]).count("quoted") == 1
    assert not drawn.xpath("//b")


@pytest.mark.parametrize("page", ["", "form", "form?wrong=1", "list", "board", "sign-in?refused=No"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_part_draws_in_both_languages(app: Flask, page: str, language: str) -> None:
    answer = app.test_client().get(f"/styleguide/{page}", headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert "undefined" not in answer.text.lower()


def test_a_fact_that_is_a_sentence_takes_the_whole_width(app: Flask) -> None:
    pairs = [("Unit", "3-1201"), ("Reason", "The bank took six weeks to confirm that it had been paid off.")]
    drawn = draw(app, '{% from "macros/panels.html" import facts %}{{ facts(pairs) }}', pairs=pairs)
    assert drawn.xpath("//div[@class='kt-fact-long']/dt/text()") == ["Reason"]
