"""From whatever somebody knows of a case to the case: a unit's number, a name, a place in the diagram, a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, text

from engine.api import InstanceFilter, Invalid
from engine.models import WordRow
from engine.store.search import index_missing, words_of
from kernel.actor import SYSTEM, Actor, Grant
from kernel.database import is_sqlite
from tests.engine.conftest import House, Story
from tests.engine.definitions.drawing import extended, flow, process

FACTS = "".join(
    f'<keyturn:fact name="{name}" value="= {name}"/>' for name in ("unit", "customer", "amount", "day")
)
DIAGRAM = process(
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
    extended("userTask", 'id="draw"', '<keyturn:task form="test" candidateGroups="clerk" due="P1D"/>' + FACTS),
    extended("userTask", 'id="sign"', '<keyturn:task form="test" candidateGroups="clerk" due="P1D"/>' + FACTS),
    '<bpmn:intermediateCatchEvent id="rest"><bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration>'
    "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>",
    flow("f1", "begin", "draw"),
    flow("f2", "draw", "sign"),
    flow("f3", "sign", "rest"),
    flow("f4", "rest", "done"),
    key="sell",
)


def sell(house: House, key: str, unit: str, customer: str, **more: Any) -> Story:
    house.act(lambda e: e.deploy({"sell.bpmn": DIAGRAM}))
    data = {"unit": unit, "customer": customer, "amount": 100, "day": "2026-03-02"}
    return Story(house, house.act(lambda e: e.start("sell", data, business_key=key, **more)))


def found(house: House, actor: Actor | None = None, **wanted: Any) -> list[str]:
    page = house.ask(lambda e: e.find_instances(InstanceFilter(**wanted)), actor)
    assert page.count == len(page.rows)
    return sorted(row.business_key for row in page.rows)


@pytest.fixture
def sales(house: House) -> tuple[Story, Story]:
    first = sell(house, "RG-2026-1", "3栋 1201", "王小明", scope="/a/")
    house.clock.advance(timedelta(days=1))
    return first, sell(house, "RG-2026-2", "5栋 1202", "Anna Smith", scope="/b/")


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("1201", ["RG-2026-1"]),
        ("120", ["RG-2026-1", "RG-2026-2"]),
        ("201", []),
        ("3栋1201", ["RG-2026-1"]),
        ("3栋 1201", ["RG-2026-1"]),
        ("5栋 1201", []),
        ("小明", ["RG-2026-1"]),
        ("smith", ["RG-2026-2"]),
        ("ANNA sm", ["RG-2026-2"]),
        ("1201 王", ["RG-2026-1"]),
        ("rg-2026-2", ["RG-2026-2"]),
        ("2026-2", ["RG-2026-2"]),
        ("100%", []),
        ("'", []),
        ("  ", ["RG-2026-1", "RG-2026-2"]),
    ],
)
def test_one_box_leads_from_a_unit_a_name_or_a_number_to_the_case(
    house: House, sales: tuple[Story, Story], typed: str, keys: list[str]
) -> None:
    assert found(house, search=typed) == keys


def test_a_case_is_found_by_what_it_learns_later(house: House, sales: tuple[Story, Story]) -> None:
    house.act(lambda e: e.set_instance_facts(sales[0].id, {"contract_no": "YX-77"}))
    assert found(house, search="yx-77") == ["RG-2026-1"]
    house.act(lambda e: e.set_facts(sales[1].task("draw").id, {"note": "corner"}))
    assert found(house, search="corn") == ["RG-2026-2"]


def test_a_case_is_found_by_its_facts_exactly(house: House, sales: tuple[Story, Story]) -> None:
    assert found(house, facts={"unit": ("=", "3栋 1201")}) == ["RG-2026-1"]
    assert found(house, facts={"unit": ("=", "1201")}) == []
    assert found(house, facts={"amount": (">=", 100)}) == ["RG-2026-1", "RG-2026-2"]
    assert found(house, facts={"day": ("<", date(2026, 3, 2))}) == []
    with pytest.raises(Invalid, match="operator_unknown"):
        found(house, facts={"unit": ("~", "x")})


def test_a_case_is_found_by_where_it_stands(house: House, sales: tuple[Story, Story]) -> None:
    assert found(house, waiting_at="draw") == ["RG-2026-1", "RG-2026-2"]
    for element in ("draw", "sign"):
        sales[0].complete(element)
    assert found(house, waiting_at="rest") == ["RG-2026-1"]
    assert found(house, waiting_at="sign") == []
    house.deploy("wait_for_receipt.bpmn")
    house.act(lambda e: e.start("wait_for_receipt", {"order": "1"}, business_key="W-1"))
    assert found(house, waiting_at="receipt") == ["W-1"]


def test_a_case_is_found_by_when_it_began_and_ended(house: House, sales: tuple[Story, Story]) -> None:
    second = datetime(2026, 3, 3, tzinfo=UTC)
    assert found(house, started_from=second) == ["RG-2026-2"]
    assert found(house, started_before=second) == ["RG-2026-1"]
    house.act(lambda e: e.cancel(sales[0].id, "moved"))
    assert found(house, ended_from=second) == ["RG-2026-1"]
    assert found(house, ended_before=second) == []


def test_cases_of_every_version_are_listed_together_or_apart(house: House, sales: tuple[Story, Story]) -> None:
    """Camunda 8 Tasklist #28684: only the latest version could be listed."""
    newer = DIAGRAM.replace(b"<bpmn:timeDuration>P1D", b"<bpmn:timeDuration>P2D")
    house.act(lambda e: e.deploy({"sell.bpmn": newer}))
    house.act(lambda e: e.start("sell", {"unit": "1", "customer": "x", "amount": 1, "day": ""}, business_key="N"))
    assert found(house, definition_keys=("sell",)) == ["N", "RG-2026-1", "RG-2026-2"]
    assert found(house, definition_keys=("sell",), versions=(1,)) == ["RG-2026-1", "RG-2026-2"]
    assert found(house, versions=(1, 2)) == ["N", "RG-2026-1", "RG-2026-2"]


