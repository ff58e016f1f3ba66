"""Suggestions while typing: useful, and with few questions."""

from __future__ import annotations

import asyncio
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.http import Priority, asking
from bot.service.record import Found
from bot.service.suggest import Suggester, clean, fold
from bot.vndb.api.kind import STAFF, TAG, TRAIT, VN
from bot.vndb.api.model import Title, Vn
from tests.support.clock import FakeClock
from tests.support.transport import Reply
from tests.vndb.fake import FakeVndb, Record

# More "st…" than one answer holds, few "ste…".
RECORDS: list[Record] = [
    {"id": "v2002", "title": "STEINS;GATE", "aliases": ["シュタインズ・ゲート"], "olang": "ja"},
    {"id": "v17102", "title": "STEINS;GATE 0", "titles": [{"lang": "en", "title": "Steins;Gate Zero"}]},
    {"id": "v4", "title": "CLANNAD"},
    {"id": "v7", "title": "Tsukihime", "alttitle": "月姫"},
    {"id": "v8", "title": "Café Stella", "alttitle": "喫茶ステラ"},
    *[{"id": f"v{number}", "title": f"Story {number}"} for number in range(3000, 3080)],
]


def ids(found: list[object]) -> list[str]:
    return [str(getattr(one, "id", one)) for one in found]


async def type_it(fake: FakeVndb, *texts: str, asker: int = 1) -> list[str]:
    found: list[object] = []
    for text in texts:
        found = [*await fake.vndb.suggest(VN, text, asker=asker)]
    return ids(found)


async def test_one_letter_asks_nothing() -> None:
    fake = FakeVndb(RECORDS)
    assert await type_it(fake, "", " ", "s") == []
    assert fake.sent == 0


async def test_one_japanese_sign_is_enough() -> None:
    fake = FakeVndb(RECORDS)
    assert await type_it(fake, "月") == ["v7"]
    assert fake.sent == 1


async def test_a_longer_word_is_answered_from_a_complete_answer() -> None:
    fake = FakeVndb(RECORDS)
    assert await type_it(fake, "cl", "cla", "clan", "clann", "clannad") == ["v4"]
    assert fake.sent == 1


async def test_a_complete_answer_serves_everybody() -> None:
    fake = FakeVndb(RECORDS)
    await type_it(fake, "stei")
    assert await type_it(fake, "steins", asker=2) == ["v2002", "v17102"]
    assert fake.sent == 1


async def test_an_incomplete_answer_is_filtered_here_and_asked_anew_at_twice_the_length() -> None:
    fake = FakeVndb(RECORDS)
    await type_it(fake, "st", "sto")
    assert fake.sent == 1
    assert len(await type_it(fake, "stor")) == 50
    assert fake.sent == 2


async def test_an_incomplete_answer_without_a_match_is_asked_anew() -> None:
    rare: Record = {"id": "v9000", "title": "Stx"}
    fake = FakeVndb([*RECORDS[5:], rare])
    assert await type_it(fake, "st", "stx") == ["v9000"]
    assert fake.sent == 2


async def test_all_words_count_in_any_order_and_case() -> None:
    fake = FakeVndb(RECORDS)
    await type_it(fake, "stei")
    assert await type_it(fake, "stei ZERO") == ["v17102"]
    assert await type_it(fake, "ｓｔｅｉｎｓ；ｇａｔｅ 0")  # full width
    assert fake.sent == 1


async def test_punctuation_and_accents_do_not_matter() -> None:
    fake = FakeVndb(RECORDS)
    await type_it(fake, "stei")
    assert await type_it(fake, "steinsgate") == ["v2002", "v17102"]
    assert fold("Café-Stella!") == fold("CAFE STELLA")
    assert fold("が") != fold("か")


async def test_what_matched_by_an_unseen_name_is_dropped_when_more_is_typed() -> None:
    hidden: Record = {"id": "v1", "title": "Elsewhere", "release": "stei edition"}
    fake = FakeVndb([hidden, *RECORDS])
    assert await type_it(fake, "stei") == ["v1", "v2002", "v17102"]
    assert await type_it(fake, "steins") == ["v2002", "v17102"]
    assert fake.sent == 1


async def test_what_nothing_that_is_seen_matches_is_asked_for_once() -> None:
    hidden: Record = {"id": "v1", "title": "Elsewhere", "release": "stei edition"}
    fake = FakeVndb([hidden, *RECORDS])
    await type_it(fake, "stei")
    assert await type_it(fake, "stei edition") == ["v1"]
    assert await type_it(fake, "stei edition") == ["v1"]
    assert fake.sent == 2


async def test_a_search_that_was_made_already_is_not_asked_again() -> None:
    fake = FakeVndb(RECORDS)
    await fake.vndb.search(VN, "clannad")
    assert await type_it(fake, "clannad") == ["v4"]
    assert fake.sent == 1


