"""The place of a message's links."""

from __future__ import annotations

from bot.links.target import find_links
from bot.navigation.address import Address
from bot.navigation.kept_place import LONGEST
from bot.preview.link_place import decode_links, encode_links
from bot.preview.page import LinksPage

TEXT = (
    "https://vndb.org/v17 ||https://vndb.org/c62|| https://anilist.co/anime/9253 https://myanimelist.net/manga/2 "
    "https://e-hentai.org/g/618395/0439fa3666/ https://e-hentai.org/s/40bc07a79a/618396-11"
)


def test_links_are_what_they_were() -> None:
    links = tuple(find_links(TEXT))
    assert decode_links(encode_links(links)) == links
    assert LinksPage.parse(str(LinksPage(links))) == LinksPage(links)
    short = str(LinksPage(links[:2]))
    assert Address(short, 2).encode() == f"{short}~2"


def test_all_links_of_the_longest_messages_are_kept() -> None:
    links = tuple(find_links(" ".join(f"https://e-hentai.org/s/40bc07a79a/{gid}-11" for gid in range(618000, 618300))))
    place = encode_links(links)
    assert len(links) == 300
    assert decode_links(place) == links
    assert len(place) < LONGEST


def test_what_cannot_be_read_is_left_out() -> None:
    assert decode_links("g.x.y/v.v.v17/-/p.1.2") == tuple(find_links("https://vndb.org/v17"))
