"""Why a running case does not fit another version or place of its diagram, and what to do."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "change_refused": N_("The case cannot be changed like this (%(count)s reasons). Nothing was changed."),
    "migrate_same_version": N_("The case runs by version %(version)s already. Choose another version."),
    "history.instance_migrated": N_(
        "moved the case from version %(from_version)s to version %(to_version)s of the process: %(reason)s"
    ),
    "migrate_mapping_from_unknown": N_("The mapping names “%(element)s”, which the case's version does not have."),
    "migrate_mapping_to_unknown": N_("The mapping names “%(element)s”, which the other version does not have."),
    "migrate_element_gone": N_(
        "The case stands at “%(element)s”, which the other version does not have. Say in the mapping which element "
        "takes its place, or move the case on first."
    ),
    "migrate_scope_changed": N_(
        "“%(element)s” stands in another sub-process in the other version. Move the case on first."
    ),
    "migrate_kind_changed": N_(
        "“%(element)s” is an element of another kind in the other version. Map it to one of its kind, or move the "
        "case on first."
    ),
    "migrate_loop_changed": N_(
        "“%(element)s” is repeated in another way in the other version, and some of its turns are under way. Let "
        "them end first."
    ),
    "migrate_event_changed": N_(
        "“%(element)s” waits for an event of another kind in the other version. Map it to one of its kind."
    ),
    "migrate_handler_changed": N_(
        "“%(element)s” has asked another system and waits for its answer; the other version would ask somebody "
        "else. Let the answer come first."
    ),
    "migrate_called_changed": N_(
        "“%(element)s” calls another process in the other version, and the called one is under way. Let it end first."
    ),
    "migrate_flow_gone": N_(
        "A branch waits at “%(element)s” that came by the flow “%(flow)s”; the other version does not say by which "
        "flow it comes now. Name that flow in the mapping."
    ),
    "migrate_join_short": N_(
        "“%(element)s” would wait for ever: nothing in the case can come by its flow “%(flow)s”. Move the case on "
        "first, or draw the join so that running cases can pass it."
    ),
    "migrate_nothing_to_wait_for": N_(
        "Behind “%(element)s” no event is left that the case could wait for. Draw one, or move the case on first."
    ),
    "migrate_event_unclear": N_(
        "The event “%(element)s” would begin to wait, but it cannot be worked out: %(reason)s"
    ),
}
