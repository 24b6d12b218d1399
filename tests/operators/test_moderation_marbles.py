"""``moderate``, one case at a time."""

from __future__ import annotations

import json
from typing import Any

import pytest
import reactivex
from reactivex import operators as rx
from reactivex.testing import TestScheduler

from rxstream import ModerationError, Verdict, collect_now, moderate, parse_event, word_check
from rxstream.accumulators.moderation import KINDS, Excerpt
from rxstream.events import ResponseTextDeltaEvent
from rxstream.models import Response
from tests.laws.probes import COMPLETED, Boom, Source, Subscriber
from tests.marbles import END, Timeline, emit, event, message, text
from tests.moderation.virtual import play


def evil(words: str) -> bool:
    return "evil" in words


def flow(notes: dict[float, Any], check: Any = lambda text: None, **options: Any) -> Timeline:
    return emit(moderate(check, **options), *notes.items())


def test_text_leaves_when_the_windows_that_cover_it_have_passed():
    """A window of 4 begins every 2 characters: the first two leave as soon as a fifth has shown that it is whole."""
    notes = {210: "ab", 220: "cd", 230: "e", 240: "f", 250: "g", 260: END}
    assert flow(notes, window=4).marbles == [
        (230, "ab"), (250, "cd"), (260, "e"), (260, "f"), (260, "g"), (260, END),
    ]  # fmt: skip


def test_events_without_text_wait_behind_the_text_before_them():
    """The order never changes: what brings no text leaves after the text that came before it."""
    created, search = event("created", response={"id": "resp_1"}), event("web_search_call.searching", output_index=1)
    done = event("output_text.done", output_index=0, content_index=0, text="Hello")
    hello = text("Hello")
    notes = {210: created, 220: hello, 230: search, 240: done, 250: END}
    assert flow(notes, window=100).marbles == [(210, created), (240, hello), (240, search), (240, done), (250, END)]


@pytest.mark.parametrize(
    "ending",
    [
        event("output_text.done", output_index=0, content_index=0, text="Hello"),
        event("output_text.done", output_index=0, content_index=0),
        event("content_part.done", output_index=0, content_index=0, part=message("Hello")["content"][0]),
        event("output_item.done", output_index=0, item=message("Hello")),
        event("output_item.done", output_index=0, item={"type": "message"}),
        event("completed", response={"output": [message("Hello")]}),
        event("completed", response={"output": []}),
        event("incomplete", response={}),
        event("failed", response={}),
        event("created", response={"id": "resp_2"}),
    ],
    ids=lambda event: event.type,
)
def test_a_text_ends_with_each_event_that_says_so(ending: Any):
    """The last, shorter window is checked then; nobody waits for the stream to end."""
    created, hello = event("created", response={"id": "resp_1"}), text("Hello")
    notes = {210: created, 220: hello, 230: ending}
    assert flow(notes, window=100).marbles == [(210, created), (230, hello), (230, ending)]


def test_what_repeats_a_text_costs_no_other_check():
    """``.done``, part, item and response say what the deltas said: it was checked, in its windows, once."""
    asked: list[str] = []
    events = [
        text("Hel"),
        text("lo"),
        event("output_text.done", output_index=0, content_index=0, text="Hello"),
        event("content_part.done", output_index=0, content_index=0, part=message("Hello")["content"][0]),
        event("output_item.done", output_index=0, item=message("Hello", id="msg_1")),
        event("completed", response={"output": [message("Hello", id="msg_1")], "output_text": "Hello"}),
    ]
    assert collect_now(moderate(asked.append), events) == events
    assert asked == ["Hello"]


def test_checks_run_at_once_and_let_go_in_order():
    """The second check answers before the first; what it covers waits all the same."""
    played = play(
        [(0, "abcdefghi")], lambda text: None, lambda number: [30, 5, 5, 5][number], window=4, max_concurrent_checks=2
    )
    assert played.most_at_once == 2
    assert [what for what, _ in played.log][:4] == ["asked", "asked", "passed", "asked"]
    assert [thing for what, thing in played.log if what == "asked"] == ["abcd", "cdef", "efgh", "ghi"]
    assert played.shown == ["abcdefghi"]


