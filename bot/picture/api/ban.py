"""Which pictures are shown nowhere, wherever they are asked for: this is decided while an answer is read.

Discord forbids what sexualises minors in every channel. What cannot be told counts as forbidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.picture.api.model import Rating
from bot.service import ban
from bot.service import minor_words as known
from bot.service.ban import NON_H, is_too_long

ADULT_YEARS = 18
# Of one picture, with all that is told of it. Reading it takes some microseconds a character.
_READABLE_CHARS = 10_000

# Words for minors are harmless in a safe picture, and in no other.

# Scripts that do not separate words. A run of katakana is one word: "カロリー" is a calorie, "ロリポップ" a lollipop.
_EAST_ASIAN = re.compile(
    r"(?<![ァ-ヶー])ロリ(?!ポップ)|ろり|(?<![ァ-ヶー])ショタ|しょた|メスガキ|めすがき|クソガキ|がき(?![ァ-ヶー])"
    r"|(?<![ァ-ヶー])(?:ガキ|コドモ|キッズ|ティーン|ベビー|スクールガール|ランドセル)"
    r"|幼(?!馴染|なじみ)|(?<!鹿)[児兒]|童(?![話貞])|赤ちゃん|赤ん坊|赤子|未成年|子供|子ども|こども|小娘"
    r"|(?<!姉)妹|(?<!兄)弟(?!子)|いもうと|おとうと|少女|少年|小さ[いな](?:女|男|子)|ちいさ[いな](?:女|男|子|おんな|おとこ)"
    r"|小学|小學|中学(?!者)|中學|初中|高中|国中|國中|高校|(?:女子?|男子?)(?:中|高|校生)|(?<!大)(?:学生|學生)|女学|女學|生徒"
    r"|セーラー服|スク水|スクール水着|制服(?:少女|女子)|校服|(?<!大学)[1-9一二三四五六]年生"
    r"|[小中高](?:[1-6](?!\d)|[一二三四五六](?![十人]))"
    r"|(?<![二三四五六七八九百])十[一二三四五六七]?[歳才岁歲]|(?<!十)[一二三四五六七八九][歳才岁歲]"
    r"|(?<![二三四五六七八九])十代|(?<!\d)1[0-7]?(?:代|대)|未満|未满|未滿|不满|미만"
    r"|[萝蘿罗羅]莉|正太|孩(?:子|童)|小(?:孩|朋友|鬼|姑娘|女孩|男孩|妹|弟)|[婴嬰]|宝宝|寶寶"
    r"|로리|쇼타|어린|아동|미성년|유아|초등|중학|고등학|소녀|소년|[초중고]딩|[여남](?:중|고)(?:생|딩)|여고|꼬마|꼬맹이|[아애]기"
    r"|동생|유치원|교복|(?<!대)학생|십대|(?<![가-힣])(?:여자|남자)?아이(?:들|를|가|는)?(?![가-힣])"
    r"|(?<![가-힣])(?:열 ?)?(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉) ?살|(?<![가-힣])열 ?살"
)
_BLANKS_BETWEEN = re.compile(r"(?<=[\u3040-\u9fff\uac00-\ud7a3]) (?=[\u3040-\u9fff\uac00-\ud7a3])")
# What has such a word in it and means no minor: a style of dress, students who are adults, friends since then.
_NO_MINORS = re.compile(
    r"\b(?:gothic|sweet|classic|classical|country|punk) ?lolitas?\b|\blolita ?(?:dress|dresses|fashion|style)\b"
    r"|\b(?:college|university|graduate|grad|phd|medical|law|art|adult|mature) ?(?:students?|freshm[ae]n|sophomores?)\b"
    r"|\bdaigakusei\b|\bchildhood ?friends?\b|\bminor (?:keys?|chords?|scales?|characters?|spoilers?|injur(?:y|ies))\b"
    r"|\b(?:ursa|asia) minor\b|\bbaby ?(?:dolls?|sitters?|blue)\b"
    rf"|\b(?:{'|'.join(known.TENS.split())})(?: (?:and|et|y|e))? ?(?:{'|'.join(known.ONES.split())})\b"
    r"|ゴスロリ|ゴシック ?ロリータ|美少女"
)
# "13yo", "age 14", "15歳", "12 лет"
_YEARS = re.compile(
    r"(?<![\d,])0*(\d{1,2}) ?(?:y(?: ?o)?(?![^\W\d_])|yrs?(?![^\W\d_])|years?|歳|才|さい|岁|歲|살|세|лет|год|ans?\b"
    r"|anos\b|año|anni\b|jahr|jähr|jaehr|sai\b)|\b(?:age|aged|ages|aging) ?(?:of )?0*(\d{1,2})(?!\d)"
)
# A person, and what is said in brackets or after a comma: "girl (12)", "boy, 9", "girl (little)".
_IN_BRACKETS = re.compile(r"(?<![^\W\d_])([^\W\d_]+) ?[(\[{<,;] ?(?:0*(?:1[0-7]|[1-9])(?! ?\w)|([^\W\d_]+))")
_GRADE = re.compile(
    r"(?<!\d)(?:1[0-2]|[1-9]) ?(?:st|nd|rd|th) ?grade(?:r|rs|s)?\b|\bgrade(?:r|rs)? ?(?:1[0-2]|[1-9])(?!\d)"
)
_UNDER = re.compile(
    r"(?:\b(?:under|below|sub|u|unter|less than|moins de)|<) ?(?:18|eighteen)(?!\d)|\bмладше 18|\bдо 18"
)
_SAYS = frozenset("0123456789([{<,;")
_LETTERS = re.compile(r"[^\W\d_]+")
_ENDINGS = ("s", "es", "en", "n", "innen")


def is_withheld(
    rating: Rating | None, *, tags: Sequence[str], ages: Iterable[int] = (), told: Sequence[str] = ()
) -> bool:
    """Whether a picture is shown nowhere.

    `ages`: those of its characters, in years, as far as they are told. `told`: what else is said of them.
    """
    if rating is None or rating == "explicit":
        return True
    if rating == "safe":
        return ban.is_banned(NON_H, list(tags))
    if is_too_long((*tags, *told), at_most=_READABLE_CHARS):
        return True
    # Without tags, nobody knows who is in it.
    if ban.is_banned("", list(tags)) or any(years < ADULT_YEARS for years in ages):
        return True
    return any(names_minor(text) for text in (*tags, *told))


def names_minor(text: str) -> bool:
    """Whether a tag, or a sentence, says that somebody is a minor, or may be."""
    text = " ".join(ban.split_tag(text))
    return _names_minor(text) and _names_minor(_NO_MINORS.sub(" ", text))


def _names_minor(text: str) -> bool:
    if _has_age(text) or (not text.isascii() and _has_east_asian(text)):
        return True
    for spelt in known.list_alike(known.fold(text)):
        if _has_word(spelt, known.build_vocabulary(str)):
            return True
        if not known.SIGNS.isdisjoint(spelt) and _has_word(
            known.read_signs(spelt), known.build_vocabulary(known.read_signs)
        ):
            return True
    return False


def _has_east_asian(text: str) -> bool:
    return _EAST_ASIAN.search(text) is not None or _EAST_ASIAN.search(_BLANKS_BETWEEN.sub("", text)) is not None


def _has_age(text: str) -> bool:
    if _UNDER.search(text):
        return True
    if text.isascii() and _SAYS.isdisjoint(text):
        return False
    if any(int(found[1] or found[2]) < ADULT_YEARS for found in _YEARS.finditer(text)):
        return True
    said = (found for found in _IN_BRACKETS.finditer(text) if found[1].removesuffix("s") in known.PERSONS)
    return _GRADE.search(text) is not None or any(found[2] is None or found[2] in known.SMALL for found in said)


def _has_word(text: str, vocabulary: known.Vocabulary) -> bool:
    """Whether some words that follow each other are one of those, however they are separated."""
    words = _LETTERS.findall(text)
    if any(root in text for root in vocabulary.roots) or any(word.startswith(vocabulary.stems) for word in words):
        return True
    return any(_begins_with_word(words, first, vocabulary) for first in range(len(words)))


def _begins_with_word(words: Sequence[str], first: int, vocabulary: known.Vocabulary) -> bool:
    # Of "little blonde girl" the blonde may be left out.
    if words[first] in known.SMALL and any(_is_listed(word, known.PERSONS) for word in words[first + 2 : first + 3]):
        return True
    run = ""
    for at in range(first, len(words)):  # a slice would copy the rest of the text for each of its words
        run += words[at]
        if _is_listed(run, vocabulary.words):
            return True
        if not vocabulary.has_beginning(run):
            return False
    return False


def _is_listed(word: str, listed: frozenset[str]) -> bool:
    """Whether that is one of those, or several."""
    if word in listed:
        return True
    if word[-1] not in "sn":
        return False
    if word.endswith("ies") and f"{word[:-3]}y" in listed:
        return True
    return any(word.endswith(ending) and word.removesuffix(ending) in listed for ending in _ENDINGS)
