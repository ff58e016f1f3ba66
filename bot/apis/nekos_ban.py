"""Which pictures are shown nowhere, wherever they are asked for: this is decided while an answer is read.

Discord forbids what sexualises minors in every channel. What cannot be told counts as forbidden.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from bot.apis import ehentai_ban
from bot.apis.ehentai_model import NON_H
from bot.apis.nekos_model import Rating

ADULT_YEARS = 18

# Words for minors are harmless in a safe picture, and in no other. Each in the singular and without what may separate
# its parts: "little_girls" is "littlegirl".
_PEOPLE = """
adolescent adolescence baby child childlike children cub infant juvenile kid kiddie kiddo kiddy littleboy littlegirl
minor newborn preadolescent smallboy smallgirl teen teenage teenaged teenager tween tweenager young youngster youth
youthful
"""
_SCHOOL = """
elementaryschool gradeschool gradeschooler highschool highschooler juniorhigh middleschool middleschooler nursery
preschool preschooler primaryschool randoseru schoolage schoolaged schoolchild schoolchildren schoolkid
secondaryschool
"""
_WANTED_AS_SUCH = "abdl ageplay ageregression cunny ddlb ddlg jailbait"
_ROMANISED = """
akachan akanbo akanbou chugakusei chuugakusei danji enji jido jidou jc jk joji joshichugakusei joshichuugakusei
joshikosei joshikousei joshishogakusei joshishougakusei js kodomo kodomotachi kogal kogyaru kokosei kokousei koukousei
mesugaki miseinen shogakusei shojo shonen shougakusei shoujo shounen yoji yojo youji youjo youjyo
"""
# These count inside a longer word as well: "legalloli", "lolis", "toddlercon".
_ROOTS = frozenset(
    {"kindergar", "loli", "paedophil", "pedophil", "preteen", "pubescent", "schoolboy", "schoolgirl", "shota"}
    | {"toddler", "underage"}
)
_WORDS = frozenset(f"{_PEOPLE} {_SCHOOL} {_WANTED_AS_SUCH} {_ROMANISED}".split()) | _ROOTS
_WORDS_AT_MOST = 4
# Scripts that do not separate words. A run of katakana is one word: "カロリー" is a calorie, "ロリポップ" a lollipop.
_EAST_ASIAN = re.compile(
    r"(?<![ァ-ヶー])ロリ(?!ポップ)|ろり|(?<![ァ-ヶー])ショタ|しょた|メスガキ|めすがき|幼女|幼児|幼い|幼稚園|園児|児童|女児|男児"
    r"|子供|子ども|こども|コドモ|赤ちゃん|赤ん坊|未成年|小学|中学|高校|女子高生|少女|少年|ランドセル"
    r"|(?<![二三四五六七八九百])十[一二三四五六七]?[歳才]|(?<!十)[一二三四五六七八九][歳才]"
    r"|萝莉|蘿莉|正太|儿童|兒童|孩子|小孩|婴儿|嬰兒|로리|쇼타|어린이|아동|미성년|유아|초등학|중학|고등학|소녀|소년"
)
# A style of dress, and a genre of pretty women.
_NO_MINORS = re.compile(
    r"\b(?:gothic|sweet|classic|classical|country|punk) ?lolitas?\b|\blolita ?(?:dress|dresses|fashion|style)\b"
    r"|ゴスロリ|ゴシック ?ロリータ|美少女"
)
# "13yo", "age 14", "under 18", "15歳"
_YEARS = re.compile(
    r"(?<!\d)(\d{1,2}) ?(?:y(?: ?o)?\b|yrs?\b|years?\b|歳|才|岁|歲|살|세)|\b(?:age|aged) ?(\d{1,2})(?!\d)"
)
_UNDER = re.compile(r"(?:\b(?:under|below|sub|u)|<) ?(?:18|eighteen)(?!\d)")
_DIGITS_AS_LETTERS = tuple(str.maketrans("013457", f"o{one}east") for one in "il")


def is_withheld(
    rating: Rating | None, *, tags: Sequence[str], ages: Iterable[int] = (), told: Sequence[str] = ()
) -> bool:
    """Whether a picture is shown nowhere.

    `ages`: those of its characters, in years, as far as they are told. `told`: what else is said of them.
    """
    if rating is None or rating == "explicit":
        return True
    if rating == "safe":
        return ehentai_ban.is_banned(NON_H, list(tags))
    # Without tags, nobody knows who is in it.
    if ehentai_ban.is_banned("", list(tags)) or any(years < ADULT_YEARS for years in ages):
        return True
    return any(names_minor(text) for text in (*tags, *told))


def names_minor(text: str) -> bool:
    """Whether a tag, or a sentence, says that somebody is a minor, or may be."""
    text = _NO_MINORS.sub(" ", " ".join(ehentai_ban.split_tag(text)))
    if _EAST_ASIAN.search(text) or _UNDER.search(text):
        return True
    if any(int(found[1] or found[2]) < ADULT_YEARS for found in _YEARS.finditer(text)):
        return True
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    spellings = {plain, *(plain.translate(letters) for letters in _DIGITS_AS_LETTERS)}
    return any(_has_word(re.findall(r"[a-z]+", spelling)) for spelling in spellings)


def _has_word(words: Sequence[str]) -> bool:
    if any(root in word for word in words for root in _ROOTS):
        return True
    runs = (
        "".join(words[first:end])
        for first in range(len(words))
        for end in range(first + 1, min(first + _WORDS_AT_MOST, len(words)) + 1)
    )
    return any(not _WORDS.isdisjoint(_list_singulars(run)) for run in runs)


def _list_singulars(word: str) -> Iterator[str]:
    yield word
    yield word.removesuffix("s")
    yield word.removesuffix("es")
    if word.endswith("ies"):
        yield f"{word[:-3]}y"
