"""Findings about diagrams and decision tables, in an analyst's words: what is wrong, and what to do."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "attachment_kind_undefined": N_("There is no kind of file “%(kind_name)s”. There are: %(kinds)s."),
    "attachments_skipped": N_(
        "A task that asks for files cannot be skipped when the same person recurs. Take repeat or attachments away."
    ),
    "xml_too_large": N_("The file is larger than %(limit_mb)s MB. Split the drawing into called processes."),
    "xml_document_type": N_(
        "The file contains a document type or entities, which are refused. Save it again from a BPMN editor."
    ),
    "xml_malformed": N_("The file is not well-formed XML. Save it again from a BPMN editor."),
    "xml_cut_off": N_("The file ends in the middle, as after a broken transfer. Save or send it again."),
    "xml_encoding": N_(
        "The signs of the file are not in the encoding that its first line names. Save it again in UTF-8."
    ),
    "xml_prefix": N_(
        "The file uses a prefix (such as xsi: or camunda:) that its first element does not explain. Save it again from a BPMN editor."
    ),
    "xml_too_deep": N_("The file is nested deeper than %(limit)s levels. Save it again from a BPMN editor."),
    "not_bpmn": N_("The file is XML but no BPMN 2.0 diagram. Export it as BPMN 2.0."),
    "diagram_too_large": N_(
        "The file draws %(count)s steps and arrows, more than %(limit)s. Split it into several processes that call each other."
    ),
    "no_process": N_("The file draws no process, so there is nothing to run. Draw one and export it as BPMN 2.0."),
    "no_executable_process": N_(
        "No process of the file (%(keys)s) is marked executable. Tick “executable” on the one that is to run."
    ),
    "several_executable_processes": N_(
        "The file holds several executable processes (%(keys)s). Keep one per file and call the others."
    ),
    "id_missing": N_("An element (%(kind)s) has no id. Give it one in the editor."),
    "id_twice": N_("Two elements have the same id. Change one of them."),
    "id_reserved": N_("The id contains brackets, which the engine uses itself. Choose another one."),
    "key_not_a_slug": N_(
        "The process id “%(key)s” must consist of small letters, digits and underscores and begin with a letter."
    ),
    "process_key_twice": N_("The process “%(key)s” stands in two files (also in %(first)s). Keep one."),
    "decision_id_twice": N_("The decision “%(key)s” stands in two files (also in %(first)s). Keep one."),
    "resource_kind_unknown": N_(
        "“%(name)s” is neither a diagram (.bpmn) nor a decision table (.dmn). Leave it out."
    ),
    "element_unsupported": N_("The engine cannot run this element (%(kind)s). %(advice)s"),
    "instead_of.complexGateway": N_(
        "Its rule has no agreed meaning. Draw inclusive, exclusive or parallel gateways; if it waits for events, an event-based gateway; if it goes on after some of several answers, a multi-instance task with a completion condition."
    ),
    "instead_of.adHocSubProcess": N_(
        "Its steps have no order. Draw parallel branches if all are done, an inclusive gateway if some are, or a multi-instance task for one step done several times."
    ),
    "instead_of.multipleEvent": N_(
        "Which of them came would be unclear. Draw an event of its own for each, behind an event-based gateway or side by side."
    ),
    "instead_of.other": N_("Draw it with other elements."),
    "task_does_nothing": N_(
        "An element of this kind (%(kind)s) does nothing when the process runs. Make it a user, service or script task."
    ),
    "start_missing": N_("There is no start event. Add one and connect it."),
    "start_left_out": N_(
        "There is no start event. It is read as beginning here; add one, so that everybody sees the beginning."
    ),
    "start_twice": N_("There is a second start event without a trigger (the first is %(first)s). Remove one."),
    "flow_into_start": N_("A flow leads into a start event. Lead it to the next element instead."),
    "flow_out_of_end": N_("A flow leaves an end event. Remove it, or use an intermediate event."),
    "end_left_out": N_(
        "The path stops here without an end event. It is read as ending here; add one, so that everybody sees the end."
    ),
    "end_missing": N_("The path stops here without an end event. Add one."),
    "flow_dangling": N_(
        "The flow's %(end)s “%(reference)s” does not exist in this scope. Connect the flow again."
    ),
    "unreachable": N_("Nothing leads here. Connect the element or delete it."),
    "split_without_gateway": N_(
        "%(count)s flows leave without a gateway. It is read like this: every flow without a condition and every flow whose condition holds is taken, all at the same time. Add a gateway if only one of them is meant."
    ),
    "path_may_end": N_(
        "Every flow that leaves here has a condition. If none holds, the path ends here without a word. Make one flow the default."
    ),
    "condition_not_asked": N_(
        "The condition is never asked, because the flow leaves “%(source)s” (%(kind)s), which takes all its flows. Use an exclusive or inclusive gateway."
    ),
    "condition_missing": N_(
        "A flow leaving “%(gateway)s” has neither a condition nor is it the default. Give it a condition."
    ),
    "condition_on_default": N_("The default flow has a condition, which is not asked. Remove it."),
    "default_unknown": N_("The default flow “%(flow)s” does not leave this element. Choose the default again."),
    "join_waits_for_ever": N_(
        "Only one of the paths after “%(split)s” (%(kind)s) is taken, but this gateway waits for all of them, so the case would stop here. Join the paths with an exclusive gateway."
    ),
    "merge_passed_twice": N_(
        "All paths after “%(split)s” are taken, and each comes here by itself, so what follows happens once for each. Join the paths with a parallel gateway first, if it is to happen once."
    ),
    "default_missing": N_("No flow is the default. If no condition holds, the case stops here as an incident."),
    "form_missing": N_("The task has no form. Choose one in the properties."),
    "form_unknown": N_("The form “%(form)s” does not exist. Choose another or create it."),
    "nobody_assigned_in_lane": N_(
        "Nobody is assigned: the lane “%(lane)s” is drawn only. Set candidate groups or an assignee."
    ),
    "nobody_assigned": N_("Nobody is assigned. Set candidate groups or an assignee."),
    "due_missing": N_("The task has no due date, so it never shows as late."),
    "warning_unreadable": N_(
        "“%(text)s” is no length of time. Write how long before the due time the warning comes (PT4H, 2 working hours)."
    ),
    "escalation_without_due": N_("The task has a warning or an escalation but no due time. Set “due”."),
    "escalation_at_unknown": N_("An escalation happens at “warning” or at “breach”, not at “%(given)s”."),
    "escalation_without_warning": N_("An escalation waits for the warning, but the task has none. Set “warn”."),
    "escalation_empty": N_("The escalation does nothing. Set notify, priority or handTo."),
    "escalation_priority": N_("“%(given)s” is no priority. Write a whole number from 0 to 100."),
    "escalation_people_unknown": N_(
        "“%(given)s” names nobody. Write assignee, candidates, owner, manager or role: with a role."
    ),
    "role_unknown": N_("There is no role “%(role)s”. Choose one from the list of roles."),
    "loop_without_count": N_(
        "The loop says neither which list it walks through nor how often it repeats. Set one of them."
    ),
    "handler_missing": N_("The service task names no handler. Choose one in the properties."),
    "handler_unknown": N_("There is no handler “%(handler)s”. Choose one from the list."),
    "input_unknown": N_("The handler “%(handler)s” takes no input “%(name)s”. Remove it."),
    "input_missing": N_("The handler “%(handler)s” needs the input “%(name)s”. Add it."),
    "decision_missing": N_("The rule task names no decision. Choose one."),
    "decision_unknown": N_("There is no decision “%(decision)s”. Deploy its table with the diagram."),
    "decision_without_result": N_("The rule task does not say which variable takes the result. Set it."),
    "decision_mapping_unknown": N_("The result form “%(mapping)s” is unknown. Use single, list or collect."),
    "script_not_feel": N_("A script in %(format)s is not run. Use FEEL assignments."),
    "script_empty": N_("The script task assigns nothing. Add an assignment or delete the task."),
    "called_process_missing": N_("The call activity names no process. Choose one."),
    "called_process_unknown": N_("There is no process “%(key)s”. Deploy it first or with this one."),
    "message_missing": N_("No message is named. Choose one."),
    "signal_missing": N_("No signal is named. Choose one."),
    "correlation_missing": N_(
        "The message “%(message)s” is awaited without a correlation, so it could reach the wrong case. Add one, such as the sale's id."
    ),
    "event_without_definition": N_("The event does not say what it waits for. Choose message, timer or error."),
    "event_out_of_place": N_(
        "An event of kind %(kind)s has no effect at this place (%(place)s). Use an event that can stand here."
    ),
    "error_must_interrupt": N_("An error always interrupts. Tick “interrupting” on this event."),
    "event_subprocess_start": N_(
        "An event sub-process needs exactly one start event, with a message, timer, signal, error, escalation, condition or compensation. Set it."
    ),
    "event_subprocess_connected": N_(
        "An event sub-process begins by its own start event. Remove the flows that lead to it or away from it."
    ),
    "timer_start_without_data": N_(
        "The timer that starts a case asks for data (%(names)s), but there is none before the case begins. Write a date, a duration or a cycle."
    ),
    "condition_of_event_missing": N_(
        "The conditional event has no condition, so it would never come. Write one in FEEL, such as: amount > 1000."
    ),
    "compensation_handler_missing": N_(
        "The compensation event is not joined to the activity that undoes. Draw an association from it to an activity in the same process or sub-process that is marked for compensation."
    ),
    "compensation_handler_connected": N_(
        "An activity marked for compensation runs only when something is undone. Remove the flows that lead to it or away from it."
    ),
    "compensation_with_flow": N_(
        "No flow leaves a compensation event at an activity. Join it by an association to the activity that undoes."
    ),
    "compensation_twice": N_(
        "The activity already has a compensation event (“%(first)s”). Keep one; it may lead to a sub-process."
    ),
    "compensation_of_process": N_(
        "Nothing can undo a whole process. Put the event sub-process into the sub-process that it undoes."
    ),
    "compensation_activity_unknown": N_(
        "The activity “%(reference)s” that is to be undone does not stand in the same process or sub-process. Choose another one, or none to undo everything there."
    ),
    "compensation_of_nothing": N_(
        "Nothing can be undone here, so the event is passed. Give the activities compensation events with their handlers."
    ),
    "cancel_outside_transaction": N_(
        "A cancel event belongs to a transaction: as an end event inside it, or at its boundary. Draw a transaction, or use an error event."
    ),
    "cancel_without_boundary": N_(
        "The transaction “%(transaction)s” has no cancel event at its boundary, so it could not be left. Add one and say what follows."
    ),
    "cancel_twice": N_(
        "The transaction already has a cancel event (“%(first)s”), so this one never comes. Remove it."
    ),
    "cancel_must_interrupt": N_("A cancel event always ends its transaction. Make it interrupting."),
    "cancel_never_thrown": N_(
        "No cancel end event stands in the transaction “%(transaction)s”, so this event never comes. Add one or remove this."
    ),
    "link_without_name": N_("The link has no name. Give both sides of the link the same name."),
    "link_target": N_(
        "The link “%(name)s” needs exactly one catching side of the same name in the same process. Add it, or remove the second one."
    ),
    "link_with_flow": N_(
        "A flow leaves the throwing side of the link “%(name)s”, so the link itself is not taken. Remove the flow or the link."
    ),
    "boundary_never_comes": N_(
        "This event never comes, because “%(task)s” (%(kind)s) is done at once. Attach it to a task that waits."
    ),
    "boundary_unattached": N_("The boundary event is attached to nothing (“%(reference)s”). Attach it to a task."),
    "timer_missing": N_(
        "The timer has no time. Write a date, a duration (P3D, 8 working hours) or an expression."
    ),
    "timer_unreadable": N_(
        "“%(text)s” is no time. Write a date, a duration (P3D, 8 working hours) or an expression with “=”."
    ),
    "timer_not_working": N_(
        "“%(text)s” cannot be counted in working time. Write for example P2D, PT8H or 8 working hours."
    ),
    "event_gateway_target": N_(
        "After the event-based gateway “%(gateway)s” only events and receive tasks may follow."
    ),
    "error_never_thrown": N_("The task never reports the error “%(error)s”. It reports: %(thrown)s."),
    "error_uncaught": N_(
        "The error “%(error)s” of this task is caught nowhere and would become an incident. Attach an error event."
    ),
    "feel_syntax": N_("“%(text)s” (%(what)s) is no valid FEEL: %(detail)s."),
    "variable_unknown": N_(
        "Nothing writes “%(name)s” (%(what)s). Check the spelling, or declare the variable on the process."
    ),
    "variable_impossible": N_(
        "“%(name)s” (%(what)s) cannot be the name of a variable, so it never has a value. Use letters, digits and underscores."
    ),
    "function_unknown": N_("There is no function “%(name)s” (%(what)s). docs/feel.md lists those that exist."),
    "variable_name": N_(
        "“%(name)s” cannot be a variable name. Use letters, digits and underscores and begin with a letter."
    ),
    "folder_without_files": N_("The folder holds no diagram (.bpmn), decision table (.dmn) or form (.form)."),
    "file_is_no_file": N_("This is a pipe or a device, not a file. Save the diagram in a file and name that."),
    "file_unreadable": N_("The file cannot be read (%(detail)s). Check its name and rights."),
    "definition_refused": N_("The deployment was refused because of %(count)s findings. Nothing was changed."),
}
