"""Every error of the tree has its sentence, and says whether waiting helps."""

from __future__ import annotations

from bot.errors import (
    BadAnswer,
    Banned,
    Blocked,
    CircuitOpen,
    ConfigError,
    Forgotten,
    HalfDeleted,
    InvalidInput,
    MalformedToken,
    MissingPermission,
    NoServer,
    NotFound,
    NoToken,
    OverShare,
    OverTime,
    QueryTimedOut,
    Rejected,
    ServiceError,
    ShioriError,
    Silent,
    StoreError,
    Throttled,
    TimedOut,
    TimeSpent,
    Unauthorized,
    Unavailable,
    Unconfirmed,
    UnknownToken,
    Unread,
)
from bot.interaction.error import render_error
from tests.support.each import each
from tests.support.markdown import find_mentions

SERVICE_ERRORS = [
    ServiceError,
    Unavailable,
    TimedOut,
    CircuitOpen,
    Silent,
    Throttled,
    Blocked,
    Banned,
    OverShare,
    OverTime,
    TimeSpent,
    QueryTimedOut,
    BadAnswer,
    Rejected,
    Unauthorized,
    UnknownToken,
    MalformedToken,
    MissingPermission,
]


def build_cut() -> Unavailable:
    error = Unavailable("VNDB")
    error.cut = True
    return error


@each(
    ("error", "sentence"),
    [
        (Throttled("VNDB", retry_after_s=100), "Please try again in about 2 minutes."),
        (
            Banned("E-Hentai", retry_after_s=3600),
            "E-Hentai has shut Shiori out for asking too much, so nothing is asked",
        ),
        (OverShare("VNDB", retry_after_s=100), "kept for everybody else. Please try again in about 2 minutes."),
        (OverTime("VNDB", retry_after_s=9), "VNDB took long over your last questions; what is left of the time it"),
        (
            TimeSpent("VNDB", retry_after_s=42),
            "VNDB took long over the last questions, and grants Shiori little time a minute. Please try again in about",
        ),
        (Blocked("VNDB", retry_after_s=3600), "Please try again in about one hour."),
        (CircuitOpen("VNDB", retry_after_s=10), "VNDB keeps failing at the moment"),
        (Silent("VNDB", retry_after_s=10), "VNDB did not answer in time, so it is left alone for some seconds."),
        (Unavailable("VNDB"), "VNDB cannot be reached at the moment. Please try again in a few minutes."),
        (Unavailable("VNDB", status=502), "VNDB answered with an error. Please try again in a few minutes."),
        (build_cut(), "VNDB broke off before it had answered. Please try again in a few minutes."),
        (TimedOut("VNDB"), "VNDB did not answer in time. Trying again in a moment may help."),
        (Rejected("VNDB", "Invalid 'x' filter", status=400), "VNDB refused the question."),
        (QueryTimedOut("VNDB"), "VNDB took too long to find an answer, and gave up. Asking for less may help"),
        (Unauthorized("VNDB", status=401), "VNDB did not accept the token"),
        (NoServer(is_member=False), "Shiori is not a member of this server, so nothing can be set here."),
        (NoServer(is_member=True), "Discord has not told Shiori of this server yet. Please try again in a moment."),
        (NoToken("VNDB", "off"), "This bot keeps no VNDB tokens: whoever hosts it has set no key"),
        (NoToken("VNDB", "none"), "That needs your VNDB token. `/vndb link` takes it."),
        (NoToken("VNDB", "unknown"), "VNDB does not know your token any more: it was taken back there"),
        (NoToken("VNDB", "sealed"), "cannot be opened any more, since this bot's keys were changed. Link it again"),
        (
            NoToken("VNDB", "permissions", missing=["listread", "listwrite"]),
            "Your VNDB token lacks `listread` and `listwrite`. Make one that has it there, and link that by",
        ),
        (Unavailable("Nekos API"), "The Nekos API cannot be reached"),
        (NotFound("VNDB", "v999"), "VNDB has no v999."),
        (InvalidInput("tag", "must look like g123"), "The tag must look like g123."),
        (Unconfirmed("gone"), "Shiori's database did not confirm the change. Please look whether it was made"),
        (Unread("gone"), "can be neither shown nor changed just now. Please try again"),
        (HalfDeleted("gone"), "so not all of it could be deleted. Please press once more in a few minutes"),
        (StoreError("gone"), "so nothing was changed"),
        (Forgotten(), "so nothing of it was kept"),
        (ConfigError("X is missing"), "Waiting does not help"),
        (ShioriError(), "Something went wrong"),
    ],
)
def test_the_sentence_says_what_failed_and_what_to_do(error: ShioriError, sentence: str) -> None:
    assert sentence in render_error(error)


@each("kind", SERVICE_ERRORS)
@each("wait_s", [None, 0.0, 42.0, float("inf"), float("nan")])
def test_every_service_error_names_its_service_in_whole_sentences(
    kind: type[ServiceError], wait_s: float | None
) -> None:
    said = render_error(kind("AniList", "secret detail", status=500, retry_after_s=wait_s))
    assert said.startswith(("AniList ", "You asked AniList "))
    assert said.endswith(".")
    assert "secret detail" not in said


def test_each_service_error_has_its_own_sentence() -> None:
    assert len({render_error(kind("VNDB")) for kind in SERVICE_ERRORS}) == len(SERVICE_ERRORS)


def test_what_people_typed_is_escaped_and_kept_short() -> None:
    for error in (NotFound("VNDB", "@everyone **x** " * 100), InvalidInput("<@123>", "# no\n" * 100)):
        said = render_error(error)
        assert find_mentions(said) == []
        assert "**" not in said
        assert "\n" not in said
        assert len(said) < 600