async def test_old_knowledge_is_renewed() -> None:
    fake = FakeVndb(RECORDS)
    await type_it(fake, "clan")
    await fake.clock.advance(2 * 86400)
    await type_it(fake, "clann")
    assert fake.sent == 2


async def test_a_keystroke_waits_for_the_question_before_it() -> None:
    fake = FakeVndb(RECORDS)
    fake.after_s = 0.3
    tasks: list[asyncio.Task[list[str]]] = []
    for text in ("cl", "cla", "clan", "clann"):
        tasks.append(asyncio.create_task(type_it(fake, text)))
        await fake.clock.advance(0.05)
    await fake.clock.advance(1)
    assert [task.result() for task in tasks] == [["v4"]] * 4
    assert fake.sent == 1


async def test_a_slow_vndb_is_waited_for_no_longer_than_there_is_time() -> None:
    fake = FakeVndb(RECORDS)
    fake.after_s = 4

    async def ask(text: str) -> list[str]:
        with asking(fake.clock, within_s=2, priority=Priority.AUTOCOMPLETE):
            return await type_it(fake, text)

    first, second = asyncio.create_task(ask("cl")), asyncio.create_task(ask("cla"))
    await fake.clock.advance(2)
    assert (first.result(), second.result()) == ([], [])
    await fake.clock.advance(2.5)  # the request was on its way, and its answer is kept
    third = asyncio.create_task(ask("clan"))
    await fake.clock.advance(0)
    assert third.result() == ["v4"]
    assert fake.sent == 1


async def test_what_is_known_is_shown_when_vndb_is_down() -> None:
    fake = FakeVndb(RECORDS)
    await type_it(fake, "st")
    fake.reply = Reply(status=500)
    await fake.clock.advance(2 * 86400)
    task = asyncio.create_task(type_it(fake, "story 3001"))
    await fake.clock.advance(31)
    assert task.result() == ["v3001"]


@pytest.mark.parametrize("status", [400, 429, 500, 302])
async def test_nothing_is_raised(status: int) -> None:
    fake = FakeVndb()
    fake.reply = Reply(status=status, body=b"no")
    task = asyncio.create_task(type_it(fake, "clannad"))
    await fake.clock.advance(31)
    assert task.result() == []


async def test_who_pauses_begins_anew() -> None:
    fake = FakeVndb(RECORDS)
    await type_it(fake, "aa", "bb", "cc", "dd")
    assert fake.sent == 2
    await fake.clock.advance(61)
    await type_it(fake, "ee")
    assert fake.sent == 3


async def test_everybody_has_an_account_of_their_own() -> None:
    fake = FakeVndb(RECORDS)
    await type_it(fake, "aa", "bb", "cc", asker=1)
    await type_it(fake, "dd", "ee", "ff", asker=2)
    assert fake.sent == 4


async def test_a_quoted_text_is_not_taken_for_a_longer_one() -> None:
    fake = FakeVndb(RECORDS)
    await type_it(fake, '"clannad')
    await type_it(fake, '"clannad"')
    assert fake.sent == 2


async def test_each_kind_of_entry_is_suggested_by_its_own_names() -> None:
    fake = FakeVndb([{"id": "g1", "name": "Horror", "aliases": ["Scary"]}, {"id": "i1", "name": "Horns"}])
    assert ids([*await fake.vndb.suggest(TAG, "hor", asker=1)]) == ["g1"]
    assert ids([*await fake.vndb.suggest(TRAIT, "hor", asker=1)]) == ["i1"]
    assert ids([*await fake.vndb.suggest(TAG, "hor sca", asker=1)]) == ["g1"]
    assert fake.sent == 2


async def test_tags_nothing_can_be_searched_by_are_not_suggested() -> None:
    fake = FakeVndb([{"id": "g1", "name": "Horror"}, {"id": "g2", "name": "Horror group", "searchable": False}])
    assert ids([*await fake.vndb.suggest(TAG, "horr", asker=None)]) == ["g1"]


async def test_somebody_is_suggested_once_and_found_by_any_name() -> None:
    names = [{"name": "花澤 香菜", "latin": "Hanazawa Kana"}, {"name": "松嶋 せいか", "latin": "Matsushima Seika"}]
    rows: list[Record] = [
        {"id": "s33", "aid": 143, "ismain": False, "name": "Matsushima Seika", "aliases": names},
        {"id": "s33", "aid": 142, "ismain": True, "name": "Hanazawa Kana", "aliases": names},
    ]
    fake = FakeVndb(rows)
    assert ids([*await fake.vndb.suggest(STAFF, "mats", asker=1)]) == ["s33"]
    assert ids([*await fake.vndb.suggest(STAFF, "matsushima hana", asker=1)]) == ["s33"]
    assert fake.sent == 1


