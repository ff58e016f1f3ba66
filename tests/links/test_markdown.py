"""Which addresses of a message are read, where each ends, and that reading never takes more than its length."""

from __future__ import annotations

import re
import sys
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.links.markdown import WebAddress, find_addresses
from tests.support.each import each

URL = "https://site.example/a"
PIECES = ["`", "``", "```", "````", "||", "|", "<", ">", "\\", " ", "\n", "(", ")", "[", "]", "*", ".", URL, "a", "あ"]
messages = st.lists(st.sampled_from(PIECES)).map("".join)


def urls_of(text: str) -> list[str]:
    return [address.url for address in find_addresses(text)]


@each(
    "text",
    [
        f"x{URL}",
        f"見て{URL}",
        f"see:{URL}",
        f"- {URL}\n- other",
        f"1. {URL}",
        f"# {URL}",
        f"-# {URL}",
        f"> {URL}\nyes",
        f">>> {URL}",
        f"**{URL}**",
        f"***{URL}***!",
        f"__{URL}__",
        f"_{URL}_",
        f"~~{URL}~~",
        f"**~~{URL}~~**,",
        f"*{URL}*\u200b",
    ],
)
def test_marks_around_an_address_are_no_part_of_it(text: str) -> None:
    assert urls_of(text) == [URL]


@each("mark", [*".,:;!?)]}'\"*_~|>", "...", "?!", ").", '",', "**", ")**", "])"])
def test_punctuation_behind_an_address_is_no_part_of_it(mark: str) -> None:
    assert urls_of(URL + mark) == urls_of(f"{URL}{mark} more") == [URL]


@each("mark", list("。、」』）】！？，：；…”’»\u3000\u200b\ufeff"))
def test_foreign_punctuation_ends_an_address_even_with_more_text_behind_it(mark: str) -> None:
    assert urls_of(f"{URL}{mark}を見て") == [URL]


@each(
    "url",
    [
        f"{URL}/",
        f"{URL}?b=c&d=(e)",
        f"{URL}#f.g",
        f"{URL}_(b)",
        f"{URL}[0]",
        f"{URL}_(b_(c))",
        f"{URL}/b;c:d,e!f",
        f"{URL}|b",
        f"{URL}/あ",
        "HTTP://Site.Example:80/a",
        "https://x@site.example",
    ],
)
def test_an_address_is_whole(url: str) -> None:
    assert urls_of(f"see {url}, then ({url}).") == [url, url]


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        (f"[b]({URL})", [URL]),
        (f"[b]({URL})[c]({URL}/c)", [URL, f"{URL}/c"]),
        (f'[b]({URL} "title")', [URL]),
        (f"[b]({URL} 'https://title.example')", [URL, "https://title.example"]),
        (f"[b]({URL}_(c)).", [f"{URL}_(c)"]),
        (f"[{URL}](https://other.example)", [URL, "https://other.example"]),
        (f"[b](<{URL}>)", []),
        (f'[b](<{URL}> "title")', []),
        (f"[<{URL}>]({URL}/b)", [f"{URL}/b"]),
    ],
)
def test_addresses_behind_words_are_read(text: str, urls: list[str]) -> None:
    assert urls_of(text) == urls


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        (f"{URL} {URL}/b", [URL, f"{URL}/b"]),
        (f"{URL}\n{URL}", [URL, URL]),
        (f"{URL}\t{URL}/b\r\n{URL}/c", [URL, f"{URL}/b", f"{URL}/c"]),
        (f"https://other.example/?u={URL}", [f"https://other.example/?u={URL}"]),
        (f"{URL}\\{URL}/b", [URL, f"{URL}/b"]),
    ],
)
def test_addresses_end_where_another_begins_only_with_something_between_them(text: str, urls: list[str]) -> None:
    assert urls_of(text) == urls


@each(
    "text",
    [
        "",
        "https://",
        "https:// ",
        "https://...",
        "(https://)",
        "site.example/a",
        "ftp://site.example",
        "https:/site.example",
        "https//site.example",
        "h\u200bttps://site.example",
        f"<{URL}>",
        f"<{URL.upper()}>",
        f"||<{URL}>||",
    ],
)
def test_what_is_no_address_or_asks_for_no_embed_is_passed_over(text: str) -> None:
    assert urls_of(text) == []


@pytest.mark.parametrize("text", [f"<{URL}", f"< {URL} >", f"<{URL} >", f"5 < 6 {URL} > 4", f"\\<{URL}>", f"<a {URL}>"])
def test_an_address_that_is_not_alone_in_its_brackets_is_read(text: str) -> None:
    assert urls_of(text) == [URL]


@each(
    "text",
    [
        f"`{URL}`",
        f"``{URL}``",
        f"``b ` {URL}``",
        f"``{URL}`",
        f"```{URL}```",
        f"```py\n{URL}\n```",
        f"```\n`b` {URL} ```",
        f"```\n\n`{URL}```",
        f"````{URL}````",
        f"``````||`\n {URL} ```",
        f"`b\n{URL}`",
        f"```{URL}``",
        f"b`<{URL}`",
        f"`||{URL}`||",
        f"> ```\n> {URL}\n> ```",
    ],
)
def test_code_hides_addresses(text: str) -> None:
    assert urls_of(text) == []


