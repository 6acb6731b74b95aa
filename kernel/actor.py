"""Who acts: a member of staff or the system, with what each role allows and where.

The organisation is a tree whose nodes carry a path of codes, such as ``/keyturn/east/shanghai/yunxi/``. A grant
gives a role at a node and thereby at everything below it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kernel.errors import NotAllowed

ROOT = "/"


@dataclass(frozen=True)
class Grant:
    """A role held at an organisation node and below, with the permissions the role carries."""

    role: str
    path: str
    permissions: frozenset[str] = frozenset()
    own_only: bool = False  # The data scope 'own': only records whose owner is the actor.

    def covers(self, path: str) -> bool:
        """Whether ``path`` is the grant's node or lies below it."""
        return path.startswith(self.path)


@dataclass(frozen=True)
class Actor:
    """Somebody who acts. ``on_behalf_of`` names the person a substitute acts for."""

    id: str
    name: str
    grants: tuple[Grant, ...] = field(default=())
    is_system: bool = False
    on_behalf_of: str | None = None

    def may(self, permission: str, path: str = ROOT) -> bool:
        """Whether any grant that covers ``path`` carries ``permission``."""
        return self.is_system or any(permission in g.permissions and g.covers(path) for g in self.grants)

    def may_anywhere(self, permission: str) -> bool:
        """Whether any grant at all carries ``permission`` (for menus; commands ask `may`)."""
        return self.is_system or any(permission in g.permissions for g in self.grants)

    def may_house_wide(self, permission: str) -> bool:
        """Whether a grant at the root or at a group's own node carries ``permission``."""
        wide = (g for g in self.grants if g.path.count("/") <= 2)
        return self.is_system or any(permission in g.permissions for g in wide)

    def require(self, permission: str, path: str = ROOT) -> None:
        """Raise `NotAllowed` unless `may`."""
        if not self.may(permission, path):
            raise NotAllowed("permission_missing", permission=permission, path=path)

    def has_role(self, role: str, path: str) -> bool:
        """Whether the actor holds ``role`` at ``path`` or above it."""
        return any(g.role == role and g.covers(path) for g in self.grants)

    def scope_paths(self, permission: str | None = None) -> tuple[str, ...]:
        """The shortest set of paths the actor may see, optionally through one permission."""
        if self.is_system:
            return (ROOT,)
        paths = {g.path for g in self.grants if permission is None or permission in g.permissions}
        return tuple(sorted(p for p in paths if not any(p != q and p.startswith(q) for q in paths)))

    def only_own(self, permission: str, path: str) -> bool:
        """Whether every grant that gives ``permission`` at ``path`` is limited to the actor's own records."""
        giving = [g for g in self.grants if permission in g.permissions and g.covers(path)]
        return not self.is_system and bool(giving) and all(g.own_only for g in giving)


SYSTEM = Actor(id="system", name="Keyturn", is_system=True)
