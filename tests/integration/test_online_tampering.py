"""Answers that someone changed on their way: each is refused by the rule that is there for it.

The vault's key signs every one of them here, so that nothing but the rule itself stands in the way.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from strongroom.core.bitcoin.codec import render_compact_size
from strongroom.core.bitcoin.keys import parse_path
from strongroom.core.bitcoin.model import ScriptKind, TxOutput
from strongroom.core.bitcoin.sighash import SighashContext
from strongroom.core.bitcoin.signatures import sign_ecdsa
from strongroom.core.bundle.archive import parse_archive, render_archive
from strongroom.core.bundle.manifest import parse_response_manifest
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.network import Network
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.review.inputs import review_inputs

if TYPE_CHECKING:
    from strongroom.core.bundle.model import ResponseManifest
    from strongroom.core.psbt.model import Psbt
    from tests.integration.companion import Desk
    from tests.integration.conftest import OpenDesk

pytestmark = pytest.mark.integration

PARTIAL_SIG, WITNESS_UTXO, DERIVATION = 0x02, 0x01, 0x02
SIGHASH_NONE = 2
Maps = tuple[tuple[tuple[bytes, bytes], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An honest answer, taken apart so that it can be put together wrongly."""

    desk: Desk
    manifest: ResponseManifest
    psbt: Psbt

    def stop_of(self, psbt: bytes, manifest: ResponseManifest | None = None) -> str:
        """The rule that refuses an answer with this PSBT, sealed by the vault's key."""
        data = self.desk.stations[0].seal(manifest or self.manifest, psbt)
        path = self.desk.keep("tampered.response", data)
        rule = self.desk.stop_of("response", "check", path)
        assert self.desk.stop_of("response", "broadcast", path) == rule
        return rule


def render_maps(psbt: Psbt, *, inputs: Maps | None = None, outputs: Maps | None = None) -> bytes:
    """A version 0 PSBT with other input or output maps."""
    maps = (psbt.raw_global, *(inputs or psbt.raw_inputs), *(outputs or psbt.raw_outputs))
    data = b"psbt\xff"
    for fields in maps:
        for key, value in fields:
            data += render_compact_size(len(key)) + key + render_compact_size(len(value)) + value
        data += b"\x00"
    return data


def with_value(maps: Maps, kind: int, value: bytes) -> Maps:
    """`maps` with another value in the first map's first field of type `kind`."""
    first = list(maps[0])
    place = next(n for n, (key, _) in enumerate(first) if key[0] == kind)
    first[place] = (first[place][0], value)
    return (tuple(first), *maps[1:])


def signature_of(psbt: Psbt) -> bytes:
    return next(value for key, value in psbt.raw_inputs[0] if key[0] == PARTIAL_SIG)


def sign_none(answered: Answered) -> bytes:
    """A DER signature of input 0 that commits to no output."""
    station, psbt = answered.desk.stations[0], answered.psbt
    item = review_inputs(psbt, parse_descriptor(station.wallet.descriptor, Network.REGTEST))[0]
    spent = (TxOutput(item.amount, item.scripts.script_pubkey),)
    context = SighashContext(psbt.transaction, spent)
    digest = context.segwit_v0(0, item.scripts.script_code, SIGHASH_NONE)
    path = (*parse_path("m/84h/1h/0h"), item.branch, item.position)
    return sign_ecdsa(station.masters[0].derive_private(path).secret, digest)


@pytest.fixture
def answered(open_desk: OpenDesk) -> Answered:
    """A request with one input and change, and the station's honest answer to it."""
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    data = desk.written(desk.pay("0.1btc")["request_id"])
    archive = parse_archive(desk.stations[0].answer(data))
    return Answered(
        desk=desk,
        manifest=parse_response_manifest(archive.manifest),
        psbt=parse_psbt(archive.psbt),
    )


def test_the_answer_is_taken_as_it_was(answered: Answered) -> None:
    honest = answered.desk.stations[0].seal(answered.manifest, render_maps(answered.psbt))
    path = answered.desk.keep("honest.response", honest)
    checked = answered.desk.do("response", "check", path)
    assert checked["complete"]
    assert checked["answers"][0]["vault"] == answered.desk.stations[0].vault_key.fingerprint


