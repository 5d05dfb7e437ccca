"""The two virtual transactions of BIP-322, which carry a message and can never be in a block."""

from __future__ import annotations

from strongroom.core.bitcoin.codec import tagged_hash
from strongroom.core.bitcoin.model import OutPoint, Transaction, TxInput, TxOutput
from strongroom.core.bitcoin.transaction import transaction_id
from strongroom.core.money import Sats

_TAG = "BIP0322-signed-message"
_NOWHERE = OutPoint(bytes(32), 0xFFFF_FFFF)
_OP_RETURN = b"\x6a"
_OP_0_PUSH_32 = b"\x00\x20"


def message_hash(message: bytes) -> bytes:
    """The tagged hash of a message, 32 bytes."""
    return tagged_hash(_TAG, message)


def spending(message: bytes, script: bytes) -> Transaction:
    """`to_spend`: an output of nothing, guarded by `script`, that commits to `message`."""
    script_sig = _OP_0_PUSH_32 + message_hash(message)
    return Transaction(
        version=0,
        inputs=(TxInput(_NOWHERE, 0, script_sig),),
        outputs=(TxOutput(Sats(0), script),),
        locktime=0,
    )


def signing(
    message: bytes, script: bytes, coins: tuple[OutPoint, ...] = (), version: int = 0
) -> Transaction:
    """`to_sign`, unsigned: it spends `to_spend`, and in a proof of funds `coins` as well, to nothing."""
    first = OutPoint(transaction_id(spending(message, script)), 0)
    return Transaction(
        version=version,
        inputs=tuple(TxInput(outpoint, 0) for outpoint in (first, *coins)),
        outputs=(TxOutput(Sats(0), _OP_RETURN),),
        locktime=0,
    )


def check_shape(transaction: Transaction, message: bytes, script: bytes) -> None:
    """`ValueError` unless `transaction` is a `to_sign` of `message` for `script`, signed or not."""
    expected = signing(message, script)
    if transaction.version not in {0, 2}:
        raise ValueError(f"its transaction has version {transaction.version}, not 0 or 2")
    if transaction.outputs != expected.outputs:
        raise ValueError("its transaction has another output than OP_RETURN with nothing")
    if transaction.inputs[0].outpoint != expected.inputs[0].outpoint:
        raise ValueError("it is of another message or another address")
    if len({each.outpoint for each in transaction.inputs}) != len(transaction.inputs):
        raise ValueError("it counts a coin twice")
