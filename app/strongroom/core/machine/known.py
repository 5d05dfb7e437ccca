"""The list of self-tests: what must give its known answer, and what must be refused."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from strongroom.core.bitcoin import signatures
from strongroom.core.bitcoin.address import parse_address, render_address
from strongroom.core.bitcoin.codec import hash160, sha256d, tagged_hash
from strongroom.core.bitcoin.curve import public_key_of
from strongroom.core.bitcoin.keys import MasterKey, parse_path
from strongroom.core.bitcoin.mnemonic import (
    entropy_from_mnemonic,
    mnemonic_from_entropy,
    parse_mnemonic,
    seed_from_mnemonic,
)
from strongroom.core.bitcoin.model import TxOutput
from strongroom.core.bitcoin.sighash import SighashContext
from strongroom.core.bitcoin.transaction import parse_transaction
from strongroom.core.bundle.archive import parse_archive, render_archive
from strongroom.core.bundle.model import BundleArchive
from strongroom.core.descriptor.checksum import check_checksum, descriptor_checksum
from strongroom.core.machine import answers
from strongroom.core.money import Sats
from strongroom.core.network import Network
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.secret import Secret
from strongroom.core.text import canonical_json, check_text, parse_strict_json
from strongroom.core.vault.age import decrypt_with_passphrase
from strongroom.core.vault.dice import check_dice, commitment, mix_entropy
from strongroom.core.words import pgp_words


@dataclass(frozen=True, slots=True)
class Known:
    """`compute` must give `answer`."""

    name: str
    compute: Callable[[], object]
    answer: object


@dataclass(frozen=True, slots=True)
class Refused:
    """`attempt` must be stopped by `rule`."""

    name: str
    attempt: Callable[[], object]
    rule: str


_MACHINE = Secret(bytes(range(32)))
_ROLLS = Secret(b"123456" * 16)
_DIGEST = hashlib.sha256(answers.ECDSA_MESSAGE).digest()
_KEY = MasterKey.from_seed(Secret(answers.BIP32_SEED))
_ARCHIVE = BundleArchive(manifest=b"{}", psbt=b"psbt\xff", signatures=())


def _extended(path: str) -> str:
    return _KEY.derive_public(parse_path(path)).text(Network.MAINNET)


def _ecdsa() -> bytes:
    return signatures.sign_ecdsa(answers.ECDSA_SECRET, sha256d(answers.ECDSA_MESSAGE))


def _sighash() -> str:
    transaction = parse_transaction(answers.BIP143_TRANSACTION, rule="PROGRAM")
    spent = tuple(TxOutput(Sats(answers.BIP143_AMOUNT), b"") for _ in transaction.inputs)
    return SighashContext(transaction, spent).segwit_v0(1, answers.BIP143_SCRIPT, 1).hex()


def _open_age(passphrase: bytes, data: bytes = answers.AGE_FILE) -> bytes:
    return decrypt_with_passphrase(data, Secret(passphrase))


def _verify_ecdsa(digest: bytes, signature: bytes = answers.ECDSA_SIGNATURE) -> None:
    public = public_key_of(answers.ECDSA_SECRET)
    signatures.verify_ecdsa(public, digest, signature, rule="SIGN-VERIFY")


def _verify_schnorr(digest: bytes, signature: bytes = answers.SCHNORR_SIGNATURE) -> None:
    signatures.verify_schnorr(answers.SCHNORR_KEY, digest, signature, rule="SIGN-VERIFY")


def _flipped(data: bytes) -> bytes:
    return data[:-1] + bytes((data[-1] ^ 1,))


def _json(text: bytes) -> object:
    return parse_strict_json(text, rule="BUNDLE-FORMAT", text_rule="BUNDLE-TEXT", cap=64)


KNOWN: tuple[Known, ...] = (
    Known(
        "SHA-256",
        lambda: hashlib.sha256(b"abc").hexdigest(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ),
    Known(
        "HMAC-SHA-512",
        lambda: hmac.digest(b"Jefe", b"what do ya want for nothing?", "sha512").hex()[:32],
        "164b7a7bfcf819e2e395fbe73b56e0a3",
    ),
    Known(
        "HASH160",
        lambda: hash160(b"").hex(),
        "b472a266d0bd89c13706a4132ccfb16f7c3b9fcb",
    ),
    Known(
        "tagged hash",
        lambda: tagged_hash("TapLeaf", b"").hex(),
        hashlib.sha256(hashlib.sha256(b"TapLeaf").digest() * 2).hexdigest(),
    ),
    Known(
        "words of a digest",
        lambda: " ".join(pgp_words(b"\xe5\x82\x94\xf2")),
        "topmost istanbul pluto vagabond",
    ),
    Known(
        "seed words to entropy",
        lambda: entropy_from_mnemonic(parse_mnemonic(answers.MNEMONIC)).reveal(),
        answers.ENTROPY,
    ),
    Known(
        "entropy to seed words",
        lambda: " ".join(mnemonic_from_entropy(Secret(answers.ENTROPY))),
        answers.MNEMONIC,
    ),
    Known(
        "seed of seed words",
        lambda: (
            seed_from_mnemonic(parse_mnemonic(answers.MNEMONIC), Secret(b"TREZOR")).reveal().hex()
        ),
        answers.SEED,
    ),
    Known(
        "dice and machine mixed",
        lambda: mix_entropy(_MACHINE, _ROLLS, bits=256).reveal().hex(),
        answers.DICE_MIXED,
    ),
    Known("commitment", lambda: commitment(_MACHINE, _MACHINE).hex(), answers.DICE_COMMITMENT),
    Known("master key", lambda: _extended("m"), answers.BIP32_MASTER),
    Known("hardened child key", lambda: _extended("m/0'"), answers.BIP32_HARDENED),
    Known("child key", lambda: _extended("m/0'/1"), answers.BIP32_CHILD),
    *(
        Known(
            f"address {address[:4]}",
            partial(render_address, bytes.fromhex(script), Network.MAINNET),
            address,
        )
        for address, script in answers.ADDRESSES
    ),
    Known(
        "taproot output key",
        lambda: signatures.taproot_output_key(answers.INTERNAL_KEY, None),
        (bytes.fromhex(answers.OUTPUT_KEY), answers.OUTPUT_PARITY),
    ),
    Known(
        "address bc1p",
        lambda: parse_address(answers.TAPROOT_ADDRESS, Network.MAINNET).hex(),
        f"5120{answers.OUTPUT_KEY}",
    ),
    Known("descriptor checksum", lambda: descriptor_checksum("raw(deadbeef)"), "89f8spxm"),
    Known("signature hash", _sighash, answers.BIP143_HASH),
    Known("ECDSA, signed by two libraries", _ecdsa, answers.ECDSA_SIGNATURE),
    Known("ECDSA, verified", lambda: _verify_ecdsa(sha256d(answers.ECDSA_MESSAGE)), None),
    Known(
        "Schnorr, signed by two libraries",
        lambda: signatures.sign_schnorr(answers.SCHNORR_SECRET, bytes(32)),
        answers.SCHNORR_SIGNATURE,
    ),
    Known("Schnorr, verified", lambda: _verify_schnorr(bytes(32)), None),
    Known("age file opens", lambda: _open_age(answers.AGE_PLAIN), answers.AGE_PLAIN),
    Known("bundle, written and read", lambda: parse_archive(render_archive(_ARCHIVE)), _ARCHIVE),
    Known("canonical JSON", lambda: canonical_json({"b": 1, "a": "x"}), b'{"a":"x","b":1}'),
)

REFUSED: tuple[Refused, ...] = (
    Refused("ECDSA over another digest", lambda: _verify_ecdsa(_DIGEST), "SIGN-VERIFY"),
    Refused(
        "ECDSA with one bit changed",
        lambda: _verify_ecdsa(sha256d(answers.ECDSA_MESSAGE), _flipped(answers.ECDSA_SIGNATURE)),
        "SIGN-VERIFY",
    ),
    Refused("Schnorr over another digest", lambda: _verify_schnorr(_DIGEST), "SIGN-VERIFY"),
    Refused(
        "Schnorr with one bit changed",
        lambda: _verify_schnorr(bytes(32), _flipped(answers.SCHNORR_SIGNATURE)),
        "SIGN-VERIFY",
    ),
    Refused("age file, wrong passphrase", lambda: _open_age(b"another answer"), "VAULT-PASSPHRASE"),
    Refused(
        "age file with one bit changed",
        lambda: _open_age(answers.AGE_PLAIN, _flipped(answers.AGE_FILE)),
        "VAULT-FORMAT",
    ),
    Refused(
        "seed words, wrong checksum",
        lambda: entropy_from_mnemonic(parse_mnemonic("zoo " * 11 + "zoo")),
        "SEED-WORDS",
    ),
    Refused("dice with a pattern", lambda: check_dice("123456" * 17, 256), "SEED-DICE"),
    Refused(
        "address of another network",
        lambda: parse_address(answers.TAPROOT_ADDRESS, Network.SIGNET),
        "ADDRESS",
    ),
    Refused(
        "descriptor, wrong checksum", lambda: check_checksum("raw(deadbeef)#89f8spxn"), "DESCRIPTOR"
    ),
    Refused(
        "bundle cut short", lambda: parse_archive(render_archive(_ARCHIVE)[:-1024]), "BUNDLE-FORMAT"
    ),
    Refused("JSON with a key twice", lambda: _json(b'{"a":1,"a":2}'), "BUNDLE-FORMAT"),
    Refused(
        "text that reads backwards",
        lambda: check_text("a\u202eb", where="text", cap=9),
        "BUNDLE-TEXT",
    ),
    Refused("PSBT cut short", lambda: parse_psbt(b"psbt\xff\x01"), "PSBT-CANONICAL"),
)