def test_a_check_is_told_what_stands_beside_its_window():
    """One character before and after; none at the beginning and the end of the text."""
    seen: list[tuple[str, str, str]] = []

    def check(words: Excerpt) -> None:
        seen.append((words.before, str(words), words.after))

    collect_now(moderate(check, window=4), ["ab", "cd", "ef"])
    assert seen == [("", "abcd", "e"), ("b", "cdef", "")]


def test_stopping_closes_the_request_at_once_and_tells_why():
    """The source is released when the verdict comes; what was before waits for its own checks; then the error.

    A text before it that has not ended is not shown: the rest of a window that would have been flagged may be missing.
    """
    source, subscriber, scheduler = Source(), Subscriber(), TestScheduler()

    def check(words: str) -> Any:
        return reactivex.timer(10 if evil(words) else 50, scheduler=scheduler).pipe(
            rx.map(lambda _: Verdict(flagged=evil(words), categories=("harm",)))
        )

    moderate(check, window=8)(source).subscribe(subscriber)
    created = event("created", response={"id": "resp_1"}, sequence_number=0)
    good, done = text("good", 0), event("output_text.done", output_index=0, content_index=0, text="good")
    unfinished, bad = text("no end", 2), text("evil word", 1, sequence_number=2)
    for one in (created, good, done, unfinished, bad):
        source.next(one)
    assert (subscriber.items, source.disposals) == ([created], 0)
    scheduler.advance_by(11)
    assert (subscriber.items, subscriber.ends, source.disposals) == ([created], [], 1)
    source.next(text("more", 0))
    scheduler.advance_by(200)
    assert subscriber.items == [created, good, done]
    [error] = subscriber.ends
    assert isinstance(error, ModerationError)
    assert (error.text, error.verdict.categories) == ("evil wor", ("harm",))
    assert (error.response_id, error.last_sequence_number) == ("resp_1", 2)
    assert "evil" not in str(error)


@pytest.mark.parametrize("where", ["call", "answer", "truth"])
def test_a_check_that_fails_ends_the_stream_with_its_own_error(where: str):
    """Nothing that it should have passed is shown; the source is released; the error is the same object."""
    error = Boom()

    class Unclear:
        def __bool__(self) -> bool:
            raise error

    def check(words: str) -> Any:
        if not evil(words):
            return None
        if where == "call":
            raise error
        return reactivex.throw(error) if where == "answer" else Unclear()

    source, subscriber = Source(), Subscriber()
    moderate(check, window=4)(source).subscribe(subscriber)
    for piece in ("go", "od", "! ", "ev", "il", "!!"):
        source.next(piece)
    assert subscriber.items == ["go", "od", "! "]
    assert subscriber.ends[0] is error
    assert (len(subscriber.ends), source.disposals) == (1, 1)


