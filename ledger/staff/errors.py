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


class SubstitutionMissing(Missing):
    """No such rule of substitution, or not the actor's to see."""

    code = "substitution_missing"


class SubstitutionInvalid(Invalid):
    """A rule of substitution cannot be so; ``code`` says why: dates, persons, another rule, a chain."""

    code = "substitution_invalid"


class ManagerInvalid(Invalid):
    """Nobody reports to himself, to somebody below him, or as of a day gone by."""

    code = "manager_invalid"


class FallbackInvalid(Invalid):
    """A post cannot be answered for so; ``code`` says why, such as a circle or a stranger."""

    code = "fallback_invalid"


class VacancyMissing(Missing):
    """No such vacant post."""

    code = "vacancy_missing"


class TokenMissing(Missing):
    """No such API token of this person."""

    code = "api_token_missing"
