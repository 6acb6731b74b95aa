"""Changing the organisation: nodes, projects, permits, parameters."""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import available_timezones

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel import audit
from kernel.actor import ROOT, Actor
from kernel.clock import DEFAULT_ZONE, Clock
from ledger.organisation.errors import NodeInvalid, NodeMissing, ParameterStale, PermitInvalid
from ledger.organisation.models import KINDS, OrgNode, ParameterSetting, PresalePermit, Project
from ledger.organisation.parameters import REVIEW_PARAMETERS, Parameter, find_parameter
from ledger.organisation.queries import default_parent, get_node
from ledger.reviews.marks import require_unmarked
from ledger.scope import get_scoped
from ledger.staff.permissions import Permission

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def add_node(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    kind: str,
    code: str,
    name: str,
    parent: str = ROOT,
    zone: str | None = None,
) -> OrgNode:
    """Add a node below ``parent`` (a path; ``/`` for a group).

    Kinds go downwards: group, company, region, city, project, phase; some may be left out. The code is written in
    small letters into the path. The time zone is the parent's unless given. Raises `NodeInvalid`, `NodeMissing`.
    """
    actor.require(Permission.ORGANISATION_MANAGE, parent)
    above = get_node(session, parent) if parent != ROOT else None
    code = code.strip().lower()
    path = f"{parent}{code}/"
    zone = zone or (above.zone if above else DEFAULT_ZONE)
    _check_node(above, kind, code, name, zone)
    if session.scalar(select(func.count()).where(OrgNode.path == path)):
        raise NodeInvalid("org_code_taken", field="code", path=path)
    node = OrgNode(
        parent_id=above.id if above else None,
        kind=kind,
        code=code,
        name=name.strip(),
        path=path,
        zone=zone,
        created_at=clock.now(),
    )
    session.add(node)
    session.flush()  # What follows refers to the node's id.
    audit.record(
        session,
        actor,
        clock,
        "organisation:add",
        "org_node",
        node.id,
        path=path,
        after={"kind": kind, "name": node.name},
    )
    return node


def _check_node(above: OrgNode | None, kind: str, code: str, name: str, zone: str) -> None:
    if kind not in KINDS:
        raise NodeInvalid("org_kind_unknown", field="kind", kind=kind, kinds=list(KINDS))
    if above is not None and KINDS.index(kind) <= KINDS.index(above.kind):
        raise NodeInvalid("org_kind_misplaced", field="kind", kind=kind, parent_kind=above.kind)
    if not _CODE.fullmatch(code):
        raise NodeInvalid("org_code_malformed", field="code", given=code)
    if not name.strip():
        raise NodeInvalid("name_empty", field="name")
    if zone not in available_timezones():
        raise NodeInvalid("zone_unknown", field="zone", zone=zone)


def create_project(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    name: str,
    code: str,
    parent: str | None = None,
    zone: str | None = None,
    developer: str = "",
    address: str = "",
) -> Project:
    """Create a project (项目) and its node below ``parent``, by default the first city, region, company or group.

    Project codes are unique in the whole house. Raises `NodeInvalid`, `NodeMissing`.
    """
    parent = parent or default_parent(session).path
    code = code.strip().lower()
    if session.scalar(select(func.count()).where(Project.code == code)):
        raise NodeInvalid("org_code_taken", field="code", path=code)
    node = add_node(session, actor, clock, kind="project", code=code, name=name, parent=parent, zone=zone)
    project = Project(
        id=node.id,
        path=node.path,
        code=code,
        name=node.name,
        zone=node.zone,
        developer=developer.strip(),
        address=address.strip(),
    )
    session.add(project)
    session.flush()  # What follows refers to the project's id.
    return project


def rename_node(session: Session, actor: Actor, clock: Clock, *, path: str, name: str) -> OrgNode:
    """Give a node another name; its code and path stay, because rows and numbers carry them."""
    actor.require(Permission.ORGANISATION_MANAGE, path)
    node = get_node(session, path)
    if not name.strip():
        raise NodeInvalid("name_empty", field="name")
    before, node.name = node.name, name.strip()
    if project := session.get(Project, node.id):
        project.name = node.name
    was, now = {"name": before}, {"name": node.name}
    audit.record(
        session, actor, clock, "organisation:rename", "org_node", node.id, path=path, before=was, after=now
    )
    return node


def add_permit(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    project_id: str,
    no: str,
    granted_on: date,
    account: str = "",
    bank: str = "",
) -> PresalePermit:
    """Enter a presale permit (预售许可证) with its supervised account; the same permit again changes nothing.

    Raises `PermitInvalid` when the number is empty or known with another date, `Missing` for the project.
    """
    project = get_scoped(session, actor, Project, Permission.ORGANISATION_MANAGE, project_id)
    no = no.strip()
    if not no:
        raise PermitInvalid("permit_no_empty", field="no")
    rule = (PresalePermit.project_id == project.id) & (PresalePermit.no == no)
    if known := session.scalars(select(PresalePermit).where(rule)).one_or_none():
        if known.granted_on != granted_on:
            raise PermitInvalid("permit_known_otherwise", field="granted_on", no=no, granted_on=known.granted_on)
        return known
    permit = PresalePermit(project_id=project.id, no=no, granted_on=granted_on, account=account.strip(), bank=bank)
    session.add(permit)
    session.flush()  # Units refer to the permit's id.
    after = {"no": no, "granted_on": granted_on.isoformat()}
    audit.record(
        session,
        actor,
        clock,
        "organisation:add_permit",
        "presale_permit",
        permit.id,
        path=project.path,
        after=after,
    )
    return permit


def set_parameter(
    session: Session,
    actor: Actor,
    clock: Clock,
    *,
    path: str,
    name: str | Parameter[int] | Parameter[str],
    value: object,
    effective_from: date,
    reason: str | None = None,
) -> ParameterSetting:
    """Set a parameter at a node from a business date on; ``None`` gives the inheritance back.

    Raises `ParameterUnknown`, `ParameterInvalid` (type or limits), `NodeMissing`, `ParameterStale`, and
    `ReviewNeeded` while parameters are marked here.
    """
    actor.require(Permission.ORGANISATION_MANAGE, path)
    definition = find_parameter(name if isinstance(name, str) else name.name)
    stored = None if value is None else definition.check(value)
    if path == ROOT:
        raise NodeMissing(node=path)
    node = get_node(session, path)
    require_unmarked(session, actor, clock, REVIEW_PARAMETERS, path)
    setting = ParameterSetting(
        node_id=node.id,
        path=path,
        name=definition.name,
        value=stored,
        effective_from=effective_from,
        sequence=_next_sequence(session, node, definition.name),
        set_by=actor.id,
        set_at=clock.now(),
    )
    session.add(setting)
    try:
        session.flush()  # The unique sequence must speak before the act is recorded.
    except IntegrityError as clash:
        raise ParameterStale(parameter=definition.name, path=path) from clash
    after = {"name": definition.name, "value": stored, "effective_from": effective_from.isoformat()}
    audit.record(
        session,
        actor,
        clock,
        "organisation:set_parameter",
        "org_node",
        node.id,
        path=path,
        after=after,
        reason=reason,
    )
    return setting


def _next_sequence(session: Session, node: OrgNode, name: str) -> int:
    rule = (ParameterSetting.node_id == node.id) & (ParameterSetting.name == name)
    return (session.scalar(select(func.max(ParameterSetting.sequence)).where(rule)) or 0) + 1
