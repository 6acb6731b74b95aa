"""What stands in the addresses of the walk, and the addresses that everybody may open."""

from __future__ import annotations

from collections.abc import Iterable

from tests.webapp.permissions.world import NONE, World

_OWN = "whoever reads it, without a sign-in"
# What is in no table, because nobody is ever refused; each with the reason.
EVERYBODY = {
    "GET /static/<path:filename>": "files of the front end, the same for everybody",
    "GET /healthz": "asked by machines, says that the process lives",
    "GET /readyz": "asked by machines, says that the database answers",
    "GET /metrics": "asked by machines, counts without names; the proxy keeps it inside (docs/operations.md)",
    "GET /sign-in": "where everybody begins",
    "POST /sign-in": "where everybody begins",
    "POST /sign-out": "ends one's own sign-in",
    "POST /language": "the language of one's own browser",
    "GET /api/v1/docs": "describes the API; without a token nothing of it answers",
    "GET /api/v1/openapi.json": "describes the API; without a token nothing of it answers",
    "GET /notifications/stop/<signed>": "the address is signed for the person whose messages it stops",
    "POST /notifications/stop/<signed>": "the address is signed for the person whose messages it stops",
    "GET /d/<token>": "the address is the right: test_links.py walks it by whose link it is",
    "POST /d/<token>": "the address is the right: test_links.py walks it by whose link it is",
}
_BUYER = "a buyer's link and visit are the right, never a sign-in: tests/webapp/portal walks them"
EVERYBODY |= {
    f"{way} /p/{rest}": _BUYER
    for way, rest in (
        ("GET", ""), ("GET", "<token>"), ("POST", "<token>"), ("POST", "<token>/new"), ("POST", "new"),
        ("POST", "leave"), ("POST", "messages"), ("GET", "papers/<document_id>"),
        ("POST", "move-in/slot"), ("POST", "move-in/rating"), ("POST", "area/choice"),
    )
}  # fmt: skip
EVERYBODY |= {
    f"{way} /h/<token>": "shows nothing, and writes to the registered buyers alone: tests/webapp/portal walks it"
    for way in ("GET", "POST")
}
EVERYBODY |= {
    f"{way} /styleguide/{rest}": "shows how pages look, with invented data; not served unless it is asked for"
    for way, rest in (
        ("GET", ""), ("GET", "board"), ("GET", "diagram.bpmn"), ("GET", "error/<int:status>"),
        ("POST", "error/<int:status>"), ("GET", "form"), ("POST", "form"), ("GET", "list"), ("GET", "pick"),
        ("GET", "sign-in"), ("GET", "toast/<tone>"),
    )
}  # fmt: skip

# Addresses that are walked more than once, for what differs in who may.
VARIANTS = {
    "GET /lookup/<kind>": (
        "customer",
        "unit",
        "plan",
        "staff",
        "colleague",
        "project",
        "batch",
        "offer",
        "receipt",
        "sale",
        "loan_product",
    ),
    "POST /operations/cases/<instance_id>/<act>": ("suspend", "resume", "cancel"),
    "POST /operations/jobs/<job_id>/<act>": ("fire", "due", "recalculate", "retry"),
    "GET /changes/new/<kind>": ("discount",),
    "POST /changes/new/<kind>": ("discount",),
    "POST /finance/statements/lines/<line_id>/undo": ("matched",),
    "GET /finance/todos/<todo_id>": ("collect", "paper"),
    "GET /documents/<document_id>": ("paper", "price list"),
    "GET /units/<unit_id>": ("free", "sold"),
    "GET /studio/<kind>/<key>": ("process",),
    "GET /studio/<kind>/<key>/<int:version>/file": ("process",),
    "GET /tasks/<task_id>": ("", "review", "manager's own change"),
    "POST /tasks/<task_id>": ("", "review", "manager's own change"),
    "POST /reviews/<change_id>/withdraw": ("", "manager's own change"),
    "POST /finance/receipts/<receipt_id>/reverse": ("", "confirmed"),
    "POST /finance/receipts/<receipt_id>/paper": ("confirmed",),
    "GET /finance/receipts/<receipt_id>/allocation": ("confirmed",),
    "POST /finance/receipts/<receipt_id>/allocation": ("confirmed",),
    "GET /finance/receipts/<receipt_id>/move": ("confirmed",),
    "POST /finance/receipts/<receipt_id>/move": ("confirmed",),
    "POST /finance/receipts/<receipt_id>/issue": ("confirmed",),
    "POST /admin/plans/<template_id>/retire": ("in use",),
    "POST /admin/papers/versions/<template_id>/release": ("proposed",),
    "POST /admin/papers/versions/<template_id>/take-back": ("proposed",),
}
_BY_VARIANT = {
    "collect": {"todo_id": "collect_id"},
    "price list": {"document_id": "price_list_id"},
    "sold": {"unit_id": "sold_unit_id"},
    "review": {"task_id": "review_task_id"},
    "manager's own change": {"task_id": "reviewers_review_task_id", "change_id": "reviewers_change_id"},
    "confirmed": {"receipt_id": "paid_id"},
    "matched": {"line_id": "matched_line_id"},
    "in use": {"template_id": "used_plan_id"},
    "proposed": {"template_id": "proposed_text_id"},
}
# Ids whose name means something else at these addresses.
_BY_RULE = {
    "/finance/statements/rules/": {"rule_id": "match_rule_id"},
    "/units/queue/": {"batch_id": "queue_id"},
    "/finance/vouchers/": {"batch_id": "voucher_batch_id"},
    "/units/imports/": {"batch_id": "import_id"},
    "/units/price-lists/": {"document_id": "price_list_id"},
    "/handover/batches/": {"batch_id": "move_in_batch_id"},
    "/handover/cases/": {"case_id": "move_in_case_id"},
    "/admin/papers/": {"template_id": "draft_text_id"},
    "/cases/<instance_id>/approval-sheets/": {"document_id": "sheet_id"},
}
_FIXED = {
    "name": "review_plans", "kind": "subscription", "version": "1", "box": "work", "ending": "csv",
    "code": "sign_by_reminder", "channel": "sms", "language": "zh",
}  # fmt: skip


def named_ids(world: World, rule: str, variant: str, wanted: Iterable[str]) -> dict[str, str]:
    """The values of an address by the name of its parts; `NONE` for what the company has none of."""
    known = _FIXED | world.ids
    for begins, renamed in _BY_RULE.items():
        if rule.startswith(begins):
            known |= {name: world.ids[other] for name, other in renamed.items()}
    known |= {name: world.ids[other] for name, other in _BY_VARIANT.get(variant, {}).items()}
    if variant:
        known |= {"act": variant} | ({"kind": variant} if "/<kind>" in rule else {})
    return {name: known.get(name, NONE) for name in wanted}
