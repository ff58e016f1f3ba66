"""Pictures of the Nekos API: `picture/s/t/catgirl`, `picture/s/a/{artist}`. Every look draws a new one.

`picture/s/artist/{pattern}` and `picture/s/category/{pattern}` are lists of what a search finds.

Every look asks the gate twice: before anything is asked of the service, and again for what it gave.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.errors import BadAnswer, InvalidInput, NotFound
from bot.navigation.address import Address
from bot.navigation.encoded_text import decode_text, encode_text
from bot.navigation.frame import PageView
from bot.navigation.kept_place import fit_place
from bot.navigation.viewer import Viewer
from bot.navigation.visit import Groups, Route, Visit
from bot.picture.api.ban import is_withheld
from bot.picture.api.client import SERVICE
from bot.picture.api.model import Artist, AskedRating, Category, Picture, PictureWish, normalise_tag
from bot.picture.api.pattern import Searched, check_pattern
from bot.picture.cards.address import (
    ARTIST_PATTERN,
    SEARCH_PATTERN,
    WISH_PATTERN,
    build_artist_place,
    build_search_place,
    build_wish_place,
    parse_rating,
    parse_wish,
)
from bot.picture.cards.picture import may_show, render_picture
from bot.picture.cards.search import render_artists, render_categories
from bot.picture.pages.source import PictureSources
from bot.service.record import Card, Found


async def show_picture(wish: PictureWish, sources: PictureSources, viewer: Viewer) -> PageView:
    """A random picture of that kind. Raises `InvalidInput`, `NotFound`, `ServiceError`, `PlaceAway`."""
    _check(wish.rating, viewer)
    both = [tag for tag in wish.tags if tag in wish.without]
    if both:
        raise InvalidInput("tags", f"cannot be asked for and left out at once: {', '.join(both)}")
    address = await _lead(build_wish_place(wish), sources)
    return _show(await sources.nekos.fetch_random(wish), viewer, address)


async def show_artists(pattern: str, rating: AskedRating, sources: PictureSources, visit: Visit) -> PageView:
    """A page of the artists whose names match (v1), or a picture by the only one.

    Raises as `show_picture`.
    """
    _check(rating, visit.viewer)
    kept = check_pattern(pattern, kind="artist")
    found = await sources.nekos.search_artists(kept, page=visit.address.number)
    if _has_all(found, visit):
        if not found.items:
            raise NotFound(SERVICE, f'artist like "{kept}"')
        if len(found.items) == 1:
            return await _show_artist(found.items[0], rating, sources, visit.viewer)
    address = await _find_address("artist", kept, rating, sources, visit)
    leads = [await _lead(build_artist_place(artist, rating=rating), sources) for artist in found.items]
    return render_artists(found, leads=leads, pattern=kept, viewer=visit.viewer, address=address)


async def show_categories(pattern: str, rating: AskedRating, sources: PictureSources, visit: Visit) -> PageView:
    """A page of the categories that match (v1), or a picture of the only one. Raises as `show_artists`."""
    _check(rating, visit.viewer)
    kept = check_pattern(pattern, kind="category")
    found = await sources.nekos.search_categories(kept, page=visit.address.number)
    # What is safe in a category that is not contradicts itself, and is withheld: it would be looked for in vain.
    fitting = [
        category
        for category in found.items
        if not (category.nsfw and rating == "safe") and not _is_withheld(category, rating)
    ]
    if _has_all(found, visit):
        if not fitting:
            raise NotFound(SERVICE, f'category like "{kept}" for {rating} pictures')
        if len(fitting) == 1:
            return await show_picture(PictureWish(rating, (normalise_tag(fitting[0].name),)), sources, visit.viewer)
    tags = [normalise_tag(category.name) for category in fitting]
    places = [build_wish_place(PictureWish(rating, (tag,))) if tag else None for tag in tags]
    return render_categories(
        replace(found, items=fitting),
        leads=[await _lead(place, sources) for place in places],
        pattern=kept,
        viewer=visit.viewer,
        address=await _find_address("category", kept, rating, sources, visit),
        left_out=len(fitting) < len(found.items),
    )


def _is_withheld(category: Category, rating: AskedRating) -> bool:
    return is_withheld(rating, tags=[category.name], told=[category.description] if category.description else [])


def _has_all(found: Found[Any], visit: Visit) -> bool:
    """Whether a page is all that was found."""
    return visit.address.number == 1 and not found.more


async def _find_address(
    kind: Searched, pattern: str, rating: AskedRating, sources: PictureSources, visit: Visit
) -> Address:
    place = await fit_place(build_search_place(kind, encode_text(pattern), rating=rating), sources)
    return Address(place, visit.address.number)


async def _show_artist(artist: Artist, rating: AskedRating, sources: PictureSources, viewer: Viewer) -> PageView:
    """A random picture by that artist. How many there are is looked up once, and then carried along."""
    _check(rating, viewer)
    if artist.images is None:
        artist = (await sources.nekos.fetch_artist(artist.id)).entry
    card = await sources.nekos.fetch_of_artist(artist, rating=rating)
    return _show(card, viewer, await _lead(build_artist_place(artist, rating=rating), sources))


async def _lead(place: str | None, sources: PictureSources) -> Address | None:
    """Where a button leads: whatever does not fit into its address is kept."""
    return None if place is None else Address(await fit_place(place, sources))


def _check(rating: AskedRating, viewer: Viewer) -> None:
    if may_show(rating, viewer):
        return
    if not viewer.age_restricted:
        raise InvalidInput("rating", f"can only be safe here: others are shown {viewer.adult_places}")
    raise InvalidInput("rating", "is above the level of pictures that is set here")


def _show(card: Card[Picture], viewer: Viewer, address: Address | None) -> PageView:
    if not may_show(card.entry.rating, viewer):
        raise BadAnswer(SERVICE, "a picture of another rating than was asked for")
    return render_picture(card, viewer=viewer, address=address)


async def _show_wish(groups: Groups, sources: PictureSources, visit: Visit) -> PageView:
    return await show_picture(parse_wish(*groups), sources, visit.viewer)


async def _show_artist_again(groups: Groups, sources: PictureSources, visit: Visit) -> PageView:
    letter, artist_id, images = groups
    artist = Artist(id=artist_id, name="", images=int(images) if images else None)
    return await _show_artist(artist, parse_rating(letter), sources, visit.viewer)


async def _show_search(groups: Groups, sources: PictureSources, visit: Visit) -> PageView:
    letter, kind, text = groups
    show = show_artists if kind == "artist" else show_categories
    return await show(decode_text(text), parse_rating(letter), sources, visit)


ROUTES: tuple[Route[PictureSources], ...] = (
    (WISH_PATTERN, _show_wish),
    (ARTIST_PATTERN, _show_artist_again),
    (SEARCH_PATTERN, _show_search),
)
