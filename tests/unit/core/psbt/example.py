"""Small PSBTs as lists of fields, so that a test changes one field and says what must happen."""

from __future__ import annotations

from dataclasses import dataclass, field

from strongroom.core.bitcoin.codec import render_compact_size, render_var_bytes
from strongroom.core.bitcoin.model import OutPoint, Transaction, TxInput, TxOutput
from strongroom.core.bitcoin.transaction import render_output, render_transaction, transaction_id
from strongroom.core.money import Sats

Fields = dict[bytes, bytes]

KEY = b"\x02" + b"\x12" * 32
X_ONLY = b"\x22" * 32
ORIGIN = b"\xaa\xbb\xcc\xdd" + b"".join(n.to_bytes(4, "little") for n in (0x80000054, 0, 7))
PATH = (0x80000054, 0, 7)
DER = bytes.fromhex("3006020101020101")
SCRIPT = b"\x00\x14" + b"\x33" * 20


def previous(mark: int) -> Transaction:
    """A transaction with a witness and two outputs, one for each `mark`."""
    return Transaction(
        version=2,
        inputs=(TxInput(OutPoint(bytes((mark,)) * 32, 1), 0xFFFFFFFD, b"", (b"sig", KEY)),),
        outputs=(TxOutput(Sats(50_000 + mark), SCRIPT), TxOutput(Sats(1), b"\x6a")),
        locktime=0,
    )


def unsigned(inputs: int = 2, outputs: int = 2) -> Transaction:
    """The transaction that spends output 0 of as many previous ones."""
    return Transaction(
        version=2,
        inputs=tuple(
            TxInput(OutPoint(transaction_id(previous(mark)), 0), 0xFFFFFFFD)
            for mark in range(inputs)
        ),
        outputs=tuple(TxOutput(Sats(1_000 * n + 1_000), SCRIPT) for n in range(outputs)),
        locktime=500,
    )


@dataclass
class Draft:
    """A PSBT's maps, to be changed at will and rendered."""

    head: Fields
    inputs: list[Fields]
    outputs: list[Fields] = field(default_factory=list)

    def render(self) -> bytes:
        """The bytes, whatever sense they make."""
        maps = (self.head, *self.inputs, *self.outputs)
        return b"psbt\xff" + b"".join(map(render_map, maps))


def render_map(fields: Fields) -> bytes:
    """One map with its separator."""
    pairs = (render_var_bytes(key) + render_var_bytes(value) for key, value in fields.items())
    return b"".join(pairs) + b"\x00"


def number(value: int) -> bytes:
    """Four bytes, as most numbers in a PSBT are."""
    return value.to_bytes(4, "little")


def version0(tx: Transaction | None = None) -> Draft:
    """An updated PSBT of version 0, ready to sign."""
    tx = tx or unsigned()
    return Draft(
        head={b"\x00": render_transaction(tx)},
        inputs=[_input(mark) for mark in range(len(tx.inputs))],
        outputs=[{b"\x02" + KEY: ORIGIN} for _ in tx.outputs],
    )


def version2(tx: Transaction | None = None) -> Draft:
    """The same in version 2."""
    tx = tx or unsigned()
    head = {
        b"\x02": number(tx.version),
        b"\x03": number(tx.locktime),
        b"\x04": render_compact_size(len(tx.inputs)),
        b"\x05": render_compact_size(len(tx.outputs)),
        b"\xfb": number(2),
    }
    inputs = [
        _input(mark)
        | {
            b"\x0e": each.outpoint.txid,
            b"\x0f": number(each.outpoint.vout),
            b"\x10": number(each.sequence),
        }
        for mark, each in enumerate(tx.inputs)
    ]
    outputs = [
        {
            b"\x02" + KEY: ORIGIN,
            b"\x03": each.amount.to_bytes(8, "little", signed=True),
            b"\x04": each.script,
        }
        for each in tx.outputs
    ]
    return Draft(head, inputs, outputs)


def _input(mark: int) -> Fields:
    tx = previous(mark)
    return {
        b"\x00": render_transaction(tx),
        b"\x01": render_output(tx.outputs[0]),
        b"\x03": number(1),
        b"\x06" + KEY: ORIGIN,
    }
