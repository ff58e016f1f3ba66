"""What a message's text asks for, and what the reply to it holds."""

from __future__ import annotations

from typing import Any

import pytest

from bot.gallery.api.model import GalleryKey
from bot.gallery.cards.route import DetailsRoute, TorrentsRoute
from bot.playground.engine import buttons, pictures, texts
from bot.playground.engine.components import CONTAINER, find_component
from bot.playground.engine.message import Form, build_message
from bot.playground.engine.model import SUPPRESS_NOTIFICATIONS, Message
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import (
    find_custom_id,
    find_url,
    list_calls,
    list_gids,
    list_replies,
    post,
    preview,
    set_server,
    settle,
)
from tests.flow.vn_message import choose, find_button, find_link, press

Payload = dict[str, Any]


def find_key(place: Place, sample: int) -> GalleryKey:
    gallery = place.services.ehentai.library[sample]
    return GalleryKey(gallery.gid, gallery.token)


def is_covered(message: Payload) -> bool:
    container = find_component(message, lambda one: one["type"] == CONTAINER)
    assert container is not None
    assert {picture["spoiler"] for picture in pictures(message)} == {container["spoiler"]}
    return bool(container["spoiler"])


async def test_a_card_says_what_the_gallery_is(shared: Place) -> None:
    said = texts((await preview(shared, find_url(shared, Sample.PLAIN)))[1])
    gallery = shared.services.ehentai.library[Sample.PLAIN]
    for fact in ("Evening at the Lake Station", "雲祭", "Doujinshi", "English, Translated"):
        assert fact in said
    for line in (f"{gallery.pages} pages", f"{gallery.rating * 2:.2f}/10", "Aoba Michikusa", "female: "):
        assert line in said


async def test_a_card_has_a_way_to_the_gallery_to_all_of_it_and_out(shared: Place) -> None:
    _, reply = await preview(shared, find_url(shared, Sample.PLAIN))
    assert find_link(reply, "Open") == find_url(shared, Sample.PLAIN)
    assert find_button(reply, "Show more")
    assert find_custom_id(reply, "preview:remove")


async def test_torrents_are_shown_to_the_one_who_asks(place: Place) -> None:
    _, reply = await preview(place, find_url(place, Sample.PLAIN))
    exchange = await press(place.moderator, reply, "Show more")
    assert exchange.ephemeral
    route = TorrentsRoute.of(find_key(place, Sample.PLAIN))
    said = texts(await (await choose(place.moderator, await exchange.message(), str(route))).message())
    assert said.count("Evening at the Lake Station") >= 2
    for torrent in place.services.ehentai.library[Sample.PLAIN].torrents:
        assert f"\n```\nmagnet:?xt=urn:btih:{torrent.hash}\n```" in said


async def test_details_are_shown_to_the_one_who_asks(shared: Place) -> None:
    shown = await (
        await shared.reader.slash(shared.world.after_dark, "gallery preview", url=find_url(shared, Sample.PLAIN))
    ).message()
    assert "**Uploader:**" not in texts(shown)
    details = await (await choose(shared.reader, shown, str(DetailsRoute.of(find_key(shared, Sample.PLAIN))))).message()
    for line in ("**Uploader:** riverbank", "**Language:** English, Translated", "**Artist:** Aoba Michikusa"):
        assert line in texts(details)
    assert pictures(details) == []


async def test_a_newer_version_is_shown_to_the_one_who_asks(shared: Place) -> None:
    _, reply = await preview(shared, find_url(shared, Sample.OLDEST))
    exchange = await press(shared.moderator, reply, "Newest version")
    assert exchange.ephemeral
    assert list_gids(await exchange.message()) == [Sample.NEWEST]


async def test_one_of_many_cards_says_that_there_is_a_newer_version(shared: Place) -> None:
    urls = [
        find_url(shared, sample) for sample in (Sample.OLDEST, Sample.PLAIN, Sample.MANGA, Sample.MISC, Sample.HUGE)
    ]
    _, reply = await preview(shared, " ".join(urls))
    assert "There is a newer version." in texts(reply)


async def test_versions_of_a_gallery_lead_to_each_other(place: Place) -> None:
    shown = await place.reader.slash(place.world.after_dark, "gallery preview", url=find_url(place, Sample.OLDEST))
    message = await shown.message()
    way = [
        ("Newest version", Sample.NEWEST, {"Older version", "First version"}),
        ("Older version", Sample.MIDDLE, {"Newest version", "Older version"}),
        ("Older version", Sample.OLDEST, {"Newest version"}),
    ]
    for label, sample, ways in way:
        message = await (await press(place.reader, message, label)).message()
        assert list_gids(message) == [sample]
        assert {str(one["label"]) for one in buttons(message) if str(one["label"]).endswith(" version")} == ways
    assert len(place.services.ehentai.requests) == 3  # the last one was known


