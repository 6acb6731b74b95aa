"""What the forms of pages carry, so that a refusal is by right; what pages are asked with, and what lists must name."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from kernel.clock import business_date
from tests.ledger.banking.bank import Bank
from tests.webapp.permissions.ledger import LIST
from tests.webapp.permissions.world import DIAGRAM, World

# What every form carries; what one must say besides to come as far as the question who may goes into FORMS.
FORM = {
    "text": "hello",
    "reason": "because",
    "on": "1",
    "decision": "approved",
    "remark": "fine",
    "until": "2026-03-09",
    "priority": "60",
}
_SURVEY = "楼层,房号,建筑面积,套内面积\n12,1201,100,80\n12,1202,100,80\n11,1101,100,80\n"
_BANK = Bank()
_BANK.line(100_00)
STATEMENT = _BANK.csv()
_SUBSTITUTE = {"from_date": "2026-03-02", "to_date": "2026-03-09"}
_NODE_DAY = {"day": "2026-07-01", "kind": "off", "name": "Fair"}
_WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-17:00")
_PLAN = {
    "code": "two", "kind": "lump", "label_zh": "二", "lines-0-kind": "down_payment", "lines-0-share": "remainder",
    "lines-0-days": "0",
}  # fmt: skip


def _manager(world: World, place: str = "here") -> str:
    return world.people[place]["sales_manager"].id


def _lawyer(world: World) -> str:
    return world.people["here"]["legal"].id


def _today(world: World) -> str:
    return business_date(world.house.database.clock).isoformat()


FORMS: dict[str, Callable[[World], dict[str, Any]]] = {
    "POST /start/<key>": lambda world: {
        "at": world.house.project.path,
        "entry": "walk_in",
        "unit_id": world.ids["unit_id"],
        "customer_id": world.ids["customer_id"],
    },
    "POST /admin/messages/<code>/<channel>/<language>": lambda world: {
        "subject": "签约提醒",
        "body": "请于{{sign_by_on}}前签订买卖合同。",
        "version": "0",
        "reason": "shorter",
    },
    "POST /admin/papers/<kind>/<language>/draft": lambda world: {"node": world.house.project.path},
    "POST /admin/papers/versions/<template_id>/preview.pdf": lambda _world: {"text": "# 补充协议\n"},
    "POST /admin/papers/versions/<template_id>": lambda _world: {"text": "# 补充协议\n\n> 云栖\n"},
    "POST /sales/<sale_id>/portal-links": lambda world: {"customer_id": world.ids["customer_id"]},
    "POST /handover/batches/<batch_id>/slots": lambda world: {
        "from": _today(world),
        "until": _today(world),
        "staff": _manager(world),
        "hours": "09:00-10:00",
        "capacity": "1",
        "day_capacity": "2",
    },
    "POST /handover/defects/<defect_id>/assign": lambda world: {"due_on": _today(world)},
    "POST /handover/plans": lambda world: {
        "project": world.ids["project_id"],
        "rooms": "hall | Hall | 厅\n- wall | Wall | 墙",
    },
    "POST /workload/give": lambda world: {"id": world.ids["task_id"], "staff_id": _manager(world)},
    "POST /tasks/<task_id>/signers": lambda world: {
        "signers_part": "before",
        "signers-0-person": _manager(world, "house"),
        "signers_reason": "why",
    },
    "POST /tasks/<task_id>/signers/withdraw": lambda world: {"withdraw_signing_reason": "why"},
    "POST /tasks/<task_id>/copies": lambda world: {"copy-0-person": _lawyer(world), "copy_note": "look"},
    "POST /cases/<instance_id>/copies": lambda world: {"copy-0-person": _lawyer(world), "copy_note": "look"},
    "POST /tasks/<task_id>/delegate": lambda world: {"delegate_to": _manager(world)},
    "POST /tasks/<task_id>/hand-over": lambda world: {"hand_over_to": _manager(world), "hand_over_reason": "why"},
    "POST /tasks/<task_id>/candidates": lambda world: {
        "candidate_groups": "sales_manager",
        "offer-0-person": _lawyer(world),
        "candidates_reason": "why",
    },
    "POST /tasks/<task_id>/due": lambda world: {"due_at": "2026-03-20T09:00", "due_zone": "Asia/Shanghai"},
    "POST /tasks/<task_id>/return": lambda world: {
        "return_step": "begin",
        "return_way": "straight",
        "return_reason": "why",
    },
    "POST /tasks/<task_id>/vote": lambda world: {
        "vote_rule": "majority",
        "vote_reason": "why",
        "vote-0-person": _manager(world, "house"),
    },
    "POST /tasks/<task_id>/withdraw": lambda world: {"withdraw_reason": "why"},
    "POST /tasks/<task_id>/withdrawal": lambda world: {"ask_reason": "why"},
    "POST /inbox/bulk": lambda world: {"act": "none", "id": world.ids["task_id"]},
    "POST /inbox/filters": lambda world: {"name": "mine", "colour": "blue"},
    "POST /account/notifications": lambda world: {"zone": "Asia/Shanghai", "digest_1": "09:00"},
    "POST /account/password": lambda world: {
        "old": "a-long-enough-password",
        "new": "another-long-password",
        "again": "another-long-password",
    },
    "POST /account/substitution": lambda world: _SUBSTITUTE | {"substitute_id": world.ids["staff_id"]},
    "POST /account/tokens": lambda world: {"name": "mine", "days": "90"},
    "POST /mortgages/banks": lambda world: {"name": "建设银行", "kind": "bank", "path": world.house.project.path},
    "POST /mortgages/banks/<lender_id>": lambda world: {"name": "工商银行", "active": "1"},
    "POST /mortgages/banks/<lender_id>/products": lambda world: {
        "product": "一手房贷",
        "max_share_bp": "70",
        "max_months": "360",
    },
    "POST /mortgages/banks/<lender_id>/papers": lambda world: {
        "label_zh": "征信",
        "label_en": "Credit",
        "brought_by": "buyer",
    },
    "POST /mortgages/<mortgage_id>/loans/<loan_id>/papers": lambda world: {"received_on": "2026-03-02"},
    "POST /mortgages/<mortgage_id>/loans/<loan_id>/possible": lambda world: {"possible_on": "2026-03-02"},
    "POST /mortgages/submissions": lambda world: {
        "bank": world.ids["lender_id"],
        "id": world.ids["loan_id"],
        "submitted_on": "2026-03-02",
    },
    "POST /customers/new": lambda world: {
        "name": "李明",
        "project_id": world.ids["project_id"],
        "phone": "13800138055",
    },
    "POST /customers/<customer_id>/contacts": lambda world: {"channel": "phone", "note": "called"},
    "POST /customers/<customer_id>/reveal": lambda world: {"field": "phone", "phone_id": world.ids["phone_id"]},
    "POST /customers/<customer_id>/edit": lambda world: {"name": "王磊", "grade": "A"},
    "POST /customers/<customer_id>/phones": lambda world: {"phone": "13800138077"},
    "POST /finance/cash": lambda world: {"project": world.ids["project_id"], "day": "2026-03-02"},
    "POST /finance/periods/<project_id>/close": lambda world: {"through": "2026-02-28"},
    "POST /finance/periods/<project_id>/lock": lambda world: {"through": "2026-02-28", "reason": "done"},
    "POST /finance/periods/<project_id>/reopen": lambda world: {"first": "2026-02-20", "reason": "a slip"},
    "POST /finance/chart": lambda world: {
        "node": world.ids["project_id"],
        "code-fees": "6051",
        "name-fees": "手续费收入",
    },
    "POST /finance/vouchers": lambda world: {"project": world.ids["project_id"], "through": "2026-02-23"},
    "POST /finance/vouchers/confirm": lambda world: {
        "file": (BytesIO(world.ids["told"].encode()), "back.csv"),
    },
    "POST /finance/papers/exchange": lambda world: {
        "project": world.ids["project_id"],
        "id": world.ids["paper_id"],
    },
    "POST /changes/new/<kind> [discount]": lambda world: {
        "sale_id": world.ids["sale_id"],
        "reason": "a good buyer",
        "discounts-0-kind": "rate",
        "discounts-0-name": "VIP",
        "discounts-0-basis_points": "1",
        "act": "preview",
    },
    "POST /finance/papers/<paper_id>/void": lambda world: {"reason": "wrong name"},
    "POST /finance/ranges": lambda world: {
        "project": world.ids["project_id"],
        "kind": "receipt",
        "prefix": "B",
        "first": "01",
        "last": "09",
        "received_on": "2026-03-02",
    },
    "POST /finance/ranges/<range_id>/return": lambda world: {"reason": "none needed"},
    "POST /finance/ranges/<range_id>/spoil": lambda world: {"reason": "jammed", "count": "1"},
    "POST /finance/reports/statements/runs": lambda world: {
        "project": world.ids["project_id"],
        "from": "2026-03-02",
        "to": "2026-03-02",
    },
    "POST /finance/receipts/new": lambda world: {
        "todo": world.ids["collect_id"],
        "amount": "50000",
        "paid_on": "2026-03-02",
        "payer": "王磊",
        "payer_role": "buyer",
        "method": "transfer",
    },
    "POST /finance/sales/<sale_id>/interest": lambda world: {"through": "2026-03-02"},
    "POST /finance/statements": lambda world: {
        "account": world.ids["account_id"],
        "file": (BytesIO(STATEMENT), "march.csv"),
    },
    "POST /finance/statements/lines/<line_id>/confirm": lambda world: {
        "part": f"credit:{world.ids['sale_id']}=5000000",
    },
    "POST /finance/statements/lines/<line_id>/ignore": lambda world: {"reason": "interest"},
    "POST /finance/statements/matching/certain": lambda world: {"id": world.ids["line_id"]},
    "POST /finance/statements/accounts/new": lambda world: {
        "project_id": world.ids["project_id"],
        "name": "一般户",
        "number": "6217000011110043",
        "account": "general",
    },
    "POST /finance/arrears/proposals/send": lambda world: {"id": world.ids["proposal_id"]},
    "POST /finance/arrears/cases/<case_id>/promise": lambda world: {
        "promise_amount": "100",
        "promise_due_on": "2026-03-09",
    },
    "POST /finance/arrears/cases/<case_id>/dispute": lambda world: {
        "dispute_receivable_id": world.ids["late_line_id"],
        "dispute_amount": "100",
        "dispute_reason": "area",
    },
    "POST /finance/arrears/cases/<case_id>/block": lambda world: {
        "block_until_on": "2026-03-09",
        "block_reason": "talks",
    },
    "POST /finance/arrears/cases/<case_id>/legal": lambda world: {
        "legal_kind": "lawyer_letter",
        "legal_taken_on": "2026-03-02",
    },
    "POST /finance/todos/<todo_id>/done": lambda world: {"done_on": "2026-03-02"},
    "POST /units/<unit_id>/sell": lambda world: {"entry": "walk_in", "customer_id": world.ids["customer_id"]},
    "POST /units/<unit_id>/purchase-plan": lambda world: {"customer": "王磊"},
    "POST /units/discounts": lambda world: {
        "project": world.ids["project_id"],
        "code": "spring",
        "name": "Spring",
        "kind": "rate",
        "rate": "1",
        "of": "running",
        "valid_from": "2026-03-02",
    },
    "POST /units/price-lists": lambda world: {
        "project": world.ids["project_id"],
        "file": (BytesIO(LIST), "list.csv"),
    },
    "POST /units/queue": lambda world: {"project": world.ids["project_id"], "code": "B"},
    "POST /units/queue/<batch_id>/draw": lambda world: {"seed": "the newspaper of today"},
    "POST /admin/staff/new": lambda world: {
        "username": "newcomer",
        "display_name": "New",
        "role": "legal",
        "path": world.house.project.path,
    },
    "POST /admin/staff/<staff_id>/roles": lambda world: {"role": "legal", "path": world.house.project.path},
    "POST /admin/staff/<staff_id>/addresses": lambda world: {"email": "fil@example.com", "phone": ""},
    "POST /admin/staff/<staff_id>/manager": lambda world: {
        "manager_id": world.people["here"]["sales_manager"].id,
        "manager_from": "2026-03-02",
    },
    "POST /admin/staff/<staff_id>/substitution": lambda world: (
        _SUBSTITUTE | {"substitute_id": world.people["here"]["legal"].id}
    ),
    "POST /admin/organisation/<node_id>/children": lambda world: {"kind": "phase", "name": "One", "code": "one"},
    "POST /admin/organisation/<node_id>/name": lambda world: {"name": "Yunxi"},
    "POST /admin/organisation/<node_id>/permits": lambda world: {"no": "2026-0002", "granted_on": "2026-02-02"},
    "POST /admin/organisation/<node_id>/parameters/<name>": lambda world: {
        "value": "true",
        "effective_from": "2026-03-02",
    },
    "POST /admin/organisation/<node_id>/posts": lambda world: {"role": "legal", "to": ""},
    "POST /admin/organisation/<node_id>/calendar": lambda world: {"calendar": world.ids["calendar_id"]},
    "POST /admin/organisation/<node_id>/calendar/days": lambda world: _NODE_DAY,
    "POST /admin/calendars/new": lambda world: {"code": "night", "name": "Night"} | _WEEK,
    "POST /admin/calendars/<calendar_id>": lambda world: {"name": "Shop", "revision": "1"} | _WEEK,
    "POST /admin/calendars/<calendar_id>/days": lambda world: _NODE_DAY,
    "POST /admin/calendars/load": lambda world: {
        "file": (BytesIO(b"date,kind,name\n2027-01-01,holiday,New year\n"), "2027.csv")
    },
    "POST /admin/plans/new": lambda world: {"project": world.ids["project_id"]} | _PLAN,
    "POST /studio/deploy": lambda world: {"files": (BytesIO(DIAGRAM), "booking_to_contract.bpmn")},
    "POST /titles/areas/<building_id>/surveys": lambda _world: {
        "kind": "measured",
        "surveyed_on": "2026-03-01",
        "file": (BytesIO(_SURVEY.encode()), "survey.csv"),
    },
    "POST /titles/buildings/<building_id>/submission": lambda _world: {
        "submitted_on": "2026-03-02",
        "number": "17",
    },
    "POST /titles/cases/<title_case_id>/issued": lambda _world: {
        "issued_on": "2026-03-02",
        "certificate_no": "A-1",
    },
    "POST /titles/cases/<title_case_id>/returned": lambda _world: {"returned_on": "2026-03-02"},
    "POST /titles/surveys/<survey_id>/reject": lambda world: {"building_id": world.ids["building_id"]},
    "POST /operations/incidents/retry": lambda world: {"id": world.ids["incident_id"]},
}
# What stands behind the question mark of a page's address.
QUERIES: dict[str, Callable[[World], dict[str, str]]] = {
    "GET /finance/receipts/new": lambda world: {"todo": world.ids["collect_id"]},
    "GET /admin/plans/new": lambda world: {"project": world.ids["project_id"]},
    "GET /changes/new/<kind> [discount]": lambda world: {"sale_id": world.ids["sale_id"]},
    "GET /inbox": lambda world: {"box": "group"},
    "GET /lookup/<kind> [plan]": lambda world: {"path": world.house.project.path},
    "GET /lookup/<kind> [batch]": lambda world: {"path": world.house.project.path},
    "GET /lookup/<kind> [offer]": lambda world: {"path": world.house.project.path},
    "GET /lookup/<kind> [loan_product]": lambda world: {"path": world.house.project.path},
    "GET /lookup/<kind> [unit]": lambda world: {"path": world.house.project.path},
    "GET /lookup/<kind> [staff]": lambda world: {"q": "here.filing"},
    "GET /lookup/<kind> [colleague]": lambda world: {"q": "here.filing"},
}
# What of the company a list must name to somebody who is to see it; without it the list shows nothing.
SHOWN = {
    "GET /customers/": "customer_id",
    "GET /sales/": "sale_id",
    "GET /changes/": "order_id",
    "GET /finance/": "collect_id",
    "GET /finance/arrears": "sale_id",
    "GET /finance/arrears/cases": "case_id",
    "GET /finance/arrears/proposals": "proposal_id",
    "GET /finance/arrears/runs": "run_id",
    "GET /mortgages/": "mortgage_id",
    "GET /mortgages/banks": "lender_id",
    "GET /lookup/<kind> [loan_product]": "product_id",
    "GET /finance/cash": "project_id",
    "GET /finance/journal": "sale_id",
    "GET /finance/papers": "paper_id",
    "GET /finance/papers/days": "project_id",
    "GET /finance/periods": "project_id",
    "GET /finance/ranges": "range_id",
    "GET /finance/chart": "project_id",
    "GET /finance/vouchers": "voucher_batch_id",
    "GET /finance/projects": "project_id",
    "GET /finance/receipts": "receipt_id",
    "GET /finance/statements": "statement_id",
    "GET /finance/reports/ageing": "project_id",
    "GET /finance/reports/ageing/lines": "sale_id",
    "GET /finance/reports/collection": "project_id",
    "GET /finance/reports/collection/sales": "project_id",
    "GET /finance/reports/forecast": "project_id",
    "GET /finance/reports/statements": "project_id",
    "GET /finance/statements/matching": "line_id",
    "GET /finance/statements/rules": "match_rule_id",
    "GET /reviews/": "change_id",
    "GET /titles/": "building_id",
    "GET /titles/areas": "building_id",
    "GET /units/": "unit_id",
    "GET /units/prices": "version_id",
    "GET /units/price-lists": "import_id",
    "GET /units/discounts": "offer_id",
    "GET /units/queue": "queue_id",
    "GET /operations/cases": "instance_id",
    "GET /operations/incidents": "incident_id",
    "GET /operations/jobs": "job_id",
    "GET /inbox": "task_id",
    "GET /admin/staff/": "staff_id",
    "GET /admin/plans/": "plan",
    "GET /admin/organisation/": "node_id",
    "GET /lookup/<kind> [customer]": "customer_id",
    "GET /lookup/<kind> [unit]": "unit_id",
    "GET /lookup/<kind> [plan]": "used_plan_id",
    "GET /lookup/<kind> [receipt]": "paid_id",
    "GET /lookup/<kind> [sale]": "sale_id",
    "GET /lookup/<kind> [staff]": "staff_id",
    "GET /lookup/<kind> [colleague]": "staff_id",
    "GET /lookup/<kind> [project]": "project_id",
    "GET /lookup/<kind> [batch]": "queue_id",
    "GET /lookup/<kind> [offer]": "given_offer_id",
}


# Forms that nobody brings further, because what they ask for does not stand; the refusals come before.
STANDS = {
    "POST /handover/cases/<case_id>/arrive": "no appointment is made",
    "POST /handover/cases/<case_id>/book": "no slot is offered",
    "POST /handover/cases/<case_id>/rate": "no keys are given",
    "POST /handover/new": "the home has no contract",
    "POST /handover/inspect/entries": "what a phone sends is no form",
    "POST /handover/inspect/visits/<visit_id>": "what a phone sends is no form",
    "POST /handover/inspect/conflicts/<entry_id>": "what a phone sends is no form",
    "POST /changes/new/<kind> [discount]": "the sale has an open change already",
    "POST /titles/buildings/<building_id>/registration": "no survey of the building is released",
    "POST /titles/buildings/<building_id>/run": "no sale of the building has a contract",
    "POST /titles/buildings/<building_id>/submission": "no case of the building is ready",
    "POST /titles/areas/<building_id>/run": "no survey of the building is released, and no sale of it has a contract",
    "POST /mortgages/submissions": "the loan waits for its papers",
    "POST /mortgages/<mortgage_id>/loans/<loan_id>/possible": "the bank has not paid yet",
    "POST /finance/sales/<sale_id>/waiver": "the sale is not signed, so that nothing of it bears interest",
    "POST /inbox/bulk": "a run is begun in one transaction and worked on in others; each task is refused for itself",
    "POST /finance/receipts/<receipt_id>/move [confirmed]": "the money belongs to the only sale there is",
    "POST /sales/<sale_id>/withdraw": "the sale was made without its process, so none hears of it",
    "POST /tasks/<task_id>/resolve": "nobody prepares the task",
    "POST /tasks/<task_id>/return": "no step lies behind the task",
    "POST /tasks/<task_id>/signers/withdraw": "nobody was asked to sign",
    "POST /tasks/<task_id>/vote": "the task allows no vote",
}


def form_of(world: World, name: str) -> dict[str, Any]:
    """What the form of a line carries."""
    own = FORMS.get(name)
    return FORM | (own(world) if own else {})
