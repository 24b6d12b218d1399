"""The fault matrix as data: each row, what is promised in it, and the tests that show it.

``T`` is the transport, ``P`` the protocol, ``R`` subscriptions and fan-out, ``S`` security.
``test_rows.py`` fails where a row has no test, or a test that is named here does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["OPEN", "TABLE", "WEAKER", "Row"]


@dataclass(frozen=True)
class Row:
    """A row of the matrix.

    Attributes:
        promise: What holds, in a sentence.
        tests: The pytest ids of the tests that show it.
    """

    promise: str
    tests: tuple[str, ...]


def _row(promise: str, **tests: str) -> Row:
    """Make a row of names without ``test_``, by file: ``sources__test_retry`` is tests/sources/test_retry.py."""
    ids = [
        f"tests/{file.replace('__', '/')}.py::test_{name}" for file, names in tests.items() for name in names.split()
    ]
    return Row(promise, tuple(ids))


TABLE: dict[str, Row] = {
    "T1": _row(
        "A body that ends without a terminal event is a TruncatedStreamError, however cleanly it ends.",
        sources__test_transport="T1_a_body_without_a_terminal_event_is_truncated T1_an_empty_body_is_truncated",
        exhaustive__test_cuts="a_body_cut_after_any_byte_gives_what_was_whole_and_one_error",
    ),
    "T2": _row(
        "A broken connection is a ConnectionLostError, or is mended where that was asked for and is possible.",
        sources__test_transport="T2_a_broken_connection_is_lost T2_no_connection_is_retryable",
        sources__test_resume="T2_cut_at_random_bytes T2_over_sockets_a_reset_is_mended",
    ),
    "T3": _row(
        "The terminal event completes the stream at once, and the connection is closed from our side.",
        sources__test_transport="T3_a_terminal_event_completes_though_the_socket_stays_open"
        " T3_nothing_after_the_terminal_event_is_delivered",
    ),
    "T4": _row(
        "Silence ends a stream: of the connection (any byte counts), of the model, before its first content, in all.",
        sources__test_transport="T4_silence_is_a_lost_connection_and_a_timeout T4_no_answer_in_time_is_a_timeout",
        faults__test_small_rows="T4_any_byte_breaks_the_silence",
        operators__test_timeouts="the_first_content_must_come_in_time idle_begins_with_the_first_content"
        " keepalives_do_not_make_the_model_busy the_response_must_end_in_time",
    ),
    "T5": _row(
        "How the bytes are cut changes no event.",
        sources__test_transport="T5_the_same_events_however_the_bytes_come",
        exhaustive__test_cuts="a_body_byte_by_byte_is_the_same",
        laws__test_chunking="any_cut_of_the_bytes_gives_the_events_that_were_sent",
        conformance__test_sse_cases="each_case_gives_its_events_under_every_cut",
    ),
    "T6": _row(
        "A 200 with something else than an event stream is a NotAnEventStreamError that shows up to 2 KiB of it.",
        sources__test_transport="T6_an_answer_that_is_no_event_stream_says_what_it_is"
        " T6_T7_an_answer_without_end_does_not_keep_the_reader",
    ),
    "T7": _row(
        "Another status is an APIStatusError with all that the server said; at most 1 MiB of the body is read.",
        sources__test_transport="T7_a_status_is_an_error_with_what_the_server_said T7_what_may_be_tried_again"
        " T7_retry_after_in_each_form T7_the_body_of_an_error_is_bounded",
    ),
    "T8": _row(
        "What failed before its first event is sent again, after a growing pause or the server's, max_retries times.",
        sources__test_retry="T8_what_has_not_begun_is_sent_again T8_at_most_max_retries T8_two_are_the_default"
        " T8_pauses_grow_in_virtual_time T8_retry_after_is_honoured_in_each_form"
        " T8_a_real_server_that_resets_is_asked_again",
    ),
    "T9": _row(
        "After the first event a request is never sent again: the response is resumed, or the drop is an error.",
        sources__test_retry="T9_a_drop_after_the_first_event_is_never_retried",
        sources__test_resume="P6_cut_after_every_event_with_any_overlap",
    ),
    "T10": _row(
        "Leaving, at any moment and any number of times, closes the connection in a second and leaves nothing behind.",
        sources__test_dispose="T10_dispose_at_1000_random_moments_closes_each_connection_within_a_second"
        " T10_a_wait_for_the_head_is_interrupted_in_a_thread T10_sharing_and_taking_release_the_connection",
        sources__test_transport="T10_leaving_closes_the_connection",
        sources__test_retry="T10_disposing_in_a_pause_ends_it_in_a_thread T10_disposing_in_a_pause_ends_it_in_asyncio",
        sources__test_resume="T10_disposing_at_any_event_of_a_broken_stream_closes_it",
        sources__test_cancels="T10_streams_left_at_random_points_leave_nothing"
        " T10_a_stream_left_in_any_turn_of_the_loop_leaves_no_connection",
        exhaustive__test_awaits="a_stream_can_be_left_at_every_await"
        " a_stream_that_is_resumed_can_be_left_at_every_await",
        reactive__test_iterate="disposing_inside_on_next_closes_the_source",
        laws__test_dispose="dispose_releases_the_source_and_silences_it"
        " dispose_from_inside_on_next_releases_the_source",
    ),
    "T11": _row(
        "Plain bytes are asked for; an encoded body is an error, unless it was asked for:"
        " then it is inflated within bounds.",
        sources__test_transport="T11_an_encoded_body_is_refused",
        sources__test_encoding="T11_a_coding_that_was_not_asked_for_is_refused"
        " T11_a_body_in_a_coding_that_was_asked_for_is_inflated"
        " T11_a_bomb_ends_at_the_limit_and_is_not_in_memory T11_a_body_that_breaks_is_a_lost_connection",
    ),
    "T12": _row(
        "An event or a line beyond max_event_bytes is an SSELimitError that names it; memory stays near the limit.",
        sources__test_transport="T12_an_event_beyond_the_limit_names_the_setting",
        test_sse="any_cut_meets_the_limit_at_the_same_event"
        " an_event_of_just_the_limit_passes_and_a_byte_more_does_not"
        " memory_stays_below_twice_the_limit_when_an_event_is_too_large"
        " memory_stays_at_about_twice_the_limit_when_an_event_just_fits",
    ),
    "T13": _row(
        "A redirect is not followed; the error names the host.",
        sources__test_transport="T13_a_redirect_is_not_followed",
    ),
    "P1": _row(
        "An error event of any shape is delivered, and then one ResponseStreamError, whatever else follows.",
        sources__test_protocol="P1_an_error_event_in_each_shape_is_delivered_and_then_the_error"
        " P1_an_error_then_failed_is_one_error P1_an_error_on_a_socket_that_stays_open_ends_within_the_grace"
        " P1_an_error_then_a_broken_connection_is_the_error",
        events__test_malformed="an_error_is_read_in_all_its_shapes",
    ),
    "P2": _row(
        "A failed response is delivered, and then a ResponseFailedError that carries it.",
        sources__test_protocol="P2_a_failed_response_is_delivered_and_then_the_error",
    ),
    "P3": _row(
        "An incomplete response completes the stream, and says why it is incomplete.",
        sources__test_protocol="P3_an_incomplete_response_completes",
    ),
    "P4": _row(
        "What is not known is delivered as an UnknownEvent wherever it comes, and changes nothing else.",
        sources__test_protocol="P4_unknown_events_are_delivered_wherever_they_come",
        faults__test_small_rows="P4_unknown_events_change_no_projection",
    ),
    "P5": _row(
        "The order of arrival rules; a resumed stream has no event twice, and a gap in it is an error.",
        exhaustive__test_disorder="the_order_of_arrival_rules accumulators_take_disorder operators_take_disorder",
        sources__test_splice="the_order_of_arrival_rules_in_the_first_stream"
        " any_cuts_and_overlaps_give_the_events_once a_joined_stream_has_no_gap_and_no_repeat",
        sources__test_resume="P5_a_gap_is_an_error P5_without_numbers_nothing_can_be_resumed",
    ),
    "P6": _row(
        "A resumed stream is the whole one, whatever it repeats or leaves out; refused, it ends with the final snapshot"
        " or an error that says so.",
        sources__test_resume="P6_cut_after_every_event_with_any_overlap P6_every_connection_breaks"
        " each_end_is_that_of_the_whole_stream P6_refused_ends_with_the_final_snapshot"
        " P6_an_empty_suffix_ends_with_the_final_snapshot P6_a_response_that_still_runs_is_waited_for"
        " P6_without_a_snapshot_the_error_says_so",
        exhaustive__test_resume="a_stream_is_whole_after_a_resume_behind_every_event"
        " a_stream_is_whole_when_its_first_event_comes_again",
        exhaustive__test_awaits="a_stream_that_is_resumed_can_be_dropped_at_every_event",
    ),
    "P7": _row(
        "Data that is no JSON object, or no sane one, is an EventParseError with its first 200 bytes; or it is skipped"
        " and counted.",
        sources__test_protocol="P7_data_that_cannot_be_parsed_is_an_error_with_its_beginning"
        " P7_data_that_cannot_be_parsed_can_be_skipped_and_counted P7_only_malformed_data_is_skipped",
        sources__test_malformed="what_is_left_out_of_a_resumed_stream_is_no_gap"
        " a_gap_that_no_event_was_left_out_of_is_an_error",
        events__test_malformed="anything_else_is_an_event_parse_error what_is_no_json_object_is_an_event_parse_error"
        " not_a_number_is_not_json deep_nesting_is_an_event_parse_error",
    ),
    "P8": _row(
        "Blocks without data are neither events nor errors.",
        sources__test_protocol="P8_legal_blocks_without_data_are_no_events",
        test_sse="legal_blocks_without_data_give_no_event_and_no_error",
    ),
    "P9": _row(
        "An event needs its type and nothing else.",
        sources__test_protocol="P9_only_the_type_is_needed P9_an_empty_failure_is_a_failure",
        events__test_malformed="a_mangled_event_is_an_event_that_keeps_its_json",
        accumulators__test_rules="no_event_makes_the_accumulator_raise_and_every_snapshot_can_be_read",
    ),
    "P10": _row(
        "A call is delivered with the string that came; only reading it as JSON raises ArgumentsError.",
        operators__test_calls="arguments_that_are_wrong_raise_where_they_are_read_and_nowhere_else"
        " arguments_that_are_no_json_raise_arguments_error arguments_that_are_no_json_raise_where_they_are_parsed",
    ),
    "P11": _row(
        "Chunks of Chat Completions are an error that says which path was taken for which.",
        sources__test_protocol="P11_chunks_of_chat_completions_name_the_mistake",
    ),
    "R1": _row(
        "A subscriber that raises ends its own subscription with its error, and nobody else's.",
        operators__test_sharing="a_subscriber_that_raises_ends_alone"
        " an_error_that_nobody_handles_is_reported_and_stops_nobody",
        reactive__test_iterate="a_subscriber_that_raises_ends_its_own_subscription",
        reactive__test_iterate_sync="a_subscriber_that_raises_ends_its_own_subscription",
    ),
    "R2": _row(
        "A slow consumer suspends the reader, gets the newest item, or an error, as it chose; what waits is bounded.",
        reactive__test_iterate="a_suspended_source_reads_no_further_than_the_limit"
        " latest_keeps_the_newest_item_only error_raises_after_the_items_that_wait",
        reactive__test_slow_consumer="acceptance_a_slow_consumer_of_20000_items_never_has_more_than_the_limit_waiting",
    ),
    "R3": _row(
        "Who comes late to a shared stream gets all of it or the rest, as the operator says, of one request.",
        faults__test_small_rows="R3_a_late_subscriber_sends_no_second_request",
        operators__test_sharing="a_late_subscriber_gets_what_it_missed_at_once_and_the_rest_in_time"
        " there_is_one_subscription_ever",
    ),
    "R4": _row(
        "Two subscriptions of one stream are two requests that know nothing of each other, and it is documented so.",
        faults__test_small_rows="R4_two_subscriptions_are_two_requests",
        sources__test_resume="each_subscription_has_a_cursor_of_its_own",
        laws__test_cold="interleaved_subscriptions_do_not_see_each_other a_second_subscription_begins_anew",
    ),
    "S1": _row(
        "A key shows in no text, error, traceback, log line, recording or output.",
        sources__test_client="the_text_of_a_client_shows_no_secret a_key_that_cannot_be_sent_is_not_shown"
        " the_key_is_nowhere_in_an_error wrong_settings_raise_at_the_call_without_the_key",
        sinks__test_recorder="no_key_is_recorded",
        faults__test_small_rows="S1_the_command_line_prints_no_key",
        canary__test_canary="the_sessions_carry_a_key_everywhere_and_fail_in_every_way"
        " no_key_is_in_what_is_printed_logged_or_raised no_key_is_in_a_recording the_command_line_shows_no_key"
        " no_key_is_in_a_notebook no_key_is_in_a_recorded_stream",
        canary__test_plugin="every_test_carries_a_key a_planted_key_is_found_wherever_it_is",
        notebooks__test_notebooks="an_executed_notebook_shows_what_is_committed",
    ),
    "S2": _row(
        "A recording holds nothing of the request, is its owner's alone, follows no link, and survives a kill.",
        sinks__test_recorder="no_key_is_recorded a_file_is_its_owners_alone a_link_is_not_followed"
        " only_regular_files_are_written_to what_is_there_stays_unless_it_is_to_be_overwritten",
        recordings__test_killed="what_was_emitted_before_a_kill_is_read_back",
        recordings__test_reader="a_recording_cut_anywhere_is_read_up_to_its_last_whole_line",
    ),
    "S3": _row(
        "No control character of a model reaches the terminal, however it is cut into deltas; nothing of its text is"
        " run, and no display takes it for markup.",
        cli__test_terminal="no_control_character_is_left"
        " a_sequence_that_is_cut_between_deltas_does_not_come_together escaped_json_means_the_same"
        " the_view_writes_no_escape_sequence",
        faults__test_evaluation="S3_nothing_of_the_package_runs_a_text S3_no_class_displays_itself_as_markup"
        " S3_a_notebook_shows_what_a_model_wrote_as_text",
    ),
    "S4": _row(
        "A tool runs with valid arguments alone; what does not fit is told to the model; tools and turns are bounded.",
        tools__test_function="arguments_that_do_not_fit_are_errors extra_fields_are_errors_in_all_kinds_of_objects",
        tools__test_loop_failures="bad_arguments_run_nothing_and_tell_the_model"
        " an_unknown_tool_tells_the_model_which_there_are a_tool_that_hangs_is_left_at_its_timeout"
        " a_thread_that_hangs_is_left_at_its_timeout after_the_last_turn_nothing_runs_and_an_error_comes",
    ),
    "S5": _row(
        "The local server listens on loopback, and refuses foreign hosts and origins.",
        cli__test_serve="it_says_how_to_point_a_client_at_it_and_serves",
        simulated__test_server="foreign_hosts_and_origins_are_refused",
    ),
    "S6": _row(
        "No regular expression repeats a repetition; nesting is bounded.",
        faults__test_small_rows="S6_no_pattern_repeats_a_repetition",
        segmentation__test_segmenters="the_work_for_a_text_is_linear_in_its_length",
        json_parser__test_parser="depth_is_bounded_by_the_setting",
        events__test_malformed="deep_nesting_is_an_event_parse_error",
    ),
}

OPEN: dict[str, str] = {}
"""Rows without a test, and what is missing."""

WEAKER: dict[str, str] = {
    "S2": "a path is the caller's own and only its last part may be no link; lines are appended,"
    " so a kill may leave a last line in part, which the reader drops",
}
"""Rows of the table whose tests show less than the row promises, and what is missing."""
