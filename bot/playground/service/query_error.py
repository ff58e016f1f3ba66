"""The one error of the sample services: a question that the real service would refuse."""

from __future__ import annotations

INTERNAL_ERROR = "Internal server error. Can be temporary, but usually points to a server bug."
"""What VNDB says with a 500."""


class QueryError(Exception):
    """The service refuses the question with `status` and the words of `text`."""

    def __init__(self, text: str, *, status: int = 400) -> None:
        super().__init__(text)
        self.text = text
        self.status = status
