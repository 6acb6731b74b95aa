"""What can be wrong with the organisation and its parameters."""

from __future__ import annotations

from kernel.errors import Invalid, Missing, Stale


class NodeMissing(Missing):
    """No such node; ``params.node`` is the id, path or code asked for."""

    code = "org_node_missing"


class NodeInvalid(Invalid):
    """A node cannot be made so: its code, its kind under this parent, its time zone, or the place is taken."""

    code = "org_node_invalid"


class PermitInvalid(Invalid):
    """The permit is known with another date, or has no number."""

    code = "permit_invalid"


class ParameterUnknown(Invalid):
    """There is no parameter of that name; the registry lists them."""

    code = "parameter_unknown"


class ParameterInvalid(Invalid):
    """The value does not fit the parameter's type or limits, which ``params`` tell."""

    code = "parameter_invalid"


class ParameterStale(Stale):
    """Somebody set the same parameter at the same node at the same moment; look again and repeat."""

    code = "parameter_stale"
