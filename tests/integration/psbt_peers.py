"""What other programs read in a PSBT, in one shape: our reader's, BDK's, btclib's, and the node's `decodepsbt`.

A `Reading` is a plain dictionary, so that two of them are compared with `==` and shown as they are: the
transaction, and per input and output the coins, scripts, derivations and signatures. Empty means absent; what a
peer does not say is not in its reading.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

import bdkpython as bdk
from btclib.exceptions import BTClibTypeError, BTClibValueError
from btclib_wallet.psbt import Psbt as BtclibPsbt

from strongroom.core.bitcoin.keys import render_path
from strongroom.core.bitcoin.model import TxOutput
from strongroom.core.psbt.model import KeyOrigin, PsbtInput, PsbtOutput
from strongroom.core.psbt.reader import parse_psbt
from strongroom.online.wallets.rpc import RpcRefused
from tests.integration.node import RegtestNode

Reading: TypeAlias = dict[str, Any]
COIN = 100_000_000
_SIGHASH_NAMES = {
    "DEFAULT": 0,
    "ALL": 1,
    "NONE": 2,
    "SINGLE": 3,
    "ALL|ANYONECANPAY": 0x81,
    "NONE|ANYONECANPAY": 0x82,
    "SINGLE|ANYONECANPAY": 0x83,
}


class RefusedError(Exception):
    """A peer does not read it, and says why."""


def ours(data: bytes) -> Reading:
    """Our own reader; raises what it raises."""
    psbt = parse_psbt(data)
    tx = psbt.transaction
    return {
        "tx": _transaction(
            tx.version,
            tx.locktime,
            [(i.outpoint.txid[::-1].hex(), i.outpoint.vout, i.sequence) for i in tx.inputs],
            [_our_coin(o) for o in tx.outputs],
        ),
        "inputs": [_our_input(fields) for fields in psbt.inputs],
        "outputs": [_our_scripts(fields) for fields in psbt.outputs],
    }


def _transaction(
    version: int,
    locktime: int,
    inputs: Sequence[tuple[str, int, int]],
    outputs: Sequence[tuple[int, str]],
) -> Reading:
    return {"version": version, "locktime": locktime, "in": list(inputs), "out": list(outputs)}


def _our_input(fields: PsbtInput) -> Reading:
    previous, utxo = fields.previous_transaction, fields.witness_utxo
    return _our_scripts(fields) | {
        "previous": [_our_coin(coin) for coin in previous.outputs] if previous else None,
        "previous txid": previous.txid[::-1].hex() if previous else None,
        "utxo": _our_coin(utxo) if utxo else None,
        "sighash": fields.sighash_type,
        "signatures": {key.hex(): value.hex() for key, value in fields.partial_signatures},
        "key signature": (fields.tap_key_signature or b"").hex(),
        "leaf signatures": {k.hex(): v.hex() for k, v in fields.tap_script_signatures},
        "merkle root": (fields.tap_merkle_root or b"").hex(),
    }


def _our_coin(output: TxOutput) -> tuple[int, str]:
    return output.amount, output.script.hex()


def _our_scripts(fields: PsbtInput | PsbtOutput) -> Reading:
    return {
        "redeem script": (fields.redeem_script or b"").hex(),
        "witness script": (fields.witness_script or b"").hex(),
        "origins": _our_origins(fields.derivations),
        "taproot origins": _our_origins(fields.tap_derivations),
        "internal key": (fields.tap_internal_key or b"").hex(),
    }


def _our_origins(origins: tuple[KeyOrigin, ...]) -> Reading:
    return {o.public_key.hex(): (o.fingerprint.hex(), render_path(o.path)) for o in origins}


def bdk_reading(data: bytes) -> Reading:
    """BDK's: rust-bitcoin's PSBT as JSON."""
    try:
        found = json.loads(bdk.Psbt(base64.b64encode(data).decode()).json_serialize())
    except bdk.PsbtParseError as error:
        raise RefusedError(str(error)) from error
    tx = found["unsigned_tx"]
    points = [i["previous_output"].split(":") for i in tx["input"]]
    return {
        "tx": _transaction(
            tx["version"],
            tx["lock_time"],
            [(p[0], int(p[1]), i["sequence"]) for p, i in zip(points, tx["input"], strict=True)],
            [_bdk_coin(o) for o in tx["output"]],
        ),
        "inputs": [_bdk_input(fields) for fields in found["inputs"]],
        "outputs": [_bdk_scripts(fields) for fields in found["outputs"]],
    }


def _bdk_input(fields: Reading) -> Reading:
    previous, utxo = fields["non_witness_utxo"], fields["witness_utxo"]
    sighash = fields["sighash_type"]
    leaf_signatures = {
        key + leaf: _bdk_signature(signature)
        for (key, leaf), signature in fields["tap_script_sigs"]
    }
    return _bdk_scripts(fields) | {
        "previous": [_bdk_coin(coin) for coin in previous["output"]] if previous else None,
        "utxo": _bdk_coin(utxo) if utxo else None,
        "sighash": sighash["inner"] if sighash else None,
        "signatures": {k: _bdk_signature(v) for k, v in fields["partial_sigs"].items()},
        "key signature": _bdk_signature(fields["tap_key_sig"]) if fields["tap_key_sig"] else "",
        "leaf signatures": leaf_signatures,
        "merkle root": fields["tap_merkle_root"] or "",
    }


def _bdk_coin(output: Reading) -> tuple[int, str]:
    amount = output["value"]  # without a sign in BDK
    return amount - (amount >> 63 << 64), output["script_pubkey"]


def _bdk_signature(found: Mapping[str, str]) -> str:
    name = found["sighash_type"].removeprefix("SIGHASH_").replace("PLUS_", "|")
    kind = _SIGHASH_NAMES[name]
    return found["signature"] + (f"{kind:02x}" if kind else "")


def _bdk_scripts(fields: Reading) -> Reading:
    return {
        "redeem script": fields["redeem_script"] or "",
        "witness script": fields["witness_script"] or "",
        "origins": {k: _origin(f, path) for k, (f, path) in fields["bip32_derivation"]},
        "taproot origins": {
            key: _origin(fingerprint, path)
            for key, (_, (fingerprint, path)) in fields["tap_key_origins"]
        },
        "internal key": fields["tap_internal_key"] or "",
    }


def _origin(fingerprint: str, path: str) -> tuple[str, str]:
    steps = path.replace("'", "h").removeprefix("m").strip("/")
    return fingerprint, "m/" + steps if steps else "m"


def btclib_reading(data: bytes) -> Reading:
    """btclib's, which reads both versions."""
    try:
        found = BtclibPsbt.parse(data).to_dict()
    except (BTClibValueError, BTClibTypeError) as error:
        raise RefusedError(str(error)) from error
    tx = found["tx"]
    return {
        "tx": _transaction(
            tx["version"],
            tx["locktime"],
            [(i["prev_out"]["txid"], i["prev_out"]["vout"], i["sequence"]) for i in tx["vin"]],
            [_coin(o) for o in tx["vout"]],
        ),
        "inputs": [_btclib_input(fields) for fields in found["inputs"]],
        "outputs": [_btclib_scripts(fields) for fields in found["outputs"]],
    }


