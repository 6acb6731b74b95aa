"""Another system brings a statement, confirms, issues papers and chases, with the rights of who gave the token."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from flask import Flask

import handlers
from handlers.jobs import use_office
from ledger.banking.operations import open_bank_account
from ledger.staff.tokens import issue_token
from tests.ledger.banking.bank import NUMBER, Bank
from tests.stories.company import DEPOSIT, PROJECT, Case, Company
from tests.webapp.api.conftest import Caller
from webapp.jobs import JobRunner
from webapp.paperwork.office import PaperOffice, outlets_of
from webapp.settings import Settings


@pytest.fixture
def caller(office: Flask, company: Company, tmp_path: object) -> Callable[[str], Caller]:
    """A client with somebody's token."""
    settings = Settings(outbox_folder=str(tmp_path))
    use_office(PaperOffice(company.database, outlets_of(settings, company.database)))

    def of(name: str) -> Caller:
        token = company.act(name, lambda s, a: issue_token(s, a, company.clock, name="test"))
        return Caller(office.test_client(), token.secret)

    return of


def test_a_statement_is_brought_once_and_its_line_confirmed_once(
    caller: Callable[[str], Caller], company: Company, sold: Case
) -> None:
    given = {"project_id": company.project_id, "name": "监管户", "number": NUMBER, "account": "supervised"}
    account = company.act("treasurer", lambda s, a: open_bank_account(s, a, company.clock, **given).id)
    clerk, bank = caller("cashier"), Bank()
    assert [row["number"][-4:] for row in clerk.get("/bank-accounts")["rows"]] == [NUMBER[-4:]]
    bank.line(DEPOSIT, memo="1栋101定金", payer="马超")
    file = {"account_id": account, "file_name": "s.csv", "content": base64.b64encode(bank.csv()).decode()}
    for added in (1, 0):
        assert clerk.post("/bank-statements", file).json["added"] == added
    cut = base64.b64encode(bank.csv()[:-30]).decode()
    refused = clerk.post("/bank-statements", {**file, "content": cut})
    assert (refused.status_code, [name.partition(" ")[0] for name in refused.json["fields"]][:1]) == (
        422,
        ["line"],
    )
    (line,) = clerk.get("/bank-lines")["rows"]
    assert "payer_index" not in line
    (best, *_) = clerk.get(f"/bank-lines/{line['id']}/proposals")["proposals"]
    assert (best["certainty"], best["parts"][0]["amount_fen"]) == ("certain", DEPOSIT)
    assert [clerk.post(f"/bank-lines/{line['id']}/confirm").json["fresh"] for _ in range(2)] == [True, False]
    assert sold.waiting_at == ["sign_contract"]
    assert clerk.get("/bank-lines")["rows"] == []
    assert clerk.post(f"/bank-lines/{line['id']}/undo", {"reason": "wrong"}).status_code == 404
    undone = caller("treasurer").post(f"/bank-lines/{line['id']}/undo", {"reason": "wrong sale"})
    assert (undone.status_code, undone.json["state"]) == (200, "open")
    assert caller("wei").send("GET", "/bank-lines").json.get("rows", []) == []


def test_ranges_are_received_papers_issued_and_void(
    caller: Callable[[str], Caller], company: Company, sold: Case
) -> None:
    clerk, manager, receipt = caller("cashier"), caller("treasurer"), company.pay()
    new = {"project_id": company.project_id, "kind": "receipt", "prefix": "A", "first": "0001", "last": "0005"}
    new["received_on"] = company.clock.now().date().isoformat()
    assert clerk.post("/paper-ranges", new).status_code == 403
    assert manager.post("/paper-ranges", new).json["next"] == "A0001"
    assert manager.post("/paper-ranges", new).status_code == 422
    issued = [clerk.post("/papers", {"receipt_id": receipt}).json for _ in range(2)]
    assert [(one["number"], one["amount_fen"]) for one in issued] == [("A0001", DEPOSIT)] * 2
    gone = clerk.post(f"/papers/{issued[0]['id']}/void", {"reason": "wrong payer"})
    assert (gone.json["state"], gone.json["reason"]) == ("void", "wrong payer")
    assert clerk.post("/papers", {"receipt_id": receipt}).json["number"] == "A0002"
    (row,) = clerk.get(f"/paper-ranges?project_id={company.project_id}")["rows"]
    assert (row["issued"], row["void"], row["left"], row["next"]) == (1, 1, 3, "A0003")
    assert [one["state"] for one in clerk.get("/papers?state=void")["rows"]] == ["void"]


def test_arrears_are_run_listed_and_sent(caller: Callable[[str], Caller], company: Company, sold: Case) -> None:
    company.pay()
    sold.sign()
    company.later(days=10)
    clerk = caller("cashier")
    assert caller("wei").post("/arrears/runs", {"path": PROJECT}).status_code == 403
    run = clerk.post("/arrears/runs", {"path": PROJECT}).json
    jobs = JobRunner(company.database, handlers.registry())
    jobs.run_due()
    assert clerk.get(f"/arrears/runs/{run['id']}")["state"] == "ended"
    (case,) = clerk.get("/arrears/cases")["rows"]
    (proposal,) = clerk.get("/arrears/proposals")["rows"]
    assert (proposal["case_id"], proposal["level"], proposal["channel"]) == (case["id"], 1, "sms")
    sent = clerk.post("/arrears/sendings", {"proposal_ids": [proposal["id"]]}).json
    jobs.run_due()
    assert (clerk.get(f"/arrears/runs/{sent['id']}")["done"], clerk.get("/arrears/proposals")["rows"]) == (1, [])
    again = clerk.post("/arrears/sendings", {"proposal_ids": [proposal["id"]]})
    assert again.status_code == 422
    assert clerk.get("/arrears/undelivered")["rows"] == []
