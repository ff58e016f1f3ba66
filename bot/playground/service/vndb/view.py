"""The fields of every kind of entry of the sample VNDB, and how an entry is shown within another."""

from __future__ import annotations

from operator import attrgetter
from typing import TypeVar

from bot.playground.service.vndb.data import Novel, Producer, Tag
from bot.playground.service.vndb.entry import (
    Appearance,
    Character,
    Detail,
    Image,
    Quote,
    Release,
    ReleaseImage,
    ReleaseLanguage,
    Trait,
)
from bot.playground.service.vndb.index import Index, StaffName
from bot.playground.service.vndb.link import build_links
from bot.playground.service.vndb.list import ListedNovel
from bot.playground.service.vndb.picture import build_image, cover_of, plain
from bot.playground.service.vndb.row import Fields, Row

T = TypeVar("T")
_NOTHING = Detail()


def _own(kind: type[T], names: str) -> Fields[T]:  # noqa: ARG001 - says which kind the fields are of
    return {name: attrgetter(name) for name in names.split()}


class View:
    """Makes rows of entries. `image_url`: where the pictures are."""

    def __init__(self, index: Index, *, image_url: str) -> None:
        self._index = index
        self._image_url = image_url
        self._producer: Fields[Producer] = {
            **_own(Producer, "id name original lang type aliases description"),
            "extlinks": lambda one: build_links(one.extlinks),
        }
        self._tag: Fields[Tag] = {
            **_own(Tag, "id name category aliases searchable applicable description"),
            "vn_count": lambda one: index.tag_count[one.id],
        }
        self._trait: Fields[Trait] = {
            **_own(Trait, "id name group_id aliases description searchable applicable sexual"),
            "group_name": lambda one: index.traits[one.group_id].name if one.group_id else None,
            "char_count": lambda one: index.trait_count[one.id],
        }
        self._novel = self._build_novel()
        self._release = self._build_release()
        self._character = self._build_character()
        self._staff: Fields[StaffName] = {
            **_own(StaffName, "id name"),
            "aid": lambda one: one.alias.aid,
            "ismain": lambda one: one.is_main,
            "original": lambda one: one.alias.name if one.alias.latin else None,
            "lang": lambda one: one.staff.lang,
            "gender": lambda one: one.staff.gender,
            "description": lambda one: one.staff.description,
            "extlinks": lambda one: build_links(one.staff.extlinks),
            "aliases": _list_aliases,
        }
        self._quote: Fields[Quote] = {
            **_own(Quote, "id quote score"),
            "vn": lambda one: self.novel(index.novels[one.vn]),
            "character": lambda one: self.character(index.characters[one.character]) if one.character else None,
        }
        self._listed = self._build_listed()

    def novel(self, one: Novel, **more: object) -> Row[Novel]:
        """A row of POST /vn."""
        return Row(one, self._novel, more)

    def release(self, one: Release, **more: object) -> Row[Release]:
        """A row of POST /release."""
        return Row(one, self._release, more)

    def character(self, one: Character) -> Row[Character]:
        """A row of POST /character."""
        return Row(one, self._character)

    def producer(self, one: Producer, **more: object) -> Row[Producer]:
        """A row of POST /producer."""
        return Row(one, self._producer, more)

    def staff(self, one: StaffName, **more: object) -> Row[StaffName]:
        """A row of POST /staff."""
        return Row(one, self._staff, more)

    def tag(self, one: Tag, **more: object) -> Row[Tag]:
        """A row of POST /tag."""
        return Row(one, self._tag, more)

    def trait(self, one: Trait, **more: object) -> Row[Trait]:
        """A row of POST /trait."""
        return Row(one, self._trait, more)

    def quote(self, one: Quote) -> Row[Quote]:
        """A row of POST /quote."""
        return Row(one, self._quote)

    def listed(self, one: ListedNovel) -> Row[ListedNovel]:
        """A row of POST /ulist."""
        return Row(one, self._listed)

    def _build_novel(self) -> Fields[Novel]:
        index = self._index
        return {
            **_own(
                Novel,
                "id title alttitle aliases olang devstatus released languages platforms length length_minutes "
                "length_votes description votecount",
            ),
            "titles": _list_titles,
            "image": lambda one: self._image("cv", cover_of(one)),
            "average": lambda one: plain(one.average),
            "rating": lambda one: plain(one.rating),
            "popularity": lambda one: plain(one.popularity),
            "developers": lambda one: [self.producer(index.producers[it]) for it in one.developers],
            "tags": lambda one: [
                self.tag(index.tags[it.tag], rating=plain(it.rating), spoiler=it.spoiler, lie=it.lie) for it in one.tags
            ],
            "editions": lambda one: [
                {"eid": it.eid, "lang": it.lang, "name": it.name, "official": it.official}
                for it in self._detail(one).editions
            ],
            "extlinks": lambda one: build_links(self._detail(one).extlinks),
            "relations": lambda one: [
                self.novel(index.novels[it.other], relation=it.relation, relation_official=it.official)
                for it in index.relations_of.get(one.id, ())
            ],
            "screenshots": self._list_screenshots,
            "staff": lambda one: [
                self.staff(index.names[it.aid], eid=it.eid, role=it.role, note=it.note)
                for it in index.credits_of.get(one.id, ())
            ],
            "va": self._list_voices,
        }

    def _build_release(self) -> Fields[Release]:
        index = self._index
        return {
            **_own(
                Release,
                "id title alttitle platforms released minage patch freeware uncensored official has_ero resolution "
                "engine voiced notes gtin catalog",
            ),
            "languages": lambda one: [_language(it, main=number == 0) for number, it in enumerate(one.languages)],
            "media": lambda one: [{"medium": medium, "qty": qty} for medium, qty in one.media],
            "vns": lambda one: [self.novel(index.novels[it.vn], rtype=it.rtype) for it in one.vns],
            "producers": lambda one: [
                self.producer(index.producers[it.producer], developer=it.developer, publisher=it.publisher)
                for it in one.producers
            ],
            "images": lambda one: [self._release_image(it) for it in one.images],
            "extlinks": lambda one: build_links(one.extlinks),
        }

    def _build_character(self) -> Fields[Character]:
        return {
            **_own(
                Character,
                "id name original aliases description blood_type height weight bust waist hips cup age birthday sex "
                "gender",
            ),
            "image": lambda one: self._image("ch", one.image),
            "vns": lambda one: [self._appearance(it) for it in one.vns],
            "traits": lambda one: [
                self.trait(self._index.traits[it.trait], spoiler=it.spoiler, lie=it.lie) for it in one.traits
            ],
        }

    def _build_listed(self) -> Fields[ListedNovel]:
        return {
            "id": lambda one: one.id,
            "vn": lambda one: self.novel(one.novel),
            "added": lambda one: one.listed.added,
            "lastmod": lambda one: one.listed.lastmod,
            "vote": lambda one: one.listed.vote,
            "voted": lambda one: one.listed.voted,
            "started": lambda one: one.listed.started,
            "finished": lambda one: one.listed.finished,
            "notes": lambda one: one.listed.notes,
            "labels": lambda one: [{"id": number, "label": label} for number, label in one.labels.items()],
            "releases": lambda one: [
                self.release(self._index.releases[it], list_status=status) for it, status in one.releases
            ],
        }

    def _detail(self, novel: Novel) -> Detail:
        return self._index.library.details.get(novel.id, _NOTHING)

    def _image(self, kind: str, image: Image | None) -> dict[str, object] | None:
        return build_image(kind, image, self._image_url) if image else None

    def _release_image(self, shown: ReleaseImage) -> dict[str, object]:
        more = {"type": shown.type, "vn": shown.vn, "languages": shown.languages, "photo": shown.photo}
        return build_image("cv", shown.image, self._image_url) | more

    def _appearance(self, seen: Appearance) -> Row[Novel]:
        release = self.release(self._index.releases[seen.release]) if seen.release else None
        return self.novel(self._index.novels[seen.vn], role=seen.role, spoiler=seen.spoiler, release=release)

    def _list_screenshots(self, novel: Novel) -> list[object]:
        return [
            build_image("sf", one.image, self._image_url) | {"release": self.release(self._index.releases[one.release])}
            for one in self._detail(novel).screenshots
        ]

    def _list_voices(self, novel: Novel) -> list[object]:
        return [
            {
                "note": one.note,
                "staff": self.staff(self._index.names[one.aid]),
                "character": self.character(self._index.characters[one.character]),
            }
            for one in self._index.voices_of.get(novel.id, ())
        ]


def _list_aliases(name: StaffName) -> list[dict[str, object]]:
    main = name.staff.aliases[0]
    return [{"aid": one.aid, "name": one.name, "latin": one.latin, "ismain": one == main} for one in name.staff.aliases]


def _language(one: ReleaseLanguage, *, main: bool) -> dict[str, object]:
    return {"lang": one.lang, "title": one.title, "latin": one.latin, "mtl": one.mtl, "main": main}


def _list_titles(novel: Novel) -> list[dict[str, object]]:
    rest = [_title(one.lang, one.title, one.latin, main=False) for one in novel.titles]
    title, latin = (novel.alttitle, novel.title) if novel.alttitle else (novel.title, None)
    return [*rest, _title(novel.olang, title, latin, main=True)]


def _title(lang: str, title: str, latin: str | None, *, main: bool) -> dict[str, object]:
    return {"lang": lang, "title": title, "latin": latin, "official": True, "main": main}
