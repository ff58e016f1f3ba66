"""The kinds of entries: where each is asked for, which fields its card and its rows need, what it may be called."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

import msgspec

from bot.vndb.api.model import (
    Character,
    ListEntry,
    Producer,
    Quote,
    Release,
    Staff,
    Tag,
    Trait,
    Vn,
)

T = TypeVar("T", bound=msgspec.Struct)

_IMAGE = "id,url,dims,sexual,violence,votecount,thumbnail,thumbnail_dims"
# Characters' pictures have no thumbnails.
_PORTRAIT = "id,url,dims,sexual,violence,votecount"
_LINKS = "extlinks{url,label,name,id}"


class Kind(msgspec.Struct, Generic[T], frozen=True):
    """One kind of entry. `key` names it in the cache, `path` is its endpoint, ids are `prefix` and a number.

    `card_fields` are for one entry, `row_fields` for each of many. `list_names` gives all that an entry may be meant
    by.
    """

    key: str
    path: str
    prefix: str
    noun: str
    model: type[T]
    card_fields: str
    row_fields: str
    list_names: Callable[[T], Iterable[str | None]] = lambda _: ()


def _list_vn_names(vn: Vn) -> Iterable[str | None]:
    yield vn.title
    yield vn.alttitle
    for title in vn.titles:
        yield title.title
        yield title.latin
    yield from vn.aliases


def _list_release_names(release: Release) -> Iterable[str | None]:
    yield release.title
    yield release.alttitle
    for title in release.languages:
        yield title.title
        yield title.latin


def _list_character_names(character: Character) -> Iterable[str | None]:
    """Without the aliases of those whose every appearance gives something away: VNDB does not say which aliases do."""
    yield character.name
    yield character.original
    if character.appears_within(0):
        yield from character.aliases


def _list_staff_names(staff: Staff) -> Iterable[str | None]:
    yield staff.name
    yield staff.original
    for alias in staff.aliases:
        yield alias.name
        yield alias.latin


def _list_trait_names(trait: Trait) -> Iterable[str | None]:
    """Also with its group, since names of traits say little alone; the group itself is a trait of its own."""
    yield trait.name
    if trait.group_name:
        yield f"{trait.name} {trait.group_name}"
    yield from trait.aliases


# What a small picture needs, and who may see it.
_COVER = "image{id,url,sexual,violence,votecount,thumbnail}"
# What a novel may be called in the language of titles that somebody chose, wherever it is named.
_TITLED = "title,alttitle,titles{lang,title,latin}"
_VN_ROW = f"{_TITLED},aliases,released,olang,rating,votecount,{_COVER}"

CREDIT_FIELDS = ",staff{role},va{staff{aid},character{name}}"
"""With these a row of a novel tells who did what for it."""

VN = Kind(
    key="vn",
    path="vn",
    prefix="v",
    noun="visual novel",
    model=Vn,
    card_fields=(
        "title,alttitle,titles{lang,title,latin,official,main},aliases,olang,devstatus,released,languages,platforms,"
        f"image{{{_IMAGE}}},length,length_minutes,length_votes,description,average,rating,votecount,"
        "developers{name,original},tags{name,rating,spoiler,lie,category,vn_count},relations{relation}"
    ),
    row_fields=_VN_ROW,
    list_names=_list_vn_names,
)

VN_DETAILS = Kind(
    key="vn details",
    path="vn",
    prefix="v",
    noun="visual novel",
    model=Vn,
    card_fields=(
        f"title,alttitle,titles{{lang,title,latin,official,main}},aliases,olang,screenshots{{{_IMAGE},release{{title,alttitle}}}},"
        f"relations{{relation,relation_official,{_TITLED},released,olang,rating,votecount,{_COVER}}},"
        "editions{eid,lang,name,official},staff{eid,role,note,aid,name,original},"
        f"va{{note,staff{{aid,name,original}},character{{name,original}}}},{_LINKS}"
    ),
    row_fields=_VN_ROW,
)
"""What the further pages of a novel need: another query, since most people look at the first page only."""

RELEASE = Kind(
    key="release",
    path="release",
    prefix="r",
    noun="release",
    model=Release,
    card_fields=(
        "title,alttitle,languages{lang,title,latin,mtl,main},platforms,media{medium,qty},"
        f"vns{{rtype,{_TITLED}}},producers{{developer,publisher,name,original}},"
        f"images{{{_IMAGE},type,vn,languages,photo}},released,minage,patch,"
        f"freeware,uncensored,official,has_ero,resolution,engine,voiced,notes,gtin,catalog,{_LINKS}"
    ),
    row_fields=(
        "title,alttitle,languages{lang,title,latin,mtl,main},platforms,released,minage,patch,freeware,official,"
        f"has_ero,uncensored,vns{{rtype,{_TITLED},olang,{_COVER}}},{_LINKS}"
    ),
    list_names=_list_release_names,
)

PRODUCER = Kind(
    key="producer",
    path="producer",
    prefix="p",
    noun="producer",
    model=Producer,
    card_fields=f"name,original,aliases,lang,type,description,{_LINKS}",
    row_fields="name,original,aliases,lang,type",
    list_names=lambda producer: (producer.name, producer.original, *producer.aliases),
)

CHARACTER = Kind(
    key="character",
    path="character",
    prefix="c",
    noun="character",
    model=Character,
    card_fields=(
        f"name,original,aliases,description,image{{{_PORTRAIT}}},blood_type,height,weight,bust,waist,hips,cup,age,"
        f"birthday,sex,gender,vns{{{_TITLED},released,rating,votecount,role,spoiler,release{{title,alttitle}}}},"
        "traits{name,group_id,group_name,spoiler,lie,sexual}"
    ),
    row_fields=f"name,original,aliases,image{{{_PORTRAIT}}},sex,birthday,vns{{{_TITLED},role,spoiler}}",
    list_names=_list_character_names,
)

STAFF = Kind(
    key="staff",
    path="staff",
    prefix="s",
    noun="staff member",
    model=Staff,
    card_fields=f"aid,ismain,name,original,lang,gender,description,aliases{{aid,name,latin,ismain}},{_LINKS}",
    row_fields="aid,ismain,name,original,lang,gender,aliases{name,latin}",
    list_names=_list_staff_names,
)

TAG = Kind(
    key="tag",
    path="tag",
    prefix="g",
    noun="tag",
    model=Tag,
    card_fields="name,aliases,description,category,searchable,applicable,vn_count",
    row_fields="name,aliases,category,searchable,applicable,vn_count",
    list_names=lambda tag: (tag.name, *tag.aliases),
)

TRAIT = Kind(
    key="trait",
    path="trait",
    prefix="i",
    noun="trait",
    model=Trait,
    card_fields="name,aliases,description,searchable,applicable,sexual,group_id,group_name,char_count",
    row_fields="name,aliases,searchable,applicable,sexual,group_id,group_name,char_count",
    list_names=_list_trait_names,
)

QUOTE = Kind(
    key="quote",
    path="quote",
    prefix="q",
    noun="quote",
    model=Quote,
    card_fields=(f"quote,score,vn{{{_TITLED},image{{{_IMAGE}}}}},character{{name,original,vns{{spoiler}}}}"),
    row_fields=f"quote,score,vn{{{_TITLED}}},character{{name,original,vns{{spoiler}}}}",
)

LIST_ENTRY = Kind(
    key="ulist",
    path="ulist",
    prefix="v",
    noun="entry",
    model=ListEntry,
    card_fields=f"vote,vn{{{_TITLED}}}",
    row_fields=(
        "vote,voted,added,lastmod,started,finished,notes,labels{id,label},"
        f"releases{{title,alttitle,list_status}},vn{{{_TITLED},released,olang,rating,votecount,{_COVER}}}"
    ),
)
