"""Looking the organisation up: nodes, projects, permits, parameters on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar, overload

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.actor import ROOT, Actor
from kernel.clock import DEFAULT_ZONE
from ledger.organisation.errors import NodeMissing
from ledger.organisation.models import KINDS, OrgNode, ParameterSetting, PresalePermit, Project
from ledger.organisation.parameters import PARAMETERS, Parameter, find_parameter
from ledger.scope import get_scoped, paths_above, scoped
from ledger.staff.permissions import Permission

T = TypeVar("T", int, str, bool, Fraction)


def get_node(session: Session, path: str) -> OrgNode:
    """The node at a path. Raises `NodeMissing`. Structure is no secret, so no scope is asked."""
    node = session.scalars(select(OrgNode).where(OrgNode.path == path)).one_or_none()
    if node is None:
        raise NodeMissing(node=path)
    return node


def get_node_by_id(session: Session, node_id: str) -> OrgNode:
    """The node with an id. Raises `NodeMissing`. Structure is no secret, so no scope is asked."""
    node = session.get(OrgNode, node_id)
    if node is None:
        raise NodeMissing(node=node_id)
    return node


def list_nodes(session: Session, *, below: str = "/") -> list[OrgNode]:
    """The nodes at or below a path, each after its parent."""
    rule = OrgNode.path.startswith(below, autoescape=True)
    return list(session.scalars(select(OrgNode).where(rule).order_by(OrgNode.path)))


def names_of_paths(session: Session, paths: set[str]) -> dict[str, str]:
    """The names of the nodes at several paths, in one query."""
    rows = session.execute(select(OrgNode.path, OrgNode.name).where(OrgNode.path.in_(paths)))
    return {row.path: row.name for row in rows}


def list_projects(
    session: Session, actor: Actor, permission: str = Permission.UNITS_VIEW, *, active_only: bool = True
) -> list[Project]:
    """The projects that the actor may reach through a permission, by path."""
    query = scoped(actor, Project, permission).join(OrgNode, OrgNode.id == Project.id)
    if active_only:
        query = query.where(OrgNode.active)
    return list(session.scalars(query.order_by(Project.path)))


def get_project(
    session: Session, actor: Actor, project_id: str, permission: str = Permission.UNITS_VIEW
) -> Project:
    """A project by id. Raises `Missing` when there is none or the actor may not reach it."""
    return get_scoped(session, actor, Project, permission, project_id)


def find_project(
    session: Session, actor: Actor, code: str, permission: str = Permission.UNITS_VIEW
) -> Project | None:
    """A project by its code, or None when there is none or the actor may not reach it."""
    query = scoped(actor, Project, permission).where(Project.code == code.strip().lower())
    return session.scalars(query).one_or_none()


def project_at(session: Session, path: str) -> Project | None:
    """The project that a path lies in: the nearest project at or above it."""
    rows = session.scalars(select(Project).where(Project.path.in_(paths_above(path))))
    return max(rows, key=lambda project: len(project.path), default=None)


def zones_at(session: Session, paths: set[str]) -> dict[str, str]:
    """The time zone of the project that each of several paths lies in, in one query."""
    above = {path: paths_above(path) for path in paths}
    wanted = {node for nodes in above.values() for node in nodes}
    rows = session.execute(select(Project.path, Project.zone).where(Project.path.in_(wanted)))
    known = {row.path: row.zone for row in rows}
    return {
        path: next((known[node] for node in nodes if node in known), DEFAULT_ZONE) for path, nodes in above.items()
    }


def default_parent(session: Session) -> OrgNode:
    """Where a new project belongs when nobody says: the first city, else region, company, group."""
    nodes = session.scalars(select(OrgNode).where(OrgNode.kind.in_(KINDS[:4]), OrgNode.active))
    ranked = sorted(nodes, key=lambda node: (-KINDS.index(node.kind), node.path))
    if not ranked:
        raise NodeMissing(node="/")
    return ranked[0]


def top_path(session: Session) -> str:
    """The path of the topmost node, where the whole house's settings stand; the root while there is none."""
    query = select(OrgNode.path).where(OrgNode.parent_id.is_(None)).order_by(OrgNode.path).limit(1)
    return session.scalar(query) or ROOT


def list_permits(session: Session, project_id: str) -> list[PresalePermit]:
    """The presale permits of a project, the oldest first."""
    rule = PresalePermit.project_id == project_id
    return list(
        session.scalars(select(PresalePermit).where(rule).order_by(PresalePermit.granted_on, PresalePermit.no))
    )


@overload
def parameter(session: Session, path: str, name: Parameter[T], on: date) -> T: ...
@overload
def parameter(session: Session, path: str, name: str, on: date) -> Any: ...
def parameter(session: Session, path: str, name: Parameter[Any] | str, on: date) -> Any:
    """The value of a parameter at a node on a business date.

    The nearest node at or above ``path`` that has set it by then wins, and there the latest effective date; what a
    node gave back (null) is looked for further up; the registry's default answers last. Given as a constant of
    `ledger.organisation.parameters` the value is typed. Raises `ParameterUnknown`.
    """
    definition = find_parameter(name) if isinstance(name, str) else name
    settings = _settings(session, path, on, [definition.name])
    return _value(definition, settings.get(definition.name, {}), path)


def parameters_on(session: Session, path: str, on: date) -> dict[str, Any]:
    """Every parameter's value at a node on a business date, in one query."""
    settings = _settings(session, path, on, list(PARAMETERS))
    return {name: _value(definition, settings.get(name, {}), path) for name, definition in PARAMETERS.items()}


@dataclass(frozen=True)
class InForce:
    """A parameter's value on a day and the path of the node that set it; None is the registry's default."""

    definition: Parameter[Any]
    value: Any
    set_at: str | None


def explain_parameters(session: Session, path: str, on: date) -> list[InForce]:
    """Every parameter with its value at a node on a business date and where that comes from, in one query."""
    settings = _settings(session, path, on, list(PARAMETERS))
    found = []
    for name, definition in PARAMETERS.items():
        stored = settings.get(name, {})
        setter = next((above for above in paths_above(path) if stored.get(above) is not None), None)
        found.append(InForce(definition, _value(definition, stored, path), setter))
    return found


def list_settings(session: Session, path: str) -> list[ParameterSetting]:
    """What a node itself has set, newest first, for the administrator's page."""
    rule = ParameterSetting.path == path
    order = (ParameterSetting.name, ParameterSetting.effective_from.desc(), ParameterSetting.sequence.desc())
    return list(session.scalars(select(ParameterSetting).where(rule).order_by(*order)))


def _settings(session: Session, path: str, on: date, names: list[str]) -> dict[str, dict[str, Any]]:
    """For each name, the stored value in force at each node above that has set it."""
    query = (
        select(ParameterSetting.name, ParameterSetting.path, ParameterSetting.value)
        .where(
            ParameterSetting.path.in_(paths_above(path)),
            ParameterSetting.name.in_(names),
            ParameterSetting.effective_from <= on,
        )
        .order_by(ParameterSetting.effective_from, ParameterSetting.sequence)
    )
    found: dict[str, dict[str, Any]] = {}
    for name, node_path, value in session.execute(query):
        found.setdefault(name, {})[node_path] = value
    return found


def _value(definition: Parameter[Any], by_path: dict[str, Any], path: str) -> Any:
    for node_path in paths_above(path):
        if by_path.get(node_path) is not None:
            return definition.read(by_path[node_path])
    return definition.default
