"""Values look as people read them, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from flask import Flask

from webapp import formatting


@contextmanager
def reading(app: Flask, language: str) -> Iterator[None]:
    with app.test_request_context("/", headers={"Cookie": f"language={language}"}):
        yield


@pytest.mark.parametrize(
    ("fen", "shown"),
    [(0, "¥0.00"), (5, "¥0.05"), (123_456_750, "¥1,234,567.50"), (-1_050, "−¥10.50"), (None, "—")],
)
def test_money_is_exact_to_the_fen(app: Flask, fen: int | None, shown: str) -> None:
    with reading(app, "en"):
        assert formatting.money(fen).striptags() == shown


@pytest.mark.parametrize(
    ("language", "fen", "shown"),
    [
        ("zh", 9_999_00, "¥9,999.00"),
        ("zh", 312_640_000, "¥312.6万"),
        ("zh", 12_345_678_900, "¥1.23亿"),
        ("en", 312_640_000, "¥3.13M"),
        ("en", 9_876_543_210_099, "¥98.77B"),
        ("en", 99_999_999, "¥999,999.99"),
    ],
)
def test_compact_money_follows_the_language(app: Flask, language: str, fen: int, shown: str) -> None:
    with reading(app, language):
        assert formatting.money_short(fen).striptags() == shown


def test_a_discount_is_said_in_zhe_in_chinese_and_in_percent_in_english(app: Flask) -> None:
    with reading(app, "zh"):
        assert formatting.discount(9650) == "9.65折"
        assert formatting.discount(9000) == "9折"
        assert formatting.discount(10_000) == "无折扣"
    with reading(app, "en"):
        assert formatting.discount(9650) == "96.5%"


def test_an_instant_is_shown_in_the_zone_of_the_project(app: Flask) -> None:
    late_evening = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
    with reading(app, "zh"):
        assert formatting.moment(late_evening) == "2026-03-03 01:30"
        assert formatting.day(late_evening) == "2026-03-03"
        assert formatting.moment(late_evening, "Europe/London") == "2026-03-02 17:30"
    with reading(app, "en"):
        assert formatting.day(date(2026, 3, 2)) == "2 Mar 2026"
        assert formatting.day("2026-03-02") == "2 Mar 2026"


@pytest.mark.parametrize(
    ("days", "words", "tone"),
    [
        (-2, "逾期 2 天", "red"),
        (0, "今日到期", "orange"),
        (1, "明日到期", "yellow"),
        (3, "还有 3 天", "yellow"),
        (9, "还有 9 天", "neutral"),
    ],
)
def test_a_due_date_says_how_it_stands_today(app: Flask, days: int, words: str, tone: str) -> None:
    with reading(app, "zh"):
        stand = formatting.due(date(2026, 3, 2) + timedelta(days=days))
        assert stand is not None
        assert (stand.days, stand.words, stand.tone) == (days, words, tone)


def test_a_task_due_early_in_the_morning_in_shanghai_is_not_late_the_evening_before_in_utc(app: Flask) -> None:
    """The clock stands at Monday nine in Shanghai; Sunday 23:00 UTC is Monday seven there."""
    with reading(app, "en"):
        stand = formatting.due(datetime(2026, 3, 1, 23, 0, tzinfo=UTC))
        assert stand is not None
        assert (stand.days, stand.words, stand.tone) == (0, "Late since 07:00", "red")


def test_personal_numbers_are_masked() -> None:
    assert formatting.masked_phone("13812341234") == "138****1234"
    assert formatting.masked_id("310104199001011234") == "310***********1234"
    assert "5678" not in formatting.masked_phone("5678")
    assert formatting.masked_id("E1234567") == "********"


def test_small_things_read_well(app: Flask) -> None:
    assert formatting.area(8932) == "89.32 m²"
    assert formatting.share(1, 3) == "1/3"
    assert formatting.share(1, 2) == "50%"
    assert formatting.percent(9650) == "96.5%"
    assert formatting.initials("林晓梅") == "梅"
    assert formatting.initials("Ada Lovelace") == "AL"
    assert formatting.file_size(1_468_006) == "1.4 MB"


def test_an_analysts_label_is_read_in_the_readers_language(app: Flask) -> None:
    task = SimpleNamespace(name="Sign the contract", name_labels={"zh": "签署合同"})
    with reading(app, "zh"):
        assert formatting.labelled(task) == "签署合同"
        assert formatting.labelled({"name": "Untranslated"}) == "Untranslated"
    with reading(app, "en"):
        assert formatting.labelled(task) == "Sign the contract"


def test_a_constant_in_a_page_is_shown_in_the_language_of_each_reader(app: Flask) -> None:
    template = app.jinja_env.from_string("{{ 9650|discount }}")
    with reading(app, "en"):
        assert template.render() == "96.5%"
    with reading(app, "zh"):
        assert template.render() == "9.65折"