async def test_a_version_is_not_shown_where_the_channel_is_age_restricted_no_more(place: Place) -> None:
    shown = await place.reader.slash(place.world.after_dark, "gallery preview", url=find_url(place, Sample.NEWEST))
    message = await shown.message()
    place.world.set_nsfw(place.world.after_dark, nsfw=False)
    for label in ("Older version", "First version"):
        exchange = await press(place.reader, message, label)
        assert exchange.ephemeral
        assert "not age-restricted" in texts(await exchange.message())
    assert len(place.services.ehentai.requests) == 1


async def test_an_expunged_gallery_is_marked(shared: Place) -> None:
    _, reply = await preview(shared, find_url(shared, Sample.EXPUNGED))
    assert "Expunged" in texts(reply)


async def test_nobody_is_mentioned_by_what_others_wrote(shared: Place) -> None:
    _, reply = await preview(shared, find_url(shared, Sample.MARKUP))
    assert (reply["mentions"], reply["mention_everyone"]) == ([], False)


async def test_whatever_a_gallery_holds_discord_takes_its_card(place: Place) -> None:
    shown = [one for one in Sample if one < Sample.WITHHELD_BY_NAMESPACED_TAG and one is not Sample.UNTAGGED]
    for sample in shown:
        await place.reader.post(place.world.after_dark, find_url(place, sample))
    await settle(place)
    replies = list_replies(place, place.world.after_dark)
    assert sorted(gid for reply in replies for gid in list_gids(reply)) == shown


@pytest.mark.parametrize("form", ["<{}>", "`{}`", "```\n{}\n```", "\\`x` <{}>", "https://e-hentai.org.evil.example/{}"])
async def test_a_link_that_wants_no_preview_gets_none(place: Place, form: str) -> None:
    await post(place, place.world.after_dark, form.format(find_url(place, Sample.PLAIN)))
    assert list_replies(place, place.world.after_dark) == []
    assert place.services.ehentai.requests == []


@pytest.mark.parametrize(
    ("form", "covered"), [("||{}||", True), ("{}", False), ("||see|| {}", False), ("||a {} b||", True)]
)
async def test_a_link_in_a_spoiler_gets_a_covered_card(shared: Place, form: str, covered: bool) -> None:
    _, reply = await preview(shared, form.format(find_url(shared, Sample.PLAIN)))
    assert is_covered(reply) is covered


@pytest.mark.parametrize(("before", "after"), [("{}", "||{}||"), ("||{}||", "{}")])
async def test_a_card_is_covered_and_uncovered_by_an_edit(shared: Place, before: str, after: str) -> None:
    url = find_url(shared, Sample.PLAIN)
    message, reply = await preview(shared, before.format(url))
    await shared.reader.edit(message, after.format(url))
    await settle(shared)
    (now,) = list_replies(shared, shared.world.after_dark)
    assert now["id"] == reply["id"]
    assert is_covered(now) is not is_covered(reply)


async def test_thirty_links_are_five_cards_and_a_line(place: Place) -> None:
    samples = range(Sample.FILLER, Sample.FILLER + 30)
    _, reply = await preview(place, " ".join(find_url(place, sample) for sample in samples))
    assert list_gids(reply) == list(samples[:5])
    assert "and 25 more links" in texts(reply)
    assert len(place.services.ehentai.requests) == 1


async def test_the_largest_galleries_fit_into_one_reply(shared: Place) -> None:
    large = [Sample.PLAIN, Sample.MARKUP, Sample.LONG_TITLES, Sample.MANY_TAGS, Sample.MANY_TORRENTS]
    _, reply = await preview(shared, " ".join(find_url(shared, sample) for sample in large))
    assert list_gids(reply) == large


async def test_a_link_to_a_page_gets_the_card_of_its_gallery(place: Place) -> None:
    _, reply = await preview(place, place.services.ehentai.library[Sample.PLAIN].page_url(3))
    assert list_gids(reply) == [Sample.PLAIN]
    bodies: list[Any] = [request.body for request in place.services.ehentai.requests]
    assert [body["method"] for body in bodies] == ["gtoken", "gdata"]


async def test_a_gallery_and_pages_of_it_are_one_card(shared: Place) -> None:
    gallery = shared.services.ehentai.library[Sample.PLAIN]
    _, reply = await preview(shared, f"{gallery.page_url(3)} {gallery.page_url(4)} {gallery.url}")
    assert list_gids(reply) == [Sample.PLAIN]


async def test_a_wrong_key_costs_the_other_cards_nothing(shared: Place) -> None:
    wrong = find_url(shared, Sample.MANGA).replace("/9000002/", "/9000999/")
    _, reply = await preview(shared, f"{wrong} {find_url(shared, Sample.PLAIN)}")
    assert list_gids(reply) == [Sample.PLAIN]


