"""What the routes of both amvstrm servers answer, each made of AniList's answer to a question of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, cast

import msgspec

from bot.playground.service.anilist.execute import Answer

Generation = Literal["2.7.0", "bun"]
Upstream = Literal["up", "429", "403", "dead"]
Rows = dict[str, object]

_TITLE = "title { romaji english native userPreferred }"
_COVER = "coverImage { large medium color }"
_AIRING = "nextAiringEpisode { airingAt timeUntilAiring episode }"
_LARGE_COVER = "coverImage { extraLarge large medium color }"
_ROW = (
    f"id idMal status {_TITLE} bannerImage {_LARGE_COVER} episodes genres tags {{ id name }} "
    f"season format seasonYear averageScore {_AIRING}"
)
_LONG_ROW = f"{_ROW} trailer {{ id site thumbnail }} description meanScore duration"
_SEASON_ROW = (
    f"id idMal {_TITLE} {_LARGE_COVER} bannerImage description "
    f"countryOfOrigin seasonYear format type genres tags {{ id }} season status {_AIRING}"
)
_SHORT_ROW = (
    f"id idMal {_TITLE} {_COVER} bannerImage genres tags {{ id name }} type format status episodes duration "
    "averageScore season"
)
_INFO = f"""query ($id: Int) {{ Media(id: $id, type: ANIME) {{
  id idMal {_TITLE} description {_COVER} bannerImage genres tags {{ id name }} status(version: 2) format episodes
  year: seasonYear season duration startIn: startDate {{ year month day }} endIn: endDate {{ year month day }}
  nextair: {_AIRING} averageScore popularity siteUrl trailer {{ id site thumbnail }}
  studios(isMain: true) {{ nodes {{ name }} }} relations {{ nodes {{ {_SHORT_ROW} }} }} }} }}"""
_RECOMMENDATIONS = f"""query ($id: Int, $page: Int, $size: Int) {{ Media(id: $id, type: ANIME) {{ id idMal {_TITLE}
  recommendations(page: $page, perPage: $size) {{ nodes {{ mediaRecommendation {{ {_SHORT_ROW} }} }} }} }} }}"""
_PAGE = """query ($page: Int, $size: Int, $search: String, $id: Int, $type: MediaType, $sort: [MediaSort],
  $isAdult: Boolean, $genres: [String], $tags: [String], $format: [MediaFormat], $status: MediaStatus,
  $countryOfOrigin: CountryCode, $source: MediaSource, $season: MediaSeason, $seasonYear: Int) {
  Page(page: $page, perPage: $size) { pageInfo { total perPage currentPage lastPage hasNextPage }
    media(search: $search, id: $id, type: $type, sort: $sort, isAdult: $isAdult, genre_in: $genres, tag_in: $tags,
      format_in: $format, status: $status, countryOfOrigin: $countryOfOrigin, source: $source, season: $season,
      seasonYear: $seasonYear) { ROW } } }"""
_WORDS = {
    400: "The server cannot or will not process the request due to an apparent client error.",
    403: "The request was valid, but the server is refusing action.",
    404: "The requested resource could not be found but may be available in the future. "
    "Subsequent requests by the client are permissible.",
    429: "The user has sent too many requests in a given amount of time.",
}
_NUMBER = re.compile(r"\s*([+-]?\d{1,30})")
_SEASONS = ("winter", "spring", "summer", "fall")
_MAX_INT = 2**31 - 1
_MOST = 50
_EXPRESS_PAGE = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n<body>\n'
    "<pre>RangeError [ERR_HTTP_INVALID_STATUS_CODE]: Invalid status code: {code}<br> &nbsp; &nbsp;at "
    "ServerResponse.writeHead (node:_http_server:351:11)</pre>\n</body>\n</html>\n"
)
_UNCONNECTED: Rows = {
    "name": "Error",
    "message": "Unable to connect. Is the computer able to access the url?",
    "cause": {"code": "ConnectionRefused", "path": "http://127.0.0.1:9/", "errno": 0},
}
_UNDEFINED: Rows = {"name": "TypeError", "message": "undefined is not an object (evaluating 'err.response.data')"}


class Execute(Protocol):
    """Asks AniList."""

    def __call__(self, query: object, variables: object = None) -> Answer:
        """Its answer to a document."""
        ...


@dataclass(frozen=True, slots=True)
class Sent:
    """What a route answers. `counts`: whether the request counts against the limit and tells of it."""

    status: int
    body: bytes
    content_type: str = "application/json"
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a route below `/api/v2`."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes = b""


class _Failed(Exception):
    """AniList did not answer the question; `code` is what it said."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _Dead(Exception):
    """AniList cannot be reached."""


