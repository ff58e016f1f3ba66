"""What is said of imports and exports, where a flow would need thousands of novels."""

from __future__ import annotations

from typing import Any

from bot.transfer.card import render_export, render_job
from bot.transfer.plan import Summary
from bot.transfer.record import Job

SUMMARY = Summary(file_name="@everyone **list**.csv", account="[x](http://y)")


def read(view: Any) -> str:
    parts = view.to_components()[0]["components"]
    return "\n".join(str(part["content"]) for part in parts if "content" in part)


def test_a_file_that_discord_does_not_take_is_left_out_and_named() -> None:
    view = render_export([("list.json", b"{}")], ["list.csv"], of="All of it", entries=5000, imports=True)
    assert "5,000 novels. All of it" in read(view)
    assert "list.csv is larger than Discord takes, and left out." in read(view).replace("\\", "")
    assert [file.filename for file in view.files] == ["list.json"]


def test_names_are_other_peoples_text() -> None:
    job = Job(1, "u3", "running", "", True, SUMMARY, 1, 1)
    said = read(render_job(job, {"done": 3, "waiting": 7, "refused": 1}, refused=[("**t** @here", "`why`")], left_s=90))
    assert "@everyone" not in said
    assert "@here" not in said
    assert "[x](http://y)" not in said
    assert "4 of 11" in said
    assert "Done in about 2 minutes." in said
