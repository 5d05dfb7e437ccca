"""Two libraries that must agree, Bitcoin Core's bytes, and a verifier that takes one encoding only."""

from __future__ import annotations

import ctypes
import hashlib
from types import SimpleNamespace

import pytest
from embit.util import ctypes_secp256k1

from strongroom.core.bitcoin import curve, signatures
from strongroom.core.bitcoin.address import render_address
from strongroom.core.bitcoin.codec import sha256d
from strongroom.core.bitcoin.signatures import (
    check_backend,
    sign_ecdsa,
    sign_schnorr,
    taproot_output_key,
    taproot_tweak_secret,
    verify_ecdsa,
    verify_schnorr,
)
from strongroom.core.errors import Fault, Violation
from strongroom.core.network import Network
from tests.vectors.published import read_published

BIP340 = read_published("bip340")
BIP341 = read_published("bip341")
LOW_R = read_published("low_r")
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
SECRET = bytes(31) + b"\x07"
PUBLIC_KEY = curve.public_key_of(SECRET)
DIGESTS = [hashlib.sha256(bytes([n])).digest() for n in range(40)]


def split(der: bytes) -> tuple[int, int]:
    r = der[4 : 4 + der[3]]
    return int.from_bytes(r), int.from_bytes(der[6 + der[3] :])


