"""Wallets, coins and requests for tests and vectors, made from fixed seeds; nothing here is random.

A `Draft` starts as an honest request. A bad vector is a draft with one thing changed before or after its
PSBT is put together, so that the rule that must fire is the only one that can.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from strongroom.core.bitcoin.address import parse_address, render_address
from strongroom.core.bitcoin.keys import MasterKey
from strongroom.core.bitcoin.model import OutPoint, ScriptKind, Transaction, TxInput, TxOutput
from strongroom.core.bitcoin.transaction import render_transaction, transaction_id
from strongroom.core.bundle.model import (
    ChainAnchor,
    ChangeOutput,
    MemberDigest,
    Payment,
    RequestManifest,
    VerifiedRequest,
)
from strongroom.core.descriptor.account import account_descriptor, cosigner_key
from strongroom.core.descriptor.checksum import descriptor_checksum
from strongroom.core.descriptor.derive import derive_scripts
from strongroom.core.descriptor.model import DerivedScripts, Descriptor
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.money import Sats
from strongroom.core.network import Network
from strongroom.core.review.build import Known
from strongroom.core.secret import Secret
from strongroom.core.vault.model import History, Policy, RegisteredWallet, VaultSeed, seed_kind
from strongroom.core.vault.seeds import make_seed, master_of
from tests.vectors.fields import (
    Field,
    leaf_fields,
    render_maps,
    render_output,
    tree_field,
    version2_fields,
)

NETWORK = Network.REGTEST
CREATED = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
TIP_HEIGHT = 900
REHEARSED = "rehearsed"
SINGLE_KEY = (ScriptKind.PKH, ScriptKind.SH_WPKH, ScriptKind.WPKH, ScriptKind.TR)
MULTISIG = {
    ScriptKind.SH_MULTI: "sh(sortedmulti(2,{}))",
    ScriptKind.SH_WSH_MULTI: "sh(wsh(sortedmulti(2,{})))",
    ScriptKind.WSH_MULTI: "wsh(sortedmulti(2,{}))",
    ScriptKind.SH_WSH_SCRIPT: "sh(wsh(thresh(2,pk({1}),s:pk({2}),sln:older(144))))",
    ScriptKind.WSH_SCRIPT: "wsh(or_d(multi(2,{1},{2},{3}),and_v(v:pkh({4}),older(52560))))",
    ScriptKind.TR_TREE: "tr({1},{{sortedmulti_a(2,{1},{2},{3}),and_v(v:pk({4}),older(144))}})",
}


def seed(name: str) -> VaultSeed:
    """The test seed of that name: its entropy is the SHA-256 of the name. REHEARSED is of a rehearsal."""
    entropy = Secret(hashlib.sha256(name.encode()).digest())
    kind = seed_kind(master=False, rehearsal=name == REHEARSED)
    return make_seed(entropy, Secret(b""), kind, name)


def master(name: str) -> MasterKey:
    """The master key of the test seed of that name."""
    return master_of(seed(name))


def wallet(kind: ScriptKind, name: str = "Treasury", owner: str = "ana") -> RegisteredWallet:
    """A registered wallet of `owner`; a multisig one is 2 of owner, ben and chi."""
    if kind in SINGLE_KEY:
        text = account_descriptor(kind, master(owner), NETWORK)
    else:
        keys = [
            f"{cosigner_key(kind, master(who), NETWORK)}/<0;1>/*" for who in (owner, "ben", "chi")
        ]
        later = keys[0].replace("<0;1>", "<2;3>")
        body = MULTISIG[kind].format(",".join(keys), *keys, later)
        text = f"{body}#{descriptor_checksum(body)}"
    return RegisteredWallet(name=name, network=NETWORK, descriptor=text)


def stranger(number: int) -> str:
    """An address that belongs to nobody here."""
    digest = hashlib.sha256(f"stranger {number}".encode()).digest()
    address = render_address(b"\x00\x14" + digest[:20], NETWORK)
    assert address is not None
    return address


def funding(script: bytes, amount: int, number: int) -> Transaction:
    """A transaction whose output 1 pays `amount` to `script`."""
    return Transaction(
        version=2,
        inputs=(
            TxInput(
                outpoint=OutPoint(hashlib.sha256(b"coin %d" % number).digest(), number),
                sequence=0xFFFF_FFFE,
            ),
        ),
        outputs=(
            TxOutput(Sats(1_000), b"\x00\x14" + bytes(20)),
            TxOutput(Sats(amount), script),
        ),
        locktime=0,
    )


def origin_field(
    descriptor: Descriptor, scripts: DerivedScripts, branch: int, index: int, *, output: bool
) -> list[Field]:
    """BIP32_DERIVATION of every key, or the taproot form with the hashes of the leaves that have the key."""
    taproot = descriptor.kind.is_taproot
    number = (0x07 if output else 0x16) if taproot else (0x02 if output else 0x06)
    fields = []
    for place, (key, public_key) in enumerate(
        zip(descriptor.keys, scripts.public_keys, strict=True)
    ):
        path = (*key.origin_path, key.branches[branch], index)
        value = key.fingerprint + b"".join(step.to_bytes(4, "little") for step in path)
        if taproot:
            leaves = [leaf.leaf_hash for leaf in scripts.leaves if place in leaf.places]
            value = b"".join((bytes((len(leaves),)), *leaves, value))
            fields.append((bytes((number,)) + public_key[-32:], value))
        else:
            fields.append((bytes((number,)) + public_key, value))
    return fields


def script_fields(
    scripts: DerivedScripts, *, output: bool, depths: tuple[int, ...] = ()
) -> list[Field]:
    """Redeem script, witness script, internal key, and the leaves at `depths`, where the kind has them."""
    redeem, witness, internal = (0x00, 0x01, 0x05) if output else (0x04, 0x05, 0x17)
    root = None if output else scripts.merkle_root
    found = (
        (redeem, scripts.redeem_script),
        (witness, scripts.witness_script),
        (internal, scripts.internal_key),
        (0x18, root),
    )
    fields = [(bytes((number,)), value) for number, value in found if value is not None]
    return fields + (tree_field(scripts, depths) if output else leaf_fields(scripts, depths))


@dataclass
class Draft:
    """An honest request in pieces; change a piece, then call `psbt`, `request` and `known`."""

    registered: RegisteredWallet
    transaction: Transaction
    previous: list[Transaction]
    global_fields: list[Field]
    inputs: list[list[Field]]
    outputs: list[list[Field]]
    payments: tuple[Payment, ...]
    change: tuple[ChangeOutput, ...]
    fee: int
    owner: str = "ana"
    wallets: tuple[RegisteredWallet, ...] = ()
    policy: Policy = field(default_factory=Policy)
    history: History = field(default_factory=History)
    changes: dict[str, object] = field(default_factory=dict)
    psbt_version: int = 0

    @property
    def descriptor(self) -> Descriptor:
        """The registered descriptor, parsed."""
        return parse_descriptor(self.registered.descriptor, NETWORK)

    def psbt(self) -> bytes:
        """The PSBT, of version 0 or 2."""
        if self.psbt_version == 0:
            unsigned = (b"\x00", render_transaction(self.transaction, witness=False))
            return render_maps([unsigned, *self.global_fields], *self.inputs, *self.outputs)
        head, inputs, outputs = version2_fields(self.transaction)
        return render_maps(
            [*head, *self.global_fields],
            *(own + rest for own, rest in zip(inputs, self.inputs, strict=True)),
            *(own + rest for own, rest in zip(outputs, self.outputs, strict=True)),
        )

    def set_input(self, index: int, number: int, value: bytes | None) -> None:
        """Put, replace or (with None) drop a field without key data."""
        key = bytes((number,))
        self.inputs[index] = [f for f in self.inputs[index] if f[0] != key]
        if value is not None:
            self.inputs[index].append((key, value))

    def request(self) -> VerifiedRequest:
        """The request as `verify_request` would give it."""
        psbt = self.psbt()
        manifest = RequestManifest(
            **{
                "request_id": "2026-11-01-0001",
                "sequence": 1,
                "previous_digest": None,
                "created": CREATED,
                "expires": CREATED + timedelta(days=7),
                "expires_height": TIP_HEIGHT + 1008,
                "anchor": ChainAnchor(
                    network=NETWORK,
                    genesis_hash=NETWORK.constants.genesis_hash,
                    tip_height=TIP_HEIGHT,
                    tip_hash="11" * 32,
                    tip_time=CREATED,
                ),
                "wallet": self.registered.name,
                "descriptor_checksum": self.registered.descriptor[-8:],
                "payments": self.payments,
                "change": self.change,
                "fee": Sats(self.fee),
                "purpose": "invoices of October",
                "requester": "Ana",
                "replaces": None,
                "psbt": MemberDigest(size=len(psbt), sha256=hashlib.sha256(psbt).hexdigest()),
                **self.changes,
            }  # type: ignore[arg-type]
        )
        digest = hashlib.sha256(repr(manifest).encode()).digest()
        return VerifiedRequest(
            manifest=manifest, digest=digest, psbt=psbt, signers=("Ana",), declared=CREATED
        )

    def known(self) -> Known:
        """What the owner's vault knows."""
        return Known(
            wallets=self.wallets or (self.registered,),
            policy=self.policy,
            history=self.history,
            own=frozenset((master(self.owner).fingerprint,)),
        )


