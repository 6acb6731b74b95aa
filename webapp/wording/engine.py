"""Refusals and failures of the engine: what happened to a task, a case or a step, and what to do."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    # Tasks
    "task_missing": N_("This task does not exist, or it is not yours to see."),
    "task_closed": N_("This task is no longer open: %(by)s closed it on %(at)s."),
    "task_cancelled": N_(
        "This task is no longer needed: %(by)s acted on %(at)s, and the case went on without it."
    ),
    "task_case_cancelled": N_("%(by)s cancelled the case on %(at)s, so this task is no longer needed."),
    "task_overtaken": N_("This task is no longer needed: “%(event)s” came on %(at)s, and the case went on."),
    "task_not_needed": N_("This task is no longer needed: the case went on without it on %(at)s."),
    "task_moved": N_("%(by)s gave this task to %(assignee)s on %(at)s. Ask for it if you still need to decide."),
    "task_put_back": N_(
        "%(by)s gave this task back to its group on %(at)s. Ask there if you still need to decide."
    ),
    "task_went_to_role": N_(
        "This task was late: since %(at)s it goes to %(role)s. Ask there if you still need to decide."
    ),
    "task_not_yours": N_("Your role no longer includes this task. Ask whoever gave it to you."),
    "task_claimed": N_("%(by)s has taken this task (%(at)s). Choose another one, or ask for it."),
    "task_changed": N_("The task has changed since you opened it (%(at)s). Look at the facts again, then send."),
    "task_of_another": N_("This task is with %(assignee)s. Ask for it, or have it assigned to you."),
    "task_delegated": N_("This task has been handed on for preparation; only %(owner)s can complete it."),
    "task_not_delegated": N_("This task has not been handed on to you for preparation."),
    "delegate_to_self": N_("A task cannot be handed on to oneself."),
    "not_a_candidate": N_("This task is for another role. Ask whoever holds it."),
    "four_eyes": N_("You may not decide here: you applied for it or took an earlier step. Somebody else must."),
    "four_eyes_of": N_("%(staff)s may not take part here: they applied for it or took an earlier step."),
    "person_missing": N_("Choose a person from the list."),
    "person_elsewhere": N_("%(staff)s does not work here and would not see the task. Choose somebody else."),
    "hand_over_to_holder": N_("The task is with %(staff)s already. Choose somebody else."),
    "hand_over_outsider": N_("%(staff)s does not hold the role of this step. Say why they are to do it."),
    "hand_over_back": N_("%(staff)s had this step before. Say why it goes back to them."),
    "priority_out_of_range": N_("The priority must lie between %(lowest)s and %(highest)s."),
    "comment_length": N_("A comment needs some text, at most %(longest)s characters."),
    "comment_missing": N_("This comment does not exist, or it is not yours to see."),
    "comment_of_another": N_("Only %(author_by)s may change this comment."),
    "comment_settled": N_("A comment can be changed for %(minutes)s minutes. Write another one."),
    "mention_not_reader": N_("%(who)s may not see this case, so a comment here cannot name them."),
    "mentions_too_many": N_("A comment can name at most %(most)s people."),
    "box_unknown": N_("There is no such list of tasks."),
    "sort_unknown": N_("The list cannot be sorted that way."),
    "operator_unknown": N_("The list cannot be filtered that way."),
    # Cases
    "instance_missing": N_("This case does not exist, or it lies outside what you may see."),
    "instance_not_active": N_("The case does not run at present (since %(at)s). Ask operations."),
    "instance_changed": N_("Somebody else worked on this case at the same moment. Try again."),
    "instance_in_other_state": N_("The case is in another state by now. Load the page again."),
    "already_started": N_("%(by)s started this case already on %(at)s."),
    "start_not_allowed": N_(
        "You may not start this process here. Choose another project or ask an administrator."
    ),
    "oversee_missing": N_("Only who oversees the tasks here may do this."),
    "sub_tasks_too_many": N_("At most %(most)s pieces of work may be open under one task."),
    "sub_tasks_open": N_(
        "Work that was asked for under this task is still open (%(count)s). Wait for it, or withdraw it first."
    ),
    "candidates_number": N_("Name at least one role or person, at most %(most)s."),
    "candidates_elsewhere": N_(
        "%(group)s is named at another place. Choose the task's own place or one above it."
    ),
    "candidates_vacant": N_("Nobody holds the role %(group)s here. Choose another role, or name people."),
    "candidates_kept_out": N_(
        "Everybody who holds the role %(group)s here applied for it or decided an earlier step (four eyes). Choose "
        "another role."
    ),
    "candidates_of_signer": N_("This task belongs to somebody who was asked along. Ask somebody else instead."),
    "offer_to_self": N_("You cannot let yourself in. Ask somebody else who oversees the tasks here."),
    "assignee_no_candidate": N_("%(staff)s may not do this step. Choose somebody who holds its role here."),
    "operate_missing": N_("Only operations may do this."),
    "instance_revised": N_("Somebody changed this case on %(at)s, after you had opened it. Look at it again."),
    "element_without_token": N_("Nothing of the case stands at “%(element_id)s” any more. Look at it again."),
    # Editing by hand
    "variable_protected": N_(
        "“%(name)s” comes from the ledger, or says who acted, and is not set by hand. Correct it at its own desk."
    ),
    "variable_not_there": N_("There is no variable “%(name)s” here. Check its name."),
    "variable_type": N_("“%(name)s” holds a %(expected)s; the new value is a %(found)s."),
    "nothing_changes": N_("This changes nothing: the values are these already."),
    "answers_of_person": N_("%(who)s answered “%(name)s”. Ask them to act again; their task is still open."),
    "kind.truth": N_("yes or no"),
    "kind.number": N_("whole number"),
    "kind.list": N_("list"),
    "kind.map": N_("map"),
    "kind.date": N_("date"),
    "kind.instant": N_("point in time"),
    "kind.text": N_("text"),
    "kind.nothing": N_("nothing"),
    # Definitions
    "definition_suspended": N_("%(by)s suspended this process on %(at)s: %(reason)s. Nothing new is started."),
    "definition_suspended_until": N_(
        "%(by)s suspended this process on %(at)s until %(until)s: %(reason)s. Start it afterwards."
    ),
    "usage_kind_unknown": N_(
        "Nothing of this kind is used by processes. Ask for a process, decision, form or handler."
    ),
    "operation_missing": N_("There is no such entry in the log, or it lies outside what you may see."),
    "legal_hold_missing": N_("There is no such hold."),
    "legal_hold_lifted": N_("%(by)s lifted this hold on %(at)s."),
    "legal_hold_of_what": N_("Hold either one case or all with a business key."),
    "definition_active": N_("This process is not suspended."),
    "until_before": N_("The end must lie after the beginning."),
    "days_out_of_range": N_("The number of days must lie between 1 and %(most)s."),
    "message_state_unknown": N_("There is no such state of messages."),
    "start_event_gone": N_("The process starts no more by “%(name)s”. Deploy a version that does, then retry."),
    "definition_missing": N_("There is no such process or decision."),
    "deploy_missing": N_("You may not deploy. Ask a business analyst or an administrator."),
    # Incidents
    "incident_missing": N_("This incident does not exist, or it lies outside what you may see."),
    "incident_resolved": N_("%(by)s resolved this incident on %(at)s."),
    "incident_not_retryable": N_("Only the person who acted can repeat this. Ask them to do it again."),
    "incident_runs_at_once": N_(
        "This is run again at once, as the act that it was. A number of tries or a time is for timers and deliveries."
    ),
    "incident_moved_on": N_("The case has moved on since this failed. Load the page again."),
    "attempts_out_of_range": N_("The number of tries must lie between 1 and %(most)s."),
    "instant_unreadable": N_("“%(given)s” is no time. Choose a day and a time."),
    "fact_unreadable": N_(
        "“%(given)s” compares nothing. Write a fact, a sign and a value, such as amount_fen>=100000."
    ),
    "job_missing": N_("This timer or delivery does not exist, or it lies outside what you may see."),
    "job_over": N_("This is over already; nothing waits here any more."),
    "job_suspended": N_("The case is suspended. Let it go on first."),
    "job_not_failed": N_("This has not failed; it still runs by itself."),
    "job_no_timer": N_("This is no timer. Set a time for it instead."),
    "job_not_external": N_("Only the step of an outside system can be answered by hand."),
    "job_running": N_("This is being carried out at the moment. Try again in a few minutes."),
    "step_failed": N_(
        "A step behind this could not be carried out. Nothing was saved, and the incident has been noted. "
        "Operations can retry it once the cause is mended."
    ),
    "lease_lost": N_("Another worker took the job over."),
    "worker_lost": N_(
        "All %(tries)s tries ended without an answer: the worker was killed or stalled each time. "
        "Look into its log, then retry."
    ),
    "unexpected": N_("An unexpected error (a fault in the program). Tell an administrator the type and the time."),
    # Data that a step may not carry
    "field_missing": N_("The step lacks the value “%(field)s”. Check the diagram's inputs."),
    "field_type": N_("The value “%(field)s” has the wrong type. Check the diagram's inputs."),
    "name_reserved": N_("The name “%(name)s” is reserved. Choose another variable name."),
    "result_type": N_("A handler gave back something that cannot be stored."),
    "result_undeclared": N_("A handler gave back a value it does not declare."),
    "value_not_json": N_("A value cannot be stored in the process. Use texts, numbers, lists and maps."),
    "value_unwritable": N_(
        "A text holds a sign that cannot be stored (a zero byte or half of a sign). Write it again without it."
    ),
    "value_too_deep": N_("A value is nested too deeply to be stored in the process."),
    "value_too_long": N_("A value is too long to be stored in the process."),
    "state_format_unknown": N_("The case was saved by another release. Upgrade, or restore a backup."),
    # Why a step could not go on
    "call_without_process": N_("The call activity names no process."),
    "condition_unclear": N_("A condition is neither true nor false. Check its variables."),
    "cycle_unreadable": N_("“%(text)s” is no repetition. Write for example R/P1D or R3/2026-03-02T09:00/PT1H."),
    "cycle_too_short": N_(
        "The turns of “%(text)s” do not come one after the other. Write a repetition of at least one second."
    ),
    "kept_too_long": N_("A message is kept for longer than no time and at most %(days)s days."),
    "duration_too_long": N_("“%(text)s” is longer than a timer can wait. Write at most a hundred years."),
    "duration_unreadable": N_("“%(text)s” is no duration. Write for example P3D, PT8H or 8 working hours."),
    "event_unsupported": N_("The engine does not know this kind of event."),
    "job_kind_missing": N_("Nobody delivers “%(kind)s”. Check the installation."),
    "loop_needs_list": N_("The loop was given no list."),
    "loop_needs_number": N_("The loop was given no number."),
    "loop_too_long": N_("The loop has too many rounds."),
    "messages_without_end": N_("Messages answered each other without end. Check the diagram."),
    "no_flow_open": N_("No way leads on: no condition holds and there is no default flow."),
    "priority_no_number": N_("The priority is no number."),
    "script_refused": N_("Only FEEL is run; other scripts are refused."),
    "time_unreadable": N_(
        "“%(text)s” is no time. Write for example 2026-03-02, 2026-03-02T09:00 or a duration such as P3D."
    ),
    "timer_without_value": N_("The expression “%(expression)s” gives the timer no time. Check its variables."),
    "token_gone": N_("The case has moved on meanwhile."),
    "compensation_too_long": N_(
        "More than %(limit)s different completed activities would have to be remembered to be undone. Let the loop end earlier, or undo in each round."
    ),
    "compensation_gone": N_("“%(element)s” is to be undone but is no longer in the diagram."),
    "nested_too_deep": N_(
        "More than %(limit)s processes stand inside one another. Check whether a process calls itself."
    ),
    "too_many_steps": N_("The case ran through too many steps at once. Check the diagram for a circle."),
    "working_days_unreadable": N_(
        "“%(text)s” is no working time. Write for example P2WD, 2 working days or 8 working hours."
    ),
    "due_not_drawn": N_("The diagram gives this task no due time."),
    "working_time_endless": N_(
        "There is no such working time in the calendar: nobody works for more than a year."
    ),
}
