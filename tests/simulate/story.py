"""Scripts by hand: what a seed found once, in as few steps as it takes. They do not change with how seeds are drawn."""

from __future__ import annotations

from typing import Any

from tests.simulate.script import Script, Step

_PLACE = "after_dark"


def _post(at_s: float, *links: str, channel: str = _PLACE, label: int = 0) -> Step:
    return Step(at_s, "post", {"label": label, "channel": channel, "links": list(links), "by": "reader"})


def _edit(at_s: float, *links: str, label: int = 0) -> Step:
    return Step(at_s, "edit", {"to": label, "links": list(links)})


def _ask(at_s: float, number: int = 1) -> Step:
    return Step(at_s, "command", {"channel": _PLACE, "what": "gallery preview", "by": "reader", "number": number})


def _wire(at_s: float, how: str, method: str, *, count: int = 1, late_s: float = 5.0) -> Step:
    return Step(at_s, "wire", {"how": how, "count": count, "method": method, "late_s": late_s})


def _open(at_s: float) -> Step:
    return Step(at_s, "flag", {"channel": _PLACE, "nsfw": False})


def _kill(at_s: float, *, after: int = 0) -> Step:
    return Step(at_s, "kill", {"which": 0, "after": after, "down_s": 2.0})


def _lose(at_s: float, *, for_s: float) -> Step:
    return Step(at_s, "lose", {"which": 0, "for_s": for_s, "resumes": False})


def _remove(at_s: float) -> Step:
    return Step(at_s, "remove", {"to": 0, "by": "moderator"})


def _start(at_s: float) -> Step:
    return Step(at_s, "start", {})


def _stop(at_s: float, down_s: float) -> Step:
    return Step(at_s, "stop", {"which": 0, "down_s": down_s})


def _tell(*steps: Step, **others: Any) -> Script:
    return Script(others.pop("seed", 2), others.pop("theme", "previews"), others.pop("pace", 1), steps, 420.0)


