"""PSBTs from a Bitcoin Core node: it chooses coins, and every input is given its full history here.

The node is asked for version 0, which every signer reads. A segwit input comes with its amount only,
which a signer can not check; so the full previous transaction is added to every input that lacks one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from strongroom.core.bitcoin.transaction import render_txid
from strongroom.core.errors import Violation
from strongroom.core.money import COIN, Sats
from strongroom.core.psbt.reader import decode_psbt_file, parse_psbt
from strongroom.core.psbt.writer import add_input_fields
from strongroom.online.wallets.reply import Json, Reply
from strongroom.online.wallets.rpc import RpcRefused

if TYPE_CHECKING:
    from strongroom.online.wallets.port import Spending

V2_BY_DEFAULT = 320000
NON_WITNESS_UTXO = b"\x00"

_SHORT_OF_FUNDS = ("nsufficient funds", "exceeds", "does not cover", "not enough to cover")

Call: TypeAlias = Callable[..., Reply]
"""A call on the wallet, positional, or with `named` parameters."""


def render_amount(amount: Sats) -> str:
    """`amount` as the node takes it: bitcoin with eight decimals, as text, so no float touches it."""
    return f"{amount // COIN}.{amount % COIN:08d}"


def render_fee_rate(millisats: int) -> str:
    """A feerate as the node takes it: sat/vB with three decimals, as text."""
    return f"{millisats // 1000}.{millisats % 1000:03d}"


def fund(call: Call, address_type: str, spending: Spending) -> bytes:
    """A PSBT that does `spending`, every input with its full previous transaction.

    Raises FUNDS when the wallet can not pay, NODE-RPC for anything else.
    """
    _reserve(call, spending)
    options: dict[str, Json] = {
        "add_inputs": not spending.coins,
        "change_type": address_type,
        "replaceable": spending.is_replaceable,
    }
    if spending.fee_rate_millisats is None:
        options["conf_target"] = spending.target_blocks
    else:
        options["fee_rate"] = render_fee_rate(spending.fee_rate_millisats)
    coins: list[Json] = [
        {"txid": render_txid(point.txid), "vout": point.vout} for point in spending.coins
    ]
    outputs: list[Json] = [{address: render_amount(sats)} for address, sats in spending.outputs]
    if spending.data:
        outputs.append({"data": spending.data.hex()})
    named: dict[str, Json] = {
        "inputs": coins,
        "outputs": outputs,
        "locktime": spending.locktime,
        "options": options,
        "bip32derivs": True,
    }
    return _complete(call, _create(call, "walletcreatefundedpsbt", named))


def bump(call: Call, txid: str, fee_rate_millisats: int) -> bytes:
    """A PSBT that replaces the unconfirmed `txid`, every input with its full previous transaction.

    Raises RBF when it can not be replaced, FUNDS when the wallet can not pay more.
    """
    named: dict[str, Json] = {
        "txid": txid,
        "options": {"fee_rate": render_fee_rate(fee_rate_millisats)},
    }
    try:
        return _complete(call, _create(call, "psbtbumpfee", named))
    except RpcRefused as refused:
        raise Violation("RBF", f"{txid} can not be replaced: {refused.reason}") from refused


def _reserve(call: Call, spending: Spending) -> None:
    """Lock the coins of open requests and no others, so that the node leaves them alone."""
    call("lockunspent", True)  # noqa: FBT003 - a positional flag of the node's
    wanted: list[Json] = [
        {"txid": render_txid(point.txid), "vout": point.vout} for point in spending.reserved
    ]
    if not wanted:
        return
    held = [
        {"txid": item.at("txid").text(), "vout": item.at("vout").integer()}
        for item in call("listunspent", 0).items()
    ]
    still: list[Json] = [point for point in wanted if point in held]
    if still:
        call("lockunspent", False, still)  # noqa: FBT003 - as above


def _create(call: Call, method: str, named: dict[str, Json]) -> bytes:
    """The node's PSBT, of version 0 where the node has a choice."""
    wanted = dict(named)
    if call("getnetworkinfo").at("version").integer() >= V2_BY_DEFAULT:
        wanted["psbt_version"] = 0
    try:
        try:
            answer = call(method, named=wanted)
        except RpcRefused as refused:
            if wanted == named or "psbt_version" not in refused.reason:
                raise
            answer = call(method, named=named)
    except RpcRefused as refused:
        raise _funding_stop(refused) from refused
    return decode_psbt_file(answer.at("psbt").text().encode())


def _complete(call: Call, data: bytes) -> bytes:
    """`data` with the previous transaction in every input that came without it."""
    psbt = parse_psbt(data)
    found: dict[bytes, bytes] = {}
    additions: dict[int, tuple[tuple[bytes, bytes], ...]] = {}
    for index, (spent, fields) in enumerate(zip(psbt.transaction.inputs, psbt.inputs, strict=True)):
        if fields.previous_transaction is None:
            txid = spent.outpoint.txid
            if txid not in found:
                found[txid] = _raw_transaction(call, render_txid(txid))
            additions[index] = ((NON_WITNESS_UTXO, found[txid]),)
    return add_input_fields(psbt, additions) if additions else data


def _raw_transaction(call: Call, txid: str) -> bytes:
    return bytes.fromhex(call("gettransaction", txid).at("hex").text())


def _funding_stop(refused: RpcRefused) -> Violation | RpcRefused:
    """What stopped the funding, in the words of the rule that it belongs to."""
    reason = refused.reason
    if any(word in reason for word in _SHORT_OF_FUNDS):
        return Violation(
            "FUNDS",
            f"the wallet can not pay this: {reason}",
            hint="see `strongroom wallet balance`; coins of open requests are set aside",
        )
    if "ee estimation failed" in reason:
        refused.hint = "the node can not estimate a fee: give one with --fee-rate"
    return refused
