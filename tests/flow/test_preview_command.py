"""`/gallery`, and "Preview links" in a message's menu: what they show, to whom, and what they refuse."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest

from bot.interaction.reply import OVERTAKEN
from bot.playground.engine import Channel, Exchange, PersonError, RestFault, Webhook, pictures, texts
from bot.playground.engine.components import CONTAINER, find_component
from bot.playground.engine.model import COMPONENTS_V2
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import (
    find_custom_id,
    find_url,
    list_gids,
    list_replies,
    set_reader,
    set_server,
    settle,
    wait_until,
)
from tests.flow.setting_message import rename_table
from tests.flow.vn_message import choose, find_button, press

Payload = dict[str, Any]

COMMANDS = ["gallery preview", "gallery torrents"]
NOT_HERE = "not age-restricted"


def let_through(place: Place) -> None:
    """A Discord that takes no notice of what is age-restricted."""
    for command in place.world.commands:
        command["nsfw"] = False


def make_private(place: Place) -> None:
    """What happens in the direct messages happens in a conversation between people."""
    (tell,) = place.world.listeners

    def tell_otherwise(name: str, payload: Payload, channel: Channel | None) -> None:
        tell(name, {**payload, "context": 2} if name == "INTERACTION_CREATE" else payload, channel)

    place.world.listeners[:] = [tell_otherwise]


async def ask(place: Place, command: str, url: str, *, channel: Channel | None = None) -> Exchange:
    return await place.reader.slash(channel or place.world.after_dark, command, url=url)


async def look(place: Place, text: str, *, channel: Channel | None = None) -> Exchange:
    """Choose "Preview links" on somebody else's message."""
    channel = channel or place.world.after_dark
    poster = place.reader if channel.recipient else place.moderator
    return await place.reader.context_menu(channel, "Preview links", await poster.post(channel, text))


# /gallery


async def test_discord_is_told_that_the_command_is_for_age_restricted_channels(shared: Place) -> None:
    marked = {command["name"]: command["nsfw"] for command in shared.world.commands}
    assert [name for name, nsfw in marked.items() if nsfw] == ["gallery"]
    with pytest.raises(PersonError):
        await ask(shared, "gallery preview", find_url(shared, Sample.PLAIN), channel=shared.general)


@pytest.mark.parametrize("reference", ["{url}", "<{url}>", "||{url}||", "{gid}/{token}", "{page}"])
async def test_a_card_is_shown_for_whatever_names_the_gallery(shared: Place, reference: str) -> None:
    gallery = shared.services.ehentai.library[Sample.PLAIN]
    typed = reference.format(url=gallery.url, gid=gallery.gid, token=gallery.token, page=gallery.page_url(2))
    shown = await (await ask(shared, "gallery preview", typed)).message()
    assert list_gids(shown) == [Sample.PLAIN]
    assert len(pictures(shown)) == 1


async def test_torrents_are_listed(shared: Place) -> None:
    shown = await (await ask(shared, "gallery torrents", find_url(shared, Sample.MANY_TORRENTS))).message()
    assert "Ferry Timetables part 01" in texts(shown)


async def test_a_gallery_without_torrents_says_so(shared: Place) -> None:
    said = texts(await (await ask(shared, "gallery torrents", find_url(shared, Sample.MANGA))).message())
    assert "torrent" in said.casefold()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("https://example.org/", "must lead to a gallery"),
        ("https://e-hentai.org.evil.example/g/9000001/0123456789/", "must lead to a gallery"),
        ("https://e-hentai.org/g/9000001/0123456789/", "E-Hentai has no gallery 9000001."),
        ("https://e-hentai.org/s/0123456789/9000001-1", "E-Hentai has no page 1 of gallery 9000001."),
    ],
)
async def test_what_names_no_gallery_is_answered_with_a_sentence(shared: Place, url: str, sentence: str) -> None:
    for command in COMMANDS:
        exchange = await ask(shared, command, url)
        assert sentence in texts(await exchange.message())
        assert exchange.ephemeral


