"""The names of VNDB's codes.

GET /schema has some of them and is asked once a day; the tables here stand in while it cannot be had. The rest it does
not have: those are named as on VNDB's own pages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from bot.service.body import decode


class Names:
    """Display names by code, those of /schema as it was read. A code without a name is its own name.

    `digest` stands for all of them in the keys of remembered pages (`bot.navigation.memory`).
    """

    def __init__(
        self,
        languages: Mapping[str, str],
        platforms: Mapping[str, str],
        media: Mapping[str, str],
        media_plurals: Mapping[str, str],
        staff_roles: Mapping[str, str],
    ) -> None:
        self.languages = languages
        self.platforms = platforms
        self.media = media
        self.media_plurals = media_plurals
        self.staff_roles = staff_roles
        self.digest = hashlib.blake2b(msgspec.json.encode(vars(self)), digest_size=16).hexdigest()

    def language(self, code: str) -> str:
        """`ja` is Japanese."""
        return self.languages.get(code, code)

    def platform(self, code: str) -> str:
        """`win` is Windows."""
        return self.platforms.get(code, code)

    def medium(self, code: str, *, quantity: int = 1) -> str:
        """`cd` is CD, and CDs where there are several. What nobody counts has no plural."""
        name = self.media.get(code, code)
        return self.media_plurals.get(code, name) if quantity > 1 else name

    def staff_role(self, code: str) -> str:
        """`chardesign` is Character design."""
        return self.staff_roles.get(code, code)

    def relation(self, code: str) -> str:
        """`seq` is Sequel: what the related novel is to this one."""
        return _RELATIONS.get(code, code)

    def engine(self, typed: str) -> str:
        """`renpy` is Ren'Py: as VNDB writes it, which is the only way that it finds it. What is unknown stays."""
        return _ENGINES.get(_fold_engine(typed), typed.strip())

    def character_role(self, code: str) -> str:
        """`main` is Protagonist, and `primary` Main character."""
        return _CHARACTER_ROLES.get(code, code)

    def producer_type(self, code: str) -> str:
        """`co` is Company."""
        return PRODUCER_TYPES.get(code, code)

    def release_type(self, code: str) -> str:
        """`trial` is Trial."""
        return RELEASE_TYPES.get(code, code)

    def image_type(self, code: str) -> str:
        """`pkgfront` is Package (front)."""
        return _IMAGE_TYPES.get(code, code)

    def tag_category(self, code: str) -> str:
        """`ero` is Sexual content."""
        return TAG_CATEGORIES.get(code, code)

    def sex(self, code: str) -> str:
        """`b` is Both."""
        return SEXES.get(code, code)

    def gender(self, code: str) -> str:
        """`o` is Non-binary. For people who make novels, `m` and `f` stand in `sex`."""
        return _GENDERS.get(code, code)

    def blood_type(self, code: str) -> str:
        """`ab` is AB."""
        return _BLOOD_TYPES.get(code, code)

    def voiced(self, code: int) -> str:
        """4 is Fully voiced."""
        return VOICED.get(code, str(code))


class _Enums(msgspec.Struct):
    language: list[msgspec.Raw] = []
    platform: list[msgspec.Raw] = []
    medium: list[msgspec.Raw] = []
    staff_role: list[msgspec.Raw] = []


class _Schema(msgspec.Struct):
    enums: _Enums = msgspec.field(default_factory=_Enums)


class _Label(msgspec.Struct):
    id: str
    label: str
    plural: str | None = None