def join(r: int, s: int) -> bytes:
    numbers = b"".join(
        b"\x02" + bytes((len(n),)) + n
        for n in (v.to_bytes(v.bit_length() // 8 + 1) for v in (r, s))
    )
    return b"\x30" + bytes((len(numbers),)) + numbers


def test_the_backend_is_two_c_libraries() -> None:
    check_backend()


def test_the_fallback_to_python_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def ecdsa_sign() -> None: ...

    ecdsa_sign.__module__ = "embit.util.py_secp256k1"
    monkeypatch.setattr(signatures, "embit_chosen", SimpleNamespace(ecdsa_sign=ecdsa_sign))
    monkeypatch.setattr(signatures, "embit_c", None)
    for attempt in (
        check_backend,
        lambda: sign_ecdsa(SECRET, DIGESTS[0]),
        lambda: sign_schnorr(SECRET, DIGESTS[0]),
    ):
        with pytest.raises(Fault, match=r"py_secp256k1 and not with the C library") as stop:
            attempt()
        assert stop.value.rule == "SIGN-BACKEND"


def test_one_library_in_two_roles_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "secp256k1_nonce_function_rfc6979"
    address = ctypes.c_void_p.in_dll(ctypes_secp256k1._secp, name).value  # noqa: SLF001
    monkeypatch.setattr(curve, "library_address", lambda: address)
    with pytest.raises(Fault, match=r"embit and coincurve both sign with .*secp256k1"):
        check_backend()


def test_wrong_answers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "sign_ecdsa", lambda _secret, _digest: b"\x30")
    with pytest.raises(Fault, match="wrong signatures"):
        check_backend()


@pytest.mark.parametrize(("secret", "der"), LOW_R["signatures"])
def test_signatures_are_those_of_bitcoin_core(secret: str, der: str) -> None:
    digest = sha256d(LOW_R["message"].encode())
    assert sign_ecdsa(bytes.fromhex(secret), digest).hex() == der


def test_r_and_s_are_always_low() -> None:
    ground = 0
    for digest in DIGESTS:
        der = sign_ecdsa(SECRET, digest)
        r, s = split(der)
        assert r < 1 << 255
        assert s <= ORDER // 2
        verify_ecdsa(PUBLIC_KEY, digest, der, rule="SIGN-VERIFY")
        ground += curve.ecdsa_sign(SECRET, digest, None) != der
    assert 0 < ground < len(DIGESTS)


@pytest.mark.parametrize("signer", ["_coincurve_ecdsa", "_embit_ecdsa"])
def test_two_signers_that_differ_stop_everything(
    signer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sign_ecdsa(SECRET, DIGESTS[1])
    monkeypatch.setattr(signatures, signer, lambda _secret, _digest: other)
    with pytest.raises(Fault, match="different ECDSA signatures") as stop:
        sign_ecdsa(SECRET, DIGESTS[0])
    assert stop.value.rule == "SIGN-NONCE"


def test_a_schnorr_signer_that_draws_its_own_randomness_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    honest = curve.schnorr_sign
    monkeypatch.setattr(
        curve, "schnorr_sign", lambda secret, digest, _none: honest(secret, digest, b"\x01" * 32)
    )
    with pytest.raises(Fault, match="different Schnorr signatures"):
        sign_schnorr(SECRET, DIGESTS[0])


def test_verification_refuses_what_was_not_signed() -> None:
    der = sign_ecdsa(SECRET, DIGESTS[0])
    stranger = curve.public_key_of(bytes(31) + b"\x08")
    for public_key, digest in ((PUBLIC_KEY, DIGESTS[1]), (stranger, DIGESTS[0])):
        with pytest.raises(Violation, match="does not fit") as stop:
            verify_ecdsa(public_key, digest, der, rule="SIG-EXISTING")
        assert stop.value.rule == "SIG-EXISTING"


def test_verification_refuses_the_high_s_twin() -> None:
    r, s = split(sign_ecdsa(SECRET, DIGESTS[0]))
    with pytest.raises(Violation, match="upper half"):
        verify_ecdsa(PUBLIC_KEY, DIGESTS[0], join(r, ORDER - s), rule="SIGN-VERIFY")


def test_verification_takes_one_encoding_only() -> None:
    der = sign_ecdsa(SECRET, DIGESTS[0])
    r, s = split(der)
    padded = b"\x02\x21\x00" + r.to_bytes(32) + der[4 + der[3] :]
    for bad in (
        b"",
        der[:-1],
        der + b"\x00",
        der + b"\x01",
        b"\x31" + der[1:],
        b"\x30\x81" + der[1:],
        b"\x30" + bytes((len(padded),)) + padded,
        join(r + ORDER, s),
        join(ORDER, s),
        join(0, s)[:-1],
    ):
        with pytest.raises(Violation, match="strict DER"):
            verify_ecdsa(PUBLIC_KEY, DIGESTS[0], bad, rule="SIGN-VERIFY")
    with pytest.raises(Violation, match="does not fit"):
        verify_ecdsa(PUBLIC_KEY, DIGESTS[0], join(r, 0), rule="SIGN-VERIFY")


def test_verification_takes_compressed_keys_only() -> None:
    der = sign_ecdsa(SECRET, DIGESTS[0])
    for public_key in (b"\x04" + bytes(64), PUBLIC_KEY[1:], b"\x05" + PUBLIC_KEY[1:], b""):
        with pytest.raises(Violation):
            verify_ecdsa(public_key, DIGESTS[0], der, rule="SIGN-VERIFY")


@pytest.mark.parametrize(("secret", "message", "signature"), BIP340["sign_without_randomness"])
def test_published_schnorr_signatures(secret: str, message: str, signature: str) -> None:
    signed = sign_schnorr(bytes.fromhex(secret), bytes.fromhex(message))
    assert signed == bytes.fromhex(signature)


@pytest.mark.parametrize(("key", "message", "signature", "good", "comment"), BIP340["verify"])
def test_published_schnorr_verification(
    key: str, message: str, signature: str, *, good: bool, comment: str
) -> None:
    data = [bytes.fromhex(text) for text in (key, message, signature)]
    if good:
        verify_schnorr(*data, rule="SIGN-VERIFY")
        return
    with pytest.raises(Violation) as stop:
        verify_schnorr(*data, rule="SIGN-VERIFY")
    assert stop.value.rule == "SIGN-VERIFY", comment


def test_schnorr_lengths_are_checked() -> None:
    signature = sign_schnorr(SECRET, DIGESTS[0])
    for bad in (signature[:-1], signature + b"\x01", b""):
        with pytest.raises(Violation, match="64 are needed"):
            verify_schnorr(PUBLIC_KEY[1:], DIGESTS[0], bad, rule="SIGN-VERIFY")
    with pytest.raises(Violation, match="32 are needed"):
        verify_schnorr(PUBLIC_KEY, DIGESTS[0], signature, rule="SIGN-VERIFY")


@pytest.mark.parametrize(("internal", "root", "output", "address"), BIP341["output_keys"])
def test_published_output_keys(internal: str, root: str | None, output: str, address: str) -> None:
    merkle_root = bytes.fromhex(root) if root else None
    key, _ = taproot_output_key(bytes.fromhex(internal), merkle_root)
    assert key.hex() == output
    assert render_address(b"\x51\x20" + key, Network.MAINNET) == address


@pytest.mark.parametrize(("secret", "root", "tweaked", "digest", "witness"), BIP341["spending"])
def test_published_key_path_signatures(
    secret: str, root: str | None, tweaked: str, digest: str, witness: str
) -> None:
    merkle_root = bytes.fromhex(root) if root else None
    public_key = curve.public_key_of(bytes.fromhex(secret))
    output_secret = taproot_tweak_secret(bytes.fromhex(secret), public_key, merkle_root)
    assert output_secret.hex() == tweaked
    assert sign_schnorr(output_secret, bytes.fromhex(digest)).hex() == witness[:128]


def test_an_internal_key_that_is_no_point_is_refused() -> None:
    with pytest.raises(Violation, match="unusable"):
        taproot_output_key(b"\xff" * 32, None)


@pytest.mark.parametrize("secret", [bytes(32), ORDER.to_bytes(32), b"\x01" * 31])
def test_secrets_out_of_range_are_refused(secret: bytes) -> None:
    for attempt in (
        lambda: sign_ecdsa(secret, DIGESTS[0]),
        lambda: sign_schnorr(secret, DIGESTS[0]),
        lambda: taproot_tweak_secret(secret, b"\x02" + PUBLIC_KEY[1:], None),
        lambda: taproot_tweak_secret(secret, b"\x03" + PUBLIC_KEY[1:], None),
        lambda: curve.add_to_secret(secret, bytes(32)),
    ):
        with pytest.raises(ValueError, match="secret key"):
            attempt()
