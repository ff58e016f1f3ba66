"""The GraphQL documents that AniList is asked with: https://docs.anilist.co.

A variable that is not sent leaves its argument out; an explicit null would filter by null.
"""

from __future__ import annotations

# The server's own bounds: a page has at most 50 entries, a page of a connection 25, a chunk of a list 500. Pages of a
# search for works have `PAGE_SIZE` entries, those of people and of what belongs to somebody or to a work `PART_SIZE`.
IDS_AT_MOST = 50

# No tags: they would be three quarters of every list, and `isAdult` alone decides where a work may be shown.
_ROW = """
fragment Row on Media {
  id
  idMal
  type
  title { romaji english native }
  isAdult
  format
  status(version: 2)
  season
  seasonYear
  startDate { year month day }
  episodes
  chapters
  volumes
  averageScore
  popularity
  genres
  coverImage { extraLarge large medium color }
  nextAiringEpisode { episode airingAt }
}
"""

_CARD = (
    _ROW
    + """
fragment Card on Media {
  ...Row
  bannerImage
  tags { name rank isMediaSpoiler isGeneralSpoiler isAdult }
  description(asHtml: false)
  endDate { year month day }
  duration
  source(version: 3)
  synonyms
  hashtag
  meanScore
  favourites
  rankings { rank type context allTime year season }
  studios { edges { isMain node { id name isAnimationStudio } } }
  trailer { id site }
  externalLinks { site url type language isDisabled }
  relations { edges { relationType(version: 2) node { ...Row } } }
}
"""
)

MEDIA = (
    """
query Media($id: Int, $type: MediaType) {
  Media(id: $id, type: $type) { ...Card }
}
"""
    + _CARD
)

MEDIA_BY_MAL = (
    """
query MediaByMal($idMal: Int, $type: MediaType) {
  Media(idMal: $idMal, type: $type) { ...Card }
}
"""
    + _CARD
)

SEARCH = (
    """
query Search(
  $type: MediaType, $search: String, $genres: [String], $format: MediaFormat, $status: MediaStatus,
  $statusNot: MediaStatus, $season: MediaSeason, $seasonYear: Int,
  $after: FuzzyDateInt, $before: FuzzyDateInt, $score: Int, $isAdult: Boolean,
  $sort: [MediaSort], $page: Int
) {
  Page(page: $page, perPage: 30) {
    pageInfo { hasNextPage }
    media(
      type: $type, search: $search, genre_in: $genres, format: $format, status: $status,
      status_not: $statusNot, season: $season, seasonYear: $seasonYear,
      startDate_greater: $after, startDate_lesser: $before, averageScore_greater: $score,
      isAdult: $isAdult, sort: $sort
    ) { ...Row }
  }
}
"""
    + _ROW
)

SEVERAL = (
    """
query Several($ids: [Int], $type: MediaType) {
  Page(page: 1, perPage: 50) {
    pageInfo { hasNextPage }
    media(id_in: $ids, type: $type) { ...Row }
  }
}
"""
    + _ROW
)

# What works are called, the best known first.
BEST_KNOWN = """
query BestKnown($type: MediaType, $page: Int) {
  Page(page: $page, perPage: 50) {
    pageInfo { hasNextPage }
    media(type: $type, sort: [POPULARITY_DESC, ID]) {
      id
      type
      title { romaji english native }
      synonyms
      hashtag
      isAdult
      format
      seasonYear
      startDate { year }
      popularity
    }
  }
}
"""

ADULT_MARKS = """
query AdultMarks($ids: [Int]) {
  Page(page: 1, perPage: 50) { media(id_in: $ids) { id isAdult } }
}
"""

RECOMMENDATIONS = (
    """
query Recommendations($id: Int, $type: MediaType) {
  Media(id: $id, type: $type) {
    recommendations(sort: [RATING_DESC, ID], page: 1, perPage: 24) {
      pageInfo { hasNextPage }
      nodes { mediaRecommendation { ...Row } }
    }
  }
}
"""
    + _ROW
)