class Routes:
    """The routes of one generation."""

    def __init__(self, generation: Generation, execute: Execute, upstream: Upstream) -> None:
        self._is_bun = generation == "bun"
        self._execute = execute
        self._upstream = upstream

    def answer(self, asked: Asked) -> Sent:
        """What comes back for a request, found or not."""
        parts = asked.path.removeprefix("/api/v2").strip("/").split("/")
        route = self._find_route(asked.method, parts)
        if route is None:
            words = "NOT_FOUND" if self._is_bun else "Route not found"
            return _json({"code": 404, "message": words}, status=404, counts=not self._is_bun)
        try:
            return route(asked, parts)
        except _Failed as failed:
            return self._fail(parts[0], failed.code)
        except _Dead:
            return self._show_dead(parts[0])

    def _find_route(self, method: str, parts: list[str]) -> Callable[[Asked, list[str]], Sent] | None:
        routes: dict[tuple[str, str, int], Callable[[Asked, list[str]], Sent]] = {
            ("GET", "info", 2): self._info,
            ("GET", "recommendations", 2): self._recommendations,
            ("GET", "search", 1): self._search,
            ("POST", "search", 1): self._post_search,
            ("GET", "trending", 1): self._trending,
            ("GET", "popular", 1): self._popular,
            ("GET", "season", 3): self._season,
        }
        return routes.get((method, parts[0], len(parts)))

    def _fail(self, route: str, code: int) -> Sent:
        """AniList's error, as the routes pass it on or do not."""
        if route in {"info", "recommendations"} or (route == "search" and not self._is_bun):
            return _json({"code": code, "message": _WORDS.get(code, "Something went wrong")})
        if route == "season" and not self._is_bun:
            return Sent(500, _EXPRESS_PAGE.format(code="ERR_BAD_REQUEST").encode(), "text/html")
        return _json({"code": 200, "message": "success"})

    def _show_dead(self, route: str) -> Sent:
        if not self._is_bun:
            return Sent(500, _EXPRESS_PAGE.format(code="ECONNREFUSED").encode(), "text/html")
        return Sent(500, msgspec.json.encode(_UNDEFINED if route == "info" else _UNCONNECTED), "text/plain")

    def _ask(self, query: str, variables: Rows) -> Rows:
        if self._upstream == "dead":
            raise _Dead
        if self._upstream != "up":
            raise _Failed(int(self._upstream))
        answer = self._execute(query, {name: value for name, value in variables.items() if value is not None})
        if answer.status != 200:
            raise _Failed(answer.status)
        [(_, found)] = cast("Rows", answer.body["data"]).items()
        return cast("Rows", found)

    def _invalid(self, status: int = 422) -> Sent:
        return _json({"code": 500, "message": "Something went wrong"}, status=status, counts=False)

    def _info(self, _: Asked, parts: list[str]) -> Sent:
        work = self._ask(_INFO, {"id": _read_id(parts[1])})
        score = cast("int | None", work.pop("averageScore"))
        studios, relations = cast("Rows", work.pop("studios")), cast("Rows", work.pop("relations"))
        providers = dict.fromkeys(("idGogo", "idGogoDub", "idZoro", "idPahe"), "")
        return _succeed(
            id_provider=providers if self._is_bun else None,
            dub=False,
            **work,
            score={"averageScore": score, "decimalScore": (score or 0) / 10},
            studios=studios["nodes"],
            relation=relations["nodes"],
        )

    def _recommendations(self, asked: Asked, parts: list[str]) -> Sent:
        # The rewrite overwrites both parameters with its defaults.
        page, size = (1, 12) if self._is_bun else self._read_paging(asked.query, page_name="page", size=12)
        work = self._ask(_RECOMMENDATIONS, {"id": _read_id(parts[1]), "page": page, "size": size})
        nodes = cast("list[Rows]", cast("Rows", work.pop("recommendations"))["nodes"])
        return _succeed(info=work, results=[one["mediaRecommendation"] for one in nodes])

    def _read_paging(self, query: Mapping[str, str], *, page_name: str = "p", size: int = _MOST) -> tuple[int, int]:
        numbers = [_read_number(query.get(name)) for name in (page_name, "limit")]
        if not self._is_bun and any(isinstance(one, str) for one in numbers):
            raise _Failed(400)
        page, limit = (one if isinstance(one, int) else None for one in numbers)
        return page or 1, limit or size

    def _list(self, row: str, variables: Rows, *, info: bool = True) -> Sent:
        page = self._ask(_PAGE.replace("ROW", row), {"type": "ANIME", **variables})
        return _succeed(**({self._info_key(row): page["pageInfo"]} if info else {}), results=page["media"])

    def _info_key(self, row: str) -> str:
        return "page" if self._is_bun or row == _LONG_ROW else "pageInfo"

    def _search(self, asked: Asked, _: list[str]) -> Sent:
        text = asked.query.get("q")
        if text is None and self._is_bun:
            return self._invalid()
        page, size = self._read_paging(asked.query)
        # The rewrite looks for a page under a name that its own rules strip.
        return self._list(_ROW, {"search": text, "page": 1 if self._is_bun else page, "size": size})

    def _post_search(self, asked: Asked, _: list[str]) -> Sent:
        try:
            sent = msgspec.json.decode(asked.body)
        except ValueError:
            if self._is_bun:
                return self._invalid(400)
            return _json({"code": 500, "message": "Unexpected end of JSON input"}, status=500, counts=False)
        if not isinstance(sent, dict) or not isinstance(cast("Rows", sent).get("search"), str):
            return self._invalid() if self._is_bun else self._fail("search", 400)
        wish = cast("Rows", sent)
        same = ("search", "page", "size", "genres", "tags", "sort", "format", "status", "countryOfOrigin", "source")
        variables: Rows = {name: wish.get(name) for name in (*same, "season", "seasonYear")}
        variables |= {"id": _read_id(str(wish["id"])) if "id" in wish else None, "isAdult": wish.get("nsfw")}
        if isinstance(wish.get("type"), str):
            variables["type"] = wish["type"]
        return self._list(_ROW, variables)

    def _trending(self, asked: Asked, _: list[str]) -> Sent:
        page, size = self._read_paging(asked.query, size=20)
        return self._list(_LONG_ROW, {"sort": ["TRENDING_DESC"], "page": page, "size": size})

    def _popular(self, asked: Asked, _: list[str]) -> Sent:
        page, size = self._read_paging(asked.query, size=20)
        return self._list(_LONG_ROW, {"sort": ["POPULARITY_DESC"], "page": page, "size": size})

    def _season(self, asked: Asked, parts: list[str]) -> Sent:
        _, season, year_text = parts
        if self._is_bun and season not in _SEASONS:
            return self._invalid()
        year = _read_number(year_text)
        if not isinstance(year, int) or (not self._is_bun and season.lower() == season):
            raise _Failed(400)
        page, size = self._read_paging(asked.query)
        name = season.upper() if self._is_bun else season
        wish: Rows = {"season": name, "seasonYear": year, "sort": ["POPULARITY_DESC"], "page": page, "size": size}
        return self._list(_SEASON_ROW, wish, info=self._is_bun)


def _json(body: Rows, *, status: int = 200, counts: bool = True) -> Sent:
    return Sent(status, msgspec.json.encode(body), counts=counts)


def _succeed(**members: object) -> Sent:
    return _json({"code": 200, "message": "success", **members})


def _read_number(text: str | None) -> int | str | None:
    """What JavaScript's parseInt makes of it; the text itself where that is no number."""
    found = _NUMBER.match(text) if text is not None else None
    return int(found[1]) if found else text


def _read_id(text: str) -> int:
    number = _read_number(text)
    if not isinstance(number, int) or abs(number) > _MAX_INT:
        raise _Failed(400)
    return number