def _fold_engine(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def parse_schema(body: bytes) -> Names:
    """Read the answer of GET /schema. Raises `msgspec.DecodeError` if it is none; odd entries are left out."""
    enums = decode(body, _Schema).enums
    media = _parse_labels(enums.medium)
    return Names(
        languages={**_LANGUAGES, **_build_names(_parse_labels(enums.language))},
        platforms={**_PLATFORMS, **_build_names(_parse_labels(enums.platform))},
        media={**_MEDIA, **_build_names(media)},
        media_plurals={**_MEDIA_PLURALS, **{one.id: one.plural for one in media if one.plural}},
        staff_roles={**_STAFF_ROLES, **_build_names(_parse_labels(enums.staff_role))},
    )


def _parse_labels(raws: list[msgspec.Raw]) -> list[_Label]:
    labels: list[_Label] = []
    for raw in raws:
        try:
            labels.append(decode(raw, _Label))
        except msgspec.DecodeError:
            continue
    return labels


def _build_names(labels: list[_Label]) -> dict[str, str]:
    return {one.id: one.label for one in labels}


_LANGUAGES: Mapping[str, str] = {
    "ar": "Arabic",
    "eu": "Basque",
    "be": "Belarusian",
    "bg": "Bulgarian",
    "bs": "Bosnian",
    "ca": "Catalan",
    "ck": "Cherokee",
    "zh": "Chinese",
    "zh-Hans": "Chinese (simplified)",
    "zh-Hant": "Chinese (traditional)",
    "hr": "Croatian",
    "cs": "Czech",
    "da": "Danish",
    "nl": "Dutch",
    "en": "English",
    "eo": "Esperanto",
    "et": "Estonian",
    "fi": "Finnish",
    "fr": "French",
    "gl": "Galician",
    "de": "German",
    "el": "Greek",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "ga": "Irish",
    "id": "Indonesian",
    "it": "Italian",
    "iu": "Inuktitut",
    "ja": "Japanese",
    "kk": "Kazakh",
    "ko": "Korean",
    "la": "Latin",
    "lv": "Latvian",
    "lt": "Lithuanian",
    "mk": "Macedonian",
    "ms": "Malay",
    "ne": "Nepali",
    "no": "Norwegian",
    "fa": "Persian",
    "pl": "Polish",
    "pt-br": "Portuguese (Brazil)",
    "pt-pt": "Portuguese (Portugal)",
    "ro": "Romanian",
    "ru": "Russian",
    "gd": "Scottish Gaelic",
    "sr": "Serbian",
    "sk": "Slovak",
    "sl": "Slovene",
    "es": "Spanish",
    "sv": "Swedish",
    "ta": "Tagalog",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
}

_PLATFORMS: Mapping[str, str] = {
    "win": "Windows",
    "lin": "Linux",
    "mac": "Mac OS",
    "web": "Website",
    "tdo": "3DO",
    "ios": "Apple iProduct",
    "and": "Android",
    "bdp": "Blu-ray Player",
    "dos": "DOS",
    "dvd": "DVD Player",
    "drc": "Dreamcast",
    "nes": "Famicom",
    "sfc": "Super Famicom",
    "fm7": "FM-7",
    "fm8": "FM-8",
    "fmt": "FM Towns",
    "gba": "Game Boy Advance",
    "gbc": "Game Boy Color",
    "msx": "MSX",
    "nds": "Nintendo DS",
    "swi": "Nintendo Switch",
    "sw2": "Nintendo Switch 2",
    "wii": "Nintendo Wii",
    "wiu": "Nintendo Wii U",
    "n3d": "Nintendo 3DS",
    "p88": "PC-88",
    "p98": "PC-98",
    "pce": "PC Engine",
    "pcf": "PC-FX",
    "psp": "PlayStation Portable",
    "ps1": "PlayStation 1",
    "ps2": "PlayStation 2",
    "ps3": "PlayStation 3",
    "ps4": "PlayStation 4",
    "ps5": "PlayStation 5",
    "psv": "PlayStation Vita",
    "smd": "Sega Mega Drive",
    "scd": "Sega Mega-CD",
    "sat": "Sega Saturn",
    "vnd": "VNDS",
    "x1s": "Sharp X1",
    "x68": "Sharp X68000",
    "xb1": "Xbox",
    "xb3": "Xbox 360",
    "xbo": "Xbox One",
    "xxs": "Xbox X/S",
    "mob": "Other (mobile)",
    "oth": "Other",
}

_MEDIA: Mapping[str, str] = {
    "blr": "Blu-ray disc",
    "mrt": "Cartridge",
    "cas": "Cassette tape",
    "cd": "CD",
    "dc": "Download card",
    "dvd": "DVD",
    "flp": "Floppy",
    "gdr": "GD-ROM",
    "in": "Internet download",
    "mem": "Memory card",
    "nod": "Nintendo Optical Disc",
    "umd": "UMD",
    "otc": "Other",
}

_MEDIA_PLURALS: Mapping[str, str] = {
    "blr": "Blu-ray discs",
    "mrt": "Cartridges",
    "cas": "Cassette tapes",
    "cd": "CDs",
    "dvd": "DVDs",
    "flp": "Floppies",
    "gdr": "GD-ROMs",
    "mem": "Memory cards",
    "nod": "Nintendo Optical Discs",
    "umd": "UMDs",
}

_STAFF_ROLES: Mapping[str, str] = {
    "scenario": "Scenario",
    "director": "Director",
    "chardesign": "Character design",
    "art": "Artist",
    "music": "Composer",
    "songs": "Vocals",
    "translator": "Translator",
    "editor": "Editor",
    "qa": "Quality assurance",
    "staff": "Staff",
    "seiyuu": "Voice actor",  # the filter of staff knows it, the schema does not
}

_RELATIONS: Mapping[str, str] = {
    "seq": "Sequel",
    "preq": "Prequel",
    "set": "Same setting",
    "alt": "Alternative version",
    "char": "Shares characters",
    "side": "Side story",
    "par": "Parent story",
    "ser": "Same series",
    "fan": "Fandisc",
    "orig": "Original game",
}

_CHARACTER_ROLES: Mapping[str, str] = {
    "main": "Protagonist",
    "primary": "Main character",
    "side": "Side character",
    "appears": "Makes an appearance",
}

PRODUCER_TYPES: Mapping[str, str] = {"co": "Company", "in": "Individual", "ng": "Amateur group"}

RELEASE_TYPES: Mapping[str, str] = {"complete": "Complete", "partial": "Partial", "trial": "Trial"}

_IMAGE_TYPES: Mapping[str, str] = {
    "pkgfront": "Package (front)",
    "pkgback": "Package (back)",
    "pkgcontent": "Package (contents)",
    "pkgside": "Package (side)",
    "pkgmed": "Media",
    "dig": "Digital promo art",
}

TAG_CATEGORIES: Mapping[str, str] = {"cont": "Content", "ero": "Sexual content", "tech": "Technical"}

SEXES: Mapping[str, str] = {"m": "Male", "f": "Female", "b": "Both", "n": "Sexless"}

_GENDERS: Mapping[str, str] = {"m": "Man", "f": "Woman", "o": "Non-binary", "a": "Ambiguous"}

_BLOOD_TYPES: Mapping[str, str] = {"a": "A", "b": "B", "ab": "AB", "o": "O"}

VOICED: Mapping[int, str] = {
    0: "Unknown",
    1: "Not voiced",
    2: "Only ero scenes voiced",
    3: "Partially voiced",
    4: "Fully voiced",
}


ENGINES = (
    "BGI/Ethornell",
    "CatSystem2",
    "KiriKiri",
    "MAGES.",
    "NScripter",
    "RealLive",
    "Ren'Py",
    "TyranoScript",
    "Unity",
)
"""Engines that many releases have, as VNDB writes them. It has no list of them, and takes any other name as well."""

_ENGINES = {_fold_engine(name): name for name in ENGINES}


BUILT_IN = Names(_LANGUAGES, _PLATFORMS, _MEDIA, _MEDIA_PLURALS, _STAFF_ROLES)