@each(
    "text",
    [
        f"b `c {URL}",
        f"```{URL}",
        f"`b` {URL} `c`",
        f"```b``` {URL} ```c```",
        f"\\`{URL}`",
        f"\\```{URL}",
        f"`b\\`{URL}",
        f"```\n\n``` {URL}",
        f"``b``` {URL}",
        f"`{URL}``",
        f"see `{URL}``",
        f"see ``{URL} ````",
        f"```b```{URL}",
        f"`b`{URL}",
    ],
)
def test_backticks_with_no_others_to_end_them_hide_nothing(text: str) -> None:
    assert urls_of(text) == [URL]


@each(
    "text",
    [
        f"||{URL}||",
        f"|| b ` {URL} || `",
        f"||``{URL}||``",
        f"||`{URL}||`",
        f"|| <b> {URL} ||",
        f"||||{URL}||",
        f"||{URL}|||",
        f"||b\n\n{URL}\n||",
        f"||**{URL}**||",
        f"||[b]({URL})||",
        f"||({URL}||",
        f"||b||c||{URL}||",
        f"||b \\|| c||{URL}||",
        f"> ||{URL}||",
        f"|| `b || ||{URL}|| `",
    ],
)
def test_an_address_in_a_spoiler_says_so(text: str) -> None:
    assert find_addresses(text) == [WebAddress(URL, spoiler=True)]


@pytest.mark.parametrize(
    "text",
    [
        f"|| {URL}",
        f"`||` {URL} ||",
        f"||b|| {URL}",
        f"\\||b {URL}||",
        f"{URL}||",
        f"{URL}||b||",
        f"|{URL}|",
        f"||{'b' * 50} {URL} |",
        f"||b||{URL}||c||",
    ],
)
def test_an_address_outside_a_spoiler_is_none(text: str) -> None:
    assert find_addresses(text) == [WebAddress(URL, spoiler=False)]


def test_a_spoiler_directly_behind_an_address_is_no_part_of_it() -> None:
    assert find_addresses(f"{URL}||{URL}||{URL}") == [
        WebAddress(URL, False),
        WebAddress(URL, True),
        WebAddress(URL, False),
    ]


# What Discord's clients try at each place of a text, in this order, as regular expressions: short, but not linear.
CLIENT = re.compile(
    r"(?P<escape>\\[^0-9A-Za-z\s])"
    r"|(?P<block>```\n*[^\n][\s\S]*?```)"
    r"|(?P<code>(?P<ticks>`+)[\s\S]*?[^`](?P=ticks)(?!`))"
    r"|(?P<quiet><https://[^\s<>]*>)"
    r"|\|\|(?P<spoiler>[\s\S]+?)\|\|"
    r"|(?P<url>https://(?:[^\s<>|`\\]|\|(?!\|))+)"
)


def read_as_client(text: str, *, spoiler: bool = False) -> list[WebAddress]:
    found: list[WebAddress] = []
    position = 0
    while position < len(text):
        step = CLIENT.match(text, position)
        if step and step["spoiler"] and not spoiler:
            found += read_as_client(step["spoiler"], spoiler=True)
        elif step and step["url"]:
            found.append(WebAddress(step["url"].rstrip("|"), spoiler))
        position = step.end() if step else position + 1
    return found


@given(st.lists(st.sampled_from(["`", "``", "```", "||", "|", "<", ">", "\\", " ", "\n", URL])).map("".join))
def test_a_message_is_read_as_clients_read_it(text: str) -> None:
    assert find_addresses(text) == [address for address in read_as_client(text) if len(address.url) > len("https://")]


@given(st.one_of(st.text(), messages))
def test_any_message_is_read_without_an_error(text: str) -> None:
    assert all(url in text and len(url) > len("http://") for url in urls_of(text))


@given(messages)
def test_no_part_of_a_message_is_read_twice(text: str) -> None:
    assert sum(len(url) for url in urls_of(text)) <= len(text)


@given(messages)
def test_no_address_in_code_is_read(text: str) -> None:
    assert urls_of(f"```a{text.replace('`', '')}```") == urls_of(f"`a{text.replace('`', '')}a`") == []


def count_steps(text: str) -> int:
    """Return how many calls (of ours, of `re` and of `str`) the reading of a text takes; always the same number."""
    count = 0

    def profile(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        find_addresses(text)
    finally:
        sys.setprofile(before)
    return count


HOSTILE = [
    "`",
    "`a",
    "``a`",
    "```",
    "```\n",
    "||",
    "|",
    "||a",
    "||```",
    "||`a``",
    "<https://",
    "https://",
    "https://a)",
    "https://a(",
    "[a](https://a",
    "https://a||",
    "https://a\\",
    "\\",
    "[",
    "https://a\u3002",
    "https://a....",
    "<https://a ",
]


@each("part", HOSTILE)
def test_ten_times_the_message_is_ten_times_the_work(part: str) -> None:
    assert count_steps(part * 2000) <= 11 * count_steps(part * 200)


def test_code_of_every_length_takes_no_more_work_than_its_text() -> None:
    text = "".join("`" * length + "a" for length in range(1, 90))
    assert count_steps(text) <= 5 * len(text)


@each("part", HOSTILE)
def test_a_message_is_read_to_its_end(part: str) -> None:
    assert urls_of(f"{part * 20_000}\n\n{URL}/end")[-1:] == [f"{URL}/end"]
