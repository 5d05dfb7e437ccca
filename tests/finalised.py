"""Final transactions in tests: every one of them is judged by Bitcoin Core's own script interpreter.

A test that has signatures calls `finalise`; one that has a transaction from elsewhere calls `judge`; the test's
companions pass what they print through `judge_printed`. BDK puts the witnesses together, since how stacks are
arranged is not what Strongroom does.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bdkpython as bdk
import pbk

from strongroom.core.bitcoin.model import Transaction, TxOutput
from strongroom.core.bitcoin.transaction import parse_transaction
from strongroom.core.bundle.archive import parse_archive
from strongroom.core.psbt.convert import render_as
from strongroom.core.psbt.model import Psbt
from strongroom.core.psbt.reader import parse_psbt

FLAGS = pbk.ScriptVerificationFlags
ALL_RULES = (
    FLAGS.P2SH
    | FLAGS.DERSIG
    | FLAGS.NULLDUMMY
    | FLAGS.CHECKLOCKTIMEVERIFY
    | FLAGS.CHECKSEQUENCEVERIFY
    | FLAGS.WITNESS
    | FLAGS.TAPROOT
)


def finalise(psbt: bytes) -> Transaction:
    """The transaction of a PSBT with all its signatures, whose every input spends its coin."""
    parsed = parse_psbt(psbt)
    made = bdk.Psbt(base64.b64encode(render_as(parsed, 0)).decode()).finalize()
    assert made.could_finalize, made.errors
    raw = bytes(made.psbt.extract_tx_unchecked_fee_rate().serialize())
    judge(raw, spent_by(parsed))
    final = parse_transaction(raw, rule="PSBT-CANONICAL")
    assert (final.version, final.locktime) == (
        parsed.transaction.version,
        parsed.transaction.locktime,
    )
    assert final.outputs == parsed.transaction.outputs
    assert [i.sequence for i in final.inputs] == [i.sequence for i in parsed.transaction.inputs]
    return final


def spent_by(psbt: Psbt) -> tuple[TxOutput, ...]:
    """The outputs that a PSBT spends, by its previous transactions."""
    coins = []
    for given, fields in zip(psbt.transaction.inputs, psbt.inputs, strict=True):
        previous = fields.previous_transaction
        coins.append(previous.outputs[given.outpoint.vout] if previous else fields.witness_utxo)
    return tuple(coin for coin in coins if coin is not None)


def judge(raw: bytes, spent: Sequence[TxOutput]) -> None:
    """Every input of the transaction in `raw` spends its coin by all of Bitcoin Core's rules."""
    wrong = rejected_inputs(raw, spent)
    assert not wrong, f"inputs {wrong} do not verify"


def judge_printed(printed: Any, home: Path) -> None:  # noqa: ANN401 - whatever the companion printed
    """Judge the transaction in the JSON of `response broadcast`, by the request in the companion's `home`."""
    if isinstance(printed, dict) and "hex" in printed:
        name = printed["request_id"]
        request = parse_archive((home / "requests" / name / f"{name}.request").read_bytes())
        judge(bytes.fromhex(printed["hex"]), spent_by(parse_psbt(request.psbt)))


def rejected_inputs(raw: bytes, spent: Sequence[TxOutput]) -> tuple[int, ...]:
    """The inputs of the transaction in `raw` that Bitcoin Core's interpreter refuses."""
    tx = pbk.Transaction(raw)
    outputs = [pbk.TransactionOutput(pbk.ScriptPubkey(c.script), c.amount) for c in spent]
    known = pbk.script.PrecomputedTransactionData(tx, outputs)
    assert len(spent) == len(tx.inputs)
    return tuple(n for n in range(len(spent)) if not _verifies(tx, spent[n], known, n))


def _verifies(
    tx: pbk.Transaction,
    coin: TxOutput,
    known: pbk.script.PrecomputedTransactionData,
    index: int,
) -> bool:
    try:
        return bool(pbk.ScriptPubkey(coin.script).verify(coin.amount, tx, known, index, ALL_RULES))
    except pbk.ScriptVerifyException:
        return False
