"""Sealing: what must never lie in the clear is kept encrypted and signed (AES-GCM), for one person each.

What is sealed for one person opens for no other: their id is signed with it. Of several keys the first one seals, and
all of them open, so that keys can be changed while everything runs.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.config import KEY_BYTES
from bot.http import Secret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12  # as AES-GCM wants it; drawn anew each time
_ID_BYTES = 4
_SEALED = re.compile(r"[0-9a-f]{8}\.")


class Unopened(Exception):
    """What is sealed opens with none of the keys, or not for this person, or is damaged."""


def build_key() -> str:
    """A new key, as `SECRET_KEYS` takes it."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def find_key_id(key: bytes) -> str:
    """What a key is called in the database and by `python -m bot keys`: eight digits, which give nothing of it away."""
    return hashlib.blake2b(key, digest_size=_ID_BYTES, person=b"shiori key id").hexdigest()


def is_sealed(text: str) -> bool:
    """Whether something was sealed, and is not from before such things were."""
    return _SEALED.match(text) is not None


def read_key_id(sealed: str) -> str:
    """The id of the key that something is sealed with, whether or not that is at hand."""
    return sealed.partition(".")[0]


class Sealer:
    """Seals with the first of `keys` (of `KEY_BYTES` each) and opens with all of them. Without any it does neither."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {find_key_id(key): key for key in keys}
        self.key_ids = tuple(self._keys)

    def seal(self, secret: Secret, *, person: int) -> str:
        """The secret as it may be stored: the key's id, a dot, then nonce and ciphertext in base64 (URL alphabet)."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        key_id = self.key_ids[0]
        closed = _build_cipher(self._keys[key_id]).encrypt(nonce, secret.reveal().encode(), _sign(person))
        return f"{key_id}.{base64.urlsafe_b64encode(nonce + closed).decode()}"

    def open(self, sealed: str, *, person: int) -> Secret:
        """What was sealed for a person. Raises `Unopened`."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as with the cipher

        key_id, _, text = sealed.partition(".")
        if key_id not in self._keys:
            raise Unopened("none of the keys is that one")
        try:
            raw = base64.urlsafe_b64decode(text)
            opened = _build_cipher(self._keys[key_id]).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _sign(person))
        except (InvalidTag, ValueError):
            raise Unopened("it is damaged, or somebody else's") from None
        return Secret(opened.decode())

    def seals_now(self, sealed: str) -> bool:
        """Whether something is sealed with the key that seals now."""
        return read_key_id(sealed) == self.key_ids[0]


def _build_cipher(key: bytes) -> AESGCM:
    # Imported with the first token: who links none does without its megabytes.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    return AESGCM(key)


def _sign(person: int) -> bytes:
    return f"shiori token of {person}".encode()