CAST = """
query Cast($id: Int, $type: MediaType, $page: Int) {
  Media(id: $id, type: $type) {
    characters(sort: [ROLE, RELEVANCE, ID], page: $page, perPage: 24) {
      pageInfo { hasNextPage }
      edges {
        role
        node {
          id
          name { full native }
          image { large medium }
          media(sort: [POPULARITY_DESC], page: 1, perPage: 25) { nodes { isAdult } }
        }
        voiceActors(sort: [RELEVANCE, ID]) { id name { full native } languageV2 }
      }
    }
  }
}
"""

CREDITS = """
query Credits($id: Int, $type: MediaType, $page: Int) {
  Media(id: $id, type: $type) {
    staff(sort: [RELEVANCE, ID], page: $page, perPage: 24) {
      pageInfo { hasNextPage }
      edges { role node { id name { full native } image { large medium } } }
    }
  }
}
"""

# Of a character's works the best known one tells whether they may be named everywhere, and all of them whether their
# portrait may be shown there.
_CHARACTER = """
fragment Profile on Character {
  id
  name { full native alternative alternativeSpoiler }
  image { large medium }
  description(asHtml: false)
  gender
  age
  dateOfBirth { year month day }
  bloodType
  favourites
  media(sort: [POPULARITY_DESC], page: 1, perPage: 25) { nodes { isAdult title { romaji english native } } }
}
"""

CHARACTER = (
    """
query Character($id: Int) {
  Character(id: $id) { ...Profile }
}
"""
    + _CHARACTER
)

CHARACTERS = (
    """
query Characters($search: String, $sort: [CharacterSort], $page: Int) {
  Page(page: $page, perPage: 24) {
    pageInfo { hasNextPage }
    characters(search: $search, sort: $sort) { ...Profile }
  }
}
"""
    + _CHARACTER
)

# Today's, in AniList's own time zone.
BORN = (
    """
query Born($page: Int) {
  Page(page: $page, perPage: 24) {
    pageInfo { hasNextPage }
    characters(isBirthday: true, sort: [FAVOURITES_DESC, ID]) { ...Profile }
  }
}
"""
    + _CHARACTER
)

APPEARANCES = (
    """
query Appearances($id: Int, $page: Int) {
  Character(id: $id) {
    media(sort: [POPULARITY_DESC, ID], page: $page, perPage: 24) {
      pageInfo { hasNextPage }
      edges { characterRole node { ...Row } }
    }
  }
}
"""
    + _ROW
)

_PERSON = """
fragment Profile on Staff {
  id
  name { full native alternative }
  image { large medium }
  languageV2
  primaryOccupations
  description(asHtml: false)
  gender
  age
  dateOfBirth { year month day }
  homeTown
  favourites
}
"""

PERSON = (
    """
query Staff($id: Int) {
  Staff(id: $id) { ...Profile }
}
"""
    + _PERSON
)

PEOPLE = (
    """
query People($search: String, $sort: [StaffSort], $page: Int) {
  Page(page: $page, perPage: 24) {
    pageInfo { hasNextPage }
    staff(search: $search, sort: $sort) { ...Profile }
  }
}
"""
    + _PERSON
)

_VOICED = """
fragment Voiced on Staff {
  characterMedia(sort: [POPULARITY_DESC, ID], page: $page, perPage: 24) {
    pageInfo { hasNextPage }
    edges { characterRole characters { name { full } } node { ...Row } }
  }
}
"""

_MADE = """
fragment Made on Staff {
  staffMedia(sort: [POPULARITY_DESC, ID], page: $page, perPage: 24) {
    pageInfo { hasNextPage }
    edges { staffRole node { ...Row } }
  }
}
"""

WORKS = (
    """
query Works($id: Int, $page: Int) {
  Staff(id: $id) { ...Voiced ...Made }
}
"""
    + _VOICED
    + _MADE
    + _ROW
)

