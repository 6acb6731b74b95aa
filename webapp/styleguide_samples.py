"""Invented people, units and figures for the style guide."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

_UNIT_STATES = (
    "available", "filed", "contracted", "available", "subscribed", "withheld", "held", "available", "reserved",
    "delivered", "available", "contracted", "available", "subscribed",
)  # fmt: skip


def _unit(floor: int, column: int) -> dict[str, Any]:
    state = _UNIT_STATES[(floor * 5 + column * 3) % len(_UNIT_STATES)]
    no = f"{floor}{column:02d}"
    return {"id": f"u{no}", "no": no, "state": state, "price": 321_456_700 + floor * 870_000}


BOARD = [(floor, [_unit(floor, column) for column in range(1, 9)]) for floor in range(12, 2, -1)]


def table_rows(now: datetime) -> list[dict[str, Any]]:
    """Tasks as an inbox shows them."""
    samples = (
        ("Approve the discount", "折扣审批", "王磊", "3-1201", 312_640_000, -2, "submitted", 9300),
        ("Take the deposit", "收取定金", "李思远", "3-0702", 5_000_000, 0, "open", None),
        ("Sign the contract", "签署合同", "欧阳文静、陈默", "5-2203", 486_125_050, 1, "open", None),
        ("File the contract online", "网签备案", "赵子涵", "1-0301", 221_900_000, 4, "returned", 9650),
        ("Check the loan papers", "核对按揭资料", "Zhang Wei", "T2-1508", 1_203_450_000, 12, "waiting", None),
    )
    return [
        {
            "id": f"t{index}", "name": name, "name_labels": {"zh": zh}, "customer": customer, "unit": unit,
            "amount": amount, "due": now + timedelta(days=days), "state": state, "discount": basis_points,
        }
        for index, (name, zh, customer, unit, amount, days, state, basis_points) in enumerate(samples, 1)
    ]  # fmt: skip


def _buyer(index: int | str, customer: str = "", share: str = "", text: str = "") -> list[dict[str, Any]]:
    return [
        {"name": f"buyers-{index}-customer", "kind": "pick", "label": "Buyer", "value": customer, "text": text,
         "required": True, "source": "/styleguide/pick"},
        {"name": f"buyers-{index}-share", "kind": "share", "label": "Share", "value": share, "required": True},
    ]  # fmt: skip


def form_fields(*, wrong: bool = False) -> list[dict[str, Any]]:
    """One field of every kind."""
    fields: list[dict[str, Any]] = [
        {"name": "decision", "kind": "radio", "label": "Decision", "look": "cards", "required": True, "options": [
            {"value": "approve", "label": "同意 Approve", "help": "The subscription goes on."},
            {"value": "return", "label": "退回 Return", "help": "Back to the consultant."},
            {"value": "refuse", "label": "拒绝 Refuse", "help": "The sale ends."}]},
        {"name": "price", "kind": "money", "label": "Deal price 成交价", "value": "3126400.00", "required": True,
         "help": "The list price is ¥3,256,666.00."},
        {"name": "discount", "kind": "percent", "label": "Discount 折扣", "value": "96", "required": True},
        {"name": "sign_by", "kind": "date", "label": "Sign by 约定签约日", "value": "2026-03-09"},
        {"name": "plan", "kind": "select", "label": "Payment plan 付款方式", "required": True,
         "options": [("lump", "一次性付款 Lump sum"), ("loan", "商业贷款 Bank loan")]},
        {"name": "phone", "kind": "phone", "label": "Phone 手机", "placeholder": "138 0000 0000"},
        {"name": "floor", "kind": "integer", "label": "Floor", "value": "12", "readonly": True},
        {"name": "channels", "kind": "checkboxes", "label": "How they found us 认知渠道", "value": ["friend"],
         "options": [("friend", "老带新 Friend"), ("web", "线上 Online"), ("agent", "渠道 Agent")]},
        {"name": "agent", "kind": "text", "label": "Which agent", "shown_when": "channels=agent"},
        {"name": "", "kind": "section", "label": "Buyers 买受人"},
        {"name": "buyers", "kind": "rows", "label": "Buyers and their shares", "min_rows": 1, "max_rows": 6,
         "sum_column": "share", "sum_target": 100, "columns": _buyer("__row__"),
         "rows": [_buyer(0, "1", "50", "王磊 138****1234"), _buyer(1, "2", "40", "王丽华 139****5678")]},
        {"name": "reason", "kind": "textarea", "label": "Reason 理由", "help": "The approvers read this."},
        {"name": "paper", "kind": "file", "label": "Signed form 附件", "accept": ".pdf,.jpg,.png"},
        {"name": "told", "kind": "checkbox", "label": "已告知客户退定规则", "help": "Refunds were explained."},
    ]  # fmt: skip
    if wrong:
        fields[0]["error"] = "Please choose one of the options."
        fields[1] |= {"value": "3126400.005", "error": "An amount has at most two decimals."}
        fields[10]["error"] = "The shares must come to 100 %."
        fields[13]["error"] = "Please confirm this."
    return fields


MARKERS = {
    "done": ["Begin", "f1", "Quote", "f2", "Approved"],
    "current": ["Deposit"],
    "notes": {"Deposit": "钱慧, due 9 Mar"},
    "hints": {"Begin": "Sale begun · 陈敏 · 2 Mar 2026, 09:00", "Deposit": "Take the deposit · 钱慧"},
    "counts": {"Quote": "2"},
}
_SHAPES = (
    ("startEvent", "Begin", "Walk-in", 152, 102, 36, 36),
    ("userTask", "Quote", "Quote a price|报价", 240, 80, 120, 80),
    ("exclusiveGateway", "Approved", "Approved?", 415, 95, 50, 50),
    ("userTask", "Deposit", "Take the deposit|收定金", 520, 80, 120, 80),
    ("serviceTask", "File", "File the contract|网签备案", 700, 80, 120, 80),
    ("endEvent", "Filed", "Filed|已备案", 882, 102, 36, 36),
)
_FLOWS = (("f1", 0, 1), ("f2", 1, 2), ("f3", 2, 3), ("f4", 3, 4), ("f5", 4, 5))


def _element(kind: str, element_id: str, name: str) -> str:
    english, _, chinese = name.partition("|")
    label = f'<keyturn:label lang="zh">{chinese}</keyturn:label>'
    extensions = f"<bpmn:extensionElements>{label}</bpmn:extensionElements>" if chinese else ""
    return f'<bpmn:{kind} id="{element_id}" name="{english}">{extensions}</bpmn:{kind}>'


def _diagram() -> str:
    elements = "".join(_element(kind, id_, name) for kind, id_, name, *_ in _SHAPES)
    flows = "".join(
        f'<bpmn:sequenceFlow id="{id_}" sourceRef="{_SHAPES[a][1]}" targetRef="{_SHAPES[b][1]}"/>'
        for id_, a, b in _FLOWS
    )
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{id_}_di" bpmnElement="{id_}">'
        f'<dc:Bounds x="{x}" y="{y}" width="{w}" height="{h}"/></bpmndi:BPMNShape>'
        for _, id_, _, x, y, w, h in _SHAPES
    )
    edges = "".join(
        f'<bpmndi:BPMNEdge id="{id_}_di" bpmnElement="{id_}">'
        f'<di:waypoint x="{_SHAPES[a][3] + _SHAPES[a][5]}" y="120"/>'
        f'<di:waypoint x="{_SHAPES[b][3]}" y="120"/></bpmndi:BPMNEdge>'
        for id_, a, b in _FLOWS
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions '
        'xmlns:keyturn="https://keyturn.example/schema/bpmn/1.0" '
        'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
        'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
        'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="sample" targetNamespace="https://keyturn.example">'
        f'<bpmn:process id="sample_process">{elements}{flows}</bpmn:process><bpmndi:BPMNDiagram id="d">'
        f'<bpmndi:BPMNPlane id="p" bpmnElement="sample_process">{shapes}{edges}</bpmndi:BPMNPlane>'
        "</bpmndi:BPMNDiagram></bpmn:definitions>"
    )


DIAGRAM = _diagram()
