"""Links to other sites, as VNDB shows them: an identifier there, a label, a name and an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

# By name: the label and where the identifier goes. `website` has the whole address for its identifier.
_SITES: Mapping[str, tuple[str, str]] = {
    "website": ("Official website", "{}"),
    "steam": ("Steam", "https://store.steampowered.com/app/{}/"),
    "steamdb": ("SteamDB", "https://steamdb.info/app/{}/info/"),
    "itch": ("Itch.io", "https://{}"),
    "gog": ("GOG", "https://www.gog.com/game/{}"),
    "dmm": ("DMM", "https://{}"),
    "denpa": ("Denpasoft", "https://denpasoft.com/product/{}/"),
    "jastusa": ("JAST USA", "https://jaststore.com/products/{}"),
    "mg": ("MangaGamer", "https://www.mangagamer.com/r18/detail.php?product_code={}"),
    "nintendo": ("Nintendo", "https://www.nintendo.com/store/products/{}/"),
    "playstation_na": ("PlayStation Store (NA)", "https://store.playstation.com/en-us/product/{}"),
    "appstore": ("App Store", "https://apps.apple.com/app/id{}"),
    "googplay": ("Google Play", "https://play.google.com/store/apps/details?id={}"),
    "wikidata": ("Wikidata", "https://www.wikidata.org/wiki/Q{}"),
    "enwiki": ("Wikipedia (en)", "https://en.wikipedia.org/wiki/{}"),
    "jawiki": ("Wikipedia (ja)", "https://ja.wikipedia.org/wiki/{}"),
    "renai": ("Renai.us", "https://renai.us/game/{}"),
    "mobygames": ("MobyGames", "https://www.mobygames.com/person/{}"),
    "vgmdb": ("VGMdb", "https://vgmdb.net/artist/{}"),
    "twitter": ("Xitter", "https://x.com/{}"),
    "bsky": ("Bluesky", "https://bsky.app/profile/{}"),
    "pixiv": ("Pixiv", "https://www.pixiv.net/member.php?id={}"),
    "youtube": ("Youtube", "https://www.youtube.com/@{}"),
}
# What an address must hold where its beginning says nothing.
_HOSTS = {"website": "nothing else", "itch": ".itch.io/", "dmm": ".dmm.co"}
# Shown beside another link of the same identifier, as the real server does.
_BESIDE = {"steam": "steamdb"}


class Link(msgspec.Struct, frozen=True, array_like=True):
    """A link: the name of the site and the identifier there."""

    site: str
    id: str

    @property
    def url(self) -> str:
        """The address."""
        return _SITES[self.site][1].format(self.id)


def is_site(name: str) -> bool:
    """Whether links to this site are known."""
    return name in _SITES


def find_link(url: str) -> Link | None:
    """The link of an address, if the site is known."""
    for name, (_, form) in _SITES.items():
        before, after = form.split("{}")
        if (
            _HOSTS.get(name, "") in url
            and url.startswith(before)
            and url.endswith(after)
            and len(url) > len(before + after)
        ):
            return Link(name, url[len(before) : len(url) - len(after)])
    return None


def build_links(links: Sequence[Link]) -> list[dict[str, object]]:
    """The links as `extlinks` shows them."""
    shown = [one for link in links for one in (link, _beside(link)) if one is not None]
    return [{"id": one.id, "label": _SITES[one.site][0], "name": one.site, "url": one.url} for one in shown]


def _beside(link: Link) -> Link | None:
    return Link(_BESIDE[link.site], link.id) if link.site in _BESIDE else None
