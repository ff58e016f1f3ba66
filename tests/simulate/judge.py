"""What has to hold, whatever happens: at once for each request that leaves, and in the end for all that stands."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any, cast

from bot.gate.chosen import Chosen
from bot.gate.setting import SETTINGS
from bot.links.target import parse_gallery_reference
from bot.playground.engine import buttons
from bot.playground.engine.model import DM, LOADING, Channel, Message
from bot.store.store import Store
from tests.simulate.act import Play
from tests.simulate.discord_wire import Sent
from tests.simulate.noted import Posted
from tests.simulate.process import Process
from tests.simulate.script import ADULT_ANIME, WITHHELD

Payload = dict[str, Any]

ACKNOWLEDGED_WITHIN_S = 3.0
LEFT_WITHIN_S = 2.0
_CALLBACK = re.compile(r"/interactions/(\d+)/")
_NOTICE = re.compile(r"unfollow:(\d+):(\w+)")
_SEEN = re.compile(r"see:(?:(v\d+)|anime/(\d+))")
_NOTICE_WITHIN_S = 900.0


def list_shown(payload: Payload) -> set[str]:
    """What a message has cards of, by the names of scripts, such as `g9000001` and `v17`."""
    shown: set[str] = set()
    for button in buttons(payload):
        url, leads_to = str(button.get("url") or ""), str(button.get("custom_id") or "")
        if str(button.get("label")).startswith("Open") and (gallery := parse_gallery_reference(url)) is not None:
            shown.add(f"g{gallery.gid}")
        elif found := _SEEN.match(leads_to):
            shown.add(found[1] or f"a{found[2]}")
    return shown


def is_for_adults(one: str) -> bool:
    """Whether that may stand in age-restricted channels alone: no script lets galleries stand elsewhere."""
    return one[0] == "g" or one in {f"a{anime}" for anime in ADULT_ANIME}


class Judge:
    """Watches a play."""

    def __init__(self, play: Play) -> None:
        self.play, self.universe = play, play.universe
        self.world = play.world
        self.notices: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.answered: dict[str, float] = {}
        """When the first answer to an interaction left, by its id."""
        self.universe.wire.on_left.append(self._see_leave)
        self.universe.wire.on_arrived.append(self._see_arrive)

    def _fail(self, what: str) -> None:
        self.universe.fail(what)

    # At once

    def _see_leave(self, sent: Sent) -> None:
        if found := _CALLBACK.match(sent.path):
            self.answered.setdefault(found[1], sent.left_s)
        shown = list_shown(sent.body) if "components" in sent.body else set[str]()
        for one in shown & {f"g{gid}" for gid in WITHHELD}:
            self._fail(f"{one} may be shown nowhere: {sent.method} {sent.path}")
        grown_up = sorted(filter(is_for_adults, shown))
        channel = self._find_channel(sent)
        if not grown_up or channel is None or not isinstance(sent.owner, Process):
            return
        where = channel.parent or channel
        if not sent.owner.known_nsfw.get(where.id, False):
            self._fail(f"{grown_up} left for #{channel.name}, which is known not to be age-restricted")

    def _find_channel(self, sent: Sent) -> Channel | None:
        found = re.match(r"/channels/(\d+)/messages", sent.path)
        if found is None:
            return None
        channel = self.world.channels.get(found[1])
        return None if channel is None or channel.kind == DM else channel

    def _see_arrive(self, sent: Sent) -> None:
        if sent.method == "POST" and sent.status == 200 and isinstance(sent.answer, dict):
            answer = cast("Payload", sent.answer)
            for button in buttons(answer):
                if (found := _NOTICE.match(str(button.get("custom_id")))) and sent.path.startswith("/channels/"):
                    told = self.notices[found[1], found[2]]
                    told.add(answer["id"])
                    if len(told) > 1:
                        self._fail(f"notice {found[0]} was sent {len(told)} times")

    # In the end

    def judge_quiet(self) -> None:
        """When nothing has gone wrong for long."""
        for label, posted in self.play.posted.items():
            self._judge_reply(label, posted)
        for message in list(self.world.messages.values()):
            self._judge_standing(message)
        self._judge_settings()
        self._judge_notices()
        self._judge_asked()
        self._judge_services()

    def judge_end(self) -> None:
        """When all processes have ended."""
        for what in self.play.loop.complaints:
            self._fail(f"only the loop heard of it: {what}")

    def _judge_reply(self, label: int, posted: Posted) -> None:
        replies = self.play.find_replies(posted)
        if len(replies) > 1:
            self._fail(f"message {label} has {len(replies)} replies")
        if posted.gone and replies:
            self._fail(f"message {label} is deleted, and its reply stands")
            return
        shown = set[str]().union(*map(list_shown, replies))
        if extra := shown - set(posted.links):
            self._fail(f"the reply to message {label} shows {sorted(extra)}, which it does not link to")
        if posted.forgotten and replies:
            self._fail(f"message {label} has a reply, though its author is forgotten")
        if posted.gone or posted.excuses:
            return
        if missing := self._list_due(posted) - shown:
            self._fail(f"message {label} in #{posted.channel.name} has no card of {sorted(missing)}")

    def _list_due(self, posted: Posted) -> set[str]:
        """What a message has to have cards of."""
        withheld = {f"g{gid}" for gid in WITHHELD}
        if posted.channel.kind == DM:
            return {one for one in posted.links if not is_for_adults(one)}
        due = {one for one in posted.links if one not in withheld}
        # What has no tags is shown nowhere either.
        due -= {"g9000018"}
        return due if posted.channel.age_restricted else {one for one in due if not is_for_adults(one)}

    def _judge_standing(self, message: Message) -> None:
        if message.payload["author"]["id"] != self.world.bot.id or message.only_for is not None:
            return
        grown_up = sorted(filter(is_for_adults, list_shown(message.payload)))
        if grown_up and message.channel.kind != DM and not message.channel.age_restricted:
            self._fail(f"{grown_up} stands in #{message.channel.name}, which is not age-restricted")
        may_stand = self.play.settings.get(("person", "", "dm_galleries"), {"off"})
        if any(one[0] == "g" for one in grown_up) and message.channel.kind == DM and may_stand <= {"off", ""}:
            self._fail(f"{grown_up} stands in a direct message, where no galleries are wanted")
        if message.flags & LOADING and not any(one.excuses for one in self.play.asked):
            self._fail("an answer is still being thought of")

    def _judge_settings(self) -> None:
        for (level, channel, name), possible in self.play.settings.items():
            for process in self.universe.living:
                if process.shiori is None:
                    continue
                chosen = self._find_chosen(process.shiori.store, level, channel)
                value = next((v for one, v in chosen.values.items() if one.name == name), None)
                usual = "inherit" if level == "channel" else "on" if SETTINGS[name].default else "off"
                stored = usual if value is None else "on" if value else "off"
                if stored not in possible and not (value is None and "" in possible):
                    self._fail(f"{level} {channel} {name} is {stored} in process {process.number}, not {possible}")

    def _find_chosen(self, store: Store, level: str, channel: str) -> Chosen:
        if level == "server":
            return store.server(int(self.world.guild_id))
        if level == "person":
            return store.person(int(self.world.reader.id))
        return store.channel(int(getattr(self.world, channel).id))

    def _judge_notices(self) -> None:
        aired = {(work, number): at_s for work, number, at_s in self.play.aired}
        end_s = self.play.loop.time()
        denied = any(step.do in ("deny", "flag", "lose") for step in self.play.script.steps)
        for followed in self.play.followed:
            for (work, number), at_s in aired.items():
                if work != followed.work or at_s < followed.told_s + 90 or at_s > end_s - _NOTICE_WITHIN_S or denied:
                    continue
                if work in ADULT_ANIME and not followed.channel.age_restricted:
                    continue
                sent = [key for key in self.notices if key[1] == f"e{number}"]
                if not sent:
                    self._fail(f"nobody was told of episode {number} of {work}")

    def _judge_asked(self) -> None:
        for asked in self.play.asked:
            exchange = asked.exchange
            if asked.excuses or exchange is None:
                continue
            after_s = exchange.acknowledged_after_s
            left_s = self.answered.get(exchange.interaction_id)
            if left_s is not None and left_s - asked.began_s < LEFT_WITHIN_S:
                continue  # how long it is on its way nobody can help
            if after_s is None or after_s > ACKNOWLEDGED_WITHIN_S:
                self._fail(f"{asked.what} was acknowledged after {after_s} s")

    def _judge_services(self) -> None:
        services = self.universe.services
        if self.play.script.theme.startswith("two"):
            return  # without a server in between each has the whole limit
        for name in ("ehentai", "vndb", "anilist"):
            service = getattr(services, name)
            # What was on its way when a process was killed, and how long a service works on it, nobody knows after it.
            violations = service.violations if len(self.universe.processes) == 1 else service.window.violations
            if violations:
                self._fail(f"{name} was asked {violations} times too often, or too early")
