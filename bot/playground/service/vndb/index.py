"""The sample library joined: entries by id, and what belongs to which novel, release, person and character."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.playground.service.vndb.data import Library, Novel, find_off_shelf
from bot.playground.service.vndb.entry import (
    BACK,
    Character,
    Credit,
    Relation,
    Release,
    Staff,
    StaffAlias,
    Voice,
)

T = TypeVar("T")


@dataclass(frozen=True)
class StaffName:
    """A person under one of their names, perhaps as seen from a novel, whose credits then count alone."""

    staff: Staff
    alias: StaffAlias
    vn: str | None = None

    @property
    def id(self) -> str:
        """The person's."""
        return self.staff.id

    @property
    def is_main(self) -> bool:
        """Whether this is the main name."""
        return self.alias == self.staff.aliases[0]

    @property
    def name(self) -> str:
        """The romanized name if there is one."""
        return self.alias.latin or self.alias.name


@dataclass(frozen=True)
class Cast:
    """A character, perhaps as seen from a novel, whose role then counts alone."""

    character: Character
    vn: str | None = None

    @property
    def id(self) -> str:
        """The character's."""
        return self.character.id


@dataclass(frozen=True)
class Issue:
    """A release, perhaps as seen from a novel, whose type of release then counts alone."""

    release: Release
    vn: str | None = None

    @property
    def id(self) -> str:
        """The release's."""
        return self.release.id


class Index:
    """Everything by id, and the ways between the entries."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.off_shelf = find_off_shelf(library)
        self.novels = {one.id: one for one in sorted(library.vn, key=_number)}
        self.producers = {one.id: one for one in sorted(library.producers, key=_number)}
        self.releases = {one.id: one for one in sorted(library.releases, key=_number)}
        self.characters = {one.id: one for one in sorted(library.characters, key=_number)}
        self.tags = {one.id: one for one in library.tags}
        self.traits = {one.id: one for one in sorted(library.traits, key=_number)}
        self.users = {one.id: one for one in library.users}
        self.names = {
            alias.aid: StaffName(one, alias) for one in sorted(library.staff, key=_number) for alias in one.aliases
        }
        self.releases_of = _group(self.releases.values(), lambda one: [it.vn for it in one.vns])
        self.characters_of = _group(self.characters.values(), lambda one: [it.vn for it in one.vns])
        self.credits_of: Mapping[str, Sequence[Credit]] = _group(library.credits, lambda one: [one.vn])
        self.voices_of: Mapping[str, Sequence[Voice]] = _group(library.voices, lambda one: [one.vn])
        self.voices_for = _group(library.voices, lambda one: [one.character])
        self.relations_of: Mapping[str, Sequence[Relation]] = _group(
            [one for there in library.relations for one in (there, _turn(there))], lambda one: [one.vn]
        )
        self.roles = self._find_roles()
        self.tag_count = Counter(applied.tag for novel in library.vn for applied in novel.tags)
        self.trait_count = Counter(applied.trait for one in library.characters for applied in one.traits)

    def find_staff(self, novel: Novel) -> Sequence[StaffName]:
        """Whoever worked on a novel or speaks in it, under the names they did it."""
        aids = {one.aid for one in (*self.credits_of.get(novel.id, ()), *self.voices_of.get(novel.id, ()))}
        return [StaffName(self.names[aid].staff, self.names[aid].alias, novel.id) for aid in sorted(aids)]

    def find_cast(self, novel: Novel) -> Sequence[Cast]:
        """The characters of a novel."""
        return [Cast(one, novel.id) for one in self.characters_of.get(novel.id, ())]

    def find_issues(self, novel: Novel) -> Sequence[Issue]:
        """The releases of a novel."""
        return [Issue(one, novel.id) for one in self.releases_of.get(novel.id, ())]

    def find_roles(self, name: StaffName) -> frozenset[str]:
        """What a person did under this name, `seiyuu` too; in the novel they are seen from, or anywhere."""
        found = self.roles.get(name.alias.aid, {})
        if name.vn is not None:
            return frozenset(found.get(name.vn, ()))
        return frozenset(role for roles in found.values() for role in roles)

    def _find_roles(self) -> Mapping[int, Mapping[str, set[str]]]:
        found: defaultdict[int, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for credit in self.library.credits:
            found[credit.aid][credit.vn].add(credit.role)
        for voice in self.library.voices:
            found[voice.aid][voice.vn].add("seiyuu")
        return found


def _number(entry: object) -> int:
    return int(str(getattr(entry, "id"))[1:])  # noqa: B009 - entries of many kinds, all with an id


def _turn(relation: Relation) -> Relation:
    return Relation(relation.other, BACK[relation.relation], relation.vn, relation.official)


def _group(entries: Iterable[T], keys: Callable[[T], Iterable[str]]) -> Mapping[str, list[T]]:
    found: defaultdict[str, list[T]] = defaultdict(list)
    for entry in entries:
        for key in dict.fromkeys(keys(entry)):
            found[key].append(entry)
    return found
