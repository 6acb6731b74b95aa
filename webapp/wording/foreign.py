"""Findings about diagrams and files of other tools: how they are read here, what is not run, what is refused."""

from __future__ import annotations

from webapp.language import N_

TEXTS = {
    "file_is_empty": N_("The file is empty. Export the diagram again."),
    "file_is_no_xml": N_("The file is text but no diagram. Export it as BPMN 2.0 (.bpmn)."),
    "file_is_archive": N_(
        "The file is a packed archive (such as .zip, .vsdx or .xlsx). Unpack it, or export the diagram as BPMN 2.0."
    ),
    "file_is_office": N_(
        "The file is a document of an office program or of Visio. Export the diagram as BPMN 2.0."
    ),
    "file_is_picture": N_("The file is a picture or a PDF. Export the diagram itself as BPMN 2.0."),
    "file_is_json": N_("The file is JSON, not BPMN. Export the diagram as BPMN 2.0 (.bpmn)."),
    "file_is_page": N_(
        "The file is a web page, as when a download needed signing in. Download the diagram itself."
    ),
    "file_is_drawing": N_(
        "The file is a drawing of a general drawing tool. Draw it in a BPMN editor, or export it as BPMN 2.0."
    ),
    "file_is_decision": N_("The file is a decision table (DMN). Give its name the ending .dmn."),
    "file_is_case": N_("The file is a case model (CMMN), which is not run. Draw a BPMN process."),
    "file_is_xpdl": N_("The file is in an older process format (XPDL or BPEL). Export it as BPMN 2.0."),
    "bpmn_without_definitions": N_(
        "The file begins with a process instead of “definitions”, so its parts cannot be told apart. Export it again as BPMN 2.0."
    ),
    "more_of_a_kind": N_("The same is true of other elements (%(more)s), the last of which is this: %(finding)s"),
    "rewritten_namespace": N_("The diagram is in an early form of BPMN (%(namespace)s). It is read as BPMN 2.0."),
    "rewritten_key": N_("The process id “%(old)s” is read as the key “%(key)s”."),
    "rewritten_prefixes": N_("References with a prefix (%(count)s, such as “%(example)s”) are read without it."),
    "rewritten_flow_ids": N_(
        "Arrows without an id (%(count)s) are each read with one of their own (“%(example)s”)."
    ),
    "rewritten_id": N_(
        "This element (%(kind)s) has no id. It is read as “%(id)s”; give it one of its own before you change the drawing."
    ),
    "rewritten_executable": N_(
        "The file does not say whether the process is executable. It is the only one, so it is read as executable."
    ),
    "rewritten_flow_end": N_(
        "The arrow does not say its %(end)s. It is read as connected to “%(node)s”, which names the arrow."
    ),
    "rewritten_nameless": N_("What is referred to (%(kind)s) has no name. Its id “%(name)s” is read as the name."),
    "rewritten_reference_by_name": N_(
        "The reference (%(kind)s) is by name. It is read as “%(name)s” of this file."
    ),
    "rewritten_reference_dangling": N_(
        "“%(name)s” (%(kind)s) is not declared in the file. It is read as the name itself."
    ),
    "rewritten_condition": N_("The condition “%(text)s” is read as “= %(feel)s”."),
    "rewritten_default": N_(
        "The only arrow without a condition after “%(gateway)s” is read as the default: it is taken when no other is."
    ),
    "rewritten_always": N_("The arrow after “%(gateway)s” has no condition. It is read as taken always."),
    "process_not_run": N_(
        "This process is drawn beside “%(key)s” and is not run. If it is to run, put it into a file of its own."
    ),
    "flow_to_no_step": N_(
        "The arrow is connected to “%(other)s” (%(kind)s), which is no step. Connect it to an activity, event or gateway."
    ),
    "flow_into_other_process": N_(
        "The arrow leads from one pool into another (“%(other)s”). Use a message between pools."
    ),
    "flow_across_border": N_(
        "The arrow crosses the border of a sub-process (to or from “%(other)s”). Connect the sub-process itself."
    ),
    "event_reference_dangling": N_(
        "The event refers to “%(reference)s”, which the file does not contain. Set what it waits for again."
    ),
    "element_lost": N_(
        "This element (%(kind)s) stands inside a %(inside)s, where nothing can run. Move it into the process."
    ),
    "foreign_condition": N_(
        "The condition “%(text)s” is written for another program. %(detail)s Write it as FEEL, such as “= amount > 100”."
    ),
    "rewritten_setting": N_("The setting “%(what)s” is read as “%(value)s”."),
    "foreign_setting": N_(
        "The setting “%(what)s” (“%(text)s”) is written for another program. %(detail)s Write it as plain text or as FEEL after “=”."
    ),
    "foreign_beside_own": N_(
        "Settings of another program stand beside those of Keyturn. Those of Keyturn count; the others have no effect."
    ),
    "foreign_initiator": N_(
        "Who starts the case is not written to “%(name)s”. Let the start form or a first step write it if a later step asks for it."
    ),
    "foreign_form_fields": N_(
        "The fields drawn into this element (%(fields)s) are not shown. Make a form of them and choose it here."
    ),
    "foreign_code": N_(
        "The task runs program code of another engine (“%(text)s”), which does not exist here. Ask a developer for a handler and name it here."
    ),
    "foreign_built_in": N_(
        "The task is of the kind “%(type)s”, which only the other engine has. Name a handler that does the same."
    ),
    "foreign_handler_worked_out": N_(
        "The handler is worked out while the process runs (“%(text)s”). Name one handler; choose between several with a gateway."
    ),
    "foreign_decision_worked_out": N_(
        "The decision is worked out while the process runs (“%(text)s”). Name one; choose between several with a gateway."
    ),
    "foreign_call_worked_out": N_(
        "The called process is worked out while the process runs (“%(text)s”). Name one; choose between several with a gateway."
    ),
    "foreign_case_call": N_("The call starts a case model (“%(name)s”), which is not run. Call a process."),
    "foreign_binding": N_("The call asks for a special version (%(binding)s). Here the newest version is called."),
    "foreign_call_line": N_("What is handed over as “%(name)s” is incomplete. Name its source and its target."),
    "foreign_call_all_and_some": N_(
        "The call hands over everything and renames some of it (%(names)s). Write every value that is needed as keyturn:in or keyturn:out."
    ),
    "foreign_call_only_some": N_(
        "Only the listed values are handed over; the other program hands over all others as well. Add those that the called process needs."
    ),
    "foreign_input_name": N_(
        "“%(name)s” cannot be the name of a variable. Use letters, digits and underscores and begin with a letter."
    ),
    "foreign_input_form": N_(
        "The input “%(name)s” is a script, a list or a map of another program. Write it as FEEL in keyturn:input."
    ),
    "foreign_inputs_ignored": N_(
        "The inputs %(names)s have no effect here: this element sees all data of the process by name."
    ),
    "foreign_output": N_(
        "The output “%(name)s” (“%(text)s”) is not written, because it is not certain whose value it is. Write it as keyturn:output, from “result” after a handler or “answers” after a form."
    ),
    "decision_list_of_rows": N_(
        "In the other program “%(name)s” is a list of rows. Here it is a list of what the rules answer; look at the steps that use it."
    ),
    "foreign_script": N_(
        "The script (%(language)s) is not run. %(detail)s Write it as keyturn:assign in FEEL, or ask a developer for a handler."
    ),
    "foreign_script_file": N_(
        "The script stands in a file of its own (“%(file)s”), which is not run. Write it as keyturn:assign in FEEL."
    ),
    "foreign_script_worker": N_(
        "The script is run by a worker of another program (“%(type)s”). Write it as keyturn:assign in FEEL, or make it a service task with a handler."
    ),
    "foreign_sender": N_(
        "The message is sent by the engine itself; the program that the other engine calls for it has no effect. Check what the message must carry."
    ),
    "foreign_cron": N_(
        "“%(text)s” is a timetable in the manner of cron. Write a repetition such as R/P1D, or a date."
    ),
    "correlation_by_data": N_(
        "The process is joined to messages by BPMN's correlation keys, which the engine does not run. Say at each message which values of the case it must carry (keyturn:correlation)."
    ),
    "loop_maximum_ignored": N_(
        "The loop's limit “%(most)s” is no number and has no effect. Write a number, or put it into the loop's condition."
    ),
    "flow_loose": N_("The arrow's %(end)s is connected to nothing. Draw it again."),
    "subprocess_empty": N_("The sub-process is empty. Draw what happens inside, or call a process of its own."),
    "data_lines_drawn_only": N_(
        "Data associations (%(count)s) are drawn only. Here every step sees the data of the process by name; write what a step takes and gives into its inputs and outputs."
    ),
    "message_flows_drawn_only": N_(
        "Message flows between pools are drawn only (%(count)s, such as “%(example)s”). A message is sent and received by the events and tasks that name it."
    ),
    "shapes_without_element": N_(
        "The picture shows shapes or lines that the file itself lacks (%(count)s, such as “%(example)s”). Draw them again, or export the diagram again."
    ),
    "imports_ignored": N_(
        "What the file imports (%(count)s, such as “%(example)s”) is not read. Put what is needed into this file."
    ),
    "choreography_drawn_only": N_("The choreography in the file is drawn only and is not run."),
    "correlation_elsewhere": N_(
        "The correlation of BPMN's own kind has no effect. Write keyturn:correlation at the element that waits for the message."
    ),
    "part_unknown": N_(
        "A part of the element (“%(part)s”) is not known to BPMN and has no effect. Remove it, or draw what is meant."
    ),
    "element_unknown": N_(
        "“%(part)s” is no element of BPMN, so what it draws would be missing. Draw it again; capital letters count."
    ),
    "foreign_setting_twice": N_(
        "The setting “%(what)s” stands here twice. “%(value)s” has no effect; remove the one that is not meant."
    ),
    "attribute_unknown": N_(
        "The setting “%(attribute)s” of the element (%(kind)s) is not known to BPMN and has no effect. Check its spelling."
    ),
    "instantiates": N_(
        "A case cannot begin with this element. Draw a start event with the message or signal instead."
    ),
    "gateway_waits_for_all": N_(
        "An event-based gateway that waits for all its events cannot be run. Use a parallel gateway before the events."
    ),
    "quantity_ignored": N_(
        "“%(attribute)s” (%(value)s) has no effect: every step takes and gives one token. Draw a loop instead."
    ),
    "operation_ignored": N_(
        "The web service operation named here is not called. Name a handler that does it, or only a message."
    ),
    "loop_behavior_ignored": N_(
        "The events that the loop is to throw for its turns (%(behavior)s) are not thrown. Throw them inside the repeated step."
    ),
    "calls_global_task": N_(
        "The call leads to a task that is defined outside the process (“%(name)s”). Draw the task here, or call a process."
    ),
    "extension_ignored": N_(
        "“%(setting)s” of another program has no effect here. Draw what it does, or ask a developer for a handler."
    ),
    "extensions_ignored": N_(
        "Settings of another program (%(namespace)s: %(count)s, such as “%(example)s”) stay in the file and have no effect here."
    ),
    "uncertain_statement": N_("“%(text)s” does more than assign a value."),
    "uncertain_result": N_("It names no variable that takes the result."),
    "uncertain_sign": N_("“%(found)s” has no certain meaning here."),
    "uncertain_end": N_("It ends in the middle or is in no known language."),
    "uncertain_call": N_("It calls “%(name)s”, which only that program knows."),
    "uncertain_name": N_("“%(name)s” cannot be the name of a variable here."),
    "uncertain_text_sum": N_("Languages join texts by “%(sign)s” in different ways."),
    "uncertain_remainder": N_("Languages work out the remainder (“%(sign)s”) in different ways."),
    "uncertain_order": N_("Two languages read it in different ways."),
    "uncertain_words": N_("It reads like words for people."),
    "uncertain_language": N_("Its language (%(language)s) is not understood."),
    "uncertain_too_long": N_("It is longer than %(most)s signs."),
    "uncertain_too_deep": N_("It is nested deeper than %(most)s levels."),
}