STORIES: dict[str, Script] = {
    "a preview is removed while Discord is out of reach, and its channel opened": _tell(
        _post(0, "g9000001"), _wire(3, "lost", "DELETE", count=6), _remove(3.1), _open(20)
    ),
    **{
        f"a preview is removed, the process killed {after} steps later, and the channel opened": _tell(
            _post(0, "g9000001"), _remove(3), _kill(3, after=after), _open(20)
        )
        for after in range(20, 44, 4)
    },
    **{
        f"a change is on its way when its process is killed, and comes after that of the next one{more}": _tell(
            _post(0, "g9000001"),
            _wire(3, "late", "PATCH", late_s=50.0),
            _edit(3.1, "g9100033"),
            _edit(10, "g9100038"),
            _kill(12),
            *others,
        )
        for more, others in (
            ("", ()),
            (", which cannot look at once", (_wire(160, "lost", "GET", count=12), _ask(190))),
        )
    },
    **{
        f"a command is answered, the process killed {after} steps later, and the channel opened": _tell(
            _ask(0), _kill(0.1, after=after), _open(20), theme="answers"
        )
        for after in range(90, 120, 4)
    },
    "who writes to the bot is told what it can do, and adds a link, whose reply is lost": _tell(
        _post(0, channel="dm"), _wire(2, "cut", "POST"), _edit(2.1, "v17")
    ),
    "somebody has all deleted while a preview cannot be, and chooses anew": _tell(
        _post(0, "g9000001"),
        _wire(2, "lost", "DELETE", count=6),
        _edit(2.1),
        Step(3, "forget"),
        Step(80, "own", {"name": "dm_galleries", "value": "on"}),
        theme="own",
    ),
    **{
        f"two processes take {what} away whose message is edited meanwhile, and each begins anew": _tell(
            Step(0, "start"),
            Step(
                1.5,
                "post",
                {"label": 2, "channel": "after_dark_thread", "links": ["a21127", "a190007", "v11"], "by": "moderator"},
            ),
            _post(7.7, "g9000002"),
            _edit(7.9, "g9000004", "v11"),
            _open(7.95),
            Step(8.04, "edit", {"to": 2, "links": ["a190007"]}),
            seed=seed,
            theme="two",
        )
        for what, seed in (("a reply", 1), ("another", 12))
    },
    "an answer is given while the disk is full, the process killed, and the channel opened": _tell(
        Step(1, "full", {"count": 2, "for_s": 3.0}), _ask(1.01), _kill(2), _open(8), theme="answers"
    ),
    "an answer is given by one process, refused to another for which the disk is full, and the first is killed": _tell(
        Step(0, "start"),
        _ask(1.696, 12),
        Step(1.715, "setting", {"level": "server", "channel": "general", "name": "suppress", "value": "on"}),
        Step(121.012, "flag", {"channel": "voice_after_dark", "nsfw": False}),
        _ask(126.887, 27),
        Step(130.632, "flag", {"channel": "voice_after_dark", "nsfw": False}),
        _ask(131.217, 19),
        Step(131.38, "full", {"count": 2, "for_s": 3.0}),
        Step(131.742, "kill", {"which": 0, "after": 1, "down_s": 0.1}),
        _open(137.791),
        seed=2235,
        theme="two answers",
        pace=4,
    ),
    "a message is deleted while nobody is there, and cannot be looked at when somebody is": _tell(
        _post(1, "v17", channel="dm"),
        _kill(20),
        Step(20.5, "delete", {"to": 0}),
        _wire(24.25, "cut", "GET", late_s=78.0),
    ),
    "galleries are switched off by one process while another, which has not heard of it, sends some": _tell(
        Step(0, "start"),
        Step(20, "own", {"name": "dm_galleries", "value": "on"}),
        Step(40, "own", {"name": "dm_galleries", "value": "off"}),
        _post(40.45, "g9100035", "a200001", "g9100022", channel="dm"),
        seed=4,
        theme="two",
    ),
    "somebody has all deleted twice at once, and chooses anew when one of them is done": _tell(
        Step(0, "own", {"name": "previews", "value": "off"}),
        Step(12.8, "forget"),
        _wire(13.1, "cut", "DELETE", count=6, late_s=4.3),
        Step(13.4, "forget"),
        _post(13.4, "v2002", channel="dm"),
        Step(17.6, "own", {"name": "dm_galleries", "value": "on"}),
        theme="own",
        seed=4,
    ),
    **{
        f"the connection is lost, a channel opened, and a reply to {what} waits until there is a new session": (
            _tell(
                _post(0, "v17", channel=channel),
                Step(3, "wire", {"how": "refused", "count": 6, "method": None, "late_s": 0.0}),
                _edit(3.4, "g9100027"),
                _lose(3.6, for_s=5.0),
                _open(3.7),
            )
        )
        for what, channel in (("a message", _PLACE), ("one of its thread", "after_dark_thread"))
    },
    "a reply is sent again when its process was killed, and taken away, and then the first one comes": _tell(
        Step(0, "start"),
        Step(26.57, "wire", {"how": "late", "count": 2, "method": "POST", "late_s": 87.5}),
        Step(26.8, "setting", {"level": "channel", "channel": "general", "name": "notes", "value": "off"}),
        _post(27.17, "a21127", label=1, channel="after_dark"),
        Step(27.49, "kill", {"which": 0, "after": 5, "down_s": 0.1, "when_sending": True}),
        Step(27.82, "kill", {"which": 1, "after": 3, "down_s": 30.0, "when_sending": False}),
        _post(29.27, "a200013", label=2, channel="general_thread"),
        _edit(37.27, "g9000041", label=1),
        theme="two",
        seed=409186,
    ),
    "a link is taken out and another put in, and of what deletes its reply all answers are lost": _tell(
        _wire(0.1, "cut", "DELETE", count=6, late_s=11.6),
        _post(4.7, "g9000004", channel="after_dark_thread"),
        _edit(8.7, "g9000018"),
        _edit(11.9, "v11"),
    ),
    "a reply waits for another's turn, its channel is opened, and its message edited while nothing is told": _tell(
        _wire(0, "slow", "POST", late_s=60),
        _post(0.1, "g9000001"),
        _post(5, "a200001", label=1),
        _open(10),
        _lose(12, for_s=0.5),
        _edit(12, "a21127", label=1),
    ),
    "a notice is on its way when its process is killed, and its channel opened before the next one comes": _tell(
        Step(1.27, "follow", {"channel": _PLACE, "work": 200013}),
        Step(5, "air", {"work": 200013, "in_s": 40}),
        Step(6.5, "kill", {"which": 0, "after": 0, "down_s": 9.0, "when_sending": True}),
        _open(50),
        theme="follows",
    ),
    "a reply is on its way when the process is killed, and arrives after the next one looked": _tell(
        _post(0, "g9000007"), _wire(0.0, "late", "POST", late_s=60), _kill(4)
    ),
    **{
        f"a reply is on its way, its channel opened, its process killed, and its message edited to show {what}": _tell(
            _wire(0, "late", "POST", late_s=60), _post(0.1, "a200001"), _open(1), _kill(5), *edits
        )
        for what, edits in {
            "nothing": (_edit(45),),
            "another thing": (_edit(45, "v17"),),
            "nothing, and another thing": (_edit(45), _edit(50, "v17")),
        }.items()
    },
    "a reply to what was added long after the message is on its way when the same happens": _tell(
        _post(0, channel=_PLACE), _wire(139, "late", "POST", late_s=60), _edit(140, "g9000001"), _open(142), _kill(143)
    ),
    "a reply is on its way, its process killed, and its message shows nothing when the next one comes": _tell(
        _wire(0, "late", "POST", late_s=60), _post(0.1, "g9000001"), _kill(4), _edit(5)
    ),
    "a reply is on its way when its channel is opened and its process killed, and the clock is an hour ahead": _tell(
        Step(0, "clock", {"back_s": -3700.0}),
        _wire(0.1, "late", "POST", late_s=60),
        _post(0.2, "g9000001"),
        _open(3),
        _kill(4),
    ),
    **{
        f"a thread is archived for {for_s} s at the moment when a message in it is edited": _tell(
            _post(0, "g9000001", channel="after_dark_post"),
            _edit(10, "v17"),
            *(
                Step(at_s, "archive", {"channel": "after_dark_post", "archived": at_s == 10.1})
                for at_s in (10.1, end_s)
            ),
        )
        for for_s, end_s in ((0.5, 10.6), (40, 50.1))
    },
    "two processes send one reply late, and its message links to nothing when the second comes": _tell(
        _start(0),
        _wire(0.528, "late", "POST", count=6, late_s=11.4),
        _post(2.505, "a9253", channel="after_dark_post"),
        _edit(2.505, "a21127"),
        _edit(16.082),
        seed=205945,
        theme="two removals",
    ),
    "two processes send one reply, which each was overtaken in, and its channel is opened": _tell(
        _start(0),
        _wire(21.54, "refused", "POST", late_s=0.7),
        _post(22.08, "v17", channel="after_dark_thread"),
        _edit(23.12, "g9000002"),
        _edit(23.34, "g9100016"),
        _open(24.1),
        seed=209785,
        theme="two removals",
    ),
    **{
        f"a process is told to stop while it logs in, {after_s} s after the one before": _tell(
            _stop(0, 5.0), _stop(after_s, 0.1), pace=12
        )
        for after_s in (5.9, 6.3, 6.7, 7.1, 7.5, 7.9)
    },
}
