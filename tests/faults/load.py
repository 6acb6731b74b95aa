"""What people do in the company while faults befall it: sales that go their whole way or stop somewhere, relays."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable
from typing import Any

from tests.faults import relay
from tests.faults.client import Client, Diary, Refused
from tests.faults.company import House
from tests.stories.company import DEPOSIT, PROJECT

TAKEN = frozenset({"unit_taken", "unit_not_available", "unit_not_free"})


class Load:
    """Several threads that begin one plot after the other until they are told to begin no more.

    ``filed`` bounds how many sales go so far that papers are made: setting type costs more than all the rest.
    """

    def __init__(
        self, house: House, seed: int, *, threads: int = 4, ports: list[int] | None = None, filed: int = 4
    ) -> None:
        self.house = house
        self.diary = Diary()
        self.seed = seed
        self.begun: list[int] = []
        self._ports = ports or [house.settings.port]
        self._numbers = itertools.count(1)
        self._enough = threading.Event()
        self._filed = filed
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._loop, daemon=True) for _ in range(threads)]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Begin nothing new; return when everything begun has come to where its plot ends."""
        self._enough.set()
        for thread in self._threads:
            thread.join(120)
            assert not thread.is_alive(), "a client never finished"

    def _loop(self) -> None:
        while not self._enough.is_set():
            with self._lock:
                number = next(self._numbers)
                self.begun.append(number)
            dice = random.Random(f"{self.seed}:{number}")  # noqa: S311 - a plot, not a secret.
            client = Client(self.house, self.diary, dice, self._ports)
            try:
                self._plot(number, dice)(client, number, dice)
            except Refused as refusal:
                if refusal.code not in TAKEN:
                    self._fault(refusal)
            except Exception as fault:
                self._fault(fault)

    def _fault(self, fault: Exception) -> None:
        with self.diary.lock:
            self.diary.faults.append(f"{type(fault).__name__}: {fault}")

    def _plot(self, number: int, dice: random.Random) -> Callable[[Client, int, random.Random], None]:
        return self._relay if number % 3 == 0 else self._sale

    def _relay(self, client: Client, number: int, dice: random.Random) -> None:
        """A relay is begun by a message; the word it waits for may come long before it listens."""
        begin = {"name": relay.BEGUN, "correlation": {}, "payload": {"number": number}}
        word = {
            "name": relay.WORD,
            "correlation": {"number": number},
            "payload": {"word": f"word {number}"},
            "ttl_seconds": 20 * 86_400,
        }
        acts: list[tuple[str, dict[str, Any]]] = [
            (f"begin_relay:{number}", begin),
            (f"tell_relay:{number}", word),
        ]
        if dice.random() < 0.5:
            acts.reverse()
        for kind, body in acts:
            client.act("operator", kind, "/messages", body)

    def _sale(self, client: Client, number: int, dice: random.Random) -> None:
        """A walk-in sale that ends at a step drawn for it; two may want one home."""
        wanted = self.house.units[(number - dice.choice([0, 0, 1])) % len(self.house.units)]
        new = {
            "project_id": self.house.project_id,
            "name": f"Buyer {number}",
            "phones": [f"138{number:08d}"],
            "confirmed": True,
        }
        customer = client.act("wei", "register", "/customers", new)
        answers = {"entry": "walk_in", "unit_id": wanted, "customer_id": customer["id"]}
        begin = {"process": "booking_to_contract", "scope": PROJECT, "answers": answers}
        case = client.act("wei", "start", "/instances", begin)
        _Sale(client, self.house, case, customer["id"]).go(dice, self._may_be_filed)

    def _may_be_filed(self) -> bool:
        with self._lock:
            self._filed -= 1
            return self._filed >= 0


class _Sale:
    """One sale from the entry of its terms on."""

    def __init__(self, client: Client, house: House, case: dict[str, Any], customer_id: str) -> None:
        self.client, self.house = client, house
        self.case, self.customer_id = case["id"], customer_id

    def go(self, dice: random.Random, may_be_filed: Callable[[], bool]) -> None:
        """Go on until the buyer has had enough: his case then waits for its time to run out."""
        if dice.random() < 0.2:
            return
        discount = dice.random() < 0.4
        self._enter_terms(100 if discount else 0)
        if discount:
            self._complete("decide", "manager_1", decision="approved")
        if dice.random() < 0.3:
            return
        receipt = self._take_deposit()
        if not may_be_filed():
            return
        self.client.act("cashier", "confirm", f"/receipts/{receipt}/confirm", {})
        today = self.house.today()
        self._complete(
            "sign_contract",
            "wei",
            signed_on=today,
            delivery_on="2031-12-31",
            identities_checked=True,
            all_buyers_signed=True,
        )
        self._complete("submit_filing", "filer", submitted_on=today)
        self._complete(
            "record_answer", "filer", filing_answer="accepted", filing_no=f"BA-{self.case}", answered_on=today
        )

    def _enter_terms(self, off: int) -> None:
        discounts = [{"name": "Discount", "kind": "rate", "basis_points": off}] if off else []
        self._complete(
            "enter_terms",
            "wei",
            ownership="sole",
            buyers=[{"customer_id": self.customer_id}],
            discounts=discounts,
            plan_id=self.house.plan_id,
            deposit_fen=DEPOSIT,
        )

    def _take_deposit(self) -> str:
        sale = self.client.ask("operator", f"/instances/{self.case}/variables")["variables"]["sale_id"]
        money = {
            "key": f"deposit:{sale}",
            "sale_id": sale,
            "amount_fen": DEPOSIT,
            "method": "transfer",
            "paid_on": self.house.today(),
            "payer": "Buyer",
        }
        taken: str = self.client.act("cashier", "take", "/receipts", money)["id"]
        return taken

    def _complete(self, element: str, who: str, **answers: Any) -> None:
        rows = self.client.ask("operator", f"/tasks?box=all&instance={self.case}")["rows"]
        task = next(row for row in rows if row["element_id"] == element and row["state"] == "open")
        self.client.act(who, f"complete:{task['id']}", f"/tasks/{task['id']}/complete", {"answers": answers})