@pytest.mark.parametrize("where", ["general", "general_thread", "voice", "elsewhere"])
async def test_a_channel_that_is_not_age_restricted_is_refused_whatever_discord_thinks(
    place: Place, where: str
) -> None:
    let_through(place)
    page_url = place.services.ehentai.library[Sample.PLAIN].page_url(1)
    for command, url in itertools.product(COMMANDS, (find_url(place, Sample.PLAIN), page_url)):
        exchange = await ask(place, command, url, channel=getattr(place.world, where))
        assert exchange.ephemeral
        assert NOT_HERE in texts(await exchange.message())
    assert place.services.ehentai.requests == []


@pytest.mark.parametrize("where", ["after_dark_thread", "after_dark_post", "voice_after_dark", "elsewhere_after_dark"])
async def test_it_works_wherever_it_is_age_restricted(shared: Place, where: str) -> None:
    channel: Channel = getattr(shared.world, where)
    shown = await (await ask(shared, "gallery preview", find_url(shared, Sample.PLAIN), channel=channel)).message()
    assert list_gids(shown) == [Sample.PLAIN]


@pytest.mark.parametrize("on", [False, True])
async def test_direct_messages_are_for_those_who_switched_them_on(shared: Place, on: bool) -> None:
    shared.world.age_restricted_commands_in_dms = True
    await set_reader(shared, dm_galleries=on)
    exchange = await ask(shared, "gallery preview", find_url(shared, Sample.PLAIN), channel=shared.world.dm)
    shown = await exchange.message()
    assert list_gids(shown) == ([Sample.PLAIN] if on else [])
    assert ("/me" in texts(shown)) is not on


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_conversation_between_people_is_refused(place: Place, command: str) -> None:
    let_through(place)
    await set_reader(place, dm_galleries=True)
    make_private(place)
    exchange = await ask(place, command, find_url(place, Sample.PLAIN), channel=place.world.dm)
    assert "conversations between people" in texts(await exchange.message())


async def test_galleries_that_are_not_for_adults_are_shown_elsewhere_without_cover(place: Place) -> None:
    let_through(place)
    await set_server(place, non_h=True)
    shown = await (await ask(place, "gallery preview", find_url(place, Sample.NON_H), channel=place.general)).message()
    assert list_gids(shown) == [Sample.NON_H]
    assert pictures(shown) == []
    assert NOT_HERE in texts(
        await (await ask(place, "gallery preview", find_url(place, Sample.PLAIN), channel=place.general)).message()
    )


@pytest.mark.usefixtures("hurried")
async def test_a_card_does_not_come_where_the_channel_is_age_restricted_no_more(place: Place) -> None:
    place.services.ehentai.latency_s = 1.0
    url = find_url(place, Sample.PLAIN)
    exchange = await place.reader.slash(place.world.after_dark, "gallery preview", url=url)
    place.world.set_nsfw(place.world.after_dark, nsfw=False)
    message = await exchange.message()
    assert texts(message) == OVERTAKEN
    assert pictures(message) == []


CHOICES: list[dict[str, Any]] = [{"galleries": False}, {"image_level": 0}, {"blocked_tags": ("female:kimono",)}]


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("chosen", CHOICES)
async def test_an_answer_that_is_being_made_does_not_come_where_it_was_decided_otherwise(
    place: Place, command: str, chosen: dict[str, Any]
) -> None:
    place.services.ehentai.latency_s = 2.0
    exchange = await ask(place, command, find_url(place, Sample.PLAIN))
    await set_server(place, **chosen)
    assert texts(await exchange.message()) == OVERTAKEN
    assert list_replies(place, place.world.after_dark) == []


@pytest.mark.usefixtures("hurried")
async def test_nor_in_direct_messages_that_were_switched_off(place: Place) -> None:
    place.world.age_restricted_commands_in_dms = True
    await set_reader(place, dm_galleries=True)
    place.services.ehentai.latency_s = 1.0
    exchange = await ask(place, "gallery preview", find_url(place, Sample.PLAIN), channel=place.world.dm)
    await set_reader(place, dm_galleries=False)
    assert texts(await exchange.message()) == OVERTAKEN


def hold_back(place: Place, path: str) -> None:
    """Discord has the next request of that kind wait for a second."""
    place.world.rest_faults.append(RestFault(429, path=path, retry_after_s=1.0))


