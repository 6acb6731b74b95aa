"""A run over a building whose process is killed again and again goes on, and does no sale twice."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading

import pytest
from sqlalchemy import func, select

from engine.tables.instances import InstanceRow
from kernel.clock import MovedClock
from ledger.surveys.models import BuildingRunItem
from ledger.worklists import ItemState
from tests.stories.company import Company, company_in
from tests.stories.working_off import Certificates, Many, Settlements
from tests.waiting import wait_for
from webapp.db import Database

KILLS = 3


@pytest.fixture
def company(database: Database, clock: MovedClock) -> Company:
    return company_in(database, clock)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("kind", [Settlements, Certificates], ids=lambda kind: kind.__name__)
def test_a_run_over_a_building_that_is_killed_half_way_settles_each_sale_once(
    company: Company, kind: type[Many]
) -> None:
    sales = []
    for number, unit in enumerate(company.units):
        sale = company.start(entry="walk_in", unit_id=unit)
        sale.enter_terms()
        company.pay(key=f"deposit:{number}", sale_id=sale.sale().id)
        sale.sign()
        sales.append(sale.sale().id)
    run = kind(company)
    run.begin()
    dice = random.Random(7)  # noqa: S311 - when to kill, no secret.
    killed = sum(killed_half_way(run, dice.uniform(0.0, 0.1)) for _ in range(KILLS))
    assert killed > 0
    run.work()
    assert run.stands() == ("ended", {"waiting": 0, "done": len(sales), "failed": 0})
    assert sorted(run.made()) == sorted(sales)
    begun = select(func.count()).select_from(InstanceRow).where(InstanceRow.definition_key == kind.process)
    assert company.read(lambda s: s.scalar(begun)) == len(sales)


def killed_half_way(run: Many, after_seconds: float) -> bool:
    """Let a process of its own work until one more sale is done, kill it so long after; False when it had ended."""
    before = done(run)
    worker = multiprocessing.get_context("fork").Process(target=work, args=(run,))
    worker.start()
    wait_for(lambda: done(run) > before or not worker.is_alive(), "a sale is done")
    threading.Event().wait(after_seconds)
    assert worker.pid is not None
    if worker.is_alive():
        os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    return worker.exitcode == -signal.SIGKILL


def done(run: Many) -> int:
    """How many sales are done."""
    query = select(func.count()).where(
        BuildingRunItem.run_id == run.run_id, BuildingRunItem.state == ItemState.DONE
    )
    return run.company.read(lambda s: s.scalar(query) or 0)


def work(run: Many) -> None:
    """What the job does, in a process with connections of its own."""
    here = run.company.database
    here.engine.dispose(close=False)
    run.company.database = Database(here.engine.url.render_as_string(hide_password=False), here.vault, here.clock)
    run.work()
