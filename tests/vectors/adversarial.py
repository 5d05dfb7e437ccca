"""Bad drafts of someone who knows the format well: what a sloppy signer would let through.

Further cases beside `cases.py`, which says how they work.
"""

from __future__ import annotations

from dataclasses import replace

from strongroom.core.bitcoin.address import render_address
from strongroom.core.bitcoin.model import OutPoint, ScriptKind, TxOutput
from strongroom.core.bitcoin.sighash import SighashContext
from strongroom.core.bitcoin.signatures import sign_ecdsa, sign_schnorr
from strongroom.core.bitcoin.transaction import render_transaction, transaction_id
from strongroom.core.descriptor.derive import derive_scripts
from strongroom.core.descriptor.scripts import pkh_script
from tests.vectors.cases import case
from tests.vectors.factory import NETWORK, Draft, draft, funding, master, origin_field


def _origins(bad: Draft, index: int, number: int) -> list[tuple[int, bytes, bytes]]:
    """Where in input `index` the fields of one type stand, with key and value."""
    fields = enumerate(bad.inputs[index])
    return [(at, key, value) for at, (key, value) in fields if key[0] == number]


@case("PSBT-UNSIGNED-TX")
def inputs_may_still_be_added() -> Draft:
    bad = draft()
    bad.psbt_version = 2
    bad.global_fields.append((b"\x06", b"\x01"))
    return bad


@case("INPUT-KEY")
def one_cosigner_said_to_stand_at_another_index() -> Draft:
    bad = draft(ScriptKind.WSH_MULTI)
    at, key, value = _origins(bad, 1, 0x06)[2]
    bad.inputs[1][at] = (key, value[:-4] + (7).to_bytes(4, "little"))
    return bad


@case("CHANGE-PATH", finding="warn")
def own_receive_address_far_beyond_the_gap() -> Draft:
    bad = draft()
    far = derive_scripts(bad.descriptor, 0, 2**31 - 1)
    bad.outputs[0] = origin_field(bad.descriptor, far, 0, 2**31 - 1, output=True)
    address = render_address(far.script_pubkey, NETWORK)
    assert address is not None
    bad.payments = (replace(bad.payments[0], address=address),)
    paid, back = bad.transaction.outputs
    moved = TxOutput(paid.amount, far.script_pubkey)
    bad.transaction = replace(bad.transaction, outputs=(moved, back))
    return bad


@case("INPUT-KEY")
def extended_key_of_ours_that_is_not_registered() -> Draft:
    bad = draft()
    (key,) = bad.descriptor.keys
    other = master("ana").derive_public((*key.origin_path[:2], key.origin_path[2] + 1))
    depth, child = bytes((other.depth,)), other.child_number.to_bytes(4, "big")
    extended = NETWORK.constants.xpub + depth + other.parent + child
    path = (*key.origin_path[:2], key.origin_path[2] + 1)
    steps = b"".join(step.to_bytes(4, "little") for step in path)
    named = b"\x01" + extended + other.chain_code + other.public_key
    bad.global_fields.append((named, key.fingerprint + steps))
    return bad


@case("SIG-EXISTING")
def signature_of_ours_over_another_amount() -> Draft:
    """Our own key's signature, made elsewhere over something else, in one input of two."""
    bad = draft(ScriptKind.WSH_MULTI)
    scripts = derive_scripts(bad.descriptor, 0, 1)
    node = master("ana").derive_private((*bad.descriptor.keys[0].origin_path, 0, 1))
    signature = sign_ecdsa(node.secret, bytes(32)) + b"\x01"
    bad.inputs[1].append((b"\x02" + scripts.public_keys[0], signature))
    return bad


@case("SIG-EXISTING", finding="show")
def cosigner_who_signed_one_input_of_two() -> Draft:
    some = draft(ScriptKind.WSH_MULTI)
    scripts = derive_scripts(some.descriptor, 0, 1)
    node = master("ben").derive_private((*some.descriptor.keys[1].origin_path, 0, 1))
    hasher = SighashContext(some.transaction, tuple(coin.outputs[1] for coin in some.previous))
    signature = sign_ecdsa(node.secret, hasher.segwit_v0(1, scripts.script_code, 1)) + b"\x01"
    some.inputs[1].append((b"\x02" + scripts.public_keys[1], signature))
    return some


@case("SIG-EXISTING")
def leaf_signature_named_for_another_leaf() -> Draft:
    """A good signature for one leaf of the tree, under the name of the other."""
    bad = draft(ScriptKind.TR_TREE)
    first, second = derive_scripts(bad.descriptor, 0, 0).leaves
    node = master("ana").derive_private((*bad.descriptor.keys[0].origin_path, 0, 0))
    hasher = SighashContext(bad.transaction, tuple(coin.outputs[1] for coin in bad.previous))
    signature = sign_schnorr(node.secret, hasher.taproot(0, 0, leaf_hash=first.leaf_hash))
    named = b"\x14" + node.public_key()[1:] + second.leaf_hash
    bad.inputs[0].append((named, signature))
    return bad


@case("INPUT-FOREIGN")
def one_input_of_another_script_kind() -> Draft:
    """A coin on the same keys and paths, but of the plain key hash instead of the wallet's script."""
    bad = draft(ScriptKind.WPKH)
    scripts = derive_scripts(bad.descriptor, 0, 1)
    coin = funding(pkh_script(scripts.public_keys[0]), 3_000_000, 1)
    bad.previous[1] = coin
    given = bad.transaction.inputs[1]._replace(outpoint=OutPoint(transaction_id(coin), 1))
    bad.transaction = replace(bad.transaction, inputs=(bad.transaction.inputs[0], given))
    kept = [field for field in bad.inputs[1] if field[0][0] == 0x06]
    bad.inputs[1] = [(b"\x00", render_transaction(coin)), *kept]
    return bad


@case("PSBT-CANONICAL")
def derivation_of_a_key_off_the_curve() -> Draft:
    bad = draft()
    bad.inputs[0].append((b"\x06\x02" + b"\x11" * 32, bytes(8)))
    return bad


@case("PSBT-CANONICAL")
def leaf_script_of_another_version_than_its_control_block() -> Draft:
    bad = draft(ScriptKind.TR_TREE)
    at, key, value = _origins(bad, 0, 0x15)[0]
    bad.inputs[0][at] = (key, value[:-1] + b"\xc2")
    return bad


@case("PSBT-CANONICAL")
def previous_transaction_with_a_size_beyond_all_memory() -> Draft:
    bad = draft()
    raw = render_transaction(bad.previous[0])
    bad.inputs[0][0] = (b"\x00", raw[:41] + b"\xff" * 9 + raw[42:])
    return bad
