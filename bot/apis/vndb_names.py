"""The names of VNDB's language and platform codes.

GET /schema has them and is asked once a day; the tables here stand in while it cannot be had.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec


@dataclass(frozen=True, slots=True)
class Names:
    """Display names by code. A code without a name is its own name."""

    languages: Mapping[str, str]
    platforms: Mapping[str, str]

    def language(self, code: str) -> str:
        """`ja` is Japanese."""
        return self.languages.get(code, code)

    def platform(self, code: str) -> str:
        """`win` is Windows."""
        return self.platforms.get(code, code)


class _Enums(msgspec.Struct):
    language: list[msgspec.Raw] = msgspec.field(default_factory=list[msgspec.Raw])
    platform: list[msgspec.Raw] = msgspec.field(default_factory=list[msgspec.Raw])


class _Schema(msgspec.Struct):
    enums: _Enums = msgspec.field(default_factory=_Enums)


class _Label(msgspec.Struct):
    id: str
    label: str


def parse_schema(body: bytes) -> Names:
    """Read the answer of GET /schema. Raises `msgspec.DecodeError` if it is none; odd entries are left out."""
    enums = msgspec.json.decode(body, type=_Schema).enums
    return Names(
        {**_LANGUAGES, **_parse_labels(enums.language)},
        {**_PLATFORMS, **_parse_labels(enums.platform)},
    )


def _parse_labels(raws: list[msgspec.Raw]) -> dict[str, str]:
    labels: dict[str, str] = {}
    for raw in raws:
        try:
            label = msgspec.json.decode(raw, type=_Label)
        except msgspec.DecodeError:
            continue
        labels[label.id] = label.label
    return labels


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

BUILT_IN = Names(_LANGUAGES, _PLATFORMS)
