"""The organisation of the demo company: its tree, staff, projects, price lists, plans and offers."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.resources import files

from sqlalchemy.orm import Session

from demo.cast import CAST, GROUP, HARBOUR, LANTING, MANAGERS, NINGBO, PASSWORD, PROJECTS, SHANGHAI, YUNXI
from kernel.actor import SYSTEM
from kernel.clock import Clock, business_date
from ledger.finance.kinds import PlanKind, ReceivableKind, ShareKind, TriggerKind
from ledger.finance.operations import approve_plan, propose_plan
from ledger.finance.plans import PlanLine, Share, Trigger
from ledger.inventory.importing import Permit, import_units
from ledger.inventory.price_list import read_price_list
from ledger.organisation.models import Project
from ledger.organisation.operations import add_node, create_project
from ledger.sales.operations import approve_offer, propose_offer
from ledger.sales.pricing import Discount
from ledger.staff.operations import add_staff
from ledger.staff.queries import actor_for


@dataclass
class Places:
    """What was founded: staff ids by user name, projects and plan ids by path."""

    staff: dict[str, str] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    plans: dict[str, dict[str, str]] = field(default_factory=dict)


_NODES = (
    ("group", "qiyue", "启钥地产集团", "/"),
    ("company", "east", "华东公司", GROUP),
    ("city", "shanghai", "上海城市公司", "/qiyue/east/"),
    ("city", "ningbo", "宁波城市公司", "/qiyue/east/"),
)
_PROJECTS = (
    (YUNXI, "云栖一期", "上海启钥云栖置业有限公司", "上海市松江区云栖路 88 号"),
    (HARBOUR, "滨江海港城", "上海启钥滨江置业有限公司", "上海市杨浦区海港路 1 号"),
    (LANTING, "兰亭雅苑", "宁波启钥兰亭置业有限公司", "宁波市鄞州区兰亭路 66 号"),
)


def found(session: Session, clock: Clock) -> Places:
    """Found the company: tree, projects, staff."""
    places = Places()
    for kind, code, name, parent in _NODES:
        add_node(session, SYSTEM, clock, kind=kind, code=code, name=name, parent=parent)
    for path, name, developer, address in _PROJECTS:
        code = path.rstrip("/").rpartition("/")[2]
        parent = SHANGHAI if path.startswith(SHANGHAI) else NINGBO
        places.projects[path] = create_project(
            session, SYSTEM, clock, name=name, code=code, parent=parent, developer=developer, address=address
        )
    for member in CAST:
        places.staff[member.username] = add_staff(
            session,
            SYSTEM,
            clock,
            username=member.username,
            display_name=member.name,
            password=PASSWORD,
            roles=member.grants,
            must_change_password=False,
            email=f"{member.username}@qiyue.example",
        ).id
    return places


def load_prices(session: Session, clock: Clock, places: Places, path: str) -> int:
    """Import a project's price list as its file holds it, and release it; returns the number of units."""
    day = business_date(clock)
    content, name, permit = {
        YUNXI: (_data("price-list-yunxi-phase-1.xlsx"), "price-list-yunxi-phase-1.xlsx", None),
        HARBOUR: (
            _data("price-list-harbour-towers.csv"),
            "price-list-harbour-towers.csv",
            Permit("杨浦房管(2026)预字0009号", day - timedelta(days=20)),
        ),
        LANTING: (_lanting_list(), "lanting.csv", Permit("甬房预许字(2026)第031号", day - timedelta(days=12))),
    }[path]
    price_list = read_price_list(content, name)
    project_id = places.projects[path].id
    report = import_units(
        session, SYSTEM, clock, project_id=project_id, price_list=price_list, permit=permit, release=True
    )
    return report.imported


def _data(name: str) -> bytes:
    return (files("demo") / "data" / name).read_bytes()


