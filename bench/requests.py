"""The requests that are measured: honest ones of one wallet each, made from the tests' fixed seeds."""

from __future__ import annotations

from dataclasses import dataclass

from tests.vectors.factory import Draft, draft

from strongroom.core.bitcoin.model import OutPoint, ScriptKind, Transaction, TxInput, TxOutput
from strongroom.core.bitcoin.transaction import render_transaction, transaction_id
from strongroom.core.bundle.model import VerifiedRequest
from strongroom.core.money import Sats
from strongroom.core.review.build import Known

KINDS = {
    "p2wpkh": ScriptKind.WPKH,
    "p2tr": ScriptKind.TR,
    "wsh 2-of-3": ScriptKind.WSH_MULTI,
    "p2pkh": ScriptKind.PKH,
}
OWNER = "ana"
_COIN = 100_000  # of each input at least
_PAID = 20_000  # to each recipient at least
_FEE_IN, _FEE_OUT = 200, 100
_FILLER = b"\x6a\x4e" + (9_000).to_bytes(4, "little") + bytes(9_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One request: so many inputs and outputs of a kind of wallet; bytes of each previous transaction."""

    kind: str
    inputs: int
    outputs: int = 2
    previous_size: int = 0

    @property
    def name(self) -> str:
        """What the table calls it."""
        sizes = f"{self.inputs} x {self.outputs}"
        return sizes + (f", {self.previous_size // 1000} kB each" if self.previous_size else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A request as a signer gets it, and what the station's vault knows of it."""

    request: VerifiedRequest
    known: Known


def make_job(case: Case) -> Job:
    """The request of `case`."""
    recipients = case.outputs - 1
    coin = max(_COIN, recipients * _PAID // case.inputs)
    paid = case.inputs * coin * 9 // 10 // recipients
    made = draft(
        KINDS[case.kind],
        coins=(coin,) * case.inputs,
        pay=(paid,) * recipients,
        fee=_FEE_IN * case.inputs + _FEE_OUT * case.outputs,
    )
    if case.previous_size:
        _grow(made, case.previous_size)
    return Job(request=made.request(), known=made.known())


def _grow(made: Draft, size: int) -> None:
    """Fill each previous transaction up with outputs of data, and spend from what it is then."""
    for index, previous in enumerate(made.previous):
        missing = size - len(render_transaction(previous))
        filler = (TxOutput(Sats(0), _FILLER),) * (missing // len(_FILLER))
        whole = Transaction(
            version=previous.version,
            inputs=previous.inputs,
            outputs=previous.outputs + filler,
            locktime=previous.locktime,
        )
        made.previous[index] = whole
        made.set_input(index, 0x00, render_transaction(whole))
    spends = zip(made.transaction.inputs, made.previous, strict=True)
    made.transaction = Transaction(
        version=made.transaction.version,
        inputs=tuple(
            TxInput(OutPoint(transaction_id(previous), given.outpoint.vout), given.sequence)
            for given, previous in spends
        ),
        outputs=made.transaction.outputs,
        locktime=made.transaction.locktime,
    )
