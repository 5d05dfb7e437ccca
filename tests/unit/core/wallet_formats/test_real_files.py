"""Files that other programs wrote are read as they are.

Sparrow keeps them to test its own imports by (sparrowwallet/sparrow, src/test/resources). Each is put together
here from the facts in it, and is as long as the one there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.errors import Violation
from strongroom.core.wallet_formats.read import check_first_address, read_wallet
from tests.vectors.published import read_published

ORIGIN = "48'/0'/0'/2'"
KEYS = read_published("wallet_files")["xpubs"]
"""By master fingerprint."""


def xpub(fingerprint: str) -> str:
    found: str = KEYS[fingerprint]
    return found


def expected(form: str, *keys: tuple[str, str]) -> str:
    """A descriptor of these (origin, extended key) pairs, without checksum, as ours are written."""
    return form.format(",".join(f"[{origin}]{key}/<0;1>/*" for origin, key in keys)).replace(
        "'", "h"
    )


def coldcard() -> tuple[str, str]:
    holders = ("0f056943", "6ba6cfd0", "747b698e", "7bb026be")
    origin = "48'/1'/0'/2'"
    lines = (
        "# Coldcard Multisig setup file (created on 0F056943)",
        *("#", "Name: CC-2-of-4", "Policy: 2 of 4", f"Derivation: m/{origin}", "Format: P2WSH", ""),
        *(f"{holder.upper()}: {xpub(holder)}" for holder in holders),
    )
    keys = ((f"{holder}/{origin}", xpub(holder)) for holder in holders)
    return "\n".join((*lines, "")), expected("wsh(sortedmulti(2,{}))", *keys)


def electrum() -> str:
    holders = (
        ("06b57041", "0f056943", ORIGIN),
        ("4b569672", "6ba6cfd0", ORIGIN),
        ("ca9a2b19", "747b698e", "47'/0'/0'/1'"),
    )
    lines = [
        f"Derivation: m/{origin}\n{holder.upper()}: {xpub(key)}\n"
        for holder, key, origin in holders
    ]
    head = "# Exported from Electrum\nName: el-CC-3-of-3-sb-2\nPolicy: 3 of 3\nFormat: P2WSH\n"
    return "\n".join((head, *lines, ""))


def specter() -> tuple[str, str]:
    holders = ("ca9a2b19", "046b9450", "747b698e", "7bb026be")
    listed = ",".join(f"[{holder}/{ORIGIN}]{xpub(holder)}" for holder in holders)
    file = {
        "label": "specter-multisig",
        "blockheight": 646246,
        "descriptor": f"wsh(multi(3,{listed}))",
    }
    keys = ((f"{holder}/{ORIGIN}", xpub(holder)) for holder in holders)
    return json.dumps(file, indent=2), expected("wsh(multi(3,{}))", *keys)


def caravan() -> tuple[str, str]:
    holders = {
        "8188029f": ("Mercury", "trezor"),
        "a15e8133": ("Venus", "ledger"),
        "d31cf7f9": ("Earth", "coldcard"),
    }
    signers = [
        {
            "name": name,
            "bip32Path": f"m/{ORIGIN}",
            "xpub": xpub(holder),
            "xfp": holder,
            "method": method,
        }
        for holder, (name, method) in holders.items()
    ]
    file = {
        "name": "Test Wallet",
        "addressType": "P2WSH",
        "network": "mainnet",
        "client": {"type": "public"},
        "quorum": {"requiredSigners": 2, "totalSigners": 3},
        "extendedPublicKeys": signers,
        "startingAddressIndex": 0,
    }
    keys = ((f"{holder}/{ORIGIN}", xpub(holder)) for holder in holders)
    return json.dumps(file, indent=2), expected("wsh(sortedmulti(2,{}))", *keys)


def bsms() -> tuple[str, str]:
    holders = (("8188029f", "8188029f"), ("3bd5c9b0", "a15e8133"))
    listed = ",".join(f"[{holder}/{ORIGIN}]{xpub(key)}/**" for holder, key in holders)
    address = "bc1qfagqa83vrv9phj0886rlx6d68zzd7gejtr0ns8xxfeckve27397q6vq47w"
    keys = ((f"{holder}/{ORIGIN}", xpub(key)) for holder, key in holders)
    return (
        f"BSMS 1.0\nwsh(sortedmulti(2,{listed}))\n/0/*,/1/*\n{address}\n",
        expected("wsh(sortedmulti(2,{}))", *keys),
    )


def sparrow(*branches: tuple[str, str]) -> tuple[str, str]:
    """A descriptor for each of these (branch, checksum) pairs, with an empty line between them."""
    key = f"[a262308d/84h/0h/0h]{xpub('a262308d')}"
    lines = (f"wpkh({key}/{branch}/*)#{checksum}\n" for branch, checksum in branches)
    return "\n".join(lines), f"wpkh({key}/<0;1>/*)"


def sparrow_multipath() -> tuple[str, str]:
    return sparrow(("<0;1>", "cpx4ean7"))


def sparrow_branches() -> tuple[str, str]:
    return sparrow(("0", "s5x06kda"), ("1", "pqrw8ra9"))


FILES = {
    sparrow_multipath: (155, "descriptor"),
    sparrow_branches: (303, "descriptor"),
    coldcard: (616, "Coldcard multisig file"),
    specter: (631, "Specter file"),
    caravan: (1003, "Caravan file"),
    bsms: (378, "BSMS descriptor record"),
}


@pytest.mark.parametrize("write", FILES, ids=lambda write: write.__name__)
def test_a_file_of_another_program_is_read(write: Callable[[], tuple[str, str]]) -> None:
    text, descriptor = write()
    size, form = FILES[write]
    found = read_wallet(text.encode(), "other.txt")
    parsed = parse_descriptor(found.descriptor, found.networks[0])
    assert (len(text), found.form) == (size, form)
    assert parsed.text.partition("#")[0].replace("'", "h") == descriptor
    check_first_address(found, parsed)
    if found.first_address:
        with pytest.raises(Violation, match="we derive bc1qfagqa"):
            check_first_address(replace(found, first_address=found.first_address[:-1]), parsed)


def test_a_file_that_gives_a_key_another_place_than_its_own_is_refused() -> None:
    """Electrum wrote it; somebody changed a path in it, which Sparrow's test does not mind."""
    text = electrum()
    found = read_wallet(text.encode(), "other.txt")
    assert (len(text), found.form, found.name) == (
        529,
        "Coldcard multisig file",
        "el-CC-3-of-3-sb-2",
    )
    with pytest.raises(Violation, match="key 3: the key is child 2h and its origin ends in 1h"):
        parse_descriptor(found.descriptor, found.networks[0])