_AT = {"output_index": 0, "content_index": 0}
_NOTE = {"type": "url_citation", "title": "A", "url": "https://a.example", "start_index": 0, "end_index": 4}
_PART = {"type": "output_text", "text": "an evil plan", "annotations": [_NOTE], "logprobs": [{"token": "an evil plan"}]}
_ITEM = {"type": "message", "id": "msg_1", "content": [_PART]}
HIDING_PLACES = {
    "delta": event("output_text.delta", delta="an evil plan", logprobs=[{"token": "an evil plan"}], **_AT),
    "padded delta": event("output_text.delta", delta="an evil plan", obfuscation="evil", **_AT),
    "log probabilities": event("output_text.delta", delta="a plan", logprobs=[{"token": "evil plan"}], **_AT),
    "done": event("output_text.done", text="an evil plan", logprobs=[{"token": "an evil plan"}], **_AT),
    "done, log probabilities": event("output_text.done", text="a plan", logprobs=[{"token": "evil plan"}], **_AT),
    "refusal": event("refusal.delta", delta="an evil plan", **_AT),
    "refusal done": event("refusal.done", refusal="an evil plan", **_AT),
    "reasoning": event("reasoning_text.delta", delta="an evil plan", **_AT),
    "summary": event("reasoning_summary_text.done", text="an evil plan", output_index=0, summary_index=1),
    "summary part": event(
        "reasoning_summary_part.added", part={"type": "summary_text", "text": "evil"}, summary_index=0
    ),
    "part added": event("content_part.added", part=_PART, **_AT),
    "part": event("content_part.done", part=_PART, **_AT),
    "part of another type": event("content_part.done", part={"type": "text", "text": "evil"}, **_AT),
    "refusing part": event("content_part.done", part={"type": "refusal", "refusal": "evil"}, **_AT),
    "spoken part": event("content_part.done", part={"type": "output_audio", "transcript": "evil"}, **_AT),
    "item added": event("output_item.added", item=_ITEM, output_index=0),
    "item": event("output_item.done", item=_ITEM, output_index=0),
    "item of one string": event("output_item.done", item={"type": "message", "content": "evil"}, output_index=0),
    "reasoning item": event(
        "output_item.done",
        item={"type": "reasoning", "content": [{"type": "reasoning_text", "text": "evil"}], "summary": []},
    ),
    "response": event("completed", response={"output": [_ITEM]}),
    "response in progress": event("in_progress", response={"output": [_ITEM]}),
    "joined text": event("completed", response={"output": [], "output_text": "an evil plan"}),
    "transcript": event("audio.transcript.delta", delta="an evil plan"),
    "unknown delta": event("telepathy.delta", delta="an evil plan", output_index=[]),
    "unknown text": event("telepathy.done", text="an evil plan", content_index=1, item_id={}),
    "misshapen delta": event("output_text.delta", delta=["an", {"n": "evil"}], **_AT),
    "misshapen log probabilities": event("output_text.delta", delta="a plan", logprobs={"token": "evil"}, **_AT),
    "misshapen unknown delta": event("telepathy.delta", delta={"text": "an evil plan"}),
    "misshapen part": event("content_part.done", part={"type": "text", "text": {"value": "evil"}}, **_AT),
    "misshapen item": event("output_item.done", item={"type": "message", "content": ["evil"]}, output_index=0),
    "misshapen content": event("output_item.done", item={"type": "message", "content": {"text": "evil"}}),
    "arguments": event("function_call_arguments.delta", delta='{"plan": "evil"}', output_index=0),
    "arguments done": event("function_call_arguments.done", arguments='{"plan": "evil"}', item_id="fc_1"),
    "MCP arguments": event("mcp_call_arguments.done", arguments='{"plan": "evil"}', output_index=0),
    "custom input": event("custom_tool_call_input.delta", delta="an evil plan", output_index=0),
    "code": event("code_interpreter_call_code.done", code="evil()", output_index=0),
    "call": event("output_item.done", item={"type": "function_call", "arguments": '{"plan": "evil"}'}, output_index=0),
    "patch": event("apply_patch_call_operation_diff.delta", delta="+evil", output_index=0),
    "patching item": event("output_item.done", item={"type": "apply_patch_call", "operation": {"diff": "+evil"}}),
    "command added": event("shell_call_command.added", command="evil", output_index=0, command_index=0),
    "command": event("shell_call_command.delta", delta="evil", output_index=0, command_index=0),
    "command done": event("shell_call_command.done", command="evil", output_index=0, command_index=0),
    "shell item": event("output_item.done", item={"type": "shell_call", "action": {"commands": ["ls", "evil"]}}),
}