async def test_a_wrong_key_before_the_right_one_costs_the_gallery_nothing(shared: Place) -> None:
    url, key = find_url(shared, Sample.PLAIN), shared.services.ehentai.library[Sample.PLAIN].token
    _, reply = await preview(shared, f"not {url.replace(key, key[::-1])} but {url}")
    assert list_gids(reply) == [Sample.PLAIN]


async def test_a_wrong_key_alone_is_passed_over_in_silence(shared: Place) -> None:
    await post(shared, shared.world.after_dark, "https://e-hentai.org/g/9000999/0123456789/")
    assert list_replies(shared, shared.world.after_dark) == []


async def test_novels_and_galleries_stand_in_one_reply_where_the_server_wants_both(shared: Place) -> None:
    await set_server(shared, vndb=True)
    _, reply = await preview(shared, f"https://vndb.org/v17 {find_url(shared, Sample.PLAIN)}")
    assert list_gids(reply) == [Sample.PLAIN]
    assert "Ever17" in texts(reply)


async def test_novels_are_previewed_everywhere_where_the_server_wants_it(shared: Place) -> None:
    await set_server(shared, vndb=True)
    _, reply = await preview(shared, f"https://vndb.org/v17 {find_url(shared, Sample.PLAIN)}", channel=shared.general)
    assert "Ever17" in texts(reply)
    assert list_gids(reply) == []


async def test_novels_are_not_previewed_where_the_server_does_not_want_it(place: Place) -> None:
    await set_server(place, vndb=False)
    await post(place, place.general, "https://vndb.org/v17")
    assert list_replies(place, place.general) == []
    assert place.services.vndb.requests == []


def list_cards(message: Payload) -> list[str]:
    """The text of each card, in the message's order."""
    return [texts({"components": [one]}) for one in message["components"] if one["type"] == CONTAINER]


async def test_cards_stand_in_the_order_of_their_links_whatever_service_they_lead_to(shared: Place) -> None:
    await set_server(shared, vndb=True, anime=True)
    gallery = find_url(shared, Sample.PLAIN)
    words = ["Ever17", "Steins;Gate", "Evening at the Lake Station", "STEINS;GATE"]
    links = ["https://vndb.org/v17", "https://anilist.co/anime/9253", gallery, "https://vndb.org/v2002"]
    _, reply = await preview(shared, " ".join(links))
    cards = list_cards(reply)
    assert [word in card for word, card in zip(words, cards, strict=True)] == [True] * 4


async def test_entries_of_one_service_that_follow_each_other_share_a_card(place: Place) -> None:
    await set_server(place, vndb=True, anime=True)
    anime = "https://anilist.co/anime/9253"
    _, reply = await preview(
        place, f"{anime} https://vndb.org/v17 https://vndb.org/c62 https://myanimelist.net/anime/9253"
    )
    assert ["Ever17" in card for card in list_cards(reply)] == [False, True]


async def test_a_forwarded_link_gets_its_card_where_it_was_forwarded_to(shared: Place) -> None:
    elsewhere = await post(shared, shared.general, find_url(shared, Sample.PLAIN))
    assert list_replies(shared, shared.general) == []
    forwarded = await shared.reader.forward(elsewhere, shared.world.after_dark)
    await settle(shared)
    (reply,) = list_replies(shared, shared.world.after_dark)
    assert list_gids(reply) == [Sample.PLAIN]
    assert reply["message_reference"]["message_id"] == forwarded["id"]
    assert find_custom_id(reply, "preview:remove")


async def test_a_link_that_is_forwarded_to_where_it_does_not_belong_gets_nothing(shared: Place) -> None:
    message, _ = await preview(shared, find_url(shared, Sample.PLAIN))
    await shared.reader.forward(message, shared.general)
    await settle(shared)
    assert list_replies(shared, shared.general) == []


@pytest.mark.parametrize("kind", [4, 18])
async def test_a_link_as_the_name_of_a_thread_gets_nothing(place: Place, kind: int) -> None:
    """Discord tells of a new name, and of a new thread, in messages of its own."""
    channel, form = place.world.after_dark, Form({"content": find_url(place, Sample.PLAIN)})
    place.world.add_message(Message(build_message(place.world, channel, place.world.reader, form, kind=kind), channel))
    await settle(place)
    assert place.services.ehentai.requests == []
    assert list_calls(place, "POST", "/messages") == []


async def test_a_reply_notifies_nobody(shared: Place) -> None:
    _, reply = await preview(shared, find_url(shared, Sample.PLAIN))
    assert reply["flags"] & SUPPRESS_NOTIFICATIONS
    assert reply["mentions"] == []
    await set_server(shared, notes=True)
    await post(shared, shared.general, find_url(shared, Sample.PLAIN))
    (note,) = list_replies(shared, shared.general)
    assert note["flags"] & SUPPRESS_NOTIFICATIONS