async def change_meanwhile(place: Place) -> None:
    """Close the channel while the request waits."""
    await wait_until(lambda: any(one.status == 429 for one in place.world.requests))
    place.world.set_nsfw(place.world.after_dark, nsfw=False)


async def test_an_answer_that_waited_for_discord_is_not_sent_where_it_may_not_stand_any_more(place: Place) -> None:
    hold_back(place, "/callback$")
    asked = asyncio.create_task(ask(place, "gallery preview", find_url(place, Sample.PLAIN)))
    await change_meanwhile(place)
    exchange = await asked
    assert texts(await exchange.message()) == OVERTAKEN
    assert exchange.ephemeral


@pytest.mark.usefixtures("hurried")
async def test_nor_one_whose_wait_was_acknowledged(place: Place) -> None:
    place.services.ehentai.latency_s = 1.0
    hold_back(place, "/messages/@original$")
    exchange = await ask(place, "gallery preview", find_url(place, Sample.PLAIN))
    await change_meanwhile(place)
    assert texts(await exchange.message()) == OVERTAKEN
    assert list_replies(place, place.world.after_dark) == []


async def test_nor_a_page_that_is_turned_to(place: Place) -> None:
    shown = await (await place.reader.slash(place.world.after_dark, "vn info", title="v17")).message()
    hold_back(place, "/callback$")
    asked = asyncio.create_task(choose(place.reader, shown, "v17/characters"))
    await change_meanwhile(place)
    exchange = await asked
    assert texts(await exchange.message()) == OVERTAKEN
    assert exchange.ephemeral


# The menu of a message


async def test_the_menu_shows_cards_to_the_one_who_asks(shared: Place) -> None:
    exchange = await look(shared, f"<{find_url(shared, Sample.MANGA)}> {find_url(shared, Sample.PLAIN)}")
    shown = await exchange.message()
    assert exchange.ephemeral
    assert list_gids(shown) == [Sample.PLAIN]
    assert find_custom_id(shown, "preview:remove") is None


async def test_the_menu_works_where_discord_does_not_tell_what_people_write(unconnected: Place) -> None:
    unconnected.world.privileged_intents = 0
    async with unconnected.connected(message_content=False):
        exchange = await look(unconnected, find_url(unconnected, Sample.PLAIN))
        assert list_gids(await exchange.message()) == [Sample.PLAIN]
        await settle(unconnected)
        assert list_replies(unconnected, unconnected.world.after_dark) == []


async def test_the_menu_shows_more_to_the_one_who_asks(shared: Place) -> None:
    shown = await (await look(shared, find_url(shared, Sample.PLAIN))).message()
    assert "Evening at the Lake Station" in texts(await (await press(shared.reader, shown, "Show more")).message())


@pytest.mark.parametrize(
    ("where", "text", "sentence"),
    [
        ("general", "{url}", NOT_HERE),
        ("general_thread", "{url}", NOT_HERE),
        ("elsewhere", "{url}", NOT_HERE),
        ("dm", "{url}", "/me"),
        ("after_dark", "nothing", "no link to VNDB, AniList, MyAnimeList or a gallery"),
        ("after_dark", "https://e-hentai.org/g/9000001/0123456789/", "has no gallery 9000001"),
    ],
)
async def test_the_menu_says_why_it_shows_nothing(shared: Place, where: str, text: str, sentence: str) -> None:
    url = find_url(shared, Sample.PLAIN)
    exchange = await look(shared, text.format(url=url), channel=getattr(shared.world, where))
    assert sentence in texts(await exchange.message())
    assert exchange.ephemeral


@pytest.mark.parametrize(
    ("where", "text", "sentence"),
    [
        ("after_dark", "{url} https://e-hentai.org/g/9000003/0123456789/", "has no gallery 9000003"),
        ("general", "https://vndb.org/v17 {url}", NOT_HERE),
    ],
)
async def test_the_menu_says_why_one_of_several_links_has_no_card(
    place: Place, where: str, text: str, sentence: str
) -> None:
    url = find_url(place, Sample.PLAIN)
    shown = await (await look(place, text.format(url=url), channel=getattr(place.world, where))).message()
    assert texts(shown).count("-# ") > 0
    assert sentence in texts(shown).splitlines()[-1]


