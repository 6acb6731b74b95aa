"""What can be wrong with an account, a role or a password."""

from __future__ import annotations

from kernel.errors import Invalid, Missing


class StaffMissing(Missing):
    """No such member of staff, or outside the scope, or no longer active."""

    code = "staff_missing"


class StaffInvalid(Invalid):
    """An account cannot be so: the user name is taken or malformed, a name is empty, a language unknown."""

    code = "staff_invalid"


class RoleInvalid(Invalid):
    """There is no such role, or its dates are the wrong way round."""

    code = "role_invalid"


class LastAdministrator(Invalid):
    """Nobody else could manage staff afterwards; make another administrator first."""

    code = "last_administrator"


class PasswordRefused(Invalid):
    """The old password is wrong, or the new one too weak; ``code`` says which rule."""

    code = "password_refused"


class TokenMissing(Missing):
    """No such API token of this person."""

    code = "api_token_missing"
