"""Why a running case does not fit another version or place of its diagram, and what to do."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "change_refused": N_("The case cannot be changed like this (%(count)s reasons). Nothing was changed."),
    "migrate_same_version": N_("The case runs by version %(version)s already. Choose another version."),
    "migrate_undo_gone": N_(
        "“%(element)s” has been done and could be undone; the other version has nothing that undoes it. Draw its "
        "compensation, or map it to an element that has one."
    ),
    "change_while_undoing": N_("The case is undoing completed steps. Let that end first."),
    "change_empty": N_("Nothing is to be changed. Name an element to end, or one to begin at."),
    "change_kind_unknown": N_("“%(kind)s” is no change. Choose one of these: %(kinds)s."),
    "change_element_unknown": N_(
        "The case's diagram has no element “%(element)s”. Look its id up in the diagram."
    ),
    "change_nobody_there": N_("Nothing of the case stands at “%(element)s”. Look at the case again."),
    "change_nothing_left": N_(
        "Nothing would be left of the case. Cancel the case instead, or begin somewhere too."
    ),
    "change_out_of_loop": N_(
        "“%(element)s” is repeated, and one of its turns would end without coming to its end. End the whole of it."
    ),
    "change_into_loop": N_(
        "“%(into)s” stands inside “%(element)s”, which is repeated and does not run. Begin at “%(element)s” itself."
    ),
    "change_into_event_sub_process": N_(
        "“%(into)s” stands inside the event sub-process “%(element)s”, which only its event begins."
    ),
    "change_many_of_them": N_("“%(element)s” runs several times, so it is not clear which is meant."),
    "change_not_by_flow": N_("“%(element)s” begins by an event, not by a flow; nothing can be put before it."),
    "change_into_join": N_(
        "“%(element)s” joins branches and counts by which flow they come. Begin after the element before it instead."
    ),
    "change_nothing_after": N_("Nothing follows “%(element)s”. Choose an element that a flow leaves."),
    "change_cannot_begin": N_("The case cannot begin at “%(element)s”: %(reason)s"),
    "change_step_failed": N_("The case would not get past “%(element)s”: %(reason)s"),
    "restart_still_runs": N_("The case has not ended. Move it by hand instead, or cancel it first."),
    "restart_rows_left": N_(
        "“%(element)s” has changed what the case stands for (a sale, money, a paper), and that would not follow a new "
        "case. Begin the business anew at its desk, which starts a case of its own."
    ),
    "restart_rows_refuse": N_("What the case stands for cannot follow a new case: %(reason)s"),
    "version_is_newest": N_("Version %(version)s is the newest already."),
    "history.instance_restarted": N_("began the case anew at %(elements)s, from case %(former_id)s: %(reason)s"),
    "history.instance_followed": N_("began case %(follower_id)s with the data of this one: %(reason)s"),
    "audit.instance:restart": N_("began a case anew"),
    "history.instance_modified": N_(
        "changed the case by hand (ended: %(ended)s; begun before: %(before)s; begun after: %(after)s): %(reason)s"
    ),
    "history.element_cancelled": N_("“%(element)s” was ended by hand"),
    "audit.instance:modify": N_("changed by hand where a case stands"),
    "batch_kind_unknown": N_("There is no such act on many. Choose one of these: %(kinds)s."),
    "batch_empty": N_("No case is meant. Name cases, or widen what picks them."),
    "batch_too_large": N_("More than %(most)s cases are meant. Do it in parts."),
    "batch_not_found": N_("There is no such batch, or it lies outside what you may operate on."),
    "batch_in_other_state": N_("The batch is in another state by now (%(state)s). Look at it again."),
    "batch_undone_already": N_("This batch has been taken back already (batch %(undone_by_id)s)."),
    "batch_cannot_be_undone": N_(
        "A batch of this kind cannot be taken back as a whole. Look at its cases one by one."
    ),
    "batch_version_missing": N_("Say which version the cases shall go on by."),
    "batch_mapping_invalid": N_("The mapping gives the new id of an element by its old one, both as texts."),
    "batch_several_processes": N_(
        "The cases belong to several processes (%(keys)s). Migrate those of one process at a time."
    ),
    "batch.running": N_("Running"),
    "batch.stopped": N_("Stopped"),
    "batch.ended": N_("Ended"),
    "batch_item.waiting": N_("Waiting"),
    "batch_item.done": N_("Done"),
    "batch_item.failed": N_("Failed"),
    "job_kind.batch": N_("Act on many cases"),
    "audit.instance:migrate": N_("moved a case to another version of its process"),
    "audit.batch:start": N_("ordered an act on many cases"),
    "audit.batch:stop": N_("stopped an act on many cases"),
    "audit.batch:continue": N_("let an act on many cases go on"),
    "migrate_not_called": N_("No call of the process “%(key)s” is under way in the case."),
    "history.called_migrated": N_(
        "moved the called process “%(process)s” from version %(from_version)s to version %(to_version)s: %(reason)s"
    ),
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
    "change_join_stuck": N_(
        "A branch would wait at the join “%(element)s” for ever: one that it waits for would never come, or one would "
        "come twice. Take all branches before the join along, or begin behind it."
    ),
    "migrate_nothing_to_wait_for": N_(
        "Behind “%(element)s” no event is left that the case could wait for. Draw one, or move the case on first."
    ),
    "migrate_event_unclear": N_(
        "The event “%(element)s” would begin to wait, but it cannot be worked out: %(reason)s"
    ),
}
