"""The panel of a person's own VNDB list: what is pressed in it is changed on VNDB, and what VNDB has then is shown.

It never shows what was wished for. Where a change was not made, or nobody knows, it says so above what VNDB has.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Coroutine
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple, cast

import msgspec
from discord import ui

from bot.account.seal import Sealer
from bot.account.token import HeldToken, Tokens
from bot.errors import InvalidInput, MissingPermission, NotConfirmed, NotFound, NoToken, ServiceError, Unauthorized
from bot.gate.rules import Hosted
from bot.http import Clock
from bot.interaction.error import render_error
from bot.interaction.place import build_viewer, watch_rules
from bot.interaction.reply import Interaction, answer, change, counted, open_modal, say
from bot.navigation.frame import PageView
from bot.navigation.viewer import Viewer
from bot.store.store import Store
from bot.vndb.api import kind as kinds
from bot.vndb.api.access import LISTREAD, LISTWRITE
from bot.vndb.api.client import SERVICE, Vndb
from bot.vndb.api.list_change import (
    Day,
    EntryChange,
    build_remake,
    choose_labels,
    choose_status,
    parse_day,
    parse_notes,
    parse_vote,
)
from bot.vndb.api.model import ListEntry, Vn
from bot.vndb.api.my_list import OwnedRelease
from bot.vndb.cards.user import STATUSES as RELEASE_STATUSES
from bot.vndb.my_list.card import (
    Kept,
    render_day_question,
    render_my_list,
    render_my_release,
    render_remove_question,
    render_sentence,
)
from bot.vndb.my_list.draft import Drafts
from bot.vndb.my_list.item import Act, MyListActions
from bot.vndb.my_list.modal import (
    Asked,
    Typed,
    build_days_modal,
    build_notes_modal,
    build_vote_modal,
    list_fields,
)
from bot.vndb.my_list.reading import check_reading, fetch_labels
from bot.vndb.my_list.record import RemakeRecords
from bot.vndb.my_list.remake import Remakes
from bot.vndb.my_list.seen import SeenEntries
from bot.vndb.my_list.turn import Turns
from bot.vndb.token.item import TokenButton

_SAVED = "-# ✅ Saved on VNDB."
_REMOVED = "-# ✅ Removed."
_NOTHING = "-# There was nothing to take away."
_OTHERWISE = "⚠️ VNDB took this, and yet has something else now: it may have been changed elsewhere meanwhile."
_PRESS_AGAIN = "-# This was read anew, since it was not at hand any more. Press once more."
_GOES_ON = "The entry is being made anew, and Shiori goes on with that: look again in a moment."
_REMAKES: dict[Act, tuple[Day, ...]] = {
    "take-start!": ("started",),
    "take-finish!": ("finished",),
    "take-both!": ("started", "finished"),
}


class Made(NamedTuple):
    """What VNDB has of a novel after a change, and what is said of that."""

    entry: ListEntry | None
    note: str = _SAVED


Make = Callable[[HeldToken, str], Awaitable[Made]]
Work = Callable[[], Coroutine[Any, Any, PageView]]


class MyListPanel(MyListActions):
    """`tokens` say whose list it is."""

    def __init__(
        self, tokens: Tokens, sealer: Sealer, *, vndb: Vndb, clock: Clock, store: Store, hosted: Hosted
    ) -> None:
        self._tokens = tokens
        self._vndb = vndb
        self._list = vndb.my_list
        self._clock = clock
        self._store = store
        self._hosted = hosted
        self._turns = Turns()
        self._seen = SeenEntries(clock)
        self._drafts = Drafts(clock)
        records = RemakeRecords(store.database, sealer)
        store.hold(records)
        self.remakes = Remakes(tokens, records, vndb.my_list, turns=self._turns, clock=clock)
        """Entries that are being made anew: to be started, and closed."""

    async def open(self, interaction: Interaction, entry_id: str) -> None:
        """Show what the list of whoever pressed has of a novel or a release, to them alone."""
        work = _or_sentence(partial(self._look, interaction, entry_id))
        still_right = watch_rules(interaction, self._store, hosted=self._hosted)
        await answer(interaction, work, clock=self._clock, private=True, still_right=still_right)

    # Of whom they are: what the settings tell

    def person_changed(self, user_id: int) -> None:
        """What they chose does not change their list."""

    async def person_leaves(self, user_id: int) -> int:
        """What is to be put back on their list is, while that is known; nothing of them stays at hand."""
        await self.remakes.go_on_with_all(person=user_id)
        self.forget(user_id)
        return 0

    def forget(self, user_id: int) -> None:
        """Have nothing of them at hand any longer."""
        self._seen.forget(user_id)
        self._drafts.forget(user_id)

    # What is pressed (documented in `MyListActions`)

    async def act(self, interaction: Interaction, entry_id: str, act: Act, *, whose: str) -> None:
        if act in ("vote", "notes", "days"):
            await self._open_modal(interaction, entry_id, act)
        elif act == "remove":
            await self._press(interaction, partial(self._ask_remove, interaction, entry_id))
        elif act == "remove!":
            make = partial(self._remove, whose=whose)
            await self._press(interaction, partial(self._change, interaction, entry_id, make, goes_on=False))
        elif act == "remove-r!":
            await self._press(interaction, partial(self._change_release, interaction, entry_id, None, whose))
        elif act in _REMAKES:
            make = partial(self._remake, days=_REMAKES[act], whose=whose)
            await self._press(interaction, partial(self._change, interaction, entry_id, make))
        else:
            await self._press(interaction, partial(self._look, interaction, entry_id, anew=True))

    async def turn_labels(self, interaction: Interaction, entry_id: str, number: int) -> None:
        await self._press(interaction, partial(self._look, interaction, entry_id, number=number))

    async def choose_status(self, interaction: Interaction, entry_id: str, status: int, *, whose: str) -> None:
        if entry_id.startswith(kinds.RELEASE.prefix):
            await self._press(interaction, partial(self._change_release, interaction, entry_id, status, whose))
        else:
            make = partial(self._give_status, status=status, whose=whose)
            await self._press(interaction, partial(self._change, interaction, entry_id, make))

    async def choose_labels(
        self,
        interaction: Interaction,
        entry_id: str,
        number: int,
        *,
        chosen: Collection[int],
        held: Collection[int],
        whose: str,
    ) -> None:
        make = partial(self._label, change=choose_labels(chosen, held), whose=whose)
        await self._press(interaction, partial(self._change, interaction, entry_id, make, number=number))

    async def submit(self, interaction: Interaction, typed: Typed) -> None:
        """Change what was typed into a modal, and show the panel as VNDB has it then."""
        submit = {"vote": self._submit_vote, "notes": self._submit_notes, "days": self._submit_days}[typed.asked]
        await self._press(interaction, partial(submit, interaction, typed), typed=typed)

    async def _press(self, interaction: Interaction, work: Work, *, typed: Typed | None = None) -> None:
        """Do it when the person's presses before are through, and show what comes of it in place of the message. And
        say what becomes of what was `typed` and not taken.
        """
        still_right = watch_rules(interaction, self._store, hosted=self._hosted)
        failed = True
        with self._turns.join(interaction.user.id) as turn:

            async def wait_and_work() -> PageView:
                nonlocal failed
                await turn.wait()
                view = await _or_sentence(work)
                if said := self._tell_draft(interaction, typed):
                    view.add_item(ui.TextDisplay(said))
                failed = False
                return view

            await change(interaction, wait_and_work(), clock=self._clock, still_right=still_right)
            if failed and (said := self._tell_draft(interaction, typed)):
                with counted():
                    await say(interaction, said)

    def _tell_draft(self, interaction: Interaction, typed: Typed | None) -> str:
        """What becomes of what was typed and not taken."""
        return self._drafts.tell(interaction.user.id, typed) if typed else ""

    async def _open_modal(self, interaction: Interaction, vn_id: str, asked: Asked) -> None:
        kept, uid = self._seen.find(interaction.user.id, vn_id), self._seen.find_uid(interaction.user.id, vn_id)
        if kept is None or uid is None:  # after a restart, or long after the panel was made
            await self._press(interaction, partial(self._look, interaction, vn_id, note=_PRESS_AGAIN))
            return
        whose = self._name_list(uid)
        stamp = f"{whose}:{self._name_fields(list_fields(asked, kept.entry))}"
        if asked == "vote":
            modal = build_vote_modal(vn_id, kept.entry, stamp=stamp)
        elif asked == "notes":
            draft = self._drafts.find(interaction.user.id, vn_id, whose)
            modal = build_notes_modal(vn_id, kept.entry, stamp=stamp, public=kept.public, draft=draft)
        else:
            modal = build_days_modal(vn_id, kept.entry, stamp=stamp)
        await open_modal(interaction, modal)

    def _name_list(self, uid: str) -> str:
        """What an account's list is called in custom ids, which give nothing of it away."""
        return self._store.database.digests.find(f"list {uid}", size=8)

    def _name_fields(self, fields: tuple[object, ...]) -> str:
        """What a form is filled with, in the same way."""
        return self._store.database.digests.find(f"fields {msgspec.json.encode(fields).decode()}", size=8)

    # What is there

    async def _look(
        self, interaction: Interaction, entry_id: str, *, number: int = 1, anew: bool = False, note: str = ""
    ) -> PageView:
        held = await self._require(interaction)
        viewer = self._build_viewer(interaction)
        if entry_id.startswith(kinds.RELEASE.prefix):
            release = (await self._vndb.fetch(kinds.RELEASE, entry_id)).entry
            owned = await self._fetch_release(held, entry_id)
            return render_my_release(release, owned, viewer=viewer, whose=self._name_list(held.uid), note=note)
        vn = await self._fetch_novel(entry_id)
        await self.remakes.go_on(held, entry_id)
        entry = await self._list.fetch_entry(entry_id, held.credential)
        labels = await fetch_labels(self._vndb, held, anew=anew or entry is None)
        kept = self._keep(held, entry_id, Kept(entry, labels))
        return render_my_list(vn, kept, viewer=viewer, whose=self._name_list(held.uid), number=number, note=note)

    async def _ask_remove(self, interaction: Interaction, vn_id: str) -> PageView:
        held = await self._require(interaction)
        vn = await self._fetch_novel(vn_id)
        entry = await self._list.fetch_entry(vn_id, held.credential)
        await check_reading(self._vndb, held)  # it is told what is lost
        whose = self._name_list(held.uid)
        return render_remove_question(vn, entry, viewer=self._build_viewer(interaction), whose=whose)

    async def _require(self, interaction: Interaction) -> HeldToken:
        """The person's token. Without reading back no change can be confirmed, so both permissions are needed."""
        held = await self._tokens.require(interaction.user.id, LISTREAD, LISTWRITE)
        self._seen.forget(held.user_id, but_of=held.uid)
        return held

    def _build_viewer(self, interaction: Interaction) -> Viewer:
        return build_viewer(interaction, self._store, hosted=self._hosted)

    async def _fetch_novel(self, vn_id: str) -> Vn:
        return (await self._vndb.fetch(kinds.VN, vn_id)).entry

    async def _fetch_release(self, held: HeldToken, release_id: str) -> OwnedRelease:
        """What the list has of a release. Raises `NoToken` if the token does not show what is private."""
        owned = await self._list.fetch_release(release_id, held.credential)
        if owned.status is None:
            await check_reading(self._vndb, held)
        return owned

    def _keep(self, held: HeldToken, vn_id: str, kept: Kept) -> Kept:
        self._seen.keep(held.user_id, vn_id, kept, uid=held.uid)
        self._drafts.drop_taken(held.user_id, vn_id, self._name_list(held.uid), kept.entry)
        return kept

    async def _see(self, held: HeldToken, vn_id: str, made: Made) -> Kept:
        """What VNDB has after a change, with the labels that were seen last if they cannot be asked for. Raises
        `NoToken` if the token does not show what is private.
        """
        entry, note = made
        try:
            labels = await fetch_labels(self._vndb, held, anew=entry is None or note == _OTHERWISE)
        except ServiceError:
            seen = self._seen.find(held.user_id, vn_id)
            labels = seen.labels if seen else ()
        return self._keep(held, vn_id, Kept(entry, labels))

    # What is changed

    async def _change(
        self, interaction: Interaction, vn_id: str, make: Make, *, number: int = 1, goes_on: bool = True
    ) -> PageView:
        """Change an entry, and show what VNDB has then: also of one that was not changed, since Discord goes on showing
        what was chosen.
        """
        held = await self._require(interaction)
        vn = await self._fetch_novel(vn_id)
        gone = False
        try:
            if goes_on:
                await self.remakes.go_on(held, vn_id)
            made = await make(held, vn_id)
            kept, note = await self._see(held, vn_id, made), made.note
        except Unauthorized:
            raise
        except (InvalidInput, NotFound, ServiceError) as error:
            kept = await self._look_after(held, vn_id, error)
            note, gone = _tell_refused(error), isinstance(error, NotFound)
        viewer, whose = self._build_viewer(interaction), self._name_list(held.uid)
        return render_my_list(vn, kept, viewer=viewer, whose=whose, number=number, note=note, removable=gone)

    async def _look_after(self, held: HeldToken, vn_id: str, error: InvalidInput | NotFound | ServiceError) -> Kept:
        """What VNDB has after a change that failed, or what was seen last. Raises the error if nothing was."""
        try:
            return await self._see(held, vn_id, Made(await self._list.fetch_entry(vn_id, held.credential)))
        except ServiceError:
            seen = self._seen.find(held.user_id, vn_id)
            if seen is None:
                raise error from None
            return seen

    async def _write(self, held: HeldToken, vn_id: str, *, build: Callable[[], EntryChange]) -> Made:
        wanted = build()
        if wanted.only_takes_away and await self._list.fetch_entry(vn_id, held.credential) is None:
            return Made(None, _NOTHING)
        entry = await self._list.change(vn_id, wanted, held.credential)
        return Made(entry, _SAVED if wanted.is_made(entry) else _OTHERWISE)

    def _check_list(self, held: HeldToken, whose: str, *, asked: str = "form") -> None:
        """Raises `InvalidInput` if another account was linked since `whose` list was shown, or asked about."""
        if whose != self._name_list(held.uid):
            raise InvalidInput(asked, "was about the list of the token that was linked before")

    async def _fetch_as_filled(self, held: HeldToken, typed: Typed, wanted: tuple[object, ...]) -> ListEntry | None:
        """What the list has, if the form was filled with that, or it is what is `wanted`. Raises `InvalidInput`: what
        was written elsewhere meanwhile would be lost unsaid. Raises `NotFound` for a novel that VNDB has no more.
        """
        self._check_list(held, typed.whose)
        entry = await self._list.fetch_entry(typed.entry_id, held.credential)
        there = list_fields(typed.asked, entry)
        if self._name_fields(there) == typed.filled:
            return entry
        if entry is None and not await self._vndb.whole_lists.find_titles([typed.entry_id]):
            raise NotFound(SERVICE, f"entry {typed.entry_id} any more")
        if there != wanted:
            raise InvalidInput("form", "was opened before this was changed elsewhere: see what stands here now")
        return entry

    async def _give_status(self, held: HeldToken, vn_id: str, *, status: int, whose: str) -> Made:
        self._check_list(held, whose, asked="panel")
        return await self._write(held, vn_id, build=partial(choose_status, status))

    async def _label(self, held: HeldToken, vn_id: str, *, change: EntryChange, whose: str) -> Made:
        """VNDB takes labels that do not exist, and shows them nowhere: they are looked up first."""
        self._check_list(held, whose, asked="panel")  # on another list other labels have these numbers
        known = {label.id for label in await fetch_labels(self._vndb, held, anew=True)}
        if not known.issuperset(change.labels_set or ()):
            raise InvalidInput("label", "is none of yours any more: it was deleted on VNDB")
        return await self._write(held, vn_id, build=lambda: change)

    async def _remove(self, held: HeldToken, vn_id: str, *, whose: str) -> Made:
        self._check_list(held, whose, asked="question")
        await self.remakes.give_up(held, vn_id)
        entry = await self._list.remove(vn_id, held.credential)
        return Made(entry, _REMOVED if entry is None else _OTHERWISE)

    async def _remake(self, held: HeldToken, vn_id: str, *, days: Collection[Day], whose: str) -> Made:
        """Take days off an entry, by taking it off the list and making it anew."""
        self._check_list(held, whose, asked="question")
        entry = await self._list.fetch_entry(vn_id, held.credential)
        there: list[Day] = [day for day in days if getattr(entry, day, None)]
        if entry is None or not there:
            return Made(entry, _NOTHING)
        await check_reading(self._vndb, held)  # what is not shown would not be put back
        try:
            return Made(await self.remakes.begin(held, build_remake(entry, there)))
        except ServiceError as error:
            said = f"⚠️ {render_error(error)} {_GOES_ON}"
        try:
            return Made(await self._list.fetch_entry(vn_id, held.credential), said)
        except ServiceError as error:
            raise NotConfirmed(SERVICE, str(error), taken=False) from error

    async def _submit_vote(self, interaction: Interaction, typed: Typed) -> PageView:
        async def make(held: HeldToken, vn_id: str) -> Made:
            vote = parse_vote(typed.texts[0])
            await self._fetch_as_filled(held, typed, (vote,))
            return await self._write(held, vn_id, build=partial(EntryChange, vote=vote))

        return await self._change(interaction, typed.entry_id, make)

    async def _submit_notes(self, interaction: Interaction, typed: Typed) -> PageView:
        """Change the notes. They are kept until VNDB has them."""
        self._drafts.keep(interaction.user.id, typed)

        async def make(held: HeldToken, vn_id: str) -> Made:
            notes = parse_notes(typed.texts[0])
            await self._fetch_as_filled(held, typed, (notes,))
            return await self._write(held, vn_id, build=partial(EntryChange, notes=notes))

        return await self._change(interaction, typed.entry_id, make)

    async def _submit_days(self, interaction: Interaction, typed: Typed) -> PageView:
        """Change the days that were typed, and ask whether those are to go that were emptied."""
        gone: list[Day] = []
        saved = False

        async def make(held: HeldToken, vn_id: str) -> Made:
            today = datetime.fromtimestamp(self._clock.time(), UTC).date()
            days = {
                "started": parse_day("start", typed.texts[0], today=today),
                "finished": parse_day("finish", typed.texts[1], today=today),
            }
            entry = await self._fetch_as_filled(held, typed, (days["started"], days["finished"]))
            emptied: list[Day] = [
                cast("Day", day) for day, wanted in days.items() if not wanted and getattr(entry, day, None)
            ]
            changed = {day: wanted for day, wanted in days.items() if wanted and getattr(entry, day, None) != wanted}
            made = Made(entry, "")
            if changed:
                made = await self._write(held, vn_id, build=partial(EntryChange, **changed))
            if made.note != _OTHERWISE:  # else that is said, and in the place of it nothing is asked
                nonlocal saved
                saved = bool(changed)
                gone.extend(emptied)
            return made

        panel = await self._change(interaction, typed.entry_id, make)
        kept = self._seen.find(interaction.user.id, typed.entry_id)
        if not gone or kept is None or kept.entry is None:
            return panel
        vn = await self._fetch_novel(typed.entry_id)
        viewer = self._build_viewer(interaction)
        return render_day_question(vn, kept.entry, gone, viewer=viewer, whose=typed.whose, saved=saved)

    async def _change_release(
        self, interaction: Interaction, release_id: str, status: int | None, whose: str
    ) -> PageView:
        """Give a release a status, or take it off the list (None), and show what VNDB has then."""
        held = await self._require(interaction)
        release = (await self._vndb.fetch(kinds.RELEASE, release_id)).entry
        try:
            self._check_list(held, whose, asked="panel")
            owned = await self._write_release(held, release_id, status)
        except Unauthorized:
            raise
        except (InvalidInput, NotFound, ServiceError) as error:
            note = _tell_refused(error)
            try:
                owned = await self._fetch_release(held, release_id)
            except ServiceError:
                raise error from None
        else:
            note = _REMOVED if status is None else _SAVED
            if owned.status != status:
                await check_reading(self._vndb, held)
                note = _OTHERWISE
        viewer = self._build_viewer(interaction)
        return render_my_release(release, owned, viewer=viewer, whose=self._name_list(held.uid), note=note)

    async def _write_release(self, held: HeldToken, release_id: str, status: int | None) -> OwnedRelease:
        # VNDB makes an entry for a release, and what was on the list would not be put in its place any more.
        await self.remakes.go_on_with(held)
        if status is None:
            return await self._list.remove_release(release_id, held.credential)
        if status not in RELEASE_STATUSES:
            raise InvalidInput("status", "is none of VNDB's")
        return await self._list.change_release(release_id, status, held.credential)


def _tell_refused(error: InvalidInput | NotFound | ServiceError) -> str:
    said = render_error(error)
    if isinstance(error, NotConfirmed):
        return f"⚠️ {said}"
    if isinstance(error, NotFound):
        said += " It was deleted or hidden there. What you had of it can be removed, and not changed."
    return f"⚠️ Nothing was changed. {said}"


async def _or_sentence(work: Work) -> PageView:
    """What `work` makes, or why it cannot be, with the way to a token that can do it."""
    try:
        return await work()
    except MissingPermission:
        error: NoToken | Unauthorized = NoToken(SERVICE, "permissions", missing=[LISTWRITE])
    except (NoToken, Unauthorized) as refused:
        error = refused
    if isinstance(error, NoToken) and error.why == "off":
        return render_sentence(render_error(error))
    return render_sentence(render_error(error), TokenButton("open", "Link a token"))