async def test_the_menu_refuses_galleries_in_a_conversation_between_people(place: Place) -> None:
    await set_reader(place, dm_galleries=True)
    make_private(place)
    exchange = await look(place, find_url(place, Sample.PLAIN), channel=place.world.dm)
    assert "conversations between people" in texts(await exchange.message())


async def test_the_menu_says_when_the_service_fails(place: Place) -> None:
    place.services.ehentai.fault = "null"
    exchange = await look(place, find_url(place, Sample.PLAIN))
    assert texts(await exchange.message()).startswith("E-Hentai ")


# A host without galleries


async def test_a_host_can_switch_the_whole_feature_off(unconnected: Place) -> None:
    async with unconnected.connected():
        await unconnected.reader.post(unconnected.world.after_dark, find_url(unconnected, Sample.PLAIN))
        await settle(unconnected)
        (reply,) = list_replies(unconnected, unconnected.world.after_dark)
    asked = len(unconnected.services.ehentai.requests)
    async with unconnected.connected(feature_galleries=False):
        assert "gallery" not in {command["name"] for command in unconnected.world.commands}
        await unconnected.reader.post(unconnected.world.after_dark, find_url(unconnected, Sample.PLAIN))
        await settle(unconnected)
        assert list_replies(unconnected, unconnected.world.after_dark) == [reply]
        pressed = await press(unconnected.reader, reply, "Show more")
        assert "switched galleries off" in texts(await pressed.message())
        menu = await look(unconnected, find_url(unconnected, Sample.PLAIN))
        assert "switched galleries off" in texts(await menu.message())
        assert len(unconnected.services.ehentai.requests) == asked


async def test_novels_are_previewed_without_galleries(unconnected: Place) -> None:
    async with unconnected.connected(feature_galleries=False):
        await set_server(unconnected, vndb=True)
        await unconnected.reader.post(unconnected.general, "https://vndb.org/v17")
        await settle(unconnected)
        (reply,) = list_replies(unconnected, unconnected.general)
        assert "Ever17" in texts(reply)


# What a message says besides its content


async def test_the_menu_finds_the_links_of_a_forwarded_message(shared: Place) -> None:
    posted = await shared.moderator.post(shared.general, "https://vndb.org/v17")
    forwarded = await shared.moderator.forward(posted, shared.world.after_dark)
    assert forwarded["content"] == ""
    exchange = await shared.reader.context_menu(shared.world.after_dark, "Preview links", forwarded)
    assert "Ever17" in texts(await exchange.message())


@pytest.mark.parametrize(
    "embed",
    [
        {"title": "News", "url": "https://vndb.org/v17"},
        {"description": "Out now: [Ever17](https://vndb.org/v17)"},
        {"title": "News", "fields": [{"name": "Novel", "value": "https://vndb.org/v17"}]},
        {"title": "News", "author": {"name": "VNDB", "url": "https://vndb.org/v17"}},
        {"title": "News", "footer": {"text": "https://vndb.org/v17"}},
    ],
)
async def test_the_menu_finds_the_links_in_embeds(shared: Place, embed: Payload) -> None:
    posted = await Webhook(shared.world, shared.general).post("", embeds=[embed])
    exchange = await shared.reader.context_menu(shared.general, "Preview links", posted)
    assert "Ever17" in texts(await exchange.message())


async def test_a_page_in_the_message_and_its_gallery_in_an_embed_are_one_card(place: Place) -> None:
    gallery = place.services.ehentai.library[Sample.PLAIN]
    posted = await Webhook(place.world, place.world.after_dark).post(
        gallery.page_url(3), embeds=[{"url": gallery.url, "title": "News"}]
    )
    exchange = await place.reader.context_menu(place.world.after_dark, "Preview links", posted)
    assert list_gids(await exchange.message()) == [Sample.PLAIN]
    assert len(place.services.ehentai.requests) == 1  # the embed says what the page belongs to


LINK_BUTTON = {"type": 2, "style": 5, "label": "Open", "url": "https://vndb.org/v17"}


