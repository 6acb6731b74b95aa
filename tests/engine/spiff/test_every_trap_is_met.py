"""What running SpiffWorkflow bare has taught, each point with the tests that hold it; a point without one fails.

A test may be renamed or moved only together with its entry here, so none is lost by the way.
"""

from __future__ import annotations

from importlib import import_module

import pytest

TRAPS = {
    "1 nested data is shared": "spiff.test_loops:test_trap_1_nested_data_of_one_instance_is_not_seen_changed_by_its_siblings",
    "2 depth of a thousand turns": "spiff.test_loops:test_trap_2_a_loop_back_goes_on_for_ever_and_the_state_stays_small",
    "1 what a handler is handed": "proof.test_traps:test_trap_1_a_handler_that_changes_its_input_in_place_changes_no_process_data",
    "2 depth of a long row": "proof.test_traps:test_trap_2_five_thousand_nodes_in_a_row_are_read_checked_built_and_run_without_recursion",
    "2 depth of nested sub-processes": "proof.test_traps:test_trap_2_a_task_within_forty_sub_processes_is_offered_and_leads_out_of_them_all",
    "3 parallel blocks explode": "spiff.test_loops:test_trap_3_parallel_blocks_in_a_row_start_at_once",
    "3 parallel blocks through the commands": "proof.test_traps:test_trap_3_eight_fan_outs_in_a_row_start_with_the_work_of_one",
    "4 a shared specification is changed": "spiff.test_events:test_trap_4_a_specification_is_the_same_after_an_event_sub_process_has_fired",
    "4 in threads": "proof.test_traps:test_trap_4_threads_share_a_specification_whose_event_sub_processes_fire_in_some_of_them",
    "5 one serializer for all threads": "spiff.test_codec:test_trap_5_many_threads_share_one_specification",
    "6 the key typename": "spiff.test_codec:test_trap_6_data_called_typename_is_just_data",
    "7 stale waits after going back": "spiff.test_host_list:test_trap_7_going_back_leaves_no_stale_waits",
    "7 stale waits after an interruption": "proof.test_traps:test_trap_7_what_an_interrupted_part_waited_for_no_longer_finds_it",
    "8 a message fires early": "spiff.test_codec:test_trap_8_an_event_that_is_not_reached_yet_does_not_fire_early",
    "9 errors fire in other tasks": "spiff.test_events:test_trap_9_an_error_is_caught_by_the_failing_tasks_own_boundary_alone",
    "9 a NameError for whatever failed": "proof.test_traps:test_trap_9_a_failing_handler_is_told_by_its_own_name",
    "10 Python in a diagram": "proof.test_traps:test_trap_10_python_in_a_diagram_is_refused_and_never_run",
    "10 Python runs after a restore": "spiff.test_codec:test_trap_10_a_restored_case_cannot_run_python",
    "11 values that cannot be saved": "test_operating:test_trap_11_what_is_no_json_value_is_refused_where_it_enters",
    "11 at each entrance": "proof.test_traps:test_trap_11_what_json_cannot_hold_is_refused_at_each_entrance",
    "12 migration drops what was written": "changing.test_migrate:test_an_open_task_survives_with_who_has_it_and_what_was_written",
    "13 an unknown version loads": "spiff.test_codec:test_trap_13_an_unknown_format_is_refused",
    "14 timers read the wall clock": "spiff.test_codec:test_trap_14_timers_read_the_given_clock_in_the_projects_zone",
}  # fmt: skip
COST = {
    "linear chains are quadratic": "proof.test_traps:test_cost_a_chain_of_scripts_costs_in_proportion_to_its_length",
    "every state holds the diagram": "spiff.test_codec:test_the_state_holds_tokens_and_no_diagram",
    "specifications are made again and again": "proof.test_traps:test_cost_a_diagram_is_parsed_once_however_many_instances_run",
    "finished tasks stay for ever": "proof.test_flat_cost:test_a_rework_loop_keeps_the_same_state_turn_after_turn",
    "a step costs what lies behind it": "proof.test_flat_cost:test_an_approval_sent_back_again_and_again_costs_the_same_each_time",
    "a reminder costs what lies behind it": "proof.test_flat_cost:test_a_daily_reminder_for_years_costs_the_same_each_day",
}  # fmt: skip
SILENTLY_LEFT_OUT = {
    "compensation throw": "spiff.test_compensation:test_a_throw_event_undoes_what_completed_latest_first_and_goes_on_after_that",
    "compensation end": "spiff.test_compensation:test_an_end_event_undoes_and_the_case_ends_when_all_is_undone",
    "link events": "spiff.test_events:test_a_link_goes_on_at_its_catching_side",
    "complex gateway": "definitions.test_refused_elements:test_the_refusal_names_the_element_and_says_what_to_draw_instead",
    "several flows out of a task, a condition on one": "spiff.test_gateways:test_several_flows_out_of_a_task_are_all_taken_and_a_condition_on_one_is_asked",
    "interrupting event sub-process": "spiff.test_events:test_an_interrupting_event_sub_process_ends_what_ran_in_its_scope",
    "armed start not seen waiting": "spiff.test_host_list:test_an_armed_start_of_an_event_sub_process_is_seen_waiting_and_is_no_place_where_the_case_stands",
    "event gateway as one nameless wait": "spiff.test_host_list:test_an_event_gateway_reports_its_timers_and_messages_one_by_one",
    "potentialOwner": "definitions.test_foreign_tools:test_owners_in_the_words_of_bpmn",
    "camunda:assignee": "definitions.test_foreign_tools:test_a_user_task_of_camunda_flowable_and_activiti",
    "ranges in decision tables": "decisions.test_cells_people_write:test_a_cell_takes_what_it_says",
    "lists in decision tables": "feel.test_unary_tests:test_cell_takes_value",
    "hit policies but COLLECT": "decisions.test_cells_people_write:test_policies_differ_where_two_rules_fit",
    "decision without a fitting rule": "decisions.test_hit_policies:test_no_fitting_rule_is_an_error_under_every_policy",
    "outputs of an earlier decision": "decisions.test_hit_policies:test_outputs_of_an_earlier_decision_are_never_kept",
}  # fmt: skip
HOST_LIST = {
    "flows without an id": "spiff.test_events:test_references_with_a_prefix_and_flows_without_ids_are_understood",
    "nodes called Start and End": "spiff.test_events:test_nodes_called_start_and_end_do_not_collide_with_the_librarys_own",
    "event sub-processes start with nothing thrown": "spiff.test_events:test_an_event_sub_process_catches_an_error_of_its_scope_and_starts_for_nothing_else",
    "error, escalation and compensation ones with nothing thrown": "spiff.test_host_list:test_an_event_sub_process_does_not_start_with_nothing_thrown",
    "compensation event sub-processes": "spiff.test_compensation:test_a_compensation_event_sub_process_undoes_its_sub_process_and_may_ask_for_the_rest",
    "isInterrupting of an event sub-process": "spiff.test_events:test_a_non_interrupting_event_sub_process_runs_beside_and_again",
    "nested event sub-processes": "spiff.test_host_list:test_event_sub_processes_nested_in_others_are_armed_with_their_scope",
    "signal end events": "spiff.test_events:test_a_message_end_and_a_signal_end_throw_what_they_say",
    "references with a prefix": "definitions.test_reader:test_flows_without_ids_and_prefixed_references_are_read",
    "dangling references": "spiff.test_host_list:test_a_dangling_reference_is_no_crash_and_its_own_name",
    "non-interrupting message": "spiff.test_events:test_a_non_interrupting_message_comes_as_often_as_it_comes_and_what_it_began_outlives_the_task",
    "non-interrupting signal": "spiff.test_host_list:test_a_non_interrupting_boundary_event_comes_as_often_as_it_is_sent",
    "non-interrupting escalation": "spiff.test_host_list:test_a_non_interrupting_escalation_comes_as_often_as_it_is_thrown",
    "what a cycle timer began": "spiff.test_host_list:test_what_a_cycle_timer_began_survives_the_end_of_its_activity",
    "multi-instance sub-process interrupted": "spiff.test_loops:test_an_interrupting_boundary_event_leaves_nothing_of_a_loop_behind",
    "implicit split at an event": "spiff.test_host_list:test_several_flows_out_of_a_catch_event_are_all_taken",
    "implicit join": "spiff.test_host_list:test_two_flows_into_a_task_are_no_join_each_token_does_it_once",
    "missing start and end events": "test_less_usual_elements:test_without_start_and_end_events_the_first_task_begins_and_the_last_ends",
    "condition on a flow out of an event": "spiff.test_host_list:test_a_condition_on_a_flow_that_leaves_an_event_is_asked",
    "exclusive gateway in order of the file": "spiff.test_gateways:test_an_exclusive_gateway_takes_the_first_open_flow_of_the_file_whatever_the_layout",
    "multi-instance counters": "spiff.test_loops:test_each_instance_sees_how_far_its_loop_is",
    "condition over an undefined variable": "spiff.test_gateways:test_a_condition_that_is_neither_true_nor_false_stops_the_step",
    "a code beats a catch-all": "spiff.test_events:test_a_code_beats_a_catch_all",
    "errors stop at the nearest catcher": "spiff.test_events:test_an_error_stops_at_the_nearest_catcher_outwards",
    "escalations stop at the nearest catcher": "spiff.test_host_list:test_an_escalation_stops_at_the_nearest_catcher",
    "variables set from outside": "spiff.test_host_list:test_what_is_set_from_outside_is_seen_by_what_waits",
    "a flow without a condition after a gateway": "definitions.test_foreign_frequent:test_the_only_flow_without_condition_is_the_default_of_an_exclusive_gateway_and_always_taken_at_an_inclusive",
    "what the schema would find": "definitions.test_foreign_tools:test_what_is_not_run_is_told_at_the_element",
    "a misspelt arrow": "definitions.test_foreign_tools:test_a_misspelt_arrow_is_an_error_for_it_would_be_missing",
    "a lost node or flow": "spiff.test_host_list:test_every_node_and_flow_of_a_drawing_stands_in_what_runs",
    "compensation inside transactions": "spiff.test_transactions:test_a_cancelled_transaction_is_undone_and_then_left_by_its_cancel_boundary_event",
}  # fmt: skip


@pytest.mark.parametrize("point", [*TRAPS, *COST, *SILENTLY_LEFT_OUT, *HOST_LIST])
def test_the_point_has_a_test(point: str) -> None:
    module, _, name = ({**TRAPS, **COST, **SILENTLY_LEFT_OUT, **HOST_LIST})[point].partition(":")
    assert callable(getattr(import_module(f"tests.engine.{module}"), name, None))


def test_every_trap_is_listed() -> None:
    assert {int(point.split()[0]) for point in TRAPS} == set(range(1, 15))
