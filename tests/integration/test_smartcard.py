"""An approval whose key is on a smartcard: gpg has a stub, the card signs."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from strongroom.core.bitcoin.model import ScriptKind
from tests.integration.card_reader import CardReader
from tests.integration.openpgp_card import OpenpgpCard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.conftest import OpenDesk
    from tests.integration.software_station import OpenPgpKey

pytestmark = [pytest.mark.integration, pytest.mark.slow]
PIN = "123456"
POINT = SECRET = 32  # bytes, of Ed25519


def gpg(home: Path, *arguments: str, given: bytes = b"") -> bytes:
    command = ("gpg", "--homedir", str(home), "--batch", "--quiet", *arguments)
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def secret_of(key: OpenPgpKey) -> tuple[bytes, int]:
    """The Ed25519 secret in the key packet (RFC 4880bis, 5.5.3), and when the key was made."""
    options = ("--pinentry-mode", "loopback", "--passphrase", "", "--export-secret-keys")
    packet = gpg(key.home, *options, key.fingerprint)
    assert packet[:1] == b"\x94"  # a secret key, its length in one byte
    body = packet[2 : 2 + packet[1]]
    _, _, rest = body.partition(b"\x01\x07\x40")  # the point: 263 bits, in the native form
    protection, *number = rest[POINT : POINT + 3]
    assert protection == 0  # none
    start, size = POINT + 3, (int.from_bytes(bytes(number), "big") + 7) // 8
    secret = rest[start : start + size].rjust(SECRET, b"\x00")
    return secret, int.from_bytes(body[1:5], "big")


@pytest.fixture
def card(keys: tuple[OpenPgpKey, OpenPgpKey]) -> OpenpgpCard:
    """A card with the approver's key."""
    secret, created = secret_of(keys[0])
    return OpenpgpCard(
        key=Ed25519PrivateKey.from_private_bytes(secret),
        fingerprint=bytes.fromhex(keys[0].fingerprint),
        created=created,
        pin=PIN.encode(),
    )


@pytest.fixture
def home(card: OpenpgpCard, keys: tuple[OpenPgpKey, OpenPgpKey], tmp_path: Path) -> Iterator[Path]:
    """A gpg home that has seen the card and knows the certificate, as on an approver's computer."""
    folder = tmp_path / "card"
    with CardReader(card, tmp_path) as reader:
        reader.open_home(folder, PIN)
        gpg(folder, "--import", given=keys[0].certificate())
        listed = gpg(folder, "--with-colons", "--card-status").decode()
        assert keys[0].fingerprint in listed
        yield folder
        subprocess.run(("gpgconf", "--homedir", str(folder), "--kill", "all"), check=True)


def test_a_request_is_approved_by_a_smartcard(
    card: OpenpgpCard,
    home: Path,
    keys: tuple[OpenPgpKey, OpenPgpKey],
    open_desk: OpenDesk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    made = desk.pay("0.1btc")
    monkeypatch.setenv("GNUPGHOME", str(home))
    kept = b"".join(path.read_bytes() for path in (home / "private-keys-v1.d").iterdir())
    assert b"shadowed-private-key" in kept
    assert card.key.private_bytes_raw() not in kept
    assert card.signatures == 0

    typed = home / "pinentry.py.pin"
    typed.write_text("654321")
    approve = ("request", "approve", made["request_id"], "--key", keys[0].fingerprint)
    code, printed = desk.run(*approve)
    assert (code, printed["error"]["rule"]) == (3, "OPENPGP")
    assert "Bad PIN" in printed["error"]["message"]
    assert (card.signatures, card.tries) == (0, 2)
    assert desk.do("status", made["request_id"])["requests"][0]["stage"] == "draft"

    typed.write_text(PIN)
    data = desk.written(made["request_id"])
    assert (card.signatures, card.tries) == (1, 3)
    assert "GETPIN" in (home / "pinentry.py.asked").read_text()
    sent = desk.do("response", "broadcast", desk.keep("a.response", desk.stations[0].answer(data)))
    assert sent["txid"] in desk.node.rpc("getrawmempool")
