"""Whose pictures are shown: a list of hosts beside each service's policy, and nobody else's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
import pytest
import yarl
from hypothesis import example, given
from hypothesis import strategies as st

from bot.anime.api.amvstrm import client as amvstrm
from bot.anime.api.anilist import client as anilist
from bot.anime.api.model import CastMember, Character, Cover, Media, MediaRow, Picture, Related
from bot.anime.api.wish import MediaWish
from bot.errors import BadAnswer
from bot.gallery.api import client as ehentai
from bot.gallery.api.parse import parse_thumb
from bot.picture.api import client as nekos
from bot.picture.api.parse import parse_v1_picture, parse_v1_pictures, parse_v4_pictures
from bot.service.image import Image
from bot.service.picture_host import PictureHosts
from bot.service.record import Found
from bot.vndb.api import client as vndb
from bot.vndb.api.kind import VN
from bot.vndb.api.model import Character as VndbCharacter
from bot.vndb.api.model import CharacterVn, Quote, Release, ReleaseImage, Screenshot, Vn
from tests.anime.fake_amvstrm import FakeAmvstrm, make_row
from tests.anime.fake_anilist import MEDIA, FakeAniList, make_page
from tests.picture.fake import make_v1, make_v4
from tests.vndb.fake import FakeVndb

T = TypeVar("T")
VNDB = PictureHosts(vndb.PICTURE_HOSTS, vndb.DEFAULT_URL)
ANILIST = PictureHosts(anilist.PICTURE_HOSTS, anilist.DEFAULT_URL)
OWN = "https://t.vndb.org/cv/17/17.jpg"
FOREIGN = "https://pictures.example/17.jpg"

HOSTS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "vndb": (
        vndb.PICTURE_HOSTS,
        (OWN, "https://s.vndb.org/sf/1/2.jpg", "https://s2.vndb.org/ch.t/1.webp"),
        ("https://s4.anilist.co/a.png", "https://notvndb.org/a.jpg", "https://vndb.org.example/a.jpg"),
    ),
    "anilist": (
        anilist.PICTURE_HOSTS,
        ("https://s4.anilist.co/file/anilistcdn/media/anime/cover/large/bx1-b.jpg",),
        (OWN, "https://anilist.example/file/anilistcdn/a.png", "https://s4-anilist.co/a.png"),
    ),
    "amvstrm": (
        amvstrm.PICTURE_HOSTS,
        ("https://s4.anilist.co/file/anilistcdn/media/anime/banner/1.jpg",),
        (OWN, "https://amvstrm.example/a.png"),
    ),
    "ehentai": (
        ehentai.PICTURE_HOSTS,
        ("https://ehgt.org/1f/f5/a_l.jpg", "https://ul.ehgt.org/a.webp"),
        ("https://e-hentai.org/a.jpg", "https://exhentai.org/t/a.jpg", "https://ehgt.org.example/a.jpg"),
    ),
    "nekos v4": (
        nekos.PICTURE_HOSTS[4],
        ("https://cdn.nekosapi.com/images/original/5897ddc9.webp",),
        ("https://x.supabase.co/a.webp", "https://nekosapi.example/a.webp", "https://files.example/a.webp"),
    ),
    "nekos v1": (
        nekos.PICTURE_HOSTS[1],
        ("https://project.supabase.co/storage/v1/object/sign/nekos-api/f1.webp?token=a.b-c_d",),
        ("https://supabase.example/storage/v1/object/sign/a.webp", OWN),
    ),
}
# Spellings of an address that somebody may read otherwise than somebody else does; `{}` is the host.
TRICKS = (
    "http://{}/a.jpg",
    "ftp://{}/a.jpg",
    "//{}/a.jpg",
    "{}/a.jpg",
    "data:image/png;base64,{}/a.jpg",
    "javascript:alert('https://{}/a.jpg')",
    "https://{}",
    "https://{}/",
    "https://{}:444/a.jpg",
    "https://{}:443/a.jpg",
    "https://{}./a.jpg",
    "https://.{}/a.jpg",
    "https://{}@pictures.example/a.jpg",
    "https://{}:x@pictures.example/a.jpg",
    "https://user@{}/a.jpg",
    "https://user:word@{}/a.jpg",
    "https://{}\\@pictures.example/a.jpg",
    "https://pictures.example\\.{}/a.jpg",
    "https://pictures.example/{}/a.jpg",
    "https://pictures.example#{}/a.jpg",
    "https://pictures.example?{}/a.jpg",
    "https://pictures.example%2f.{}/a.jpg",
    "https://pictures.example\t.{}/a.jpg",
    "https:\\\\{}\\a.jpg",
    "https:/{}/a.jpg",
    "https://{}/a b.jpg",
    "https://{}/a.jpg\n",
    "https://{}/\u202egpj.a",
    "https://{}\u3002example/a.jpg",
    "https://{}\uff0fpictures.example/a.jpg",
    " https://{}/a.jpg",
    "https://{}/" + "a" * 2001,
)


@pytest.mark.parametrize("service", HOSTS)
def test_a_services_pictures_are_those_at_its_hosts(service: str) -> None:
    hosts, own, foreign = HOSTS[service]
    pictures = PictureHosts(hosts)
    assert [pictures.find(url) for url in own] == [*own]
    assert [pictures.find(url) for url in (*foreign, "", None)] == [None] * (len(foreign) + 2)
    for host in hosts:
        assert pictures.find(f"HTTPS://{host.upper()}/A.jpg") == f"https://{host}/A.jpg"
        assert {trick: found for trick in TRICKS if (found := pictures.find(trick.replace("{}", host)))} == {}
        idn = host.replace("o", "\u043e", 1)
        assert pictures.find(f"https://{idn}/a.jpg") is None


def test_the_apis_own_origin_is_one_of_its_hosts_and_no_other_port_of_it() -> None:
    pictures = PictureHosts(("vndb.org",), "http://127.0.0.1:8081/kana", "http://[::1]:9")
    assert pictures.find("http://127.0.0.1:8081/cv/17.svg") == "http://127.0.0.1:8081/cv/17.svg"
    assert pictures.find("http://[::1]:9/cv/17.svg") == "http://[::1]:9/cv/17.svg"
    for url in (
        "http://127.0.0.1:80811/a.svg",
        "http://127.0.0.1:8082/a.svg",
        "https://127.0.0.1:8081/a.svg",
        "http://127.0.0.1:8081@pictures.example/a.svg",
        "http://127.0.0.1:8081\\@pictures.example/a.svg",
        "http://127.0.0.1:8081.pictures.example/a.svg",
        "http://127.0.0.1/a.svg",
        "http://127.0.0.1:8081",
    ):
        assert pictures.find(url) is None, url


@given(
    st.lists(
        st.sampled_from(
            ["https:", "HTTPS:", "http:", "data:", "//", "/", "\\", "t.vndb.org", "VNDB.org", "x.example", "@", ":443"]
        )
        | st.sampled_from([".", "#", "?", "%2f", "\t", "a", "\u3002", "\u017f.vndb.org"])
        | st.text(max_size=3),
        max_size=8,
    ).map("".join)
)
@example("https://t.vndb.org/a.jpg")
def test_whoever_reads_an_address_that_is_kept_ends_up_at_the_service(url: str) -> None:
    found = VNDB.find(url)
    if found is None:
        return
    for host in (urlsplit(found).hostname, yarl.URL(found).host):
        assert host == "vndb.org" or (host or "").endswith(".vndb.org")
    assert urlsplit(found).scheme == "https"
    assert urlsplit(found).username is None
    assert urlsplit(found).port is None
    assert VNDB.find(found) == found


# Where pictures stand in what the services' answers become


def test_a_record_that_needs_its_picture_goes_with_it_and_the_rest_stays() -> None:
    image = Image(FOREIGN, thumbnail=FOREIGN, sexual=0.0, violence=0.0, votecount=9)
    own = Image(OWN, thumbnail=OWN, sexual=0.0, violence=0.0, votecount=9)
    half = Image(FOREIGN, thumbnail=OWN)
    vn = Vn(id="v17", title="Ever17", image=image, screenshots=[Screenshot(FOREIGN), Screenshot(OWN)])
    assert VNDB.keep(vn) == Vn(id="v17", title="Ever17", screenshots=[Screenshot(OWN)])
    assert VNDB.keep(Vn(image=half)) == Vn(image=Image("", thumbnail=OWN))
    assert VNDB.keep(Quote("q1", vn=Vn(image=image), character=VndbCharacter("c1", image=image))) == Quote(
        "q1", vn=Vn(), character=VndbCharacter("c1")
    )
    release = Release("r1", images=[ReleaseImage(FOREIGN)])
    character = VndbCharacter("c1", image=own, vns=[CharacterVn(id="v1", image=image, release=release)])
    assert VNDB.keep(Found([character], more=True)) == Found(
        [VndbCharacter("c1", image=own, vns=[CharacterVn(id="v1", release=Release("r1"))])], more=True
    )


def test_a_record_that_may_be_without_a_picture_stays_as_a_whole() -> None:
    cover = Cover(extra_large=FOREIGN, large="https://s4.anilist.co/a.png", color="#e4a15d")
    media = Media(
        id=1, related=[Related(MediaRow(id=2, cover_image=Cover(medium=FOREIGN)), "SEQUEL")], cover_image=cover
    )
    kept = ANILIST.keep(media)
    assert (kept.cover_image.extra_large, kept.cover_image.large) == ("", "https://s4.anilist.co/a.png")
    assert (kept.cover_image.color, kept.related[0].relation) == ("#e4a15d", "SEQUEL")
    assert not kept.related[0].media.cover_image.medium
    member = CastMember(Character(id=3, image=Picture(large=FOREIGN)), voices=[])
    assert ANILIST.keep(member).character.image == Picture(large="")


def test_what_has_only_pictures_of_its_own_is_the_same_record() -> None:
    vn = Vn(id="v17", image=Image(OWN), screenshots=[Screenshot(OWN)], tags=[])
    assert VNDB.keep(vn) is vn
    assert VNDB.keep(None) is None


# Each service, whatever it is asked


def list_foreign(found: object) -> list[str]:
    """Each mention of another's picture in what was read."""
    text = msgspec.json.encode(found).decode()
    return [FOREIGN] * text.count(FOREIGN)