@pytest.mark.parametrize("name", HIDING_PLACES)
def test_flagged_text_is_found_wherever_it_stands(name: str):
    """Stopping shows nothing of the event. Replacing shows it, with nothing of the text in object or JSON."""
    hidden = HIDING_PLACES[name]
    with pytest.raises(ModerationError):
        collect_now(moderate(evil, kinds=KINDS), [hidden])
    [shown] = collect_now(moderate(evil, kinds=KINDS, on_flagged="replace"), [hidden])
    assert type(shown) is type(hidden)
    assert "evil" not in shown.to_json() + json.dumps(shown.to_dict()) + repr(shown)
    assert ("[removed]" in shown.to_json()) != ("log probabilities" in name)
    assert shown.to_dict().keys() == hidden.to_dict().keys() - {"obfuscation"}
    assert collect_now(moderate(lambda text: None, kinds=KINDS), [hidden]) == [hidden]


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_that_were_not_asked_for_are_not_looked_at(kind: str):
    """They keep their place in the order, in deltas, items and the response."""
    others = [one for one in KINDS if one != kind]
    pieces = {
        "text": text("evil"),
        "refusal": HIDING_PLACES["refusal"],
        "reasoning": HIDING_PLACES["reasoning"],
        "arguments": HIDING_PLACES["call"],
    }
    assert collect_now(moderate(evil, kinds=others), [pieces[kind]]) == [pieces[kind]]


def test_a_rewritten_event_keeps_all_else():
    """The other fields are as they were; places in the text and log probabilities are left out."""
    [shown] = collect_now(moderate(evil, window=100, on_flagged="replace"), [HIDING_PLACES["part"]])
    expected = {"type": "output_text", "text": "[removed]", "annotations": [], "logprobs": []}
    assert shown.to_dict() == {"type": "response.content_part.done", "part": expected, **_AT}
    assert HIDING_PLACES["part"].part.text == "an evil plan"


def test_annotations_of_a_replaced_text_are_left_out():
    """Their places would be wrong; those of other texts, and those that came before, pass."""

    def annotate(index: int) -> Any:
        return event("output_text.annotation.added", output_index=index, content_index=0, annotation=_NOTE)

    early, late, other = annotate(0), annotate(0), annotate(1)
    events = [early, text("so evil"), late, other]
    shown = collect_now(moderate(evil, on_flagged="replace"), events)
    assert [id(one) for one in shown if one.type.endswith("added")] == [id(early), id(other)]


def test_strings_that_are_replaced_as_a_whole_are_not_emitted_empty():
    """``text_deltas`` never emits an empty string, nor does what follows it."""
    pieces = ["so ", "ev", "il", "!"]
    assert collect_now(moderate(evil, on_flagged="replace", replacement="*"), pieces) == ["*"]
    assert collect_now(moderate(evil, on_flagged="replace", replacement=""), pieces) == []


def test_a_delta_that_is_replaced_as_a_whole_stays_as_an_event():
    """Sequence numbers have no gap."""
    events = [text("ev", sequence_number=1), text("il", sequence_number=2)]
    shown = collect_now(moderate(evil, on_flagged="replace"), events)
    assert [(one.delta, one.sequence_number) for one in shown] == [("[removed]", 1), ("", 2)]


def test_halves_of_a_character_reach_the_check_as_that_character():
    """No window begins or ends inside a surrogate pair that was cut into two deltas."""
    asked: list[str] = []
    pieces = ["a\ud83d", "\ude00b\ud83d", "\ude00", "\ud83d", "\ude00c"]
    for window in range(1, 8):
        asked.clear()
        assert collect_now(moderate(asked.append, window=window), pieces) == pieces
        assert all(one.encode() for one in asked)
        assert all("😀" in one or one in "abc" for one in asked)