def _lanting_list() -> bytes:
    """Six floors in four buildings of five homes, priced by floor."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["楼号", "房号", "楼层", "户型", "建筑面积", "套内面积", "单价", "总价", "底价单价", "朝向", "备注"]
    )
    for building in range(1, 5):
        for floor in range(1, 7):
            for home, (area, layout) in enumerate(_LAYOUTS, start=1):
                price = 18_600 + 120 * floor + 60 * building
                total = round(float(area) * price)
                inside = f"{float(area) * 0.79:.2f}"
                note = "样板间" if (building, floor, home) == (1, 2, 1) else ""
                row = [f"{building}幢", f"{floor}0{home}", floor, layout, area, inside, price, total, price - 900]
                writer.writerow([*row, "南" if home in (1, 2) else "南北", note])
    return out.getvalue().encode()


_LAYOUTS = (
    ("89.50", "三室两厅一卫"),
    ("98.20", "三室两厅两卫"),
    ("118.60", "四室两厅两卫"),
    ("127.30", "四室两厅两卫"),
    ("143.80", "四室两厅三卫"),
)
_AFTER = TriggerKind.AFTER_SIGNING


def _plan_lines() -> dict[str, tuple[PlanKind, dict[str, str], list[PlanLine]]]:
    down, part = ReceivableKind.DOWN_PAYMENT, ReceivableKind.INSTALMENT
    loan, fund = ReceivableKind.LOAN, ReceivableKind.FUND
    rest, points = Share(ShareKind.REMAINDER), ShareKind.BASIS_POINTS
    soon, month = Trigger(_AFTER, days=3), Trigger(_AFTER, days=30)
    return {
        "lump": (
            PlanKind.LUMP,
            {"en": "In one sum", "zh": "一次性付款"},
            [PlanLine(down, rest, Trigger(_AFTER, days=10))],
        ),
        "instalments": (
            PlanKind.INSTALMENTS,
            {"en": "Three instalments", "zh": "分期付款(5:3:2)"},
            [
                PlanLine(down, Share(points, 5000), soon),
                PlanLine(part, Share(points, 3000), month),
                PlanLine(part, rest, Trigger(_AFTER, days=90)),
            ],
        ),
        "loan": (
            PlanKind.LOAN,
            {"en": "Bank loan, 70 %", "zh": "商业按揭七成"},
            [PlanLine(down, rest, soon), PlanLine(loan, Share(points, 7000), Trigger(_AFTER, days=45))],
        ),
        "fund": (
            PlanKind.FUND,
            {"en": "Housing fund loan, 60 %", "zh": "公积金贷款六成"},
            [PlanLine(down, rest, soon), PlanLine(fund, Share(points, 6000), Trigger(_AFTER, days=60))],
        ),
        "combined": (
            PlanKind.COMBINED,
            {"en": "Fund and bank loan", "zh": "组合贷款七成"},
            [
                PlanLine(down, rest, soon),
                PlanLine(fund, Share(points, 3000, cap_fen=1_000_000_00), Trigger(_AFTER, days=60)),
                PlanLine(loan, Share(points, 7000, inclusive=True), Trigger(_AFTER, days=45)),
            ],
        ),
    }


OFFERS = (
    ("opening", Discount("开盘优惠", "rate", 200)),
    ("on_time", Discount("按时签约优惠", "rate", 100)),
    ("lump", Discount("一次性付款优惠", "rate", 150, of="list")),
)


def agree_offers(session: Session, clock: Clock, places: Places) -> None:
    """Each project's discount offers: proposed by its sales manager, approved by its general manager."""
    gm = actor_for(session, places.staff["gm"], clock)
    for path in PROJECTS:
        manager = actor_for(session, places.staff[MANAGERS[path]], clock)
        for code, discount in OFFERS:
            offer = propose_offer(
                session,
                manager,
                clock,
                project_id=places.projects[path].id,
                code=code,
                discount=discount,
                valid_from=business_date(clock),
            )
            approve_offer(session, gm, clock, offer_id=offer.id)


def agree_plans(session: Session, clock: Clock, places: Places) -> None:
    """Each project's payment plans: proposed by its sales manager, approved by its general manager."""
    gm = actor_for(session, places.staff["gm"], clock)
    for path in PROJECTS:
        manager = actor_for(session, places.staff[MANAGERS[path]], clock)
        for code, (kind, labels, lines) in _plan_lines().items():
            plan = propose_plan(
                session,
                manager,
                clock,
                project_id=places.projects[path].id,
                code=code,
                kind=kind,
                labels=labels,
                lines=lines,
            )
            approve_plan(session, gm, clock, template_id=plan.id)
            places.plans.setdefault(path, {})[code] = plan.id
