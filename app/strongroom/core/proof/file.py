"""`<name>.proof.json`: what an auditor asks to be proven, and the signatures so far.

The same file goes from signer to signer of a multisig wallet; none of them needs another's key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from strongroom.core.bitcoin.model import OutPoint
from strongroom.core.fields import Fields
from strongroom.core.money import MAX_MONEY, Sats
from strongroom.core.text import parse_strict_json, readable_json

_RULE = "PROOF"
_FORMAT, _VERSION = "strongroom-proof", 1
_SIZE_CAP = 4 * 1024 * 1024
_COINS_CAP = 1000
_SIGNATURES_CAP = 20_000
_MESSAGE_CAP = 1000
_INDEX_CAP = 2**31 - 1
_CHECKSUM = re.compile(r"[a-z0-9]{8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinClaim:
    """A coin that the wallet is said to have: its outpoint, its amount, and where its script is derived."""

    outpoint: OutPoint
    amount: Sats
    branch: int
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofSignature:
    """One key's signature of one input of `to_sign`, with its hash type unless that is DEFAULT."""

    input: int
    public_key: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A message for the address of a wallet at `branch` and `index`, and coins in a proof of funds.

    `checksum` is that of the wallet's descriptor.
    """

    wallet: str
    checksum: str
    message: str
    branch: int
    index: int
    coins: tuple[CoinClaim, ...] = ()
    signatures: tuple[ProofSignature, ...] = ()


def parse_proof(data: bytes) -> Proof:
    """The proof in a file, its signatures not judged; raises PROOF, or BUNDLE-TEXT for hidden characters."""
    fields = Fields(parse_strict_json(data, rule=_RULE, cap=_SIZE_CAP), where="proof", rule=_RULE)
    fields.take_constant("format", _FORMAT)
    fields.take_constant("version", _VERSION)
    proof = Proof(
        wallet=fields.take_text("wallet", cap=32),
        checksum=fields.take_match("checksum", _CHECKSUM, form="a descriptor's checksum"),
        message=fields.take_text("message", cap=_MESSAGE_CAP),
        branch=fields.take_int("branch", low=0, high=1),
        index=fields.take_int("index", low=0, high=_INDEX_CAP),
        coins=tuple(map(_parse_coin, fields.take_objects("coins", cap=_COINS_CAP))),
        signatures=tuple(
            map(_parse_signature, fields.take_objects("signatures", cap=_SIGNATURES_CAP))
        ),
    )
    fields.check_end()
    return proof


def render_proof(proof: Proof) -> bytes:
    """The bytes that `parse_proof` reads `proof` from."""
    return readable_json(
        {
            "format": _FORMAT,
            "version": _VERSION,
            "wallet": proof.wallet,
            "checksum": proof.checksum,
            "message": proof.message,
            "branch": proof.branch,
            "index": proof.index,
            "coins": [
                {
                    "txid": coin.outpoint.txid[::-1].hex(),
                    "vout": coin.outpoint.vout,
                    "amount_sat": coin.amount,
                    "branch": coin.branch,
                    "index": coin.index,
                }
                for coin in proof.coins
            ],
            "signatures": [
                {
                    "input": each.input,
                    "public_key": each.public_key.hex(),
                    "signature": each.signature.hex(),
                }
                for each in proof.signatures
            ],
        }
    )


def _parse_coin(fields: Fields) -> CoinClaim:
    txid = fields.take_hex("txid", size=32)[::-1]
    coin = CoinClaim(
        outpoint=OutPoint(txid, fields.take_int("vout", low=0, high=2**32 - 1)),
        amount=Sats(fields.take_int("amount_sat", low=1, high=MAX_MONEY)),
        branch=fields.take_int("branch", low=0, high=1),
        index=fields.take_int("index", low=0, high=_INDEX_CAP),
    )
    fields.check_end()
    return coin


def _parse_signature(fields: Fields) -> ProofSignature:
    signature = ProofSignature(
        input=fields.take_int("input", low=0, high=_COINS_CAP),
        public_key=fields.take_hex("public_key", size=33),
        signature=fields.take_hex("signature"),
    )
    fields.check_end()
    return signature
