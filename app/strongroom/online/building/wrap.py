"""A plain PSBT of other software as a request, and back.

The transaction stays as it is, to the byte; around it the PSBT is made anew from the registered descriptor and
the previous transactions, so that nothing else that the other software wrote goes to the station. Signatures
that are there already come along, and the review verifies them. The version of the PSBT stays what it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from strongroom.core.bitcoin.address import render_address
from strongroom.core.bitcoin.transaction import parse_transaction, render_txid
from strongroom.core.bundle.model import Payment
from strongroom.core.descriptor.derive import CHANGE
from strongroom.core.descriptor.places import ScriptIndex
from strongroom.core.errors import Violation
from strongroom.core.psbt.convert import render_as
from strongroom.core.psbt.creator import CoinSpent, PlannedOutput, create_psbt
from strongroom.core.psbt.fields import (
    IN_NON_WITNESS_UTXO,
    IN_PARTIAL_SIG,
    IN_TAP_KEY_SIG,
    IN_TAP_SCRIPT_SIG,
)
from strongroom.core.psbt.reader import check_roundtrip, decode_psbt_file, parse_psbt
from strongroom.core.psbt.writer import add_input_fields
from strongroom.online.building.coins import leased
from strongroom.online.building.proposal import Proposal, Workbench

if TYPE_CHECKING:
    from strongroom.core.bitcoin.model import TxInput
    from strongroom.core.psbt.maps import RawMap
    from strongroom.core.psbt.model import Psbt

GAP = 1000
_SIGNATURES = frozenset({IN_PARTIAL_SIG, IN_TAP_KEY_SIG, IN_TAP_SCRIPT_SIG})


def propose_wrapped(
    bench: Workbench, file: bytes, listed: tuple[Payment, ...], payment_list: str | None
) -> Proposal:
    """The PSBT in `file` (binary, base64 or hex) as a request of the wallet; pays `listed` if given.

    Raises PSBT-*, INPUT-FOREIGN for a coin that is not the wallet's, FUNDS for one on lease, OUTPUT-SCRIPT.
    """
    psbt = parse_psbt(decode_psbt_file(file))
    check_roundtrip(psbt)
    _check_leases(bench, psbt)
    scripts = ScriptIndex(bench.descriptor, GAP)
    transaction = psbt.transaction
    coins = tuple(
        _coin(bench, scripts, spent, fields)
        for spent, fields in zip(transaction.inputs, psbt.raw_inputs, strict=True)
    )
    outputs = tuple(
        PlannedOutput(amount=out.amount, script=out.script, place=scripts.find(out.script))
        for out in transaction.outputs
    )
    made = create_psbt(
        bench.descriptor,
        coins,
        outputs,
        locktime=transaction.locktime,
        version=transaction.version,
    )
    signed = {
        index: kept for index, fields in enumerate(psbt.raw_inputs) if (kept := _kept(fields))
    }
    if signed:
        made = add_input_fields(parse_psbt(made), signed)
    payments = listed or _payments(bench, outputs)
    made = render_as(parse_psbt(made), psbt.version)
    return Proposal(psbt=made, payments=payments, payment_list=payment_list)


def _check_leases(bench: Workbench, psbt: Psbt) -> None:
    leases = leased(bench.store, bench.watched.file.name, bench.height)
    for spent in psbt.transaction.inputs:
        if spent.outpoint in leases:
            raise Violation(
                "FUNDS",
                f"the coin {spent.outpoint} is on lease to request "
                f"{leases[spent.outpoint].request_id}",
                hint="cancel that request first",
            )


def _coin(bench: Workbench, scripts: ScriptIndex, spent: TxInput, fields: RawMap) -> CoinSpent:
    point = spent.outpoint
    raw = dict(fields).get(bytes((IN_NON_WITNESS_UTXO,)))
    if raw is None:
        raw = bench.wallet.previous(render_txid(point.txid))
    previous = parse_transaction(raw, rule="INPUT-PREVTX")
    if point.vout >= len(previous.outputs):
        raise Violation("INPUT-PREVTX", f"the previous transaction has no output {point.vout}")
    place = scripts.find(previous.outputs[point.vout].script)
    if place is None:
        raise Violation(
            "INPUT-FOREIGN", f"the coin {point} is not of wallet {bench.watched.file.name}"
        )
    return CoinSpent(outpoint=point, previous=raw, place=place, sequence=spent.sequence)


def _kept(fields: RawMap) -> RawMap:
    return tuple((key, value) for key, value in fields if key[0] in _SIGNATURES)


def _payments(bench: Workbench, outputs: tuple[PlannedOutput, ...]) -> tuple[Payment, ...]:
    """Every output that is neither change nor data; nothing is known of payees."""
    found = []
    for output in outputs:
        address = render_address(output.script, bench.watched.file.network)
        is_change = output.place is not None and output.place.branch == CHANGE
        if address is not None and not is_change:
            found.append(Payment(address=address, amount=output.amount, payee="", reference=""))
    return tuple(found)
