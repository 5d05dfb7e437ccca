"""Reading and judging BIP-322 signatures: simple, full and proof of funds.

A proof of funds shows that its signer could have spent each coin; whether the coins exist and are unspent
is for a node to say, and the verdict lists them for it.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, replace

from strongroom.core.bitcoin.address import parse_address
from strongroom.core.bitcoin.codec import Reader, render_compact_size, render_var_bytes
from strongroom.core.bitcoin.model import OutPoint, Transaction, TxInput, TxOutput
from strongroom.core.bitcoin.sighash import SighashContext
from strongroom.core.bitcoin.transaction import (
    parse_transaction,
    read_stack,
    render_transaction,
    transaction_id,
)
from strongroom.core.errors import Violation
from strongroom.core.money import Sats
from strongroom.core.network import Network
from strongroom.core.proof.challenge import check_shape, signing, spending
from strongroom.core.proof.spend import RULE, verify_spend
from strongroom.core.psbt.model import Psbt, PsbtInput
from strongroom.core.psbt.reader import parse_psbt

SIMPLE, FULL, FUNDS = "smp", "ful", "pof"
_PREFIXES = (SIMPLE, FULL, FUNDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A signature that holds: its form, the time locks that it depends on, and the coins that it claims."""

    form: str
    locktime: int
    sequence: int
    coins: tuple[tuple[OutPoint, Sats], ...]


def verify_message(message: bytes, address: str, signature: str, network: Network) -> Verdict:
    """What `signature` proves of `message` and `address`.

    Raises PROOF when it proves nothing, PROOF-SCRIPT when that can not be told here, ADDRESS for an address
    that is none. Without a prefix it is read as a simple one (the first form that was in use).
    """
    script = parse_address(address, network)
    form, data = _decode(signature)
    if form == FUNDS:
        psbt = _parse_funds(data)
        transaction = _final_transaction(psbt)
        spent = tuple(_spent(index, psbt) for index in range(1, len(psbt.inputs)))
    else:
        transaction, spent = _read(form, data, message, script), ()
    try:
        check_shape(transaction, message, script)
    except ValueError as error:
        raise Violation(RULE, f"the signature proves nothing: {error}") from None
    if len(transaction.inputs) != 1 + len(spent):
        raise Violation(RULE, "a coin is claimed in a form that does not prove funds")
    outputs = (TxOutput(Sats(0), script), *spent)
    context = SighashContext(transaction, outputs)
    for index, output in enumerate(outputs):
        verify_spend(index, output.script, transaction.inputs[index], context)
    coins = zip(transaction.inputs[1:], spent, strict=True)
    return Verdict(
        form=form,
        locktime=transaction.locktime,
        sequence=transaction.inputs[0].sequence,
        coins=tuple((given.outpoint, output.amount) for given, output in coins),
    )


def render_simple(witness: tuple[bytes, ...]) -> str:
    """The simple form: only the witness of the one input."""
    stack = render_compact_size(len(witness)) + b"".join(map(render_var_bytes, witness))
    return SIMPLE + base64.b64encode(stack).decode()


def render_full(transaction: Transaction) -> str:
    """The full form: `to_sign` with its signatures."""
    return FULL + base64.b64encode(render_transaction(transaction)).decode()


def render_funds(psbt: bytes) -> str:
    """The proof of funds: `to_sign` as a PSBT that is final and proves its coins."""
    return FUNDS + base64.b64encode(psbt).decode()


def _decode(signature: str) -> tuple[str, bytes]:
    form = next((prefix for prefix in _PREFIXES if signature.startswith(prefix)), "")
    try:
        data = base64.b64decode(signature[len(form) :], validate=True)
    except (binascii.Error, ValueError):
        raise Violation(RULE, "the signature is not base64") from None
    if not data:
        raise Violation(RULE, "the signature is empty")
    return form or SIMPLE, data


def _read(form: str, data: bytes, message: bytes, script: bytes) -> Transaction:
    if form == FULL:
        return parse_transaction(data, rule=RULE)
    reader = Reader(data, rule=RULE)
    witness = read_stack(reader)
    reader.check_end()
    unsigned = signing(message, script)
    return replace(unsigned, inputs=(unsigned.inputs[0]._replace(witness=witness),))


def _parse_funds(data: bytes) -> Psbt:
    try:
        return parse_psbt(data)
    except Violation as stop:
        raise Violation(RULE, f"the proof of funds is no PSBT: {stop.message}") from None


def _final_transaction(psbt: Psbt) -> Transaction:
    return replace(
        psbt.transaction,
        inputs=tuple(
            _final_input(given, fields)
            for given, fields in zip(psbt.transaction.inputs, psbt.inputs, strict=True)
        ),
    )


def _final_input(given: TxInput, fields: PsbtInput) -> TxInput:
    witness: tuple[bytes, ...] = ()
    if fields.final_script_witness is not None:
        reader = Reader(fields.final_script_witness, rule=RULE)
        witness = read_stack(reader)
        reader.check_end()
    return given._replace(script_sig=fields.final_script_sig or b"", witness=witness)


def _spent(index: int, psbt: Psbt) -> TxOutput:
    """The output that input `index` claims: from its transaction, which one of the inputs carries, or as given.

    An amount without its transaction is what the signer said; a node that knows the coin tells.
    """
    outpoint = psbt.transaction.inputs[index].outpoint
    for fields in psbt.inputs:
        previous = fields.previous_transaction
        if previous is not None and previous.txid == outpoint.txid:
            if outpoint.vout < len(previous.outputs):
                return previous.outputs[outpoint.vout]
            raise Violation(RULE, f"coin {index} is an output that its transaction has not")
    claimed = psbt.inputs[index].witness_utxo
    if claimed is None or psbt.inputs[index].previous_transaction is not None:
        raise Violation(RULE, f"coin {index} comes without its transaction")
    return claimed


def challenge_of(message: bytes, script: bytes) -> tuple[bytes, bytes]:
    """The txids of `to_spend` and `to_sign`, in internal order."""
    first = transaction_id(spending(message, script))
    return first, transaction_id(signing(message, script))
