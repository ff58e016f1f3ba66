"""Whose a question is and how urgent, alone and where several share a request."""

from __future__ import annotations

from bot.errors import ServiceError, Throttled
from bot.http import Ask, Priority, Standing, asking, current_ask, unasked
from bot.http.ask import current_standing
from tests.support.clock import FakeClock

LATER = Ask(50.0, Priority.BACKGROUND, frozenset({"a"}))
URGENT = Ask(10.0, Priority.COMMAND, frozenset({"b"}), reserved=True)


def explain(service: str) -> ServiceError:
    return Throttled(service, "no turn yet")


def test_commands_go_before_suggestions_then_previews_then_what_nobody_waits_for() -> None:
    order = [Priority.COMMAND, Priority.AUTOCOMPLETE, Priority.PREVIEW, Priority.BACKGROUND, Priority.LEFTOVER]
    assert list(Priority) == order == sorted(set(order))


def test_who_asks_alone_keeps_a_deadline_of_their_own() -> None:
    assert not Standing(LATER).shared
    assert not Standing(LATER).sent


def test_a_lifted_standing_is_the_most_urgent_and_the_latest_and_everybodys() -> None:
    standing = Standing(LATER)
    standing.lift(URGENT)
    assert standing.ask == Ask(50.0, Priority.COMMAND, frozenset({"a", "b"}), reserved=True)


def test_what_is_reserved_stays_so_when_it_is_lifted() -> None:
    standing = Standing(URGENT)
    standing.lift(LATER)
    assert standing.ask.reserved


def test_who_watches_is_called_when_something_changed_until_they_stop_watching() -> None:
    standing = Standing(LATER)
    calls: list[Ask] = []

    def watch() -> None:
        calls.append(standing.ask)

    standing.watch(watch)
    standing.lift(LATER)
    assert calls == []
    standing.lift(URGENT)
    assert calls == [standing.ask]
    standing.unwatch(watch)
    standing.lift(Ask(90.0, Priority.COMMAND))
    assert len(calls) == 1


def test_a_shared_request_becomes_as_urgent_as_its_askers_become_later() -> None:
    asker, shared = Standing(LATER), Standing(LATER, shared=True)
    shared.join(asker)
    asker.lift(URGENT)
    assert shared.ask.priority is Priority.COMMAND


def test_who_left_a_shared_request_lifts_it_no_more() -> None:
    asker, shared = Standing(LATER), Standing(LATER, shared=True)
    leave = shared.join(asker)
    leave()
    asker.lift(URGENT)
    assert shared.ask == LATER


def test_every_asker_knows_that_the_request_was_sent_but_for_who_left() -> None:
    first, gone, late, shared = Standing(LATER), Standing(LATER), Standing(LATER), Standing(LATER, shared=True)
    shared.join(first)
    leave = shared.join(gone)
    leave()
    shared.mark_sent()
    shared.join(late)
    assert [one.sent for one in (first, gone, late)] == [True, False, True]


def test_who_joins_what_was_not_sent_has_not_been_sent() -> None:
    asker, shared = Standing(LATER), Standing(LATER, shared=True)
    shared.join(asker)
    assert not asker.sent


def test_every_asker_can_say_why_the_turn_has_not_come() -> None:
    first, late, shared = Standing(LATER), Standing(LATER), Standing(LATER, shared=True)
    shared.join(first)
    assert first.explain is None
    shared.wait_for_turn(explain)
    shared.join(late)
    assert (first.explain, late.explain) == (explain, explain)


def test_outside_of_any_command_it_is_background_work_with_half_a_minute() -> None:
    assert current_ask(FakeClock()) == Ask(1030.0, Priority.BACKGROUND)


def test_the_ask_ends_with_its_block() -> None:
    clock = FakeClock()
    with asking(clock, within_s=2.0, priority=Priority.COMMAND, person="a") as ask:
        assert current_standing(clock).ask == ask == Ask(1002.0, Priority.COMMAND, frozenset({"a"}))
    assert current_ask(clock).priority is Priority.BACKGROUND


def test_another_person_inside_has_nothing_reserved() -> None:
    clock = FakeClock()
    with (
        asking(clock, within_s=2.0, priority=Priority.COMMAND, person="a", reserved=True),
        asking(clock, within_s=2.0, priority=Priority.COMMAND, person="b") as inside,
    ):
        assert (inside.persons, inside.reserved) == (frozenset({"b"}), False)


def test_what_nobody_asked_for_is_nobodys_also_where_it_was_begun_for_somebody() -> None:
    clock = FakeClock()
    with asking(clock, within_s=2.0, priority=Priority.COMMAND, person="a", reserved=True):
        with unasked(), asking(clock, within_s=9.0, priority=Priority.PREVIEW) as inside:
            assert inside == Ask(1009.0, Priority.PREVIEW)
        assert current_ask(clock).persons == frozenset({"a"})
