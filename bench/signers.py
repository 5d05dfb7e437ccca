"""The signers that are compared. Each is prepared beforehand, and then goes from a PSBT to a signed one.

Ours does all that the station does between the file and the answer's PSBT: the review with every rule, the
approval, both signatures of each input and their verification. The others parse, sign and serialise.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from typing import Any

import bdkpython as bdk
from embit.bip32 import HDKey
from embit.networks import NETWORKS
from embit.psbt import PSBT
from tests.vectors.factory import master

from bench.requests import OWNER, Job
from strongroom.core.approval import Consent, approve
from strongroom.core.bitcoin.mnemonic import mnemonic_from_entropy, seed_from_mnemonic
from strongroom.core.review.build import review_request
from strongroom.core.secret import Secret
from strongroom.core.signing.sign import sign
from strongroom.core.words import pgp_words

Run = Callable[[], bytes]


def prepare_strongroom(job: Job) -> Run:
    """Review, approval and signing as the station does them."""
    words = pgp_words(job.request.digest)
    consent = Consent(name="Olga", role="operator", positions=(1, 2), typed=words[:2])
    keys = (master(OWNER),)

    def run() -> bytes:
        review = review_request(job.request, job.known)
        approval = approve(
            review,
            acknowledged=[warning.rule for warning in review.warnings],
            consents=(consent,),
            policy=job.known.policy,
        )
        return sign(approval, keys).psbt

    return run


def prepare_bdk(job: Job) -> Run:
    """BDK with our account's private key in the wallet's descriptor, finalising nothing."""
    text = _private_descriptor(job)
    branches = (
        bdk.Descriptor(text.replace("<0;1>", branch), bdk.NetworkKind.TEST) for branch in "01"
    )
    memory = bdk.Persister.new_in_memory()
    wallet = bdk.Wallet(*branches, bdk.Network.REGTEST, memory)
    options = bdk.SignOptions(
        trust_witness_utxo=False,
        assume_height=None,
        allow_all_sighashes=False,
        try_finalize=False,
        sign_with_tap_internal_key=True,
        allow_grinding=True,
    )
    given = base64.b64encode(job.request.psbt).decode()

    def run() -> bytes:
        psbt = bdk.Psbt(given)
        wallet.sign(psbt, options)
        return base64.b64decode(psbt.serialize())

    return run


def prepare_embit(job: Job) -> Run:
    """embit, signing by fingerprint."""
    root = _root()

    def run() -> bytes:
        psbt = PSBT.parse(job.request.psbt)
        psbt.sign_with(root)
        signed: bytes = psbt.serialize()
        return signed

    return run


SIGNERS = {"strongroom": prepare_strongroom, "bdk": prepare_bdk, "embit": prepare_embit}


def _root() -> Any:  # noqa: ANN401 - embit ships no types
    entropy = Secret(hashlib.sha256(OWNER.encode()).digest())
    seed = seed_from_mnemonic(mnemonic_from_entropy(entropy), Secret(b""))
    return HDKey.from_seed(seed.reveal(), version=NETWORKS["regtest"]["xprv"])


def _private_descriptor(job: Job) -> str:
    """The wallet's descriptor without checksum, with the private form of our key in it."""
    root, (wallet, *_) = _root(), job.known.wallets
    fingerprint = master(OWNER).fingerprint.hex()

    def private(match: re.Match[str]) -> str:
        return f"{match[1]}{root.derive('m/' + match[2]).to_base58()}"

    body = wallet.descriptor.partition("#")[0]
    return re.sub(rf"(\[{fingerprint}/([^\]]*)\])[^/]*", private, body)
