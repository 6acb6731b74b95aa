"""The walked company: what there is to act on, and who acts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import insert
from sqlalchemy.orm import Session

from engine.api import OperationFilter, Page, Task, TaskFilter
from engine.incidents import INCIDENTS
from kernel.actor import SYSTEM, Actor
from kernel.ids import new_id
from ledger.documents.operations import store_document
from ledger.organisation.operations import add_node, create_project
from ledger.staff.operations import revoke_role
from ledger.staff.queries import role_history
from ledger.staff.roles import ROLES
from ledger.templates.editing import begin_draft, propose, save_draft
from tests.engine.definitions.drawing import extended, flow, process
from tests.webapp.house import PRICE_CHANGE, House, found_house
from tests.webapp.permissions.ledger import fill_ledger
from tests.webapp.permissions.table import PLACES
from webapp.db import Database
from webapp.engine_room import engine_for

KEY = "booking_to_contract"
DECIDE = '<keyturn:task form="approval/decide" candidateGroups="sales_manager" due="P2D"/>'
FILE = '<keyturn:task form="approval/fill_vacancy" candidateGroups="filing_clerk" due="P5D"/>'
DIAGRAM = process(
    '<bpmn:extensionElements><keyturn:start form="booking_to_contract/start"/></bpmn:extensionElements>',
    '<bpmn:startEvent id="begin"/><bpmn:endEvent id="done"/>',
    extended("userTask", 'id="decide" name="Decide"', DECIDE),
    extended("userTask", 'id="file" name="File"', FILE),
    '<bpmn:boundaryEvent id="late" attachedToRef="decide" cancelActivity="false"><bpmn:timerEventDefinition>'
    "<bpmn:timeDuration>P9D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    '<bpmn:endEvent id="told"/>',
    flow("f1", "begin", "decide"),
    flow("f2", "decide", "file"),
    flow("f3", "file", "done"),
    flow("f4", "late", "told"),
    key=KEY,
)
# Stands in an address for what the company has none of: everybody is told that there is no such thing.
NONE = "01900000-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class World:
    """What there is to act on, all at the project *here*, and who acts: by place and role; nobody under ""."""

    house: House
    ids: dict[str, str]
    task: Task
    people: dict[str, dict[str, Actor]]

    def everybody(self) -> Iterator[tuple[str, str, Actor]]:
        """Place, role, person."""
        for place, roles in self.people.items():
            for role, actor in roles.items():
                yield place, role, actor


def found_world(database: Database) -> World:
    """The company: people of every role, a case with all that hangs on one, and a ledger with one of everything."""
    house = found_house(database)
    house.deploy("review_of_change.bpmn", "arrears_levels.dmn", *PRICE_CHANGE)
    clock = database.clock
    with database.unit_of_work() as session:
        add_node(session, SYSTEM, clock, parent="/kt/", kind="company", code="west", name="WEST")
        add_node(session, SYSTEM, clock, parent="/kt/west/", kind="city", code="cd", name="CD")
        elsewhere = create_project(session, SYSTEM, clock, name="海港", code="harbour", parent="/kt/west/cd/").path
        engine = engine_for(session, SYSTEM, clock)
        for text in (DIAGRAM.replace(b'name="Decide"', b'name="Judge"'), DIAGRAM):
            engine.deploy({f"{KEY}.bpmn": text})
    paths = {"here": house.project.path, "house": "/", "elsewhere": elsewhere}
    people = {place: {role: house.hire(f"{place}.{role}".replace("_", "-"), role, paths[place]) for role in ROLES}
              for place in PLACES}  # fmt: skip
    # The posts are filled before there is work, so that none of it goes to who answers for a vacant one.
    with database.unit_of_work() as session:
        ids, task = _one_of_everything(session, house)
    ids |= fill_ledger(house, people["here"]) | _texts_of_papers(house)
    return World(house, ids, task, people | {"nobody": {"": Actor(_account(house), "Nobody")}})


def _texts_of_papers(house: House) -> dict[str, str]:
    """A text of a paper that is written, and one that waits for its second person."""
    found = {}
    with house.database.unit_of_work() as session:
        about = (session, SYSTEM, house.database.clock)
        for name, kind in (("draft_text_id", "supplement"), ("proposed_text_id", "key_form")):
            draft = begin_draft(*about, kind=kind, path=house.project.path, language="zh")
            found[name] = draft.id
        save_draft(*about, template_id=found["proposed_text_id"], text="# 交接单\n\n> 云栖\n")
        propose(*about, template_id=found["proposed_text_id"], note="shorter")
    return found


def _account(house: House) -> str:
    actor = house.hire("nobody", "legal")
    with house.database.unit_of_work() as session:
        for held in role_history(session, actor.id):
            revoke_role(session, SYSTEM, house.database.clock, staff_role_id=held.id)
    return actor.id


def _one_of_everything(session: Session, house: House) -> tuple[dict[str, str], Task]:
    here, now = house.project.path, house.database.clock.now()
    engine = engine_for(session, SYSTEM, house.database.clock)
    case = engine.start(KEY, {}, business_key="RG-1", scope=here)
    (task,) = engine.find_tasks(TaskFilter(box="all", instance_id=case.id)).rows
    ids = {"instance_id": case.id, "task_id": task.id, "key": KEY, "project_id": house.project.id}
    ids["sheet_id"] = store_document(
        session, SYSTEM, house.database.clock,
        kind="approval_sheet", subject="case", subject_id=case.id, number="SP-0001", pdf=b"%PDF-1.7\n", path=here,
    ).id  # fmt: skip
    ids["comment_id"] = engine.comment_on_case(case.id, "hello").id
    ids["job_id"] = engine.jobs().rows[0].id
    ids["hold_id"] = engine.place_hold("court", instance_id=case.id).id
    ids["batch_id"] = engine.start_batch("suspend", reason="pause", ids=(case.id,)).id
    ids["incident_id"] = new_id()
    incident = {
        "id": ids["incident_id"], "instance_id": case.id, "definition_key": KEY, "element_id": "decide",
        "element_name": "Decide", "error_type": "KeyError", "message_code": "unexpected", "params": {},
        "state": "open", "path": here, "created_at": now,
    }  # fmt: skip
    session.execute(insert(INCIDENTS).values(incident))
    ids["operation_id"] = engine.operations(OperationFilter(), Page()).rows[0].id
    return ids, task
