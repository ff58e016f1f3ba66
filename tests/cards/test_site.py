"""Which sites are for adults, or largely so."""

from __future__ import annotations

from bot.cards.site import is_for_adults
from tests.support.each import each


@each(
    ("url", "said"),
    [
        # As VNDB's schema has them.
        ("https://ci-en.dlsite.com/creator/1", True),
        ("https://denpasoft.com/product/sample/", True),
        ("https://www.fakku.net/games/sample", True),
        ("https://aoba.fanbox.cc/", True),
        ("https://fantia.jp/fanclubs/1", True),
        ("http://dl.getchu.com/i/item1", True),
        ("https://gyutto.com/i/item1", True),
        ("https://www.dmm.co.jp/dc/pcgame/", True),
        ("https://www.johren.games/games/download/sample/", True),
        ("https://www.kaguragames.com/product/sample/", True),
        ("https://www.mangagamer.com/r18/detail.php?product_code=1", True),
        ("https://nijie.info/members.php?id=1", True),
        ("https://www.nutaku.net/games/sample/", True),
        ("https://subscribestar.adult/somebody", True),
        ("https://subscribestar.com/somebody", True),
        # Galleries and pictures.
        ("https://e-hentai.org/g/618395/0439fa3666/", True),
        ("https://exhentai.org/", True),
        ("https://rule34.paheal.net/post/view/1", True),
        ("https://chan.sankakucomplex.com/post/show/1", True),
        ("https://cdn.donmai.us/original/1.png", True),
        # However it is written.
        ("HTTPS://WWW.Fakku.NET", True),
        ("https://fakku.net.:443/", True),
        ("https://somebody:secret@fakku.net/", True),
        (" https://fakku.net?a", True),
        ("https://fakku.net#a", True),
        ("https:///e-hentai.org/g/1/ab/", True),
        ("https://www.fakku%2Enet/x", True),
        ("https://www.%66akku.net/x", True),
        ("https://e%2Dhentai.org/g/1/ab/", True),
        ("https://ｅ-hentai.org/g/1/ab/", True),
        ("https://e-hentai。org/g/1/ab/", True),
        ("https://e-hentai.ｏｒｇ．/g/1/ab/", True),
        ("https://fak\u00adku.net/", True),
        ("https://fak%EF%B8%8Fku.net/", True),
        # Others: what is for everybody, and what only looks alike.
        ("https://www.dlsite.com/home/work/=/product_id/RJ01.html", False),
        ("http://www.getchu.com/soft.phtml?id=1", False),
        ("https://safebooru.org/index.php?page=post&s=view&id=1", False),
        ("https://safebooru.donmai.us/posts/1", False),
        ("https://konachan.net/post/show/1", False),
        ("https://www.dmm.com/", False),
        ("https://www.pixiv.net/artworks/1", False),
        ("https://notfakku.net/", False),
        ("https://fakku.net.example/", False),
        ("https://a.example/?to=https://fakku.net/", False),
        ("https://a.example/@fakku.net", False),
        ("https://fakku.日本.example/", False),
        ("fakku.net", False),
        ("https://", False),
        ("", False),
    ],
)
def test_a_site_is_known_by_its_host(url: str, *, said: bool) -> None:
    assert is_for_adults(url) is said
