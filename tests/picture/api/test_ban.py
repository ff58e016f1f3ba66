"""Pictures that may be of minors: word by word, and however a word is written."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.picture.api.ban import is_withheld, names_minor
from bot.picture.api.client import PICTURE_HOSTS
from bot.picture.api.parse import parse_v1_pictures
from bot.service.picture_host import PictureHosts
from tests.picture.fake import make_v1

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
_JAPANESE = """
ロリ ﾛﾘ ろり 合法ロリ ロリ巨乳 ロリータ ロリコン ショタ しょた メスガキ めすがき 幼女 幼児 幼稚園 園児 児童 女児
男児 子供
子ども こども コドモ 赤ちゃん 赤ん坊 未成年 小学生 中学生 高校生 女子高生 少女 魔法少女 少年 ランドセル 15歳 ９才
十歳 十七歳 八歳 12さい 小6 中2 高一 三年生 学生 男子学生 女子中 生徒 妹 弟 いもうと 十代 18歳未満 童顔 乳児 ガキ
小さい女の子 ロ・リ ロ_リ 少-女
"""
JAPANESE = _JAPANESE.split()
OTHER_SCRIPTS = [
    "萝莉",
    "蘿莉",
    "正太",
    "儿童",
    "兒童",
    "小孩",
    "로리",
    "쇼타",
    "어린이",
    "미성년자",
    "소녀",
    "15岁",
    "17살",
]
_ABROAD = """
лоли Лолита шота школьница школьники девочка мальчик ребёнок дети подросток несовершеннолетняя первоклассница
12_лет 12-летняя двенадцать_лет двенадцатилетняя маленькая_девушка
niña niñas NIÑO niñita menor menor_de_edad colegiala adolescente doce_años 12_años quinceañera criança menina menininha
doze_anos 12_anos enfant fillette petite_fille écolière lycéenne mineure douze_ans 12_ans
Kleinkind Schulmädchen Schülerin minderjährig kleines_Mädchen zwölfjährige 12-jährige zwölf_Jahre bambina minorenne
dodici_anni 初中生 高中生 小女孩 婴儿 罗莉 十二岁 未满18 학생 여고생 초등학생 고딩 여동생 아이 아기 열두_살 18세_미만
십대
"""
ABROAD = _ABROAD.split()
_HARMLESS = """
lake girl girls 1girl 2girls 6girls boy woman adult mature milf catgirl uniform college_student grad_student teacher
office_lady gothic_lolita sweet_lolita lolita_dress lollipop broccoli melancholic alcoholic blue_hair 18yo
19_years_old 25-year-old
age_20 1984 3d 4k white_dress chibi bishoujo 美少女 ゴスロリ カロリー フロリダ
ロリポップ ショート 女性 大人
二十歳 二十五歳 十八歳 20歳 minora childe scuba hello_lisa kidney kidnap youtube canteen fourteenth
adult_woman minor_key minor_character ursa_minor big_sister older_sister tall_girl small_breasts mini_skirt nina_iseri
nino kindness pupils slit_pupils old_school childhood_friend baby_doll bishounen looking_at_viewer twenty_one_years_old
twenty-five_year_old thirty_two_years 100_years_old 1,000_years trente_et_un_ans treinta_y_dos_años daigakusei 大学生
幼馴染 鹿児島 姉妹 兄弟 童話 아이돌 대학생 красивая_женщина 25-летняя mujer_adulta femme erwachsene
"""
HARMLESS = _HARMLESS.split()


@pytest.mark.parametrize("rating", ["suggestive", "borderline"])
@pytest.mark.parametrize("tag", [*WORDS, *PLURALS, *WRITTEN, *JAPANESE, *OTHER_SCRIPTS, *ABROAD])
def test_what_is_not_safe_is_withheld_with_any_word_for_a_minor(tag: str, rating: str) -> None:
    assert is_withheld("suggestive" if rating == "suggestive" else "borderline", tags=["lake", tag])


@pytest.mark.parametrize("tag", HARMLESS)
def test_what_only_resembles_such_a_word_is_shown(tag: str) -> None:
    assert not is_withheld("suggestive", tags=["lake", tag])


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
