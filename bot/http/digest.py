"""What things are called where all processes see it: the same in each, and of no use to anybody who reads it there."""

from __future__ import annotations

import hashlib


class Digests:
    """Digests with a key made of `secret`, which all processes of one bot have: without it nobody can try all persons,
    of whom there are few enough, to find whose name one is.
    """

    def __init__(self, secret: str = "") -> None:
        self._key = hashlib.blake2b(secret.encode(), digest_size=32, person=b"shiori names").digest()

    def find(self, text: str, *, size: int = 16) -> str:
        """The name of a text, of twice as many digits as `size`."""
        return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=size, key=self._key).hexdigest()
