"""Made-up vaults, wallets and files, so that a ceremony can be held on paper before it is held.

There are two worlds with nothing in common but what the ceremonies say in any case: what differs between
them is data, and becomes a blank on paper. Nothing in them is secret, and nothing of a real vault gets in.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property

from strongroom.core.backup.codex32 import ALPHABET, split_seed
from strongroom.core.backup.slip39 import split_secret
from strongroom.core.backup.slip39_share import render_share
from strongroom.core.bitcoin.address import render_address
from strongroom.core.bitcoin.mnemonic import mnemonic_from_entropy
from strongroom.core.bitcoin.model import OutPoint, ScriptKind, Transaction, TxInput, TxOutput
from strongroom.core.bitcoin.transaction import render_transaction, transaction_id
from strongroom.core.bundle.archive import render_archive
from strongroom.core.bundle.manifest import render_request_manifest
from strongroom.core.bundle.model import (
    BundleArchive,
    ChainAnchor,
    ChangeOutput,
    DetachedSignature,
    MemberDigest,
    Payment,
    RequestManifest,
)
from strongroom.core.descriptor.account import cosigner_key
from strongroom.core.descriptor.checksum import descriptor_checksum
from strongroom.core.descriptor.derive import CHANGE, RECEIVE, derive_scripts
from strongroom.core.descriptor.model import Descriptor
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.descriptor.places import Place
from strongroom.core.machine import answers
from strongroom.core.money import Sats
from strongroom.core.network import Network
from strongroom.core.proof.file import Proof, render_proof
from strongroom.core.psbt.creator import CoinSpent, PlannedOutput, create_psbt
from strongroom.core.secret import Secret
from strongroom.core.session.pages import PaperForm
from strongroom.core.vault.changes import Terms
from strongroom.core.vault.model import (
    Approver,
    History,
    HistoryEntry,
    PaperBackup,
    PaperShare,
    Policy,
    RegisteredWallet,
    TrustList,
    VaultContents,
    VaultSeed,
)
from strongroom.core.vault.seeds import make_seed, master_of, seed_on_paper
from strongroom.core.vault.trust_file import (
    TermsList,
    TermsProposal,
    list_digest,
    render_list,
    render_proposal,
)

SIGNERS = 3
OURS, NEW, FOREIGN = 0, 1, 2
_COIN, _PAID, _FEE = 5_000_000, 1_000_000, 1_000
_TIP = 900
_EARLIER = datetime(2026, 12, 1, tzinfo=UTC)
_SETS = {PaperForm.SLIP39: "SLIP-39 set", PaperForm.CODEX32: "codex32 set"}


@dataclass(frozen=True, kw_only=True)
class World:
    """One made-up vault and what is brought to it.

    `witnesses` people confirm each request; `form`, `threshold` and `count` are those of its backup on paper.
    """

    name: str
    network: Network
    now: datetime
    generation: int
    witnesses: int
    names: tuple[str, ...]
    form: PaperForm
    threshold: int
    count: int

    def draw(self, what: str, size: int) -> bytes:
        """Bytes that are the same in each run and in no other world."""
        return hashlib.shake_256(f"{self.name} {what}".encode()).digest(size)

    def seed(self, number: int) -> VaultSeed:
        """The seed of one signer."""
        return make_seed(Secret(self.draw(f"seed {number}", 32)), Secret(b""))

    def wallet(self, number: int) -> RegisteredWallet:
        """A wallet of two of three signers, the first of whom is the vault's; of `FOREIGN` nobody is."""
        own = 10 if number == FOREIGN else 0
        seeds = (self.seed(own), *(self.seed(10 * number + n) for n in range(1, SIGNERS)))
        keys = ",".join(
            f"{cosigner_key(ScriptKind.WSH_MULTI, master_of(seed), self.network)}/<0;1>/*"
            for seed in seeds
        )
        body = f"wsh(sortedmulti(2,{keys}))"
        signers = tuple(
            (seed.fingerprint, name) for seed, name in zip(seeds, self.names, strict=False)
        )
        return RegisteredWallet(
            name=f"{self.name}{number}",
            network=self.network,
            descriptor=f"{body}#{descriptor_checksum(body)}",
            signers=signers,
        )

    @cached_property
    def sheets(self) -> tuple[Secret, ...]:
        """The sheets of the backup of the vault's seed."""
        entropy = self.seed(0).entropy
        if self.form is PaperForm.WORDS:
            return (Secret(" ".join(mnemonic_from_entropy(entropy)).encode()),)
        pool = iter(self.draw("shares", 8192))

        def random(size: int) -> bytes:
            return bytes(next(pool) for _ in range(size))

        if self.form is PaperForm.SLIP39:
            made = split_secret(entropy, threshold=self.threshold, count=self.count, random=random)
            return tuple(map(render_share, made))
        letters = "".join(ALPHABET[byte & 31] for byte in random(4))
        master = seed_on_paper(self.seed(0))
        shares = split_seed(
            master,
            threshold=self.threshold,
            count=self.count,
            identifier=letters,
            random=random,
        )
        return tuple(share.letters for share in shares)

    @cached_property
    def backup(self) -> PaperBackup:
        """What the vault's inventory says of them."""
        return PaperBackup(
            fingerprint=self.seed(0).fingerprint,
            form=self.form.value,
            name=f"{_SETS[self.form]} {self.generation}" if self.count > 1 else "seed words",
            threshold=self.threshold,
            shares=tuple(
                PaperShare(number=number, holder=self.names[-1], bag=f"{self.generation}{number}")
                for number, _ in enumerate(self.sheets, 1)
            ),
            made=self.now - timedelta(days=30),
        )

    @cached_property
    def contents(self) -> VaultContents:
        """The vault."""
        approver = Approver(
            name=self.names[0],
            fingerprint=answers.OPENPGP_FINGERPRINT,
            certificate=answers.OPENPGP_CERTIFICATE,
            roles=frozenset(("approver",)),
            valid_from=datetime(2026, 1, 1, tzinfo=UTC),
            valid_until=None,
            revoked_from=None,
        )
        return VaultContents(
            generation=self.generation,
            seeds=(self.seed(0),),
            wallets=(self.wallet(OURS),),
            backups=(self.backup,),
            trust_sequence=self.generation,
            history=self._history,
            trust=TrustList(approvers=(approver,)),
            policy=Policy(witnesses=self.witnesses),
            signing_key=Secret(b"none"),
            certificate=answers.OPENPGP_CERTIFICATE,
        )

    @property
    def _history(self) -> History:
        """A session was held before, and as many requests were signed as there are generations."""
        signed = HistoryEntry(
            wallet=self.wallet(OURS).name,
            request_id="earlier",
            request_digest=self.draw("earlier", 32).hex(),
            sequence=1,
            txid=self.draw("earlier transaction", 32).hex(),
            spent=(),
            payments=(),
            fee=Sats(0),
            tip_height=1,
            tip_time=_EARLIER,
            declared=_EARLIER,
        )
        return History(
            entries=(signed,) * self.generation,
            transcript_head=self.draw("head", 32).hex(),
            last_declared=_EARLIER,
        )

    @cached_property
    def request(self) -> bytes:
        """A request of one payment, approved."""
        wallet = self.wallet(OURS)
        descriptor = parse_descriptor(wallet.descriptor, wallet.network)
        coins = tuple(self._coin(descriptor, index) for index in range(self.generation))
        payee = b"\x00\x14" + self.draw("payee", 20)
        back = derive_scripts(descriptor, CHANGE, 0).script_pubkey
        rest = Sats(_COIN * len(coins) - _PAID - _FEE)
        psbt = create_psbt(
            descriptor,
            coins,
            (
                PlannedOutput(amount=Sats(_PAID), script=payee),
                PlannedOutput(amount=rest, script=back, place=Place(CHANGE, 0)),
            ),
        )
        made = self.now - timedelta(hours=1)
        manifest = RequestManifest(
            request_id=self.name,
            sequence=self.generation + 1,
            previous_digest=self._history.entries[-1].request_digest,
            created=made,
            expires=self.now + timedelta(days=1),
            expires_height=_TIP + 144,
            anchor=ChainAnchor(
                network=self.network,
                genesis_hash=self.network.constants.genesis_hash,
                tip_height=_TIP,
                tip_hash=self.draw("tip", 32).hex(),
                tip_time=made,
            ),
            wallet=wallet.name,
            descriptor_checksum=wallet.descriptor[-8:],
            payments=(
                Payment(
                    address=render_address(payee, self.network) or "",
                    amount=Sats(_PAID),
                    payee="",
                    reference="",
                ),
            ),
            change=(ChangeOutput(address=render_address(back, self.network) or "", amount=rest),),
            fee=Sats(_FEE),
            purpose="",
            requester="",
            replaces=None,
            psbt=MemberDigest(size=len(psbt), sha256=hashlib.sha256(psbt).hexdigest()),
        )
        return _signed(render_request_manifest(manifest), psbt)

    def _coin(self, descriptor: Descriptor, index: int) -> CoinSpent:
        script = derive_scripts(descriptor, RECEIVE, index).script_pubkey
        made = Transaction(
            version=2,
            inputs=(TxInput(OutPoint(self.draw(f"coin {index}", 32), 0), 0xFFFF_FFFE),),
            outputs=(TxOutput(Sats(_COIN), script),),
            locktime=0,
        )
        return CoinSpent(
            outpoint=OutPoint(transaction_id(made), 0),
            previous=render_transaction(made),
            place=Place(RECEIVE, index),
            sequence=0xFFFF_FFFD,
        )

    @cached_property
    def proof(self) -> bytes:
        """A message to sign."""
        wallet = self.wallet(OURS)
        return render_proof(
            Proof(
                wallet=wallet.name,
                checksum=wallet.descriptor[-8:],
                message=self.name,
                branch=RECEIVE,
                index=0,
            )
        )

    @property
    def trust_list(self) -> bytes:
        """The list as it stands."""
        return render_list(self._listed)

    @property
    def _listed(self) -> TermsList:
        terms = Terms(policy=self.contents.policy, trust=self.contents.trust)
        return TermsList(sequence=self.contents.trust_sequence, terms=terms)

    @property
    def _trust(self) -> TermsProposal:
        listed, old = self._listed, self._listed.terms
        return TermsProposal(
            sequence=listed.sequence + 1,
            previous=list_digest(listed),
            created=self.now - timedelta(hours=1),
            terms=replace(old, policy=replace(old.policy, fee_rate=400)),
        )

    @cached_property
    def trust_manifest(self) -> bytes:
        """The change as people sign it."""
        return render_proposal(self._trust)

    @property
    def trust_file(self) -> bytes:
        """The change, signed."""
        return _signed(self.trust_manifest, b"")


def _signed(manifest: bytes, psbt: bytes) -> bytes:
    signature = DetachedSignature(
        fingerprint=answers.OPENPGP_FINGERPRINT, armored=answers.OPENPGP_SIGNATURE
    )
    return render_archive(BundleArchive(manifest=manifest, psbt=psbt, signatures=(signature,)))
