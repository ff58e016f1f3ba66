"""Does what a script says: as people on Discord do it, and as computers and networks fail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Any

from bot.playground.engine import Channel, Person, buttons, find_by_custom_id, texts
from bot.playground.engine.fault import ApiError
from bot.playground.engine.permission import Permission
from bot.playground.engine.person import PersonError
from tests.simulate.discord_wire import Sent, WireFault
from tests.simulate.noted import Asked, Followed, Posted
from tests.simulate.process import Process
from tests.simulate.script import Script, Step
from tests.simulate.universe import Universe, look_seldom, wait_until

Payload = dict[str, Any]

_BOOT_WITHIN_S = 60.0
_ANSWER_WITHIN_S = 25.0
_FORGOTTEN_WITHIN_S = 30.0
_RESTLESS_S = 60.0
"""So long after all has healed, and the last episode is out, what comes round does so as often as before."""


def _build_killer(universe: Universe, process: Process, after: int) -> Callable[[Sent], None]:
    def kill(sent: Sent) -> None:
        if sent.owner is process and sent.method == "POST" and sent.path.endswith("/messages"):
            universe.kill(process, after=after)

    return kill


class Play:
    """One script's course."""

    def __init__(self, universe: Universe, script: Script) -> None:
        self.universe, self.script = universe, script
        self.world, self.loop = universe.world, universe.loop
        self.posted: dict[int, Posted] = {}
        self.settings: dict[tuple[str, str, str], set[str]] = {}
        """By level, channel and name: what may be stored, by all that people were told."""
        self.choosing: dict[tuple[str, str, str], list[tuple[str, set[str]]]] = {}
        """What is being chosen just now, and what was beside it."""
        self.saved: dict[tuple[str, str, str], str] = {}
        self.was_banned = False
        """Whether a service has shut the bot out, which is left alone for long then."""
        self.forgotten_s = -1.0
        """When the reader last had all deleted."""
        self.forgetting = 0
        """How often that is being done just now."""
        self.followed: list[Followed] = []
        self.aired: list[tuple[int, int, float]] = []
        self.asked: list[Asked] = []
        self.busy: set[asyncio.Task[None]] = set()
        self.people = {name: Person(self.world, getattr(self.world, name)) for name in ("reader", "moderator")}
        self.wanted = 1

    async def run(self) -> None:
        """Do everything, then let all heal, and wait."""
        first = self.universe.start_process()
        await wait_until(self.universe, lambda: first.is_ready, _BOOT_WITHIN_S)
        began_s = self.loop.time()
        for step in self.script.steps:
            await asyncio.sleep(max(0.0, began_s + step.at_s - self.loop.time()))
            self.loop.note(str(step))
            self._begin(step)
        await asyncio.sleep(1)
        await self._heal()
        busy_s = _RESTLESS_S + max(0.0, *(at_s - self.loop.time() for _, _, at_s in self.aired), 0.0)
        await asyncio.sleep(busy_s)
        look_seldom()
        await asyncio.sleep(self.script.quiet_s - busy_s)
        if self.busy:
            await asyncio.wait(self.busy, timeout=60)

    async def end(self) -> None:
        """Stop every process as a host does."""
        for process in self.universe.living:
            process.stop()
        if not await wait_until(self.universe, lambda: not self.universe.living, 30):
            self.universe.fail("a process does not end within 30 s")

    def _begin(self, step: Step) -> None:
        task = self.loop.create_task(self._do(step))
        self.busy.add(task)
        task.add_done_callback(self.busy.discard)

    async def _do(self, step: Step) -> None:
        done: Coroutine[Any, Any, None] = getattr(self, f"do_{step.do}")(**step.args)
        try:
            await done
        except (PersonError, ApiError, TimeoutError) as error:
            self.loop.note(f"{step.do}: {type(error).__name__}")

    async def _heal(self) -> None:
        """No more faults: from here on all has to become right."""
        self.universe.wire.faults.clear()
        self.universe.disk.full_for = 0
        for name in ("ehentai", "vndb", "anilist"):
            self._set_fault(name, None)
        for channel in self.world.channels.values():
            if channel.archived:
                self.world.change_channel(channel, archived=False)
        for process in self.universe.living:
            process.session.is_down = False
        await asyncio.sleep(45)  # whatever was to start again has
        if not self.universe.living:
            await self.do_start()

    def _excuse(self, why: str, *, since_s: float = 0.0) -> None:
        """All messages that were changed so lately may be without a reply for this reason."""
        for one in self.posted.values():
            if one.changed_s >= self.loop.time() - since_s:
                one.excuses.add(why)
        for asked in self.asked:
            if asked.began_s >= self.loop.time() - 30:
                asked.excuses.add(why)

    def _find_channel(self, name: str) -> Channel:
        return getattr(self.world, name)

    @property
    def _attended(self) -> list[Process]:
        return [one for one in self.universe.living if one.is_ready and one.session.is_open and not one.dies_after]

    # Messages

    async def do_post(self, label: int, channel: str, links: list[str], by: str) -> None:
        where = self._find_channel(channel)
        person = self.people["reader" if where is self.world.dm else by]
        payload = await person.post(where, self._write(links))
        posted = self.posted[label] = Posted(payload, where, links, self.loop.time())
        self._excuse_by_state(posted)

    def _excuse_by_state(self, posted: Posted) -> None:
        if not self._attended:
            posted.excuses.add("nobody was there")
        if self.settings:
            posted.excuses.add("settings")
        if self.was_banned or any(self._has_fault(name) for name in ("ehentai", "vndb", "anilist")):
            posted.excuses.add("a service failed")

    def _write(self, links: list[str]) -> str:
        library = self.universe.services.ehentai.library
        urls = {"g": "{0.url}", "a": "https://anilist.co/anime/{1}", "v": "https://vndb.org/v{1}"}
        named = [(urls[one[0]], library[int(one[1:])] if one[0] == "g" else None, one[1:]) for one in links]
        return "look: " + " ".join(url.format(gallery, number) for url, gallery, number in named)

    async def do_edit(self, to: int, links: list[str]) -> None:
        posted = self.posted.get(to)
        if posted is None or posted.gone:
            return
        author = posted.payload["author"]["id"]
        person = next(one for one in self.people.values() if one.user.id == author)
        posted.payload = await person.edit(posted.payload, self._write(links))
        posted.links, posted.changed_s = links, self.loop.time()
        posted.forgotten = False  # what they write now is shown again
        self._excuse_by_state(posted)

    async def do_embed(self, to: int) -> None:
        if (posted := self.posted.get(to)) is not None and not posted.gone:
            self.world.unfurl(posted.payload)

    async def do_delete(self, to: int) -> None:
        posted = self.posted.get(to)
        if posted is None or posted.gone:
            return
        author = posted.payload["author"]["id"]
        await next(one for one in self.people.values() if one.user.id == author).delete(posted.payload)
        posted.gone = True

    def find_replies(self, posted: Posted) -> list[Payload]:
        """The bot's messages that answer one of the script."""
        wanted = posted.payload["id"]
        found: list[Payload] = []
        for message in self.world.messages.values():
            reference: Payload = message.payload.get("message_reference") or {}
            is_preview = find_by_custom_id(message.payload, "preview:remove") is not None
            if (
                is_preview
                and message.payload["author"]["id"] == self.world.bot.id
                and reference.get("message_id") == wanted
            ):
                found.append(message.payload)
        return found

    async def do_remove(self, to: int, by: str) -> None:
        await self._press(to, by, "preview:remove")

    async def do_bulk(self, count: int) -> None:
        latest = [one for one in self.posted.values() if not one.gone and one.channel is not self.world.dm][-count:]
        here = [one for one in latest if one.channel is latest[-1].channel]
        await self.people["moderator"].bulk_delete([one.payload for one in here])
        for one in here:
            one.gone = True

    async def do_gone(self, channel: str) -> None:
        where = self._find_channel(channel)
        if where.id in self.world.channels:
            self.world.remove_channel(where)
            for one in self.posted.values():
                one.gone |= one.channel is where

    async def do_not_here(self, to: int) -> None:
        posted = self.posted.get(to)
        replies = self.find_replies(posted) if posted else []
        names = [str(one["custom_id"]) for reply in replies for one in buttons(reply) if "custom_id" in one]
        for name in names:
            if name.startswith("preview:not"):
                self._excuse("not here")
                await self._press(to, "moderator", name)
                return

    async def _press(self, to: int, by: str, custom_id: str) -> None:
        posted = self.posted.get(to)
        replies = self.find_replies(posted) if posted else []
        if posted is None or not replies or find_by_custom_id(replies[0], custom_id) is None:
            return
        posted.excuses.add("pressed")
        asked = self._note_asked(custom_id)
        asked.exchange = await self.people[by].press(replies[0], custom_id)

    def _note_asked(self, what: str) -> Asked:
        asked = Asked(None, what, self.loop.time())
        if len(self._attended) != len(self.universe.living) or not self._attended:
            asked.excuses.add("nobody was there")
        if self.script.pace > 4:
            asked.excuses.add("all is slow")
        if any(fault.count for fault in self.universe.wire.faults):
            asked.excuses.add("wire")
        self.asked.append(asked)
        return asked

    # Channels

    async def do_flag(self, channel: str, nsfw: bool) -> None:
        where = self._find_channel(channel)
        self.world.set_nsfw(where, nsfw)
        for posted in self.posted.values():
            if where in (posted.channel, posted.channel.parent):
                posted.excuses.add("flagged")

    async def do_archive(self, channel: str, archived: bool) -> None:
        where = self._find_channel(channel)
        self.world.change_channel(where, archived=archived)
        for posted in self.posted.values():
            if where is posted.channel and posted.changed_s >= self.loop.time() - 30:
                posted.excuses.add("archived")  # a reply that could not be changed goes, once it can

    async def do_deny(self, channel: str, for_s: float) -> None:
        where = self._find_channel(channel)
        self.world.revoke(where, self.world.bot, int(Permission.SEND_MESSAGES))
        await asyncio.sleep(for_s)
        self.world.grant(where, self.world.bot, int(Permission.SEND_MESSAGES))

    # Settings

    async def do_setting(self, level: str, channel: str, name: str, value: str) -> None:
        where = self._find_channel(channel)
        person = self.people["moderator"]
        key = (level, channel if level == "channel" else "", name)
        opened = await person.slash(where, f"settings {level}")
        panel = await opened.message()
        scope = "s" if level == "server" else f"c{where.id}"
        control = f"set:{scope}:{name}" if level == "channel" else f"sw:{scope}:{name}:{value}"
        if find_by_custom_id(panel, control) is None and name == "adult":
            panel = await (await person.select(panel, f"panel:{scope}", ["cards"])).message()
        if find_by_custom_id(panel, control) is None:
            return  # it is so already
        self._excuse("settings", since_s=1e9)
        with self._choosing(key, value) as others:
            if level == "channel":
                changed = await (await person.select(panel, control, [value])).message()
            else:
                changed = await (await person.press(panel, control)).message()
        self._excuse("settings", since_s=1e9)
        if "✅ Saved" in texts(changed):
            self.saved[key], self.settings[key] = value, {value, *others}

    @contextmanager
    def _choosing(self, key: tuple[str, str, str], value: str) -> Generator[set[str]]:
        """What else is chosen for the same meanwhile, as it is found out: any of them may be the last."""
        self.settings.setdefault(key, {self.saved.get(key, "")}).add(value)
        mine: tuple[str, set[str]] = value, set()
        now = self.choosing.setdefault(key, [])
        for other, others in now:
            mine[1].add(other)
            others.add(value)
        now.append(mine)
        try:
            yield mine[1]
        finally:
            now.remove(mine)

    async def _open_own(self) -> Payload:
        return await (await self.people["reader"].slash(self.world.dm, "me")).message()

    async def do_own(self, name: str, value: str) -> None:
        panel = await self._open_own()
        names = [str(one.get("custom_id")) for one in buttons(panel)]
        control = next((one for one in names if one.startswith("sw:") and one.endswith(f":{name}:{value}")), None)
        if control is None:
            return  # it is so already
        key, began_s = ("person", "", name), self.loop.time()
        self._excuse("settings", since_s=1e9)
        with self._choosing(key, value) as others:
            changed = await (await self.people["reader"].press(panel, control)).message()
        if "✅ Saved" in texts(changed):
            was_forgotten = self.forgetting or self.forgotten_s >= began_s  # before or after it was saved
            self.saved[key], self.settings[key] = value, {value, *others, *([""] if was_forgotten else [])}

    async def do_forget(self) -> None:
        panel = await self._open_own()
        asked = await (await self.people["reader"].press(panel, "me:delete")).message()
        self._excuse("forgotten", since_s=1e9)
        for key in self.settings:
            if key[0] == "person":
                self.settings[key].add("")
        theirs = [one for one in self.posted.values() if one.payload["author"]["id"] == self.world.reader.id]
        self.forgetting += 1
        try:
            done = await (await self.people["reader"].press(asked, "me:delete!")).message()
        except TimeoutError:
            self.forgotten_s = self.loop.time() + _FORGOTTEN_WITHIN_S
            raise
        finally:
            self.forgetting -= 1
            for one in self.posted.values():
                if one.payload["author"]["id"] == self.world.reader.id:
                    one.excuses.add("forgotten")  # what was posted meanwhile is before it or after it
        self.forgotten_s = max(self.forgotten_s, self.loop.time())
        if "Nothing is stored about you now" in texts(done):
            for one in theirs:
                one.forgotten = one.changed_s < self.loop.time() - 60

    # Commands

    async def do_command(self, channel: str, what: str, by: str, number: int) -> None:
        where = self._find_channel(channel)
        options: dict[str, Any] = {
            "vn info": {"title": f"v{(17, 2002, 11)[number % 3]}"},
            "anime info": {"title": f"#{(9253, 200001, 21127)[number % 3]}"},
        }.get(what, {})
        if what == "gallery preview":
            options = {"url": self.universe.services.ehentai.library[9100001 + number].url}
        asked = self._note_asked(what)
        if where is self.world.dm:
            by = "reader"
        asked.exchange = await self.people[by].slash(where, what, **options)

    async def do_flood(self, count: int, every_s: float) -> None:
        """Many ask at about the same time, each for a gallery that nobody has asked for."""
        asking: list[asyncio.Task[None]] = []
        for number in range(count):
            by = ("reader", "moderator")[number % 2]
            args = {"channel": "after_dark", "what": "gallery preview", "by": by, "number": 50 + number}
            asking.append(self.loop.create_task(self._do(Step(0.0, "command", args))))
            await asyncio.sleep(every_s)
        await asyncio.wait(asking)

    # Following

    async def do_follow(self, channel: str, work: int) -> None:
        where, person = self._find_channel(channel), self.people["moderator"]
        asked_s = self.loop.time()
        exchange = await person.slash(where, "follow anime", title=f"#{work}", channel=where)
        said = texts(await exchange.message())
        if said.startswith("🔔"):
            self.followed.append(Followed(where, work, self.loop.time(), asked_s))

    async def do_air(self, work: int, in_s: float) -> None:
        schedule = self.universe.services.anilist.schedule
        now_s = self.universe.right_clock.time()
        coming = [one for one in schedule.list_all() if one.work.id == work and one.airs_s > now_s]
        if not coming:
            return
        episode = min(coming, key=lambda one: one.airs_s)
        if episode.airs_s - now_s < 300:
            return  # one that was announced is not moved about
        delays = schedule.delays
        delays[work, episode.number] = delays.get((work, episode.number), 0) + int(now_s + in_s) - episode.airs_s
        self.aired.append((work, episode.number, self.loop.time() + in_s))

    # Faults

    async def do_wire(self, how: str, count: int, method: str | None, late_s: float) -> None:
        self.universe.wire.faults.append(WireFault(how, count, method, "", late_s))
        self._excuse("wire")

    def _has_fault(self, name: str) -> bool:
        return getattr(self.universe.services, name).fault is not None

    def _set_fault(self, name: str, fault: str | None) -> None:
        getattr(self.universe.services, name).fault = fault

    async def do_service(self, name: str, fault: str, for_s: float) -> None:
        self._excuse("a service failed", since_s=130)
        self.was_banned |= fault == "ban"
        self._set_fault(name, fault)
        await asyncio.sleep(for_s)
        if getattr(self.universe.services, name).fault == fault:
            self._set_fault(name, None)
        self._excuse("a service failed", since_s=130)

    async def do_full(self, count: int, for_s: float) -> None:
        self._excuse("disk", since_s=30)
        self.universe.disk.full_for = count
        await asyncio.sleep(for_s)
        self.universe.disk.full_for = 0
        self._excuse("disk", since_s=for_s + 5)

    async def do_clock(self, back_s: float) -> None:
        self.universe.clock.set_back_s += back_s
        self._excuse("clock", since_s=60)

    async def do_disk(self, for_s: float) -> None:
        self.universe.disk.stalled_until = self.loop.time() + for_s
        self._excuse("disk", since_s=30)

    def _pick(self, which: int) -> Process | None:
        living = self.universe.living
        return living[which % len(living)] if living else None

    async def do_kill(self, which: int, after: int, down_s: float, *, when_sending: bool = False) -> None:
        """Kill a process, so many of its steps from now, or from when it next sends a message."""
        process = self._pick(which)
        if process is None:
            return
        self._excuse("killed", since_s=40)
        if when_sending:
            self.universe.wire.on_left.append(kill := _build_killer(self.universe, process, after))
            await wait_until(self.universe, lambda: process.is_dead, 120)
            self.universe.wire.on_left.remove(kill)
        else:
            self.universe.kill(process, after=after)
        if process.dies_after is not None and not await wait_until(self.universe, lambda: process.is_dead, 30):
            self.universe.kill_now(process)  # it waits for something, and takes no steps
        if not process.is_dead:
            return
        self._excuse("killed", since_s=40)
        await asyncio.sleep(down_s)
        self.universe.start_anew(process)

    async def do_stop(self, which: int, down_s: float) -> None:
        process = self._pick(which)
        if process is None:
            return
        self._excuse("stopped", since_s=40)
        process.stop()
        await wait_until(self.universe, lambda: process not in self.universe.living, 30)
        self._excuse("stopped", since_s=40)
        await asyncio.sleep(down_s)
        self.universe.start_anew(process)

    async def do_start(self) -> None:
        if len(self.universe.living) < 2:
            started = self.universe.start_process()
            await wait_until(self.universe, lambda: started.is_ready or started.is_dead, _BOOT_WITHIN_S)

    async def do_lose(self, which: int, for_s: float, resumes: bool) -> None:
        process = self._pick(which)
        if process is None or not process.is_ready:
            return
        process.session.lose(forget=not resumes)
        self._excuse("lost", since_s=5)
        await asyncio.sleep(for_s)
        process.session.is_down = False
        self._excuse("lost", since_s=for_s + 5)
        await wait_until(self.universe, lambda: process.session.is_open or process.is_dead, 90)
        self._excuse("lost", since_s=for_s + 95)
