"""Words that say that somebody is a minor, or may be: built from families, so that none of a family is forgotten.

Each stands in the singular, in lower case, without marks and without what may separate its parts: "little_girls" is
"littlegirl".
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product

import msgspec

from bot.links.unicode import normalise

_NUMBERS: dict[str, str] = {
    "en": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen",
    "de": "ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn"
    " fuenf zwoelf fuenfzehn",
    "fr": "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dixsept",
    "es": "un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete",
    "pt": "um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quatorze quinze dezesseis"
    " dezasseis dezessete dezassete",
    "it": "un due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici"
    " diciassette",
    "ru": "один два три четыре пять шесть семь восемь девять десять одного двух трех четырех пяти шести семи восьми"
    " девяти десяти одно одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать"
    " одиннадцати двенадцати тринадцати четырнадцати пятнадцати шестнадцати семнадцати",
}
_YEARS: dict[str, str] = {
    "en": "y yo yr year yearold yearsold yrold yrsold",
    "de": "jahre jahr jährig jährige jähriger jaehrig jaehrige jaehriger",
    "fr": "an ans",
    "es": "año anos añera añero",
    "pt": "ano anos aninhos",
    "it": "anno anni",
    "ru": "лет летка летки летний летняя летнее летние летней летнего год года годик годика годовалая годовалый",
}
_AGED = "age aged ages ageof agedof"
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
TENS = (
    "twenty thirty forty fifty sixty seventy eighty ninety hundred thousand vingt trente quarante cinquante soixante"
    " treinta cuarenta cincuenta sesenta vinte trinta quarenta cinquenta двадцать тридцать сорок пятьдесят"
)
ONES = " ".join(_NUMBERS[language] for language in ("en", "fr", "es", "pt", "ru"))

_SMALL = (
    "little lil lill small smol smoll tiny teeny teensy weeny wee mini itty bitty petite petit jeune jung junge junger"
    " junges klein kleine kleiner kleines pequeña pequeño pequena pequeno piccola piccolo giovane маленькая маленький"
    " маленькие"
    " младшая младший chiisai chiisana"
)
_OF_AGE = "young younger youngest youngish youthful immature underdeveloped"
_PERSONS = (
    "girl girlie boy child children kid sister brother sis bro daughter son niece nephew cousin lady gal lass lassie"
    " lad laddie maiden princess prince person people student pupil female male lover catgirl foxgirl bunnygirl"
    " fille garçon soeur sœur frère mädchen maedchen junge jungs schwester bruder tochter sohn chica chico hermana"
    " hermano garota garoto irmã irmão ragazza ragazzo sorella fratello девушка сестра брат парень onnanoko otokonoko"
)

# Each of these says it alone, and with each of the endings.
_YOUTH = (
    "baby child children infant juvenile kid kiddie kiddo kiddy newborn preadolescent teen teenager tween"
    " tweenager youngster youth minor"
)
_LIKE = "ish like hood face faced body bodied girl boy sized porn lover con"
_MORE_PEOPLE = """
babysister babybrother cub littleone teenage teenaged teenybopper youngling youngun tyke rugrat bairn
sweetsixteen barelylegal agedown ageddown deaged deaging agedup freshman freshmen
sophomore student underclassman
"""

_LEVELS = (
    "elementary grade grammar primary secondary middle high junior jr juniorhigh jrhigh preparatory prep pre nursery"
    " boarding lower upper infant comprehensive"
)
_AT_SCHOOL = (
    "er kid child children student pupil age aged ager uniform swimsuit swimwear lass lad gal teen teenager"
    " freshman sophomore"
)
_MORE_SCHOOL = "randoseru nursery daycare creche juniorhigh jrhigh juniorhigher jrhigher seniorhigh sixthform"
_WANTED_AS_SUCH = "abdl ageplay ageregression cunny ddlb ddlg jailbait pedo"

# A capital is a long vowel, which is written in several ways.
_LONG = {"A": ("a", "aa"), "E": ("e", "ee"), "O": ("o", "ou", "oo", "oh"), "U": ("u", "uu")}
_CONSONANTS = {
    "shi": ("shi", "si", "syi"),
    "chi": ("chi", "ti", "tyi", "cyi"),
    "ji": ("ji", "zi", "jyi", "zyi"),
    "sh": ("sh", "sy"),
    "ch": ("ch", "ty", "cy"),
    "j": ("j", "jy", "zy"),
}
_ROMANISED = """
akachan akago akanbO danji enji gakuran gaki gakusei imOto imOtosan imOtochan jidO jc jk joji jogakusei joshi
joshichUgakusei joshigakusei joshikOsei joshishOgakusei js danshichUgakusei danshikOsei danshishOgakusei kodomo
kodomotachi kogal kogaru kogyaru kOkOsei kusogaki mesugaki miseinen otOto otOtosan rori roribaba rorikko roriita rorita
sailorfuku seifuku seito sErAfuku shOgakusei shOjo shOnen sukumizu sukusui chUbO chUgakusei yOchien yOji yOjo
"""
# "legalloli", "lolis", "toddlercon".
_ROOTS = """
kindergar loli paedophil pedophil preteen pubescent roricon rorikon schoolboy schoolgirl toddler underage
классник классниц
"""
_ROMANISED_ROOT = "shOta"

# Other languages decline.
_FOREIGN_STEMS = """
лоли шота школьни девочк девчушк девчонк мальчик мальчиш ребен ребят детк детск детсад малолет несовершеннолет подрост
младен малыш юнош сестренк сестричк братик братишк первоклаш дошкол тинейдж ученик учениц годовал
minderjahrig minderjaehrig jugendlich kleinkind grundschul schulkind schulmadchen schulmaedchen schuljunge
halbwuchsig saugling teenie fillett garconnet gamin adolescen ecolier collegien lyceen nourrisson bambin
meninin garotinh crianc colegial chiquill muchachit jovencit quinceaner chamac parvul hermanit
undicenn dodicenn tredicenn quattordicenn quindicenn sedicenn diciassettenn
ragazzin minorenn neonat scolar liceal infantil niñ nenit novinh bebe
"""
_FOREIGN_WORDS = """
дети детей детям юный юная юное юные юной kinder kindlich schüler schülerin schueler schuelerin
gymnasiast gymnasiastin realschule hauptschule mittelschule enfant enfance gosse mineur mineure
jeune ados maternelle nena menor menina menino moleque guri jovem joven estudiante
estudante escolar cría studentessa
"""
# What a text can hold in the place of a letter of another script or kind.
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһкмтвнοαεικνρτυχıłøđ", "aeopcyxijsdhkmtbhoaeikvptuxilod")
_DIGITS = str.maketrans("013456789@$!|l", "oieasgtbgasiii")
SIGNS = frozenset("013456789@$!|")
"""What may stand for a letter."""


def fold(text: str) -> str:
    """Take off the marks, but for the one of "ñ": "nina" is a name."""
    if text.isascii():
        return text
    parts = (normalise("NFKD", part) for part in text.split("ñ"))
    return "ñ".join("".join(char for char in part if not unicodedata.combining(char)) for part in parts)


def list_alike(text: str) -> Iterator[str]:
    """The text, if it has letters of another script, as it looks in Latin."""
    yield text
    if not text.isascii():
        yield text.translate(_LOOKALIKES)


def read_signs(text: str) -> str:
    """Digits as the letters that they look like. "1" may be an "i" or an "l": both become an "i"."""
    return text.translate(_DIGITS)


def _join(*parts: str) -> Iterator[str]:
    return ("".join(found) for found in product(*(part.split() for part in parts)))


def _spell(word: str) -> Iterator[str]:
    """Every way in which a Japanese word is romanised."""
    spelt = re.split("(A|E|O|U|shi|chi|ji|sh|ch|j)", word)
    return map("".join, product(*(_LONG.get(part) or _CONSONANTS.get(part) or (part,) for part in spelt)))


def _list_words() -> Iterator[str]:
    for language, numbers in _NUMBERS.items():
        yield from _join(numbers, _YEARS[language])
    yield from _join(_AGED, _NUMBERS["en"])
    yield from _join(f"{_ORDINALS} {_NUMBERS['en']}", "grade grader former")
    yield from _join("grade", _NUMBERS["en"])
    yield from _join(f"{_SMALL} {_OF_AGE}", _PERSONS)
    yield from f"{_YOUTH} {_OF_AGE} {_MORE_PEOPLE} {_MORE_SCHOOL} {_WANTED_AS_SUCH} {_FOREIGN_WORDS}".split()
    yield from _join(_YOUTH, _LIKE)
    yield from _join(_LEVELS, "school")
    yield from _join(f"school {' '.join(_join(_LEVELS, 'school'))}", _AT_SCHOOL)
    for word in _ROMANISED.split():
        yield from _spell(word)


def _list_roots() -> Iterator[str]:
    yield from _ROOTS.split()
    yield from _spell(_ROMANISED_ROOT)


class Vocabulary(msgspec.Struct, frozen=True):
    """What is looked for in a text."""

    words: frozenset[str]
    roots: tuple[str, ...]
    """What says it inside a word as well."""
    stems: tuple[str, ...]
    """What says it at the beginning of a word."""
    in_order: Sequence[str]
    """The words: among them one that begins with some letters is found at once."""

    def has_beginning(self, letters: str) -> bool:
        """Whether a word of `words` begins so: what does not go on as one need not be put together."""
        place = bisect_left(self.in_order, letters)
        return place < len(self.in_order) and self.in_order[place].startswith(letters)


@cache
def build_vocabulary(spell: Callable[[str], str]) -> Vocabulary:
    """The words, each as `spell` makes it: `read_signs` for a text whose digits are read as letters.

    Only where somebody wants pictures is it made: it takes some megabytes.
    """
    roots = [spell(fold(root)) for root in _list_roots()]
    words = frozenset([*roots, *(spell(fold(word)) for word in _list_words())])
    stems = tuple(spell(fold(stem)) for stem in _FOREIGN_STEMS.split())
    return Vocabulary(words, tuple(roots), stems, sorted(words))


SMALL = frozenset(fold(_SMALL).split())
PERSONS = frozenset(fold(_PERSONS).split())