def test_nobody_finds_what_lies_outside_his_scope(house: House, sales: tuple[Story, Story]) -> None:
    there = Actor("v", "v", (Grant("viewer", "/b/", frozenset({"engine:view"})),))
    assert found(house, there, search="120") == ["RG-2026-2"]
    assert found(house, there, search="1201") == []
    assert found(house, there, waiting_at="draw") == ["RG-2026-2"]


def test_a_longer_list_asks_no_more_questions(house: House, sales: tuple[Story, Story]) -> None:
    def asked() -> int:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        event.listen(house.database.engine, "before_cursor_execute", note)
        found(house, search="120", waiting_at="draw", facts={"amount": (">", 0)})
        event.remove(house.database.engine, "before_cursor_execute", note)
        return len(seen)

    few = asked()
    for number in range(10):
        sell(house, f"M-{number}", f"1栋 120{number}", "Li")
    assert asked() == few


def test_the_words_are_found_by_an_index(house: House, sales: tuple[Story, Story]) -> None:
    with house.database.reading() as session:
        if not is_sqlite(session):
            pytest.skip("the plan of a small table says nothing there")
        plan = session.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT id FROM engine_instance WHERE id IN "
                "(SELECT instance_id FROM engine_instance_word WHERE word >= '1201' AND word < '1202')"
            )
        ).all()
    told = " / ".join(str(row[3]) for row in plan)
    assert "SCAN" not in told.replace("SCAN CONSTANT ROW", "")
    assert "engine_instance_word" in told


def test_cases_from_before_the_search_are_indexed_by_and_by(house: House, sales: tuple[Story, Story]) -> None:
    with house.database.unit_of_work(SYSTEM) as session:
        session.execute(delete(WordRow))
    assert found(house, search="1201") == []
    for left in (1, 1, 0):
        with house.database.unit_of_work(SYSTEM) as session:
            assert index_missing(session, 1) == left
    assert found(house, search="1201") == ["RG-2026-1"]
    assert found(house, search="rg-2026-2") == ["RG-2026-2"]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("3栋 1201", ["3栋1201", "栋1201", "1201"]),
        ("RG-2026-1", ["rg-2026-1", "2026-1", "1"]),
        ("王小明", ["王小明", "小明", "明"]),
        ("2026-03-02", []),
        ("01a222fc-eed0-77d8-9ad1-e8b3f699f7e4", []),
        ("", []),
        (None, []),
        (7, []),
        ("x" * 100, ["x" * 24]),
    ],
)
def test_a_text_is_found_from_where_its_words_begin(written: object, words: list[str]) -> None:
    assert list(words_of(written)) == words
