"""All the pages of anime and manga. Those of one menu stand in it in this order."""

from __future__ import annotations

from bot.anime.pages import entry, here, media, site, survey
from bot.anime.pages import list as lists

PAGES = (
    media.MediaCard,
    media.DetailsPage,
    media.CastPage,
    media.CreditsPage,
    media.RelationsPage,
    media.RecommendationsPage,
    media.LinksPage,
    here.ReadHere,
    survey.SurveyPage,
    lists.MediaList,
    lists.RandomMedia,
    lists.Airing,
    entry.ProfileCard,
    entry.ProfileDetails,
    entry.ProfileRoles,
    entry.ProfileWorks,
    entry.ProfileSearch,
    entry.UserCard,
    entry.UserAnime,
    entry.UserManga,
    entry.UserComparison,
    site.StatsPage,
    site.Birthday,
    site.UserShelf,
    site.RandomOnShelf,
)