@pytest.mark.parametrize(
    "component",
    [
        {"type": 10, "content": "Out now: https://vndb.org/v17"},
        {"type": 17, "components": [{"type": 10, "content": "https://vndb.org/v17"}]},
        {"type": 17, "components": [{"type": 1, "components": [LINK_BUTTON]}]},
        {"type": 9, "components": [{"type": 10, "content": "Out now"}], "accessory": LINK_BUTTON},
    ],
)
async def test_the_menu_finds_the_links_in_what_apps_build(shared: Place, component: Payload) -> None:
    posted = await Webhook(shared.world, shared.general).post("", components=[component], flags=COMPONENTS_V2)
    exchange = await shared.reader.context_menu(shared.general, "Preview links", posted)
    assert "Ever17" in texts(await exchange.message())


@pytest.mark.parametrize("covered", [False, True])
async def test_what_is_covered_in_the_message_is_covered_in_the_card(shared: Place, covered: bool) -> None:
    text = {"type": 10, "content": "https://vndb.org/v17"}
    container = {"type": 17, "spoiler": covered, "components": [text]}
    posted = await Webhook(shared.world, shared.general).post("", components=[container], flags=COMPONENTS_V2)
    exchange = await shared.reader.context_menu(shared.general, "Preview links", posted)
    shown = find_component(await exchange.message(), lambda one: one["type"] == CONTAINER)
    assert shown is not None
    assert shown["spoiler"] is covered


async def test_an_embed_of_a_covered_link_does_not_uncover_it(shared: Place) -> None:
    posted = await shared.moderator.post(shared.general, "||https://vndb.org/v17||")
    shared.world.unfurl(posted, embeds=[{"type": "link", "title": "Ever17", "url": "https://vndb.org/v17"}])
    exchange = await shared.reader.context_menu(shared.general, "Preview links", posted)
    shown = find_component(await exchange.message(), lambda one: one["type"] == CONTAINER)
    assert shown is not None
    assert shown["spoiler"] is True


async def test_the_menu_pages_through_all_links_of_a_message(shared: Place) -> None:
    wanted = ["v11", "v17", "v2002", "c62", "v4", "v92", "r11", "s5", "v5", "p24", "g7"]
    posted = await shared.moderator.post(shared.general, " ".join(f"https://vndb.org/{one}" for one in wanted))
    message = await (await shared.reader.context_menu(shared.general, "Preview links", posted)).message()
    await shared.moderator.delete(posted)
    pages = [texts(message)]
    while find_button(message, "Next"):
        message = await (await press(shared.reader, message, "Next")).message()
        pages.append(texts(message))
    assert len(pages) == 3
    assert "and 6 more links" in pages[0]
    assert "more link" not in pages[2]
    assert len(set(pages)) == 3
    assert texts(await (await press(shared.reader, message, "Previous")).message()) == pages[1]


async def test_another_page_of_links_goes_by_what_the_channel_has_become(place: Place) -> None:
    url = find_url(place, Sample.PLAIN)
    links = [*(f"https://vndb.org/v{number}" for number in (11, 17, 2002, 4, 92)), url]
    exchange = await look(place, " ".join(links))
    place.world.set_nsfw(place.world.after_dark, nsfw=False)
    await settle(place)
    shown = await (await press(place.reader, await exchange.message(), "Next")).message()
    assert list_gids(shown) == []
    assert NOT_HERE in texts(shown)


async def test_while_the_database_is_away_the_first_cards_of_many_links_are_shown_without_a_way_to_the_others(
    place: Place,
) -> None:
    numbers = (17, 92, 7, 4, 2002, 33, 11, 24, 97, 562, 751, 1377)
    links = " ".join(f"https://vndb.org/v{number}" for number in numbers)
    before = await (await look(place, links)).message()
    await rename_table(place, "kept_place", "gone")
    other = " ".join(reversed(links.split()))
    cut = await (await look(place, other)).message()
    assert find_button(before, "Next") and not find_button(cut, "Next")
    assert "and 7 more links" in texts(cut)
    assert "The cards of the other links cannot be shown just now" in texts(cut)
    turned = await press(place.reader, before, "Next")
    said = texts(await turned.message())
    assert "where it keeps what is too long for a button" in said
    assert "search" not in said
