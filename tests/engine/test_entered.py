"""The history names the fields that somebody filled in or changed at a step, never what stands in them."""

from __future__ import annotations

from typing import Any

import pytest

from engine.api import Context, HandlerRegistry
from tests.engine.conftest import FreeForms, House, NoDirectory, Story
from tests.engine.test_inbox import AN, BO, offer
from tests.engine.test_linear import WorkOutIn, WorkOutOut


class OfferForm(FreeForms):
    """Asks a price, a word and two ticks; ``begins`` says that it begins with the process data."""

    begins = False

    def fields(self, form_key: str) -> dict[str, str]:
        return {"price": "integer", "offer_no": "string", "word": "string", "urgent": "boolean", "kept": "boolean"}

    def opens_with_data(self, form_key: str) -> bool:
        return self.begins


@pytest.fixture(autouse=True)
def form(house: House, registry: HandlerRegistry) -> OfferForm:
    @registry.handler("offers.work_out")
    def work_out(data: WorkOutIn, ctx: Context) -> WorkOutOut:
        return WorkOutOut(total=data.price)

    house.directory, house.forms = NoDirectory(AN, BO), OfferForm()
    return house.forms


def told(story: Story, code: str) -> dict[str, Any]:
    params = next(event.params for event in story.history if event.code == code)
    return {name: params[name] for name in ("form", "filled", "changed") if name in params}


ANSWERS = {"price": 5, "offer_no": "A1", "word": "", "urgent": True, "kept": False}


def test_of_a_form_that_begins_blank_everything_that_was_filled_in_is_named(house: House) -> None:
    story = offer(house, "A1")
    story.complete("draft", AN, **ANSWERS)
    assert told(story, "task_completed") == {"form": "test", "filled": ["price", "offer_no", "urgent"]}


def test_of_a_form_that_begins_with_the_data_only_what_is_other_than_before(house: House, form: OfferForm) -> None:
    form.begins = True
    same, other = offer(house, "A1"), offer(house, "A1-b")
    same.complete("draft", AN, **ANSWERS)
    other.complete("draft", AN, **ANSWERS)
    assert told(same, "task_completed") == {"form": "test", "filled": ["price", "urgent"]}
    assert told(other, "task_completed") == {
        "form": "test", "filled": ["price", "urgent"], "changed": ["offer_no"],
    }  # fmt: skip


def test_nothing_that_was_entered_stands_in_the_history(house: House) -> None:
    story = offer(house, "A1")
    story.complete("draft", AN, price=5, word="Wang, 13812345678")
    assert "13812345678" not in str([event.params for event in story.history])


def test_who_prepares_a_task_for_its_owner_is_told_with_the_fields_he_prepared(house: House) -> None:
    story = offer(house, "A1")
    task_id = story.task("draft").id
    house.act(lambda e: e.claim(task_id), AN)
    house.act(lambda e: e.delegate(task_id, "bo"), AN)
    house.act(lambda e: e.resolve(task_id, {"price": 9, "word": ""}), BO)
    assert told(story, "task_resolved") == {"form": "test", "filled": ["price"]}
