"""What works, people and characters are called, in the language that was chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.anime.api.model import MediaRow, Name, Title
from bot.cards.text import one_line
from bot.gate.setting import TITLE_LANGUAGE, TitleLanguage
from bot.navigation.viewer import Viewer

UNTITLED = "Untitled"


def choose_titles(title: Title, language: TitleLanguage) -> tuple[str, str]:
    """What stands first, and second; either is empty if there is none. Foreign text on one line."""
    first, second, *_ = *list_titles(title, language), "", ""
    return first, second


def list_titles(title: Title, language: TitleLanguage, *, synonyms: Sequence[str] = ()) -> list[str]:
    """The titles that differ in more than the case of letters: the one in that language first, synonyms last."""
    if language == "english":
        order = (title.english, title.romaji, title.native)
    elif language == "native":
        order = (title.native, title.romaji, title.english)
    else:
        order = (title.romaji, title.english, title.native)
    return _unique((*order, *synonyms))


def choose_names(name: Name, language: TitleLanguage) -> tuple[str, str]:
    """What of a name stands first, and second; either is empty if there is none."""
    order = (name.native, name.full) if language == "native" else (name.full, name.native)
    first, second, *_ = *_unique(order), "", ""
    return first, second


def title_of(row: MediaRow, viewer: Viewer) -> str:
    """What a work is called, as plain text."""
    return choose_titles(row.title, viewer.rules[TITLE_LANGUAGE])[0] or UNTITLED


def name_of(name: Name, viewer: Viewer) -> str:
    """What a person or a character is called, as plain text."""
    return choose_names(name, viewer.rules[TITLE_LANGUAGE])[0] or "Unnamed"


def _unique(names: Iterable[str | None]) -> list[str]:
    unique: dict[str, str] = {}
    for name in names:
        if shown := one_line(name or ""):
            unique.setdefault(shown.casefold(), shown)
    return [*unique.values()]