async def run(fake: FakeVndb | FakeAniList | FakeAmvstrm, asked: Awaitable[T]) -> T:
    """What comes of it, with the clock turned as far as needed."""
    task = asyncio.ensure_future(asked)
    await fake.clock.run(task)
    return task.result()


async def test_no_answer_of_vndb_becomes_a_foreign_picture() -> None:
    picture = {"url": FOREIGN, "thumbnail": FOREIGN, "sexual": 0, "violence": 0, "votecount": 9}
    fake = FakeVndb([{"id": "v17", "title": "Ever17", "image": picture, "screenshots": [picture]}])
    card = await run(fake, fake.vndb.fetch(VN, "v17"))
    listed = await run(fake, fake.vndb.fetch_list(vndb.ListQuery(VN)))
    again = await run(fake, fake.vndb.fetch_list(vndb.ListQuery(VN)))
    assert [one.title for one in (card.entry, *listed.items, *again.items)] == ["Ever17"] * 3
    assert list_foreign([card.entry, listed.items, again.items]) == []


async def test_no_answer_of_anilist_becomes_a_foreign_picture() -> None:
    cover = {"extraLarge": FOREIGN, "large": FOREIGN, "medium": FOREIGN}
    row = {"id": 1, "isAdult": False, "title": {"romaji": "Row"}, "coverImage": cover}
    media = MEDIA | {"Media": row | {"relations": {"edges": [{"relationType": "SEQUEL", "node": row | {"id": 2}}]}}}
    fake = FakeAniList(Media=media, Search=make_page("media", [row]))
    card = await run(fake, fake.anilist.fetch("ANIME", 1))
    found = await run(fake, fake.anilist.search(MediaWish(kind="ANIME", text="row")))
    suggested = await run(fake, fake.anilist.suggest("ANIME", "row", adult=False))
    assert (len(card.entry.related), len(found.items), len(suggested)) == (1, 1, 1)
    assert list_foreign([card.entry, found.items, suggested]) == []


