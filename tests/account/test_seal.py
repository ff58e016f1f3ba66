"""Sealing: opened by the right key for the right person, and by nothing else."""

from __future__ import annotations

import base64
import copy
import pickle

import pytest

from bot.account.seal import Sealer, Unopened, find_key_id, read_key_id
from bot.http import Secret

OLD, NEW = b"o" * 32, b"n" * 32
TOKEN = "efsobr1czbzoyjah4u8ybtma56pogbzk"
PERSON = 80351110224678912


def test_what_is_sealed_opens_for_its_person() -> None:
    sealer = Sealer([NEW])
    sealed = sealer.seal(Secret(TOKEN), person=PERSON)
    assert sealer.open(sealed, person=PERSON).reveal() == TOKEN


def test_nothing_of_it_can_be_read_and_the_same_is_never_sealed_alike() -> None:
    sealer = Sealer([NEW])
    one, other = (sealer.seal(Secret(TOKEN), person=PERSON) for _ in range(2))
    assert one != other
    assert len(one) <= 200
    nonce, text, tag = 12, len(TOKEN), 16  # of bytes
    assert len(base64.urlsafe_b64decode(one.partition(".")[2])) == nonce + text + tag
    assert TOKEN.encode() not in base64.urlsafe_b64decode(one.partition(".")[2])


def test_it_opens_for_nobody_else() -> None:
    sealer = Sealer([NEW])
    sealed = sealer.seal(Secret(TOKEN), person=PERSON)
    with pytest.raises(Unopened):
        sealer.open(sealed, person=PERSON + 1)


def test_the_first_key_seals_and_every_key_opens() -> None:
    before = Sealer([OLD]).seal(Secret(TOKEN), person=PERSON)
    both = Sealer([NEW, OLD])
    assert both.open(before, person=PERSON).reveal() == TOKEN
    assert not both.seals_now(before)
    anew = both.seal(Secret(TOKEN), person=PERSON)
    assert both.seals_now(anew)
    assert read_key_id(anew) == find_key_id(NEW)
    assert Sealer([NEW]).open(anew, person=PERSON).reveal() == TOKEN


@pytest.mark.parametrize("keys", [[NEW], []])
def test_without_its_key_it_stays_sealed(keys: list[bytes]) -> None:
    sealed = Sealer([OLD]).seal(Secret(TOKEN), person=PERSON)
    with pytest.raises(Unopened):
        Sealer(keys).open(sealed, person=PERSON)


def test_the_id_of_another_key_does_not_help() -> None:
    sealed = Sealer([OLD]).seal(Secret(TOKEN), person=PERSON)
    with pytest.raises(Unopened):
        Sealer([NEW]).open(sealed.replace(find_key_id(OLD), find_key_id(NEW)), person=PERSON)


def test_every_damage_is_noticed() -> None:
    sealer = Sealer([NEW])
    sealed = sealer.seal(Secret(TOKEN), person=PERSON)
    key_id, _, text = sealed.partition(".")
    raw = bytearray(base64.urlsafe_b64decode(text))
    for place in range(len(raw)):
        raw[place] ^= 1
        with pytest.raises(Unopened):
            sealer.open(f"{key_id}.{base64.urlsafe_b64encode(raw).decode()}", person=PERSON)
        raw[place] ^= 1
    for cut in range(len(sealed)):
        with pytest.raises(Unopened):
            sealer.open(sealed[:cut], person=PERSON)


def test_the_id_of_a_key_tells_keys_apart_and_nothing_else() -> None:
    assert find_key_id(OLD) != find_key_id(NEW)
    assert len(find_key_id(OLD)) == 8
    assert OLD.hex()[:8] != find_key_id(OLD)


def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret(TOKEN)
    shown = [str(secret), repr(secret), f"{secret}", f"{secret!r:>40}", repr([secret]), "%s" % secret]  # noqa: UP031
    assert not any(TOKEN in one for one in shown)
    for write in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            write(secret)