def _btclib_input(fields: Reading) -> Reading:
    previous, utxo = fields["non_witness_utxo"], fields["witness_utxo"]
    return _btclib_scripts(fields) | {
        "previous": [_coin(coin) for coin in previous["vout"]] if previous else None,
        "previous txid": previous["txid"] if previous else None,
        "utxo": _coin(utxo) if utxo else None,
        "sighash": fields["sig_hash"],
        "signatures": fields["partial_signatures"],
        "key signature": fields["taproot_key_spend_signature"],
        "leaf signatures": fields["taproot_script_spend_signatures"],
        "merkle root": fields["taproot_merkle_root"],
    }


def _btclib_scripts(fields: Reading) -> Reading:
    return {
        "redeem script": fields["redeem_script"]["hex"],
        "witness script": fields["witness_script"]["hex"],
        "origins": _listed_origins(fields["bip32_derivs"], "pub_key"),
        "taproot origins": _listed_origins(fields["taproot_hd_key_paths"], "pub_key"),
        "internal key": fields["taproot_internal_key"],
    }


def _listed_origins(found: Sequence[Mapping[str, str]], name: str) -> Reading:
    return {o[name]: _origin(o["master_fingerprint"], o["path"]) for o in found}


def _coin(output: Reading) -> tuple[int, str]:
    amount = Decimal(output["value"] if "value" in output else output["amount"])
    return int(amount * COIN), output["scriptPubKey"]["hex"]


def node_reading(node: RegtestNode) -> Callable[[bytes], Reading]:
    """The node's."""

    def read(data: bytes) -> Reading:
        try:
            found = node.rpc("decodepsbt", base64.b64encode(data).decode())
        except RpcRefused as refused:
            raise RefusedError(refused.reason) from refused
        tx = found["tx"]
        return {
            "tx": _transaction(
                tx["version"],
                tx["locktime"],
                [(i["txid"], i["vout"], i["sequence"]) for i in tx["vin"]],
                [_coin(o) for o in tx["vout"]],
            ),
            "inputs": [_node_input(fields) for fields in found["inputs"]],
            "outputs": [_node_scripts(fields) for fields in found["outputs"]],
        }

    return read


def _node_input(fields: Reading) -> Reading:
    previous, utxo = fields.get("non_witness_utxo"), fields.get("witness_utxo")
    leaves = fields.get("taproot_script_path_sigs", ())
    name = fields.get("sighash")
    return _node_scripts(fields) | {
        "previous": [_coin(coin) for coin in previous["vout"]] if previous else None,
        "previous txid": previous["txid"] if previous else None,
        "utxo": _coin(utxo) if utxo else None,
        "sighash": _SIGHASH_NAMES.get(name, name),  # of the last byte only
        "signatures": fields.get("partial_signatures", {}),
        "key signature": fields.get("taproot_key_path_sig", ""),
        "leaf signatures": {each["pubkey"] + each["leaf_hash"]: each["sig"] for each in leaves},
        "merkle root": fields.get("taproot_merkle_root", ""),
    }


def _node_scripts(fields: Reading) -> Reading:
    nothing = {"hex": ""}
    return {
        "redeem script": fields.get("redeem_script", nothing)["hex"],
        "witness script": fields.get("witness_script", nothing)["hex"],
        "origins": _listed_origins(fields.get("bip32_derivs", ()), "pubkey"),
        "taproot origins": _listed_origins(fields.get("taproot_bip32_derivs", ()), "pubkey"),
        "internal key": fields.get("taproot_internal_key", ""),
    }
