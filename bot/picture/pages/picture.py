"""Pictures of the Nekos API, and lists of artists and categories that lead to some. Every look draws a new one.

Every look asks the gate twice: before anything is asked of the service, and again for what it gave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from msgspec import structs
from msgspec.structs import replace

from bot.errors import BadAnswer, InvalidInput, NotFound
from bot.gate.rules import Refused
from bot.navigation.address import Address
from bot.navigation.frame import Shown
from bot.navigation.kept_place import fits
from bot.navigation.page import Lead, Page, Visit, open_page
from bot.navigation.route import TEXT, Route
from bot.navigation.viewer import Viewer
from bot.picture.api.ban import is_withheld
from bot.picture.api.client import SERVICE
from bot.picture.api.model import Artist, AskedRating, Category, Picture, PictureWish, normalise_tag
from bot.picture.api.pattern import check_pattern
from bot.picture.cards.picture import may_show, render_picture
from bot.picture.cards.search import render_artists, render_categories
from bot.picture.pages.part import ARTIST, RATING, WISH, has_place
from bot.picture.pages.source import PictureSources
from bot.service.record import Card, Found

T = TypeVar("T", Artist, Category)


@dataclass(frozen=True)
class RandomPicture(Page[PictureSources, Card[Picture]]):
    """A picture of a kind; its own address leads to the next one."""

    remembered = False
    path = "picture/{wish}"
    wish: Annotated[PictureWish, WISH]

    async def ask(self, visit: Visit[PictureSources]) -> Card[Picture]:
        wish = self.wish
        _check(wish.rating, visit.viewer)
        both = [tag for tag in wish.tags if tag in wish.without]
        if both:
            raise InvalidInput("tags", f"cannot be asked for and left out at once: {', '.join(both)}")
        return _check_card(await visit.sources.nekos.fetch_random(wish), visit.viewer)

    def show(self, asked: Card[Picture], viewer: Viewer, address: Address) -> Shown:
        return render_picture(asked, viewer=viewer, address=address)


@dataclass(frozen=True)
class ArtistPicture(Page[PictureSources, tuple[Card[Picture], int | None]]):
    """A picture by an artist. How many there are is looked up once, and then carried along."""

    remembered = False
    path = "picture/{rating}/a/{artist}"
    rating: Annotated[AskedRating, RATING]
    artist: Annotated[Artist, ARTIST]

    async def ask(self, visit: Visit[PictureSources]) -> tuple[Card[Picture], int | None]:
        _check(self.rating, visit.viewer)
        nekos, artist = visit.sources.nekos, self.artist
        if artist.images is None:
            artist = (await nekos.fetch_artist(artist.id)).entry
        card = await nekos.fetch_of_artist(artist, rating=self.rating)
        return _check_card(card, visit.viewer), artist.images

    def show(self, asked: tuple[Card[Picture], int | None], viewer: Viewer, address: Address) -> Shown:
        card, images = asked
        known = ArtistPicture(self.rating, structs.replace(self.artist, images=images))
        return render_picture(card, viewer=viewer, address=address.go(known))


@dataclass(frozen=True, slots=True)
class Hits(Generic[T]):
    """What a search found, and where the pictures of each are. `left_out`: some may not stand here."""

    found: Found[T]
    leads: Sequence[Address | None]
    left_out: bool = False

    @property
    def alone(self) -> bool:
        """Whether nothing else is found, or nothing at all."""
        return len(self.found.items) <= 1 and not self.found.more


@dataclass(frozen=True)
class ArtistSearch(Page[PictureSources, Hits[Artist]]):
    """The artists whose names match (v1), each of which leads to a picture."""

    remembered = False
    path = "picture/{rating}/artist/{pattern}"
    rating: Annotated[AskedRating, RATING]
    pattern: Annotated[str, TEXT]

    async def ask(self, visit: Visit[PictureSources]) -> Hits[Artist]:
        _check(self.rating, visit.viewer)
        kept = check_pattern(self.pattern, kind="artist")
        found = await visit.sources.nekos.search_artists(kept, page=visit.address.number)
        if not found.items and not found.more and visit.address.number == 1:
            raise NotFound(SERVICE, f"artist like “{kept}”")
        return Hits(found, [_lead(self.pick(artist)) for artist in found.items])

    def pick(self, artist: Artist) -> ArtistPicture | None:
        """Where pictures by that artist are; None if the id is none."""
        known = Artist(id=artist.id, name="", images=artist.images)
        return ArtistPicture(self.rating, known) if has_place(artist) else None

    def show(self, asked: Hits[Artist], viewer: Viewer, address: Address) -> Shown:
        return render_artists(asked.found, leads=asked.leads, pattern=self.pattern, viewer=viewer, address=address)


@dataclass(frozen=True)
class CategorySearch(Page[PictureSources, Hits[Category]]):
    """The categories that match (v1), each of which leads to a picture."""

    remembered = False
    path = "picture/{rating}/category/{pattern}"
    rating: Annotated[AskedRating, RATING]
    pattern: Annotated[str, TEXT]

    async def ask(self, visit: Visit[PictureSources]) -> Hits[Category]:
        _check(self.rating, visit.viewer)
        kept = check_pattern(self.pattern, kind="category")
        found = await visit.sources.nekos.search_categories(kept, page=visit.address.number)
        # What is safe in a category that is not contradicts itself, and is withheld: it would be looked for in vain.
        fitting = [
            category
            for category in found.items
            if not (category.nsfw and self.rating == "safe") and not _is_withheld(category, self.rating)
        ]
        if not fitting and not found.more and visit.address.number == 1:
            raise NotFound(SERVICE, f"category like “{kept}” for {self.rating} pictures")
        leads = [_lead(self.pick(category)) for category in fitting]
        return Hits(replace(found, items=fitting), leads, left_out=len(fitting) < len(found.items))

    def pick(self, category: Category) -> RandomPicture | None:
        """Where pictures of that category are; None if it has no name that can be asked for."""
        tag = normalise_tag(category.name)
        return RandomPicture(PictureWish(self.rating, (tag,))) if tag else None

    def show(self, asked: Hits[Category], viewer: Viewer, address: Address) -> Shown:
        return render_categories(
            asked.found,
            leads=asked.leads,
            pattern=self.pattern,
            viewer=viewer,
            address=address,
            left_out=asked.left_out,
        )


PAGES = (RandomPicture, ArtistPicture, ArtistSearch, CategorySearch)


async def find_artist(pattern: str, rating: AskedRating, visit: Visit[PictureSources]) -> Lead[PictureSources]:
    """A picture by the only artist whose name matches, or all of them. Raises as `ArtistSearch.ask`."""
    search = ArtistSearch(rating, " ".join(pattern.split()))
    hits = await search.ask(visit)
    return (search.pick(hits.found.items[0]) if hits.alone else None) or open_page(search, hits)


async def find_category(pattern: str, rating: AskedRating, visit: Visit[PictureSources]) -> Lead[PictureSources]:
    """A picture of the only category that matches, or all of them. Raises as `CategorySearch.ask`."""
    search = CategorySearch(rating, " ".join(pattern.split()))
    hits = await search.ask(visit)
    alone = hits.alone and hits.leads[0] is not None
    return (search.pick(hits.found.items[0]) if alone else None) or open_page(search, hits)


def _lead(page: Route | None) -> Address | None:
    """Where a button leads; None where it has no room for that: what the service told may not be kept for longer."""
    return Address(str(page)) if page is not None and fits(str(page)) else None


def _is_withheld(category: Category, rating: AskedRating) -> bool:
    return is_withheld(rating, tags=[category.name], told=[category.description] if category.description else [])


def _check(rating: AskedRating, viewer: Viewer) -> None:
    if may_show(rating, viewer):
        return
    if not (pictures := viewer.rules.rule_pictures()).shows:
        raise Refused(pictures.rule)
    if not viewer.age_restricted:
        raise InvalidInput("rating", f"can only be safe here: others are shown {viewer.adult_places}")
    raise InvalidInput("rating", "is above the level of pictures that is set here")


def _check_card(card: Card[Picture], viewer: Viewer) -> Card[Picture]:
    if not may_show(card.entry.rating, viewer):
        raise BadAnswer(SERVICE, "a picture of another rating than was asked for")
    return card