def test_a_character_in_halves_is_replaced_as_one():
    """Neither half is shown where the character is in a flagged window."""
    for window in range(1, 8):
        pieces = ["ab\ud83d", "\ude00cd"]
        shown = "".join(
            collect_now(
                moderate(lambda text: "😀" in text, window=window, on_flagged="replace", replacement="*"), pieces
            )
        )
        assert not any("\ud800" <= character <= "\udfff" for character in shown)
        assert shown.count("*") == 1


def test_half_a_character_is_not_shown_before_the_windows_of_the_other_half():
    """Where the window that begins at a character's second half is flagged, its first half is not shown either."""
    for window in range(2, 9):
        for length in range(6):
            pieces = ["x" * length + "\ud83d", "\ude00cdefgh"]
            for flagged in "cdef":
                check = moderate(lambda text, bad=flagged: bad in text, window=window, on_flagged="replace")
                shown = "".join(collect_now(check, pieces))
                assert shown.encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def test_a_whole_event_with_a_mended_character_equals_the_halves():
    """``.done`` has the character, the deltas its halves: that is the same text, and no other check."""
    asked: list[str] = []
    done = event("output_text.done", output_index=0, content_index=0, text="a😀")
    events = [text("a\ud83d"), text("\ude00"), done]
    assert collect_now(moderate(asked.append), events) == events
    assert asked == ["a😀"]
    [_, last, whole] = collect_now(moderate(lambda text: "😀" in text, window=1, on_flagged="replace"), events)
    assert (last.delta, whole.text) == ("", "a[removed]")


def test_a_text_that_goes_on_after_its_end_is_checked_with_what_came_before():
    """Sloppy servers do that: the seam is looked at again, and nothing new passes unseen."""
    done = event("output_text.done", output_index=0, content_index=0, text="an ev")
    notes = {210: text("an ev"), 220: done, 230: text("il plan"), 240: END}
    timeline = flow(notes, evil, window=20)
    assert [time for time, _ in timeline.marbles] == [220, 220, 240]
    assert timeline.marbles[-1][1].text == "an evil plan"


def test_an_event_that_the_application_made_is_rewritten_too():
    """Without JSON that was received: the fields become one."""
    [shown] = collect_now(moderate(evil, on_flagged="replace"), [ResponseTextDeltaEvent(delta="evil")])
    assert shown == parse_event({"type": "response.output_text.delta", "delta": "[removed]", "logprobs": []})


def test_things_in_which_no_text_can_be_found_are_refused():
    """Snapshots, say: what cannot be looked at is not let pass."""
    with pytest.raises(TypeError, match=r"expected events or strings, .* but got Response"):
        collect_now(moderate(evil), ["good", Response.lazily({"output": []})])


def test_ready_word_checks_are_right_at_the_seams():
    """``ass`` stands in ``class`` wherever a window begins or ends; as a word it is found wherever it stands."""
    check = word_check(["ass"])
    for shift in range(12):
        harmless, rude = "x" * shift + " class assume", "x" * shift + " an ass said"
        for window in range(6, 12):
            assert "".join(collect_now(moderate(check, window=window), list(harmless))) == harmless
            with pytest.raises(ModerationError):
                collect_now(moderate(check, window=window), list(rude))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"check": "evil"}, TypeError, "check to be a function"),
        ({"window": 0}, ValueError, "window to be at least 1, but got 0"),
        ({"window": 2.5}, TypeError, "window to be an int, but got 2.5"),
        ({"max_concurrent_checks": 0}, ValueError, "max_concurrent_checks to be at least 1"),
        ({"max_concurrent_checks": True}, TypeError, "max_concurrent_checks to be an int"),
        ({"on_flagged": "drop"}, ValueError, "'stop' or 'replace', but got 'drop'"),
        ({"replacement": None}, TypeError, "replacement to be a string"),
        ({"kinds": "text"}, TypeError, "but got the string 'text'"),
        ({"kinds": ["text", "speech"]}, ValueError, "but got 'speech'"),
    ],
)
def test_wrong_arguments_are_refused_at_the_call(options: dict[str, Any], error: type[Exception], message: str):
    """Before anything is subscribed to."""
    with pytest.raises(error, match=message):
        moderate(**{"check": evil, **options})


