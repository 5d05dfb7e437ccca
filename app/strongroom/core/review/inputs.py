"""Each input proven: its amount by the previous transaction, its script by the descriptor.

Keeps the rules INPUT-*, SIGHASH-TYPE and SIG-EXISTING. Nothing here trusts a field of the PSBT that can
be computed or compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from strongroom.core.bitcoin.address import render_address
from strongroom.core.bitcoin.model import TxInput, TxOutput
from strongroom.core.bitcoin.sighash import SighashContext
from strongroom.core.descriptor.derive import derive_ahead
from strongroom.core.descriptor.model import DerivedScripts, Descriptor
from strongroom.core.errors import Violation
from strongroom.core.money import MAX_MONEY
from strongroom.core.progress import Progress, portion, silent, watched
from strongroom.core.psbt.model import KeyOrigin, Psbt, PsbtInput
from strongroom.core.review.claims import Claim, claimed_places, field_mismatch, find_claim
from strongroom.core.review.existing import find_signers
from strongroom.core.review.model import ReviewedInput

SIGHASH_DEFAULT, SIGHASH_ALL = 0, 1

T = TypeVar("T")


def review_inputs(
    psbt: Psbt,
    descriptor: Descriptor,
    others: tuple[Descriptor, ...] = (),
    progress: Progress = silent,
) -> tuple[ReviewedInput, ...]:
    """Every input of `psbt`, proven to spend `descriptor`'s coins, with its signature hash.

    `others` are the other registered wallets, to tell a foreign coin from one of theirs. Raises
    Violation with an INPUT-*, SIGHASH-TYPE or SIG-EXISTING id, which names every input that is wrong.
    """
    check_distinct(psbt)
    spent = prove_outputs(psbt, descriptor)
    hasher = Sighashes.prepare(psbt, descriptor, spent)
    # Of an input's first two origins one is of a key of ours: at most one internal key is nobody's.
    origins = (origin for fields in psbt.inputs for origin in _origins(fields, descriptor)[:2])
    derive_ahead(descriptor, claimed_places(descriptor, origins), portion(progress, 0, 50))
    return _each(
        len(spent),
        lambda index: _review_input(index, psbt, spent[index], hasher, others),
        portion(progress, 50, 100),
    )


def prove_outputs(psbt: Psbt, descriptor: Descriptor) -> tuple[TxOutput, ...]:
    """The output that each input spends, as its previous transaction has it; else an INPUT-* rule."""
    given, taproot = psbt.transaction.inputs, descriptor.kind.is_taproot

    def prove(index: int) -> TxOutput:
        proven = prove_output(index, given[index], psbt.inputs[index], taproot=taproot)
        return check_amount(index, proven)

    spent = _each(len(psbt.inputs), prove)
    total = sum(output.amount for output in spent)
    if total > MAX_MONEY:
        raise Violation("INPUT-AMOUNT", f"the inputs sum to {total} sat, over 21 million BTC")
    return spent


def _each(count: int, judge: Callable[[int], T], progress: Progress = silent) -> tuple[T, ...]:
    """What `judge` makes of every input; what stops the first is raised, with the other inputs that stop."""
    found: list[T] = []
    stops: dict[int, Violation] = {}
    for index in watched(range(count), progress):
        try:
            found.append(judge(index))
        except Violation as stop:
            stops[index] = stop
    if not stops:
        return tuple(found)
    first, *others = stops
    by_rule: dict[str, list[str]] = {}
    for index in others:
        by_rule.setdefault(stops[index].rule, []).append(str(index))
    more = "".join(f"; {rule} stops input {', '.join(them)} too" for rule, them in by_rule.items())
    raise Violation(stops[first].rule, stops[first].message + more, hint=stops[first].hint)


def check_distinct(psbt: Psbt) -> None:
    """INPUT-DUPLICATE: no outpoint twice."""
    seen = set()
    for index, given in enumerate(psbt.transaction.inputs):
        if given.outpoint in seen:
            raise Violation(
                "INPUT-DUPLICATE", f"input {index} spends {given.outpoint} a second time"
            )
        seen.add(given.outpoint)


def prove_output(index: int, given: TxInput, fields: PsbtInput, *, taproot: bool) -> TxOutput:
    """The output that the input spends, by its previous transaction; BIP-341 may do without one."""
    claimed, previous, point = fields.witness_utxo, fields.previous_transaction, given.outpoint
    if previous is None:
        if taproot and claimed is not None:
            return claimed
        raise Violation(
            "INPUT-UNPROVEN",
            f"input {index} ({point}) comes without its previous transaction",
            hint="have the coordinator include full previous transactions (CVE-2020-14199)",
        )
    if previous.txid != point.txid:
        raise Violation(
            "INPUT-PREVTX",
            f"input {index} spends {point} and brings transaction {previous.txid[::-1].hex()}",
        )
    if point.vout >= len(previous.outputs):
        raise Violation(
            "INPUT-PREVTX",
            f"input {index} spends output {point.vout} of a transaction of {len(previous.outputs)}",
        )
    proven = previous.outputs[point.vout]
    if claimed is not None and claimed != proven:
        raise Violation(
            "INPUT-UTXO-MISMATCH",
            f"input {index} claims {claimed.amount} sat to {claimed.script.hex()}, its previous "
            f"transaction says {proven.amount} sat to {proven.script.hex()}",
            hint="someone tries to hide a fee or a script: treat the request as forged",
        )
    return proven


def check_amount(index: int, output: TxOutput) -> TxOutput:
    """INPUT-AMOUNT: above zero and at most 21 million bitcoin."""
    if not 0 < output.amount <= MAX_MONEY:
        raise Violation("INPUT-AMOUNT", f"input {index} is worth {output.amount} sat")
    return output


@dataclass(frozen=True, slots=True)
class Sighashes:
    """Our own signature hash of each input of one transaction of one wallet."""

    descriptor: Descriptor
    context: SighashContext

    @classmethod
    def prepare(cls, psbt: Psbt, descriptor: Descriptor, spent: tuple[TxOutput, ...]) -> Sighashes:
        """What the inputs of `psbt`, which spend `spent`, have in common is hashed once."""
        context = SighashContext(psbt.transaction, spent)
        if not descriptor.kind.is_segwit:
            pairs = zip(psbt.inputs, spent, strict=True)
            context.legacy_ahead([given.redeem_script or output.script for given, output in pairs])
        return cls(descriptor, context)

    def of(self, index: int, scripts: DerivedScripts, sighash_type: int) -> bytes:
        """The 32 bytes that a key of the wallet signs in input `index`."""
        kind = self.descriptor.kind
        if kind.is_taproot:
            return self.context.taproot(index, sighash_type)
        if kind.is_segwit:
            return self.context.segwit_v0(index, scripts.script_code, sighash_type)
        return self.context.legacy(index, scripts.script_code, sighash_type)

    def all_of(self, index: int, scripts: DerivedScripts, sighash_type: int) -> tuple[bytes, ...]:
        """The same, and behind it what a key signs in each leaf of a taproot tree (BIP-342)."""
        leaves = (
            self.context.taproot(index, sighash_type, leaf_hash=leaf.leaf_hash)
            for leaf in scripts.leaves
        )
        return self.of(index, scripts, sighash_type), *leaves


def _review_input(
    index: int, psbt: Psbt, output: TxOutput, hasher: Sighashes, others: tuple[Descriptor, ...]
) -> ReviewedInput:
    fields, descriptor = psbt.inputs[index], hasher.descriptor
    claim = _own_claim(index, fields, output, descriptor, others)
    sighash_type = check_sighash_type(index, fields, taproot=descriptor.kind.is_taproot)
    if fields.final_script_sig is not None or fields.final_script_witness is not None:
        raise Violation(
            "INPUT-NOTHING",
            f"input {index} is final already, so nothing is left to sign",
            hint="send the PSBT as it was before it was finalised",
        )

    wanted = hasher.all_of(index, claim.scripts, sighash_type)

    def hashes(kind: int) -> tuple[bytes, ...]:
        return wanted if kind == sighash_type else hasher.all_of(index, claim.scripts, kind)

    return ReviewedInput(
        index=index,
        outpoint=psbt.transaction.inputs[index].outpoint,
        amount=output.amount,
        sequence=psbt.transaction.inputs[index].sequence,
        branch=claim.branch,
        position=claim.position,
        scripts=claim.scripts,
        sighash_type=sighash_type,
        sighash=wanted[0],
        leaf_sighashes=wanted[1:],
        signed_by=find_signers(index, fields, descriptor, claim.scripts, hashes),
    )


def _origins(fields: PsbtInput, descriptor: Descriptor) -> tuple[KeyOrigin, ...]:
    return fields.tap_derivations if descriptor.kind.is_taproot else fields.derivations


def _own_claim(
    index: int,
    fields: PsbtInput,
    output: TxOutput,
    descriptor: Descriptor,
    others: tuple[Descriptor, ...],
) -> Claim:
    origins = fields.tap_derivations if descriptor.kind.is_taproot else fields.derivations
    try:
        claim = find_claim(descriptor, origins)
    except Violation as stop:
        raise Violation(stop.rule, f"input {index}: {stop.message}", hint=stop.hint) from None
    if claim is not None and claim.scripts.script_pubkey == output.script:
        mismatch = field_mismatch(claim, fields)
        if mismatch is None and fields.tap_merkle_root in {None, claim.scripts.merkle_root}:
            return claim
        raise Violation(
            "INPUT-FOREIGN",
            f"input {index}: {mismatch or 'tap_merkle_root'} is not what the wallet has there",
        )
    for other in others:
        elsewhere = find_claim(other, _origins(fields, other))
        if elsewhere is not None and elsewhere.scripts.script_pubkey == output.script:
            raise Violation(
                "INPUT-WALLETS",
                f"input {index} belongs to another registered wallet",
                hint="one request spends from one wallet",
            )
    place = render_address(output.script, descriptor.network) or output.script.hex()
    raise Violation(
        "INPUT-FOREIGN",
        f"input {index} spends {place}, which the registered wallet does not have where it claims to",
        hint="check that the right wallet is registered and that the request names it",
    )


def check_sighash_type(index: int, fields: PsbtInput, *, taproot: bool) -> int:
    """SIGHASH-TYPE: the type that a signature of this input must have; refuses all but the whole."""
    allowed = {SIGHASH_DEFAULT, SIGHASH_ALL} if taproot else {SIGHASH_ALL}
    wanted = fields.sighash_type
    if wanted is None:
        return SIGHASH_DEFAULT if taproot else SIGHASH_ALL
    if wanted not in allowed:
        raise Violation(
            "SIGHASH-TYPE",
            f"input {index} asks for signature hash type 0x{wanted:02x}",
            hint="only ALL, and DEFAULT for taproot, commit to every input and output",
        )
    return wanted
