"""Our PSBT reader against BDK's, btclib's and the node's, on good PSBTs of both versions and on mutated ones.

Where both read, both say the same. Where we refuse and a peer does not, the reason is in `STRICTER`. Where a
peer refuses and we do not, a rule of the review stops it, by `LATER`; anything else fails.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import pytest

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.errors import Violation
from strongroom.core.money import MAX_MONEY
from strongroom.core.network import Network
from strongroom.core.psbt.model import Psbt
from strongroom.core.psbt.reader import parse_psbt
from strongroom.core.review.inputs import check_amount, check_sighash_type, prove_output
from tests.integration.node import RegtestNode
from tests.integration.psbt_peers import (
    Reading,
    RefusedError,
    bdk_reading,
    btclib_reading,
    node_reading,
    ours,
)
from tests.vectors.factory import draft
from tests.vectors.mutations import mutated, samples

pytestmark = pytest.mark.integration

LOG = logging.getLogger(__name__)
BDK, BTCLIB, NODE = "bdk", "btclib", "node"
ALL_PEERS = {BDK, BTCLIB, NODE}
ONLY_VERSION_0 = {BDK, NODE}
NO_VERSION_2 = re.compile(r"PSBT versions greater than 0|Unsupported version number")
NAMED_TYPES = {1, 2, 3, 0x81, 0x82, 0x83}
OF_MUSIG = r"MUSIG2_\w+ at byte"
OF_TEXT = r"(POR_COMMITMENT|GENERIC_SIGNED_MESSAGE) at byte"

STRICTER: tuple[tuple[str, str, set[str]], ...] = (
    # rule, message, peers that read it
    ("PSBT-CANONICAL", r"behind the last map .* left over", {BDK}),
    ("PSBT-CANONICAL", r"a path of \d+ steps leads to a depth of", ALL_PEERS),
    (
        "PSBT-CANONICAL",
        r"(TAP_INTERNAL_KEY|TAP_BIP32_DERIVATION|TAP_SCRIPT_SIG) .* is not the key of a point",
        {BTCLIB, NODE},
    ),
    (
        "PSBT-CANONICAL",
        r"TAP_LEAF_SCRIPT .* (do not name one leaf version|is not the key of a point)",
        ALL_PEERS,
    ),
    ("PSBT-CANONICAL", r"are not a DER signature", {NODE}),
    ("PSBT-CANONICAL", r"do not hash to", {NODE}),
    ("PSBT-CANONICAL", OF_MUSIG, {BDK, NODE}),
    ("PSBT-CANONICAL", OF_TEXT, ALL_PEERS),
    ("PSBT-CANONICAL", r"(TAP_\w+) at byte \d+: the (field|value)", {BTCLIB}),
    ("PSBT-CANONICAL", r"TAP_TREE at byte", {BTCLIB}),
    # a field's type that is more than one byte, of which these read the first alone
    ("PSBT-CANONICAL", r"key f[def]\w* at byte .* (are announced|is written in)", {BDK, BTCLIB}),
    ("PSBT-MAGIC", r"the field does not exist in a PSBT of version 0", ONLY_VERSION_0),
    ("PSBT-SIZE", r"the path has \d+ steps", ALL_PEERS),
    ("PSBT-UNSIGNED-TX", r"1, 2 and 3 are signed", ALL_PEERS),
    ("PSBT-UNSIGNED-TX", r"of the transaction has the amount", {BDK, NODE}),
)

LATER: tuple[tuple[str, str], ...] = (
    # what a peer says, and the rule of the review by which nothing is signed
    (r"Non-witness UTXO does not match outpoint|mismatched non-witness utxo", "INPUT-PREVTX"),
    (r"output index that does not exist|vout out of range", "INPUT-PREVTX"),
    (r"mismatched witness utxo", "INPUT-UTXO-MISMATCH"),
    (r"invalid satoshi amount|invalid total output amount", "INPUT-AMOUNT"),
    (r"sig_?hash type|explicit SIGHASH_DEFAULT", "SIGHASH-TYPE"),
    (r"ExtendedPublicKey from global XPUB", "INPUT-NETWORK"),
    (r"invalid partial signature", "SIG-EXISTING"),
    (r"size too large", "PSBT-UNKNOWN-FIELD"),  # a field's type that is
)
# Origins are claims: one of the wallet is held against the key that we derive, and others are not used.
HARMLESS = re.compile(r"Duplicated key origin values")

# One mutation in tens of thousands: an explicit SIGHASH_DEFAULT, types of more than a byte, an odd xpub.
RARE = (515_863, 538_452, 544_010, 572_733)

EXPLAINED = {"agree", "both refuse", "stricter", "later", "version", "harmless"}
Peers = dict[str, Callable[[bytes], Reading]]


@pytest.fixture(scope="module")
def peers(node: RegtestNode) -> Peers:
    return {BDK: bdk_reading, BTCLIB: btclib_reading, NODE: node_reading(node)}


def review_rules(psbt: Psbt) -> set[str]:
    """The rules about inputs by which the review would stop, whatever the wallet is."""
    found = {"SIG-EXISTING"} if any(i.partial_signatures for i in psbt.inputs) else set()
    if psbt.unknown_fields:
        found.add("PSBT-UNKNOWN-FIELD")
    if not {origin.public_key[:4] for origin in psbt.xpubs} <= {n.constants.xpub for n in Network}:
        found.add("INPUT-NETWORK")
    if sum(output.amount for output in psbt.transaction.outputs) > MAX_MONEY:
        found.add("INPUT-AMOUNT")  # or the fee is negative
    for index, (given, fields) in enumerate(zip(psbt.transaction.inputs, psbt.inputs, strict=True)):
        try:
            check_amount(index, prove_output(index, given, fields, taproot=True))
        except Violation as stop:
            found.add(stop.rule)
        coins = fields.previous_transaction.outputs if fields.previous_transaction else ()
        coins += (fields.witness_utxo,) if fields.witness_utxo else ()
        if any(not 0 <= coin.amount <= MAX_MONEY for coin in coins):
            found.add("INPUT-AMOUNT")
        types = [s[64:] for _, s in fields.tap_script_signatures] + [
            (fields.tap_key_signature or b"")[64:]
        ]
        types += [signature[-1:] for _, signature in fields.partial_signatures]
        if not {*types} <= {b"", b"\x01"}:
            found.add("SIGHASH-TYPE")
        try:
            check_sighash_type(index, fields, taproot=True)
        except Violation as stop:
            found.add(stop.rule)
    return found


def differences(mine: Reading, theirs: Reading) -> Iterator[str]:
    """Where two readings differ, in words."""
    if mine["tx"] != theirs["tx"]:
        yield f"tx: {mine['tx']} and {theirs['tx']}"
    for scope in ("inputs", "outputs"):
        for index, (one, other) in enumerate(zip(mine[scope], theirs[scope], strict=True)):
            for name, value in other.items():
                is_same = one[name] == value or (
                    name == "sighash" and named_alike(one[name], value)
                )
                # BDK reads a signature that names SIGHASH_DEFAULT, which is none, as one that leaves it out
                if not is_same and not (name == "key signature" and one[name] == f"{value}00"):
                    yield f"{scope} {index} {name}: {one[name]} and {value}"


def named_alike(number: int | None, value: object) -> bool:
    """Whether a node that looks at the last byte only would show this hash type so; "" if it has no name."""
    return number is not None and (
        number % 256 == value or (value == "" and number not in NAMED_TYPES)
    )


def outcome(peer: str, read: Callable[[bytes], Reading], data: bytes) -> str:
    """How our reading and a peer's compare: one of `EXPLAINED`, or what is wrong."""
    mine, refused = None, None
    try:
        mine = ours(data)
    except Violation as stop:
        refused = stop
    try:
        theirs = read(data)
    except RefusedError as reason:
        return "both refuse" if mine is None else _refused_alone(peer, str(reason), data)
    if mine is not None:
        return "; ".join(differences(mine, theirs)) or "agree"
    known = any(
        refused and rule == refused.rule and peer in readers and re.search(said, refused.message)
        for rule, said, readers in STRICTER
    )
    return "stricter" if known else f"we refuse, {peer} does not: {refused}"