def test_a_stream_that_completes_while_checks_run_waits_for_them():
    """The completion comes after what waits."""
    played = play([(0, "good")], evil, lambda number: 40, end_at=1)
    assert (played.shown, played.end) == (["good"], COMPLETED)


def _latencies(**seconds: float) -> Any:
    """A check that takes as long as is said of the text, and flags what has capitals."""
    scheduler = TestScheduler()
    asked: list[str] = []

    def check(words: str) -> Any:
        asked.append(str(words))
        return reactivex.timer(seconds.get(words.lower().strip(), 1), scheduler=scheduler).pipe(
            rx.map(lambda _: not words.islower())
        )

    return scheduler, check, asked


def test_the_error_is_of_the_flagged_text_that_comes_first():
    """Whichever check answered first: the text that stands first among what was not shown is the reason."""
    for first, second in ((30, 10), (10, 30)):
        scheduler, check, _ = _latencies(one=first, two=second)
        source, subscriber = Source(), Subscriber()
        moderate(check)(source).subscribe(subscriber)
        for index, words in enumerate(("ONE", "TWO")):
            source.next(event("output_text.done", output_index=index, content_index=0, text=words))
        scheduler.advance_by(50)
        assert [error.text for error in subscriber.ends] == ["ONE"]


def test_the_first_flagged_window_of_a_text_is_the_reason():
    """In whichever order its windows are answered."""
    for first, second in ((30, 10), (10, 30)):
        scheduler, check, _ = _latencies(aaaa=40, aabb=first, bbbb=second)
        subscriber = Subscriber()
        reactivex.of("aaaaBBBBcc").pipe(moderate(check, window=4)).subscribe(subscriber)
        scheduler.advance_by(50)
        assert [error.text for error in subscriber.ends] == ["aaBB"]


def test_an_event_of_two_texts_ends_the_stream_when_the_first_of_them_is_flagged():
    """It can never be shown: nobody waits for the check of the other."""
    scheduler, check, _ = _latencies(slow=100, fast=5)
    subscriber = Subscriber()
    source = reactivex.of(event("output_item.done", item=message("slow", "FAST"), output_index=0))
    source.pipe(moderate(check)).subscribe(subscriber)
    scheduler.advance_by(6)
    assert [error.text for error in subscriber.ends] == ["FAST"]


def test_what_stands_behind_flagged_text_is_not_checked():
    """A check costs something: those of windows behind a flagged one are not begun any more."""
    scheduler, check, asked = _latencies(aaaa=40, aabb=5)
    subscriber = Subscriber()
    reactivex.of("aaaaBB" + "c" * 100).pipe(moderate(check, window=4, max_concurrent_checks=2)).subscribe(subscriber)
    scheduler.advance_by(30)
    assert (asked, subscriber.ends) == (["aaaa", "aaBB"], [])
    scheduler.advance_by(30)
    assert isinstance(subscriber.ends[0], ModerationError)


def test_a_text_that_goes_on_while_its_end_still_waits_is_held_back_again():
    """Its end had passed, but was not shown yet: now it is judged with what follows, and not shown."""
    scheduler, check, _ = _latencies(slow=50)
    source, subscriber = Source(), Subscriber()
    moderate(check, window=20)(source).subscribe(subscriber)
    done = event("output_text.done", output_index=1, content_index=0, text="an ev")
    for one in (text("slow", 0), event("output_text.done", output_index=0, content_index=0, text="slow"), done):
        source.next(one)
    scheduler.advance_by(10)
    source.next(text("IL", 1))
    source.complete()
    scheduler.advance_by(100)
    assert [getattr(one, "delta", one.type) for one in subscriber.items] == ["slow", "response.output_text.done"]
    assert [error.text for error in subscriber.ends] == ["an evIL"]