VOICED_WORKS = (
    """
query VoicedWorks($id: Int, $page: Int) {
  Staff(id: $id) { ...Voiced }
}
"""
    + _VOICED
    + _ROW
)

MADE_WORKS = (
    """
query MadeWorks($id: Int, $page: Int) {
  Staff(id: $id) { ...Made }
}
"""
    + _MADE
    + _ROW
)

# Nobody draws a studio: the cover of what it is known for stands for it.
_STUDIO = (
    """
fragment Profile on Studio {
  id
  name
  isAnimationStudio
  media(sort: [POPULARITY_DESC], isMain: true, page: 1, perPage: 1) { nodes { ...Row } }
}
"""
    + _ROW
)

STUDIO = """
query Studio($id: Int) {
  Studio(id: $id) { id name isAnimationStudio }
}
"""

STUDIOS = (
    """
query Studios($search: String, $sort: [StudioSort], $page: Int) {
  Page(page: $page, perPage: 24) {
    pageInfo { hasNextPage }
    studios(search: $search, sort: $sort) { ...Profile }
  }
}
"""
    + _STUDIO
)

STUDIO_WORKS = (
    """
query StudioWorks($id: Int, $page: Int) {
  Studio(id: $id) {
    media(sort: [POPULARITY_DESC, ID], page: $page, perPage: 24) {
      pageInfo { hasNextPage }
      edges { isMainStudio node { ...Row } }
    }
  }
}
"""
    + _ROW
)

# Many episodes air at the same minute: without the id a page could repeat or leave out what the one before it had.
AIRING = (
    """
query Airing($after: Int, $before: Int, $page: Int) {
  Page(page: $page, perPage: 50) {
    pageInfo { hasNextPage }
    airingSchedules(airingAt_greater: $after, airingAt_lesser: $before, sort: [TIME, ID]) {
      episode
      airingAt
      media { ...Row }
    }
  }
}
"""
    + _ROW
)

SCHEDULE = (
    """
query Schedule($ids: [Int], $after: Int, $before: Int, $page: Int) {
  Page(page: $page, perPage: 50) {
    pageInfo { hasNextPage }
    airingSchedules(mediaId_in: $ids, airingAt_greater: $after, airingAt_lesser: $before, sort: [TIME, ID]) {
      episode
      airingAt
      media { ...Row }
    }
  }
}
"""
    + _ROW
)

USER = """
query User($name: String) {
  User(name: $name) {
    id
    name
    avatar { large medium }
    statistics {
      anime { count meanScore minutesWatched episodesWatched }
      manga { count meanScore chaptersRead volumesRead }
    }
  }
}
"""

USER_BY_ID = USER.replace("User($name: String)", "UserById($id: Int)").replace("(name: $name)", "(id: $id)")

# Lists are long: what a row of a comparison shows, and no more.
USER_LIST = """
query UserList($userId: Int, $type: MediaType, $chunk: Int) {
  MediaListCollection(userId: $userId, type: $type, chunk: $chunk, perChunk: 500, forceSingleCompletedList: true) {
    hasNextChunk
    lists {
      entries {
        status
        score(format: POINT_100)
        progress
        media {
          id
          idMal
          type
          title { romaji english native }
          isAdult
          format
          status(version: 2)
          season
          seasonYear
          startDate { year month day }
          episodes
          chapters
          volumes
          averageScore
          popularity
          genres
          coverImage { large medium color }
        }
      }
    }
  }
}
"""

# Each is counted once a day.
SITE = """
query Site {
  SiteStatistics {
    anime(sort: [DATE_DESC], perPage: 1) { nodes { count } }
    manga(sort: [DATE_DESC], perPage: 1) { nodes { count } }
    characters(sort: [DATE_DESC], perPage: 1) { nodes { count } }
    staff(sort: [DATE_DESC], perPage: 1) { nodes { count } }
    studios(sort: [DATE_DESC], perPage: 1) { nodes { count } }
    users(sort: [DATE_DESC], perPage: 1) { nodes { count } }
  }
}
"""
