"""Pictures that may be of minors: word by word, and however a word is written."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.picture.api.ban import is_withheld, names_minor
from bot.picture.api.client import PICTURE_HOSTS
from bot.picture.api.model import Rating
from bot.picture.api.parse import parse_v1_pictures
from bot.service.picture_host import PictureHosts
from tests.picture.fake import make_v1
from tests.support.each import each

_WORDS = """
abdl adolescent adolescence ageplay age_regression akachan akanbou baby child childlike children chuugakusei
chugakusei cub cunny danji ddlb ddlg elementary_school enji grade_school grade_schooler high_school high_schooler
infant jailbait jc jidou jk joji joshi_chuugakusei joshi_kousei joshi_shougakusei joshikosei js junior_high juvenile
kid kiddie kiddo kiddy kindergarten kindergartner kindergartener kodomo kodomotachi kogal kogyaru kokosei koukousei
little_boy little_girl loli lolibaba lolicon lolidom lolita mesugaki middle_school middle_schooler minor miseinen
newborn nursery paedophile paedophilia pedophile pedophilia pre_adolescent prepubescent preschool preschooler
preteen
primary_school pubescent randoseru school_aged schoolboy schoolchild schoolchildren schoolgirl schoolkid
secondary_school shogakusei shojo shonen shota shotacon shoujo shougakusei shounen small_boy small_girl teen teenage
teenaged teenager toddler toddlercon tween tweenager underage underaged young youngster youth youthful youji youjo
"""
_FAMILIES = """
elementary_schooler primary_schooler secondary_schooler grammar_schooler jr_high jr_high_schooler high_school_uniform
school_uniform school_swimsuit junior_high_school_girl first_grader sixth_grade grade_six freshman student
younger_girl younger_sister lil_girl lil_sis tiny_girl smol_girl smol_boy little_one little_lady mini_girl petite_girl
babyish babyface childlike teen_girl baby_girl deaged barely_legal
twelve_years_old fourteen_year_old sixteen_years_old seventeen_yo aged_fifteen age_of_nine fifteenyearold
imouto imoto otouto rorikon rori gakusei joshi_gakusei shouta shoutacon syota syoujo yohjo jyoshi_kousei tyuugakusei
seifuku sukumizu
"""
WORDS = [*_WORDS.split(), *_FAMILIES.split()]
_PLURALS = """
adolescents babies children cubs cunnies infants juveniles kiddies kiddos kids kindergarteners lolis lolitas
little_boys little_girls minors newborns high_schools high_schoolers preschoolers preteens schoolboys schoolgirls
schoolkids shotas teenagers teens toddlers tweens youngsters youths youjos
"""
PLURALS = _PLURALS.split()
WRITTEN = [
    "LOLI",
    "Loli:apron",
    "female:loli",
    "lo\u200bli",
    "&#108;oli",
    "ｌｏｌｉ",
    "lóli",
    "oppai-loli",
    "oppailoli",
    "legal_lolis",
    "loli2",
    "2loli",
    "2lolis",
    "l0li",
    "l0l1",
    "1oli",
    "sh0ta",
    "k1ds",
    "t33n",
    "l-o-l-i",
    "pre-teen",
    "pre_teens",
    "pre teen",
    "pre\u2010teen",
    "pre.teen",
    "under-age",
    "school_girl",
    "school-girls",
    "school girl (uniform)",
    "schoolgirl_uniform",
    "japanese_high_school_student",
    "kid's",
    "young_woman",
    "shōjo",
    "13yo",
    "13_yo",
    "17y",
    "12_years_old",
    "15-year-old",
    "age_14",
    "aged 9",
    "age:15",
    "under_18",
    "u18",
    "<18",
    "6th_grade",
    "6th grader",
    "11th-graders",
    "grade_6",
    "girl_(12)",
    "girl, 9",
    "boys [15]",
    "girl_(little)",
    "girl（１２）",
    "012yo",
    "12y/o",
    "age of 12",
    "ages_10-12",
    "١٢ years",
    "little_blonde_girl",
    "l1ttle_g1rl",
    "tw3lve_years_old",
    "sch00l-g1rl",
    "8aby",
    "k!d",
    "c-h-i-l-d",
    "s c h o o l g i r l",
    "lоli",
    "κid",
]


def read_words(name: str) -> list[str]:
    """The words of a list beside this file."""
    lines = (Path(__file__).parent / "data" / name).read_text(encoding="utf-8").splitlines()
    return " ".join(line for line in lines if not line.startswith("#")).split()


MINORS = read_words("minors.txt")
HARMLESS = read_words("harmless.txt")


@each("rating", ["suggestive", "borderline"])
@each("tag", [*WORDS, *PLURALS, *WRITTEN])
def test_what_is_not_safe_is_withheld_with_any_word_for_a_minor(tag: str, rating: str) -> None:
    assert is_withheld("suggestive" if rating == "suggestive" else "borderline", tags=["lake", tag])


@pytest.mark.parametrize("rating", [None, "explicit"])
def test_what_is_explicit_or_of_unknown_rating_is_withheld_whatever_its_tags(rating: Rating | None) -> None:
    assert is_withheld(rating, tags=["lake", "adult"], ages=[30])


def test_no_word_for_a_minor_of_any_language_gets_past() -> None:
    assert len(MINORS) > 900
    assert [tag for tag in MINORS if not is_withheld("suggestive", tags=["lake", tag])] == []


def test_no_word_for_a_minor_gets_past_in_what_is_told_either() -> None:
    told = [f"She is {word.replace('_', ' ')}; that is all." for word in MINORS]
    assert [text for text in told if not is_withheld("suggestive", tags=["lake"], told=[text])] == []


def test_what_only_resembles_such_a_word_is_shown() -> None:
    assert len(HARMLESS) > 200
    assert [tag for tag in HARMLESS if is_withheld("suggestive", tags=["lake", tag])] == []


@pytest.mark.parametrize("tag", ["child", "schoolgirls", "babies", "少女"])
def test_a_safe_picture_may_be_of_a_child(tag: str) -> None:
    assert not is_withheld("safe", tags=[tag])


@pytest.mark.parametrize(
    "character",
    [
        {"occupations": ["High school student"]},
        {"occupations": [None, "Schoolgirl"]},
        {"description": "A 16-year-old who paints."},
        {"description": "Two toddlers."},
        {"name": "Young Mio"},
    ],
)
def test_what_is_told_of_its_characters_counts(character: dict[str, object]) -> None:
    def read(rating: str, *characters: dict[str, object]) -> object:
        rows = [make_v1(nsfw=rating, characters=list(characters))]
        return parse_v1_pictures(msgspec.json.encode({"data": rows}), PictureHosts(PICTURE_HOSTS[1]))[0]

    assert read("questionable", {"ages": [30], "occupations": ["Painter"], "description": "She paints."}) is not None
    assert read("questionable", {"ages": [30]}, character) is None
    assert read("sfw", character) is not None


def test_what_is_longer_than_is_read_is_withheld() -> None:
    lake = "lake " * 1998
    assert not is_withheld("suggestive", tags=["lake"], told=[lake])
    assert is_withheld("suggestive", tags=["lake"], told=[lake, lake])
    assert is_withheld("borderline", tags=["lake"] * 2001)
    assert is_withheld("suggestive", tags=["lake"], told=["&" + "amp;" * 2500])
    assert not is_withheld("safe", tags=["lake"], told=[lake, lake])


separators = st.sampled_from(["_", "-", " ", "  ", "\u2010", "\u3000", ".", "/", "_-_"])
beside = st.sampled_from(["", "two", "2", "cat", "of the lake", "x9"])


@given(st.sampled_from([*WORDS, *PLURALS]), separators, separators, beside, beside, st.booleans())
def test_property_however_a_word_is_written_and_whatever_is_beside_it(
    word: str, inner: str, outer: str, before: str, after: str, upper: bool
) -> None:
    written = outer.join([before, word.replace("_", inner), after])
    assert names_minor(written.upper() if upper else written)


@given(st.text())
def test_property_whatever_a_tag_is_there_is_an_answer(tag: str) -> None:
    assert names_minor(tag) in (True, False)


MARKS = ["", "\u0301", "\u0308", "\u200b", "\u00ad"]
LOOKING_ALIKE = {"o": "o0", "i": "i1!", "l": "l1", "e": "e3", "a": "a4@", "s": "s5$", "t": "t7", "g": "g69", "b": "b8"}


@given(st.sampled_from(WORDS), st.data())
def test_property_no_sign_and_no_mark_helps(word: str, data: st.DataObject) -> None:
    def write(char: str) -> str:
        alike = data.draw(st.sampled_from(LOOKING_ALIKE.get(char, char)))
        wide = chr(ord(alike) + 0xFEE0) if alike.isalnum() and data.draw(st.booleans()) else alike
        return wide + data.draw(st.sampled_from(MARKS))

    assert names_minor("".join(char if char == "_" else write(char) for char in word))
