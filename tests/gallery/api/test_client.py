"""Questions to E-Hentai through the real client."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable

import pytest
from msgspec.structs import replace

from bot.errors import BadAnswer, NotFound
from bot.gallery.api.model import WITHHELD, Gallery, GalleryKey, PageKey, Withheld
from bot.service.record import Card
from tests.gallery.fake import SECRET, FakeEhentai, make_entry, make_key, make_page


def entry_of(card: Card[Gallery] | Withheld) -> Gallery:
    assert isinstance(card, Card)
    return card.entry


async def outcome(asked: Awaitable[object]) -> object:
    """What it brings, or the error that it raises."""
    (found,) = await asyncio.gather(asked, return_exceptions=True)
    return found


# Batches


async def test_250_links_at_once_from_50_channels_are_10_requests() -> None:
    fake = FakeEhentai(range(1, 251), after_s=0.1)

    async def channel(first: int) -> list[Card[Gallery] | Withheld]:
        return await asyncio.gather(*(fake.ehentai.fetch(make_key(gid)) for gid in range(first, first + 5)))

    start = fake.clock.monotonic()
    found = await fake.run(asyncio.gather(*(channel(first) for first in range(1, 251, 5))))
    assert [entry_of(card).key.gid for cards in found for card in cards] == list(range(1, 251))
    assert fake.sent == 10
    assert [len(fake.list_asked(question)) for question in fake.questions] == [25] * 10
    assert fake.violations == []
    # Five at once, and the tenth when five seconds have passed since the fifth was answered.
    assert fake.clock.monotonic() - start == pytest.approx(5.6, abs=0.1)


async def test_a_strict_server_sees_no_violation_whatever_its_answers_take() -> None:
    fake = FakeEhentai(range(1, 601), after_s=0.7)
    keys = [make_key(gid) for gid in range(1, 601)]
    for _ in range(3):
        wave, keys = keys[:200], keys[200:]
        await fake.run(asyncio.gather(*map(fake.ehentai.fetch, wave)))
    assert fake.sent == 24
    assert fake.violations == []


async def test_page_links_are_resolved_together_before_their_galleries_are_asked_for() -> None:
    fake = FakeEhentai(range(1, 61))

    async def follow(gid: int) -> int:
        return entry_of(await fake.ehentai.fetch(await fake.ehentai.resolve(make_page(gid)))).key.gid

    assert await fake.run(asyncio.gather(*map(follow, range(1, 61)))) == list(range(1, 61))
    assert [len(fake.list_asked(question)) for question in fake.list_questions("gtoken")] == [25, 25, 10]
    assert [len(fake.list_asked(question)) for question in fake.list_questions("gdata")] == [25, 25, 10]
    assert fake.violations == []


async def test_equal_questions_are_one_entry() -> None:
    fake = FakeEhentai([7])
    cards = await fake.run(asyncio.gather(*(fake.ehentai.fetch(make_key(7)) for _ in range(100))))
    assert {entry_of(card).key.gid for card in cards} == {7}
    assert [fake.list_asked(question) for question in fake.questions] == [[[7, make_key(7).token]]]


# Keys


async def test_a_wrong_key_is_an_error_of_its_own_only() -> None:
    fake = FakeEhentai(gid for gid in range(1, 26) if gid % 5)
    found = await fake.run(asyncio.gather(*(outcome(fake.ehentai.fetch(make_key(gid))) for gid in range(1, 26))))
    assert [isinstance(one, NotFound) for one in found] == [gid % 5 == 0 for gid in range(1, 26)]
    assert fake.sent == 1


async def test_a_wrong_page_is_not_found() -> None:
    fake = FakeEhentai([7, 8])
    wrong = PageKey(7, "0123456789", 3)
    found = await fake.run(
        asyncio.gather(outcome(fake.ehentai.resolve(wrong)), fake.ehentai.resolve(make_page(8, page=2)))
    )
    assert isinstance(found[0], NotFound)
    assert found[1] == make_key(8)


async def test_an_error_never_names_the_token() -> None:
    fake = FakeEhentai()
    found = await fake.run(
        asyncio.gather(
            outcome(fake.ehentai.fetch(GalleryKey(7, "0123456789"))),
            outcome(fake.ehentai.resolve(PageKey(7, "0123456789", 3))),
        )
    )
    assert [str(error) for error in found] == ["E-Hentai: no gallery 7", "E-Hentai: no page 3 of gallery 7"]


@pytest.mark.parametrize(
    "key",
    [
        GalleryKey(0, "0123456789"),
        GalleryKey(-1, "0123456789"),
        GalleryKey(2**70, "0123456789"),
        GalleryKey(7, "012345678"),
        GalleryKey(7, "012345678G"),
        GalleryKey(7, "0123456789\n"),
    ],
)
async def test_what_cannot_be_a_key_is_not_asked_for(key: GalleryKey) -> None:
    fake = FakeEhentai([7])
    with pytest.raises(NotFound):
        await fake.run(fake.ehentai.fetch(key))
    assert fake.sent == 0


async def test_a_page_without_a_number_is_not_asked_for() -> None:
    fake = FakeEhentai([7])
    with pytest.raises(NotFound):
        await fake.run(fake.ehentai.resolve(PageKey(7, "0123456789", 0)))
    assert fake.sent == 0


async def test_a_key_that_the_answer_leaves_out_fails_alone_and_is_asked_for_again() -> None:
    fake = FakeEhentai([7, 8])
    fake.left_out = {7}
    found = await fake.run(asyncio.gather(outcome(fake.ehentai.fetch(make_key(7))), fake.ehentai.fetch(make_key(8))))
    assert isinstance(found[0], BadAnswer)
    assert entry_of(found[1]).key.gid == 8
    fake.left_out = set()
    assert entry_of(await fake.run(fake.ehentai.fetch(make_key(7)))).key.gid == 7


@pytest.mark.parametrize("once_each", [False, True])
async def test_of_two_tokens_of_one_gallery_the_right_one_finds_it(once_each: bool) -> None:
    for seed in range(4):  # the answer comes in any order
        fake = FakeEhentai([7, 8], seed=seed)
        fake.once_each = once_each
        found = await fake.run(
            asyncio.gather(
                outcome(fake.ehentai.fetch(GalleryKey(7, "aaaaaaaaaa"))),
                fake.ehentai.fetch(make_key(7)),
                outcome(fake.ehentai.fetch(GalleryKey(7, "bbbbbbbbbb"))),
                fake.ehentai.fetch(make_key(8)),
            )
        )
        assert isinstance(found[0], NotFound)
        assert entry_of(found[1]).key == make_key(7)
        assert isinstance(found[2], NotFound)
        assert entry_of(found[3]).key == make_key(8)


async def test_wrong_tokens_of_one_gallery_do_not_cost_a_request_each() -> None:
    fake = FakeEhentai([7])
    wrong = [GalleryKey(7, f"{number:010x}") for number in range(100, 125)]
    found = await fake.run(asyncio.gather(*(outcome(fake.ehentai.fetch(key)) for key in wrong)))
    assert all(isinstance(one, NotFound) for one in found)
    assert fake.sent == 1


async def test_pages_of_one_gallery_are_resolved_in_one_request() -> None:
    fake = FakeEhentai([7])
    found = await fake.run(asyncio.gather(*(fake.ehentai.resolve(make_page(7, page)) for page in range(1, 26))))
    assert set(found) == {make_key(7)}
    assert fake.sent == 1


@pytest.mark.parametrize("once_each", [False, True])
@pytest.mark.parametrize("wrong_first", [False, True])
async def test_a_wrong_page_finds_nothing_beside_a_right_one_of_its_gallery(once_each: bool, wrong_first: bool) -> None:
    pages = [make_page(7), PageKey(7, "aaaaaaaaaa", 2)]
    for seed in range(4):
        fake = FakeEhentai([7], seed=seed)
        fake.once_each = once_each
        asked = sorted(pages, key=lambda page: page.page, reverse=wrong_first)
        found = await fake.run(asyncio.gather(*map(fake.ehentai.resolve, asked), return_exceptions=True))
        right, wrong = reversed(found) if wrong_first else found
        assert right == make_key(7)
        assert isinstance(wrong, NotFound)


# Lifetimes


async def test_a_gallery_is_kept_for_an_hour_and_never_shown_older() -> None:
    fake = FakeEhentai([7])
    await fake.run(fake.ehentai.fetch(make_key(7)))
    await fake.clock.advance(3590)
    kept = await fake.run(fake.ehentai.fetch(make_key(7)))
    assert isinstance(kept, Card)
    await fake.clock.advance(9)  # time for a refresh behind the reader's back
    assert (kept.age_s, kept.stale, fake.sent) == (pytest.approx(3590, abs=1), False, 1)
    fake.entries[7] = make_entry(7, title="Renamed")
    await fake.clock.advance(2)
    assert entry_of(await fake.run(fake.ehentai.fetch(make_key(7)))).title == "Renamed"


async def test_a_wrong_key_is_remembered_for_ten_minutes() -> None:
    fake = FakeEhentai()
    for later_s, sent in [(0, 1), (599, 1), (2, 2)]:
        await fake.clock.advance(later_s)
        with pytest.raises(NotFound):
            await fake.run(fake.ehentai.fetch(make_key(7)))
        assert fake.sent == sent


async def test_a_page_is_kept_for_a_day() -> None:
    fake = FakeEhentai([7])
    for later_s, sent in [(0, 1), (86_000, 1), (500, 2)]:
        await fake.clock.advance(later_s)
        assert await fake.run(fake.ehentai.resolve(make_page(7))) == make_key(7)
        await fake.clock.advance(5)  # time for a refresh behind the reader's back
        assert fake.sent == sent


async def test_a_wrong_page_is_remembered_for_ten_minutes() -> None:
    fake = FakeEhentai()
    for later_s, sent in [(0, 1), (599, 1), (2, 2)]:
        await fake.clock.advance(later_s)
        with pytest.raises(NotFound):
            await fake.run(fake.ehentai.resolve(make_page(7)))
        assert fake.sent == sent


# What may not be kept or told


async def test_the_archiver_key_is_neither_kept_nor_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    fake = FakeEhentai([7])
    fake.entries[7]["torrents"] = [{"name": "all.zip", "archiver_key": SECRET}]
    card = await fake.run(fake.ehentai.fetch(make_key(7)))
    assert "Gallery 7" in fake.cache.text
    assert "service=E-Hentai" in caplog.text
    assert not any(SECRET in text for text in (fake.cache.text, caplog.text, repr(card)))


async def test_of_a_withheld_gallery_nothing_is_kept_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    fake = FakeEhentai([7, 8])
    fake.entries[7] = make_entry(7, title="Unspeakable", tags=["female:lolicon", "artist:unmentionable"])
    first = await fake.run(asyncio.gather(fake.ehentai.fetch(make_key(7)), fake.ehentai.fetch(make_key(8))))
    again = await fake.run(fake.ehentai.fetch(make_key(7)))
    assert first[0] is again is WITHHELD
    assert fake.sent == 1
    assert sorted(entry.body == b"null" for entry in fake.cache.kept.values()) == [False, True]
    for text in (caplog.text, fake.cache.text):
        assert "E-Hentai" in text
        assert not any(word in text for word in ("Unspeakable", "lolicon", "unmentionable", make_key(7).token))


async def test_what_was_kept_before_a_tag_was_banned_is_withheld() -> None:
    fake = FakeEhentai([7])
    await fake.run(fake.ehentai.fetch(make_key(7)))
    ((key, kept),) = fake.cache.kept.items()
    assert kept.body is not None
    await fake.cache.set(key, replace(kept, body=kept.body.replace(b'"apron"', b'"lolicon"')))
    assert await fake.run(fake.ehentai.fetch(make_key(7))) is WITHHELD


async def test_what_was_kept_in_another_shape_is_a_bad_answer() -> None:
    fake = FakeEhentai([7])
    await fake.run(fake.ehentai.fetch(make_key(7)))
    ((key, kept),) = fake.cache.kept.items()
    await fake.cache.set(key, replace(kept, body=b'{"gid": 7}'))
    with pytest.raises(BadAnswer):
        await fake.run(fake.ehentai.fetch(make_key(7)))