def draft(
    kind: ScriptKind = ScriptKind.WPKH,
    *,
    coins: tuple[int, ...] = (5_000_000, 3_000_000),
    pay: tuple[int, ...] = (6_000_000,),
    fee: int = 2_000,
    locktime: int = 0,
    sequence: int = 0xFFFF_FFFD,
    version: int = 2,
    owner: str = "ana",
) -> Draft:
    """An honest request that spends `coins`, pays `pay` to strangers and takes the rest as change."""
    registered = wallet(kind, owner=owner)
    descriptor = parse_descriptor(registered.descriptor, NETWORK)
    depths = tuple(leaf.depth for leaf in descriptor.leaves)
    previous, inputs, points = [], [], []
    for index, amount in enumerate(coins):
        scripts = derive_scripts(descriptor, 0, index)
        coin = funding(scripts.script_pubkey, amount, index)
        previous.append(coin)
        points.append(OutPoint(transaction_id(coin), 1))
        fields: list[Field] = [(b"\x00", render_transaction(coin))]
        if kind.is_segwit:
            fields.append((b"\x01", render_output(coin.outputs[1])))
        fields += script_fields(scripts, output=False, depths=depths)
        inputs.append(fields + origin_field(descriptor, scripts, 0, index, output=False))
    payments = tuple(
        Payment(address=stranger(n), amount=Sats(a), payee=f"Payee {n}", reference=f"INV-{n}")
        for n, a in enumerate(pay)
    )
    back = derive_scripts(descriptor, 1, 0)
    rest = sum(coins) - sum(pay) - fee
    address = render_address(back.script_pubkey, NETWORK)
    assert address is not None
    transaction = Transaction(
        version=version,
        inputs=tuple(TxInput(outpoint=point, sequence=sequence) for point in points),
        outputs=(
            *(TxOutput(p.amount, parse_address(p.address, NETWORK)) for p in payments),
            TxOutput(Sats(rest), back.script_pubkey),
        ),
        locktime=locktime,
    )
    outputs: list[list[Field]] = [[] for _ in payments]
    outputs.append(
        script_fields(back, output=True, depths=depths)
        + origin_field(descriptor, back, 1, 0, output=True)
    )
    return Draft(
        registered=registered,
        transaction=transaction,
        previous=previous,
        global_fields=[],
        inputs=inputs,
        outputs=outputs,
        payments=payments,
        change=(ChangeOutput(address=address, amount=Sats(rest)),),
        fee=fee,
        owner=owner,
    )
