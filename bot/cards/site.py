"""Sites that are for adults, or largely so: they are linked in age-restricted channels only, whatever leads to them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol
from urllib.parse import unquote

from bot.cards.text import one_line
from bot.links.unicode import normalise

NO_SITES = "Sites that are for adults, or largely so, are linked"
"""What begins the sentence that `Viewer.adult_places` ends."""

_HOST = re.compile(r"https?:/{2,}(?:[^/?#]*@)?([^/?#:]+)", re.IGNORECASE)
# Each with all that belongs to it (`aoba.fanbox.cc`). Of some a part is for everybody, and the others are named.
_FOR_ADULTS = frozenset(
    {
        # Shops, and pages of those who make something.
        "ci-en.dlsite.com", "ci-en.net", "denpasoft.com", "dmm.co.jp", "fakku.net", "fanbox.cc", "fantia.jp",
        "dl.getchu.com", "order.getchu.com", "gyutto.com", "johren.games", "johren.net", "kaguragames.com",
        "mangagamer.com", "nijie.info", "nutaku.net", "subscribestar.adult", "subscribestar.com",
        # Galleries.
        "e-hentai.org", "exhentai.org", "hitomi.la", "nhentai.net",
        # Pictures by their tags.
        "allthefallen.moe", "cdn.donmai.us", "danbooru.donmai.us", "e621.net", "gelbooru.com", "hijiribe.donmai.us",
        "hypnohub.net", "konachan.com", "lolibooru.moe", "paheal.net", "realbooru.com", "rule34.us", "rule34.xxx",
        "rule34hentai.net", "sankaku.app", "sankakucomplex.com", "sonohara.donmai.us", "tbib.org", "xbooru.com",
        "yande.re",
    }
)  # fmt: skip


class Onlooker(Protocol):
    """What decides over links, of whoever looks: see `Viewer`."""

    @property
    def age_restricted(self) -> bool: ...

    @property
    def adult_places(self) -> str: ...


def is_for_adults(url: str) -> bool:
    """Whether an address leads to such a site."""
    host = _HOST.match(one_line(url))
    names = _read_host(host[1]).rstrip(".").split(".") if host else []
    return any(".".join(names[at:]) in _FOR_ADULTS for at in range(len(names)))


def _read_host(written: str) -> str:
    """A host as browsers read it: a name has many spellings there, percent-encoded, wide or with invisible signs."""
    host = normalise("NFKC", unquote(written)).casefold().replace("。", ".")
    # Of what is left beyond ASCII browsers ignore some, and the rest is in no name of the list.
    return host.encode("ascii", "ignore").decode()


def may_link(url: str, viewer: Onlooker) -> bool:
    """Whether an address may be linked there."""
    return viewer.age_restricted or not is_for_adults(url)


def explain_sites(urls: Iterable[str], viewer: Onlooker) -> str:
    """The sentence that says where those of the addresses are linked that are not here; empty if there are none."""
    return "" if all(may_link(url, viewer) for url in urls) else f"{NO_SITES} {viewer.adult_places}."
