"""The people of a soak: they ask, press, type, post, edit, delete and change settings, and note what was lost."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.playground.engine import Person, World, buttons
from bot.playground.engine.person import PersonError
from bot.playground.service import Sample, SampleServices
from tests.soak.weather import Weather

Payload = dict[str, Any]

PEOPLE = 24
EACH_S = 6.0
"""Between two things that one of them does, on average."""

_ANSWER_WITHIN_S = 60.0
_NOVELS = (
    "v17",
    "v11",
    "Ever17",
    "clannad",
    "stiens gate",
    "Umineko",
    "v9999999",
    "月姫",
    "Chaos;Head",
    "Little Busters",
)
_COMMANDS: tuple[tuple[str, dict[str, tuple[Any, ...]]], ...] = (
    ("vn info", {"title": _NOVELS}),
    ("vn search", {"title": _NOVELS}),
    ("vn random", {}),
    ("vn top", {}),
    ("vn quote", {}),
    ("anime info", {"title": ("Steins;Gate", "Clannad", "Frieren", "no such anime")}),
    ("anime search", {"title": ("gate", "a", "love")}),
    ("anime airing", {}),
    ("image random", {}),
    ("help", {}),
)
# Galleries that may be shown.
_SHOWN = (Sample.PLAIN, Sample.MANGA, Sample.ARTIST_CG, Sample.GAME_CG, Sample.WESTERN, Sample.IMAGE_SET)


@dataclass
class Posted:
    """A message with a link to a gallery, in the age-restricted channel or in the ordinary one."""

    message: Payload
    expected: bool
    """A card had to come: nothing was wrong when it was posted, nor for long after it."""
    gone: bool = False


class People:
    """All of them, until they are cancelled."""

    def __init__(self, world: World, services: SampleServices, weather: Weather, *, rng: random.Random) -> None:
        self._world, self._services, self._weather, self._rng = world, services, weather, rng
        self._persons = [Person(world, world.create_user(f"member-{number}")) for number in range(PEOPLE)]
        self._moderator = Person(world, world.moderator)
        self.posted: list[Posted] = []
        self.counts: Counter[str] = Counter()
        self.lost: list[str] = []
        """What had to be answered and was not."""
        self.pace = 1.0
        """How fast they are: a tenth of the time is between two things at 10."""
        self._acting = 0
        self._awake, self._idle = asyncio.Event(), asyncio.Event()
        self._awake.set()
        self._idle.set()

    async def live(self) -> None:
        """Each does something now and then."""
        async with asyncio.TaskGroup() as group:
            for person in self._persons:
                group.create_task(self._live(person))

    async def _live(self, person: Person) -> None:
        acts: list[tuple[int, Callable[[Person], Awaitable[None]]]] = [
            (8, self._ask),
            (3, self._type),
            (4, self._post),
            (2, self._change),
            (1, self._set),
        ]
        weights = [weight for weight, _ in acts]
        while True:
            await asyncio.sleep(self._rng.expovariate(self.pace / EACH_S))
            await self._awake.wait()
            (_, act), *_ = self._rng.choices(acts, weights)
            self._acting += 1
            self._idle.clear()
            try:
                await act(person)
            finally:
                self._acting -= 1
                if not self._acting:
                    self._idle.set()

    @contextlib.asynccontextmanager
    async def asleep(self) -> AsyncGenerator[None]:
        """All of them do nothing meanwhile."""
        self._awake.clear()
        try:
            await self._idle.wait()
            yield
        finally:
            self._awake.set()

    async def _ask(self, person: Person) -> None:
        name, options = self._rng.choice(_COMMANDS)
        chosen = {option: self._rng.choice(values) for option, values in options.items()}
        channel = self._rng.choice((self._world.general, self._world.after_dark))
        message = await self._await_answer(f"/{name} {chosen}", lambda: person.slash(channel, name, **chosen))
        for _ in range(self._rng.randrange(3)):
            if message is None:
                return
            pressable = [button["custom_id"] for button in buttons(message) if button.get("custom_id")]
            pressable = [one for one in pressable if not one.startswith(("mine", "here", "follow"))]
            if not pressable:
                return
            pressed, shown = self._rng.choice(pressable), message
            with contextlib.suppress(PersonError):  # it was deleted, or opens a form, which is left
                message = await self._await_answer(f"press {pressed}", lambda: person.press(shown, pressed))  # noqa: B023

    async def _await_answer(self, what: str, begin: Callable[[], Awaitable[Any]]) -> Payload | None:
        """The message that answers in the end; None if none came, which is lost if nothing was in the way."""
        self.counts[what.split(" ", maxsplit=1)[0]] += 1
        began_s = asyncio.get_running_loop().time()
        exchange = await begin()
        if exchange.kind is None:
            self._note_lost(f"{what}: not acknowledged", began_s)
            return None
        if exchange.kind == "modal":
            return None
        try:
            return await exchange.message(timeout_s=_ANSWER_WITHIN_S)
        except TimeoutError:
            self._note_lost(f"{what}: acknowledged, and no answer", began_s)
            return None

    def _note_lost(self, what: str, began_s: float) -> None:
        """Nothing may have been wrong with Discord from its beginning on, nor a process ended that had it."""
        fair = self._weather.is_fair("Discord", since_s=began_s)
        self.counts["unanswered in bad weather"] += not fair
        if fair:
            self.lost.append(what)

    async def _type(self, person: Person) -> None:
        began_s = asyncio.get_running_loop().time()
        word = self._rng.choice(_NOVELS)
        self.counts["typed"] += 1
        try:
            await person.autocomplete(
                self._world.general, "vn info", focused="title", title=word[: self._rng.randint(1, len(word))]
            )
        except PersonError:
            self._note_lost("suggestions", began_s)

    async def _post(self, person: Person) -> None:
        dark = self._rng.random() < 0.7
        channel = self._world.after_dark if dark else self._world.general
        url = self._services.ehentai.library[self._rng.choice(_SHOWN)].url
        self.counts["posted"] += 1
        posted = Posted(await person.post(channel, f"look {url}"), expected=False)
        self.posted.append(posted)
        if dark and self._is_fair():
            await asyncio.sleep(15)
            posted.expected = self._is_fair() and not posted.gone

    def _is_fair(self) -> bool:
        return self._weather.is_fair("Discord") and self._weather.is_fair("Ehentai")

    async def _change(self, person: Person) -> None:
        """Edit or delete something of one's own that was posted a while ago."""
        own = [one for one in self.posted if not one.gone and one.message["author"]["id"] == person.user.id]
        if not own:
            return
        posted = self._rng.choice(own)
        posted.gone, posted.expected = True, False
        self.counts["changed"] += 1
        if self._rng.random() < 0.5:
            await person.delete(posted.message)
        else:
            await person.edit(posted.message, "never mind")

    async def _set(self, _person: Person) -> None:
        """The moderator looks at the settings and switches what no preview of galleries depends on."""
        panel = await self._await_answer(
            "/settings", lambda: self._moderator.slash(self._world.general, "settings server")
        )
        switch = self._rng.choice(("on", "off"))
        if panel is not None:
            with contextlib.suppress(PersonError):
                await self._await_answer("press", lambda: self._moderator.press(panel, f"sw:s:anime:{switch}"))

    def find_faults(self) -> list[str]:
        """What is wrong with the cards: twice, where none may be, of what is gone, missing."""
        faults: list[str] = []
        replies = self._count_replies()
        for one in self.posted:
            count = replies[one.message["id"]]
            if count > 1:
                faults.append(f"{count} replies to one message")
            if count and one.gone:
                faults.append("a reply to what is gone")
            if count and one.message["channel_id"] == self._world.general.id:
                faults.append("a gallery in an ordinary channel")
            if one.expected and not count:
                faults.append("no reply to a link, though nothing was in the way")
        return faults

    def _count_replies(self) -> Counter[str]:
        """To each message, of all channels at once: the local Discord stands still meanwhile."""
        channels = {one.message["channel_id"] for one in self.posted}
        return Counter(
            reference["message_id"]
            for channel in channels
            for message in self._world.visible_messages(self._world.channels[channel], self._world.bot)
            if (reference := message.get("message_reference"))
        )
