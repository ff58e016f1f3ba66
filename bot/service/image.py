"""A picture, and what is known of how safe it is."""

from __future__ import annotations

import msgspec

from bot.service.picture_host import PictureUrl

SAFE_UP_TO = 0.4
"""Average vote (0 safe, 1 suggestive, 2 explicit) up to which a picture counts as safe, as VNDB's own site has it."""


class Image(msgspec.Struct, frozen=True):
    """A picture. `sexual` and `violence` are average votes, 0 to 2; a picture nobody voted on is reported as 2, 2."""

    url: PictureUrl
    id: str = ""
    dims: list[int] = []
    sexual: float | None = None
    violence: float | None = None
    votecount: int = 0
    thumbnail: PictureUrl | None = None
    thumbnail_dims: list[int] = []

    @property
    def is_safe(self) -> bool:
        """Whether it may be shown anywhere. No votes prove nothing; a missing or impossible average is not safe."""
        return self.votecount >= 1 and is_low(self.sexual) and is_low(self.violence)


def is_low(average: float | None) -> bool:
    """Whether an average vote is one of a safe picture."""
    return average is not None and 0 <= average <= SAFE_UP_TO