def _refused_alone(peer: str, reason: str, data: bytes) -> str:
    if peer in ONLY_VERSION_0 and NO_VERSION_2.search(reason):
        return "version"
    if HARMLESS.search(reason):
        return "harmless"
    rules = {rule for said, rule in LATER if re.search(said, reason)}
    known = rules & review_rules(parse_psbt(data))
    return "later" if known else f"{peer} refuses, we do not: {reason}"


def compare(peers: Peers, cases: Iterable[tuple[str, bytes]]) -> Counter[tuple[str, str]]:
    """How often each peer compares how; fails on whatever is not explained."""
    counts: Counter[tuple[str, str]] = Counter()
    wrong = []
    for name, data in cases:
        for peer, read in peers.items():
            found = outcome(peer, read, data)
            counts[peer, found] += 1
            if found not in EXPLAINED:
                wrong.append(f"{name}: {found}\n{data.hex()}")
    assert not wrong, f"{len(wrong)} are not explained\n" + "\n".join(wrong[:10])
    return counts


@pytest.mark.parametrize("kind", list(ScriptKind), ids=lambda k: k.value)
def test_good_psbts_read_the_same(kind: ScriptKind, peers: Peers) -> None:
    for version in (0, 2):
        made = draft(kind, coins=(5_000_000, 3_000_000, 90_000))
        made.psbt_version = version
        counts = compare(peers, [(f"{kind.value} version {version}", made.psbt())])
        readers = ALL_PEERS if version == 0 else {BTCLIB}
        assert {peer for peer, found in counts if found == "agree"} == readers


def test_published_psbts_read_the_same(peers: Peers) -> None:
    counts = compare(peers, ((sample.name, sample.data) for sample in samples()))
    assert counts[BTCLIB, "agree"] > 50


def test_mutated_psbts_read_the_same(peers: Peers) -> None:
    counts = compare(peers, (mutated(number) for number in range(1_500)))
    for peer in ALL_PEERS:
        assert counts[peer, "agree"] > 150
        assert counts[peer, "both refuse"] > 500


def test_rare_mutations_read_the_same(peers: Peers) -> None:
    compare(peers, (mutated(number) for number in RARE))


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_mutated_psbts_read_the_same_at_length(peers: Peers) -> None:
    counts = compare(peers, (mutated(number) for number in range(10_000, 110_000)))
    for (peer, found), count in sorted(counts.items()):
        LOG.info("%s %s: %d", peer, found, count)