def test_sighash_none_that_says_so(answered: Answered) -> None:
    value = sign_none(answered) + bytes((SIGHASH_NONE,))
    inputs = with_value(answered.psbt.raw_inputs, PARTIAL_SIG, value)
    assert answered.stop_of(render_maps(answered.psbt, inputs=inputs)) == "SIGHASH-TYPE"


def test_sighash_none_that_says_all(answered: Answered) -> None:
    value = sign_none(answered) + b"\x01"
    inputs = with_value(answered.psbt.raw_inputs, PARTIAL_SIG, value)
    assert answered.stop_of(render_maps(answered.psbt, inputs=inputs)) == "SIG-EXISTING"


def test_a_corrupted_signature(answered: Answered) -> None:
    good = signature_of(answered.psbt)
    value = good[:-2] + bytes((good[-2] ^ 1,)) + good[-1:]
    inputs = with_value(answered.psbt.raw_inputs, PARTIAL_SIG, value)
    assert answered.stop_of(render_maps(answered.psbt, inputs=inputs)) == "SIG-EXISTING"


def test_a_rewritten_change_derivation(answered: Answered) -> None:
    outputs = list(answered.psbt.raw_outputs)
    place = next(n for n, fields in enumerate(outputs) if fields)
    key, value = next(f for f in outputs[place] if f[0][0] == DERIVATION)
    forged = value[:-4] + (77).to_bytes(4, "little")
    outputs[place] = tuple(
        (key, forged) if field == (key, value) else field for field in outputs[place]
    )
    tampered = render_maps(answered.psbt, outputs=tuple(outputs))
    assert answered.stop_of(tampered) == "SIGN-ONLY-ADDS"


def test_a_smuggled_unknown_field(answered: Answered) -> None:
    smuggled = (b"\xf0secret", b"s" * 250)
    inputs = ((*answered.psbt.raw_inputs[0], smuggled), *answered.psbt.raw_inputs[1:])
    assert answered.stop_of(render_maps(answered.psbt, inputs=inputs)) == "SIGN-ONLY-ADDS"


def test_an_altered_witness_utxo(answered: Answered) -> None:
    given = next(v for k, v in answered.psbt.raw_inputs[0] if k[0] == WITNESS_UTXO)
    forged = (int.from_bytes(given[:8], "little") - 1000).to_bytes(8, "little") + given[8:]
    inputs = with_value(answered.psbt.raw_inputs, WITNESS_UTXO, forged)
    assert answered.stop_of(render_maps(answered.psbt, inputs=inputs)) == "SIGN-ONLY-ADDS"


def test_the_answer_to_another_request(answered: Answered) -> None:
    answered.desk.fund("0.4")
    other = answered.desk.pay("0.2btc")
    manifest = replace(
        answered.manifest, request_digest=other["digest"], request_id=other["request_id"]
    )
    assert answered.stop_of(render_maps(answered.psbt), manifest) == "SIGN-ONLY-ADDS"


def test_an_answer_to_a_request_that_nobody_made(answered: Answered) -> None:
    manifest = replace(answered.manifest, request_digest="ab" * 32)
    assert answered.stop_of(render_maps(answered.psbt), manifest) == "WALLET-UNKNOWN"


def test_a_record_of_signatures_that_is_untrue(answered: Answered) -> None:
    record = replace(answered.manifest.signatures[0], fingerprint="deadbeef")
    manifest = replace(answered.manifest, signatures=(record,))
    assert answered.stop_of(render_maps(answered.psbt), manifest) == "BUNDLE-EQUAL"


def test_a_seal_of_another_key(answered: Answered) -> None:
    station = answered.desk.stations[0]
    stranger = replace(station, vault_key=station.approver)
    data = stranger.seal(answered.manifest, render_maps(answered.psbt))
    path = answered.desk.keep("stranger.response", data)
    assert answered.desk.stop_of("response", "check", path) == "BUNDLE-SIGNATURE"


def test_a_psbt_that_is_not_the_sealed_one(answered: Answered) -> None:
    station = answered.desk.stations[0]
    sealed = parse_archive(station.seal(answered.manifest, render_maps(answered.psbt)))
    changed = sealed.psbt[:-9] + bytes((sealed.psbt[-9] ^ 1,)) + sealed.psbt[-8:]
    assert hashlib.sha256(changed).digest() != hashlib.sha256(sealed.psbt).digest()
    path = answered.desk.keep("cut.response", render_archive(replace(sealed, psbt=changed)))
    assert answered.desk.stop_of("response", "check", path) == "BUNDLE-DIGEST"
