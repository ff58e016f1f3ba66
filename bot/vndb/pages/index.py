"""All the pages of VNDB. Those of one menu stand in it in this order."""

from __future__ import annotations

from typing import Any

from bot.navigation.page import Page
from bot.vndb.cards.route import EntryRoute
from bot.vndb.pages import entry, entry_list, here, recommendation, survey, user, vn
from bot.vndb.pages import list as lists
from bot.vndb.pages.source import VndbSources

PAGES = (
    vn.Overview,
    vn.Details,
    vn.Characters,
    vn.Releases,
    vn.StaffOfVn,
    vn.Tags,
    vn.Screenshots,
    vn.Relations,
    vn.Quotes,
    vn.Links,
    vn.SimilarNovels,
    vn.RandomVn,
    entry.CharacterCard,
    entry.CharacterDetails,
    entry.CharacterTraits,
    entry.CharacterNovels,
    entry.RandomCharacter,
    entry.ReleaseCard,
    entry.ReleaseDetails,
    entry.ReleasePictures,
    entry.ProducerCard,
    entry.ProducerDetails,
    entry_list.ProducerNovels,
    entry.StaffCard,
    entry.StaffDetails,
    entry_list.StaffNovels,
    entry_list.StaffCharacters,
    entry.TagCard,
    entry.TagDetails,
    entry_list.TagNovels,
    entry.TraitCard,
    entry.TraitDetails,
    entry_list.TraitCharacters,
    entry.QuoteCard,
    entry.RandomQuote,
    here.ReadHere,
    survey.SurveyPage,
    lists.EntryList,
    lists.Birthday,
    user.UserCard,
    user.UserList,
    user.UserComparison,
    recommendation.RecommendationPage,
    user.StatsPage,
)


_ENTRIES = tuple(one for one in PAGES if issubclass(one, EntryRoute))


def find_card(entry_id: str) -> Page[VndbSources, Any] | None:
    """The card of an entry, or of somebody; None if that is no id."""
    for one in _ENTRIES:
        if (card := one.parse(entry_id)) is not None:
            return card
    return None