async def test_no_answer_of_amvstrm_becomes_a_foreign_picture() -> None:
    fake = FakeAmvstrm()
    fake.rows = [
        make_row(1, title={"romaji": "Row"}, coverImage={"extraLarge": FOREIGN, "large": FOREIGN}, bannerImage=FOREIGN)
    ]
    wish = MediaWish(kind="ANIME", text="row")
    found = await fake.run(fake.amvstrm.search(wish))
    trending = await fake.run(fake.amvstrm.fetch_trending())
    peeked = await fake.amvstrm.peek(wish)
    assert peeked is not None
    assert (len(found.items), len(trending.items), len(peeked.items)) == (1, 1, 1)
    assert list_foreign([found.items, trending.items, peeked.items]) == []


def test_no_answer_of_the_nekos_api_becomes_a_foreign_picture() -> None:
    v4, v1 = (PictureHosts(nekos.PICTURE_HOSTS[version]) for version in (4, 1))
    listed = msgspec.json.encode([make_v4(1, url=FOREIGN), make_v4(2)])
    assert [isinstance(one, BadAnswer) for one in parse_v4_pictures(listed, v4)] == [True, False]
    data = msgspec.json.encode({"data": [make_v1(1, url=FOREIGN), make_v1(2)]})
    assert [isinstance(one, BadAnswer) for one in parse_v1_pictures(data, v1)] == [True, False]
    assert isinstance(parse_v1_picture(msgspec.json.encode({"data": make_v1(1, url=FOREIGN)}), v1), BadAnswer)


def test_no_answer_of_ehentai_becomes_a_foreign_picture() -> None:
    assert parse_thumb(FOREIGN, hosts=PictureHosts(ehentai.PICTURE_HOSTS, ehentai.DEFAULT_URL)) is None
