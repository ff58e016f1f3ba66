"""Pictures of the Nekos API: `picture/s/t/catgirl`, `picture/s/a/{artist}`. Every look draws a new one.

Every look asks the gate twice: before anything is asked of the service, and again for what it gave.
"""

from __future__ import annotations

from bot.apis.nekos import SERVICE
from bot.apis.nekos_ban import is_withheld
from bot.apis.nekos_model import Artist, AskedRating, Picture, PictureWish, normalise_tag
from bot.apis.nekos_pattern import check_pattern
from bot.apis.record import Card
from bot.errors import BadAnswer, InvalidInput, NotFound
from bot.pages.visit import Groups, Route, Sources, Visit
from bot.ui.address import Address
from bot.ui.frame import PageView
from bot.ui.nekos_address import (
    ARTIST_PATTERN,
    WISH_PATTERN,
    build_artist_address,
    build_wish_address,
    parse_rating,
    parse_wish,
)
from bot.ui.nekos_picture import may_show, render_picture
from bot.ui.nekos_search import render_artists, render_categories
from bot.ui.viewer import Viewer


async def show_picture(wish: PictureWish, sources: Sources, viewer: Viewer) -> PageView:
    """A random picture of that kind. Raises `InvalidInput`, `NotFound`, `ServiceError`."""
    _check(wish.rating, viewer)
    both = [tag for tag in wish.tags if tag in wish.without]
    if both:
        raise InvalidInput("tags", f"cannot be asked for and left out at once: {', '.join(both)}")
    card = await sources.nekos.fetch_random(wish)
    return _show(card, viewer, build_wish_address(wish))


async def show_artists(pattern: str, rating: AskedRating, sources: Sources, viewer: Viewer) -> PageView:
    """The artists whose names match (v1), or a picture by the only one. Raises as `show_picture`."""
    _check(rating, viewer)
    kept = check_pattern(pattern, kind="artist")
    found = await sources.nekos.search_artists(kept)
    if not found.items:
        raise NotFound(SERVICE, f'artist like "{kept}"')
    if len(found.items) == 1:
        return await _show_artist(found.items[0], rating, sources, viewer)
    return render_artists(found, rating=rating, pattern=kept, viewer=viewer)


async def show_categories(pattern: str, rating: AskedRating, sources: Sources, viewer: Viewer) -> PageView:
    """The categories that match (v1), or a picture of the only one. Raises as `show_picture`."""
    _check(rating, viewer)
    kept = check_pattern(pattern, kind="category")
    found = await sources.nekos.search_categories(kept)
    # What is safe in a category that is not contradicts itself, and is withheld: it would be looked for in vain.
    found.items[:] = [
        category
        for category in found.items
        if not (category.nsfw and rating == "safe") and not is_withheld(rating, tags=[category.name])
    ]
    if not found.items:
        raise NotFound(SERVICE, f'category like "{kept}" for {rating} pictures')
    if len(found.items) == 1:
        wish = PictureWish(rating, (normalise_tag(found.items[0].name),))
        return await show_picture(wish, sources, viewer)
    return render_categories(found, rating=rating, pattern=kept, viewer=viewer)


async def _show_artist(artist: Artist, rating: AskedRating, sources: Sources, viewer: Viewer) -> PageView:
    """A random picture by that artist. How many there are is looked up once, and then carried along."""
    _check(rating, viewer)
    if artist.images is None:
        artist = (await sources.nekos.fetch_artist(artist.id)).entry
    card = await sources.nekos.fetch_of_artist(artist, rating=rating)
    return _show(card, viewer, build_artist_address(artist, rating=rating))


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


async def _show_wish(groups: Groups, sources: Sources, visit: Visit) -> PageView:
    return await show_picture(parse_wish(*groups), sources, visit.viewer)


async def _show_artist_again(groups: Groups, sources: Sources, visit: Visit) -> PageView:
    letter, artist_id, images = groups
    artist = Artist(id=artist_id, name="", images=int(images) if images else None)
    return await _show_artist(artist, parse_rating(letter), sources, visit.viewer)


ROUTES: tuple[Route, ...] = ((WISH_PATTERN, _show_wish), (ARTIST_PATTERN, _show_artist_again))