async def test_what_is_suggested_is_what_was_found() -> None:
    titles = [{"lang": "ja", "title": "クラナド", "latin": "Kuranado", "official": True, "main": True}]
    full: Record = {
        "id": "v4",
        "title": "CLANNAD",
        "titles": titles,
        "aliases": ["クラナド"],
        "olang": "ja",
        "rating": 81.5,
    }
    fake = FakeVndb([full])
    (suggested,) = await fake.vndb.suggest(VN, "clan", asker=1)
    (found,) = (await fake.vndb.search(VN, "clan")).items
    assert suggested == found
    assert fake.vndb.list_known(VN) == [found]


async def test_numbers_of_any_size_are_suggested() -> None:
    fake = FakeVndb([{"id": "v4", "title": "CLANNAD", "votecount": 10**30}])
    assert [vn.votecount for vn in await fake.vndb.suggest(VN, "clan", asker=1)] == [10**30]


async def test_what_words_found_takes_little_memory() -> None:
    """As values they would take 4.8 MB: two and a half thousand novels of three titles each."""

    async def fetch(text: str) -> Found[Vn]:
        first = sum(text.encode()) % 997 * 50
        titles = [Title(f"Tale {text} {one}", "ja", f"Monogatari {text}") for one in range(3)]
        vns = [
            Vn(f"v{first + one}", f"Tale {text} {one}", titles=[*titles], aliases=["One", "Two"]) for one in range(50)
        ]
        return Found(vns, more=True)

    async def peek(_text: str) -> None:
        return None

    clock = FakeClock()
    suggester = Suggester(Vn, fetch=fetch, peek=peek, names=VN.list_names, clock=clock)
    words = [f"{one}{one}{two}" for one in "abcde" for two in "abcdefghij"]
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for word in words:
            with asking(clock, within_s=2, priority=Priority.AUTOCOMPLETE):
                assert len(await suggester.suggest(word, asker=None)) == 50
        assert tracemalloc.get_traced_memory()[0] - before < 2_250_000
    finally:
        tracemalloc.stop()


async def test_suggestions_are_as_good_as_the_search_that_they_come_from() -> None:
    fake = FakeVndb(RECORDS)
    await type_it(fake, "clannad")
    await fake.clock.advance(86_000)
    assert await type_it(fake, "clannad", asker=2) == ["v4"]
    assert fake.sent == 1


WORDS = st.sampled_from(["steins;gate", "story 3001", "clannad", "月姫 tsuki", "café stella", "zz-top", "a b c d"])
TYPED = st.one_of(
    WORDS.flatmap(lambda word: st.integers(0, len(word)).map(lambda end: word[:end])), st.text(max_size=4)
)


@given(st.lists(TYPED, min_size=10, max_size=40))
async def test_no_ten_keystrokes_cause_more_than_two_requests(texts: list[str]) -> None:
    fake = FakeVndb(RECORDS)
    after: list[int] = [0]
    for text in texts:
        await fake.vndb.suggest(VN, text, asker=1)
        after.append(fake.sent)
    assert all(late - early <= 2 for early, late in zip(after, after[10:], strict=False))


@given(
    typed=st.lists(st.tuples(TYPED, st.sampled_from([0.0, 0.05, 0.4])), min_size=10, max_size=10), down=st.booleans()
)
async def test_nor_do_ten_that_overlap(*, typed: list[tuple[str, float]], down: bool) -> None:
    fake = FakeVndb(RECORDS)
    fake.after_s = 0.3
    if down:
        fake.reply = Reply(status=400, body=b"no", after_s=0.3)
    tasks: list[asyncio.Task[list[str]]] = []
    for text, gap_s in typed:
        tasks.append(asyncio.create_task(type_it(fake, text)))
        await fake.clock.advance(gap_s)
    await fake.clock.advance(40)
    assert all(task.done() and task.exception() is None for task in tasks)
    assert fake.sent <= 2


@given(WORDS)
async def test_every_word_typed_letter_by_letter_ends_with_what_it_names(word: str) -> None:
    fake = FakeVndb(RECORDS)
    found = await type_it(fake, *(word[:end] for end in range(1, len(word) + 1)))
    named = {"steins;gate": "v2002", "story 3001": "v3001", "clannad": "v4"}
    assert named.get(word, word) in [*found, word]
    assert fake.sent <= 2 * (1 + len(word) // 10)


@given(st.text())
def test_a_cleaned_text_can_be_asked_for(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.encode().decode() == cleaned
    assert not any(ord(sign) < 32 for sign in cleaned)


@pytest.mark.parametrize("typed", ["!!", "...", "—", "？！", "  "])
async def test_marks_alone_suggest_nothing_and_ask_nothing(typed: str) -> None:
    fake = FakeVndb(RECORDS)
    assert await type_it(fake, typed) == []
    assert fake.sent == 0
