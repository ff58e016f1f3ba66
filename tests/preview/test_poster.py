"""Who stands behind a message that a webhook posted."""

from __future__ import annotations

from bot.links.target import Link, find_links
from bot.preview.poster import WITHIN_S, Proxies

LINKS = find_links("https://vndb.org/v17")
OTHERS = find_links("https://vndb.org/v11")


def note(
    proxies: Proxies,
    message_id: int,
    poster_id: int | None,
    *,
    links: list[Link] = LINKS,
    channel_id: int = 1,
    at: float = 0.0,
) -> None:
    proxies.note_posted(message_id, channel_id=channel_id, poster_id=poster_id, links=links, now_monotonic=at)


def test_a_person_whose_message_was_posted_anew_and_deleted_is_behind_it() -> None:
    proxies = Proxies()
    note(proxies, 10, 7)
    note(proxies, 11, None)
    assert proxies.find_poster(11) is None  # the first message still stands
    assert proxies.note_deleted(10, now_monotonic=1.0) == [11]
    assert proxies.find_poster(11) == 7


def test_it_may_be_deleted_first() -> None:
    proxies = Proxies()
    note(proxies, 10, 7)
    assert proxies.note_deleted(10, now_monotonic=1.0) == []
    note(proxies, 11, None, at=1.0)
    assert proxies.find_poster(11) == 7


def test_nobody_is_told_where_it_is_not_clear() -> None:
    proxies = Proxies()
    note(proxies, 10, 7)
    note(proxies, 11, 8)
    note(proxies, 12, None)
    proxies.note_deleted(10, now_monotonic=1.0)
    proxies.note_deleted(11, now_monotonic=1.0)
    assert proxies.find_poster(12) is None


def test_whoever_posts_the_same_afterwards_is_not_behind_it() -> None:
    proxies = Proxies()
    note(proxies, 10, None)
    note(proxies, 11, 7)
    assert proxies.note_deleted(11, now_monotonic=1.0) == []
    assert proxies.find_poster(10) is None


def test_other_links_another_channel_and_another_time_are_something_else() -> None:
    for links, channel_id, at in ((OTHERS, 1, 0.0), (LINKS, 2, 0.0), (LINKS, 1, WITHIN_S + 1.0)):
        proxies = Proxies()
        note(proxies, 10, 7)
        proxies.note_deleted(10, now_monotonic=0.0)
        note(proxies, 11, None, links=links, channel_id=channel_id, at=at)
        assert proxies.find_poster(11) is None
