"""A rehearsal has keys and files of its own, and neither it nor production opens the other's vault."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.core.session.operator import RELEASE
from tests.unit.core.session.test_backups import FORMS, Room, cheap_vaults, holders, room
from tests.unit.core.session.test_vaults import CHOICE, PASSPHRASE, opened

from strongroom.core.bitcoin.mnemonic import mnemonic_from_entropy
from strongroom.core.bundle.model import BundleFile
from strongroom.core.network import Network
from strongroom.core.proof.file import Proof, render_proof
from strongroom.core.secret import Secret
from strongroom.core.session import pages as paged
from strongroom.core.session import requests as asked
from strongroom.core.session.rehearsal import PREFIX
from strongroom.core.session.values import SeedSource, Task, WalletChoice
from strongroom.core.transcript.chain import verify_chain
from strongroom.core.transcript.model import RecordedEvent
from strongroom.core.vault.model import SeedKind
from strongroom.core.vault.seeds import make_seed

__all__ = ["cheap_vaults"]
VAULT = "strongroom.vault"
REHEARSAL = replace(RELEASE, rehearsal=True)


def created(*ceremonies: str, rehearsal: bool, **changes: object) -> Room:
    """A vault from words, in either."""
    made = room(*ceremonies, **changes)
    made.release = REHEARSAL if rehearsal else RELEASE
    made.run(Task.CREATE_VAULT, *(Task.CEREMONY for _ in ceremonies))
    return made


def test_the_same_words_give_other_keys_and_marked_files() -> None:
    real, rehearsed = created(rehearsal=False), created(rehearsal=True)
    assert set(rehearsed.written) == {PREFIX + name for name in real.written}
    one = opened(real.written[VAULT])
    other = opened(rehearsed.written[PREFIX + VAULT])
    assert one.seeds[0].entropy == other.seeds[0].entropy
    assert one.seeds[0].fingerprint != other.seeds[0].fingerprint
    assert (one.is_rehearsal, other.is_rehearsal) == (False, True)
    assert one.wallets[0].descriptor != other.wallets[0].descriptor


def test_the_domain_is_the_published_one() -> None:
    seed = make_seed(Secret(bytes(16)), Secret(b""), SeedKind.REHEARSED_BIP39)
    assert " ".join(mnemonic_from_entropy(seed.entropy)).startswith("abandon abandon")
    # HMAC-SHA-512(strongroom/rehearsal/v1, BIP-39 seed), then BIP-32, computed with embit alone
    assert seed.fingerprint.hex() == "d793f70d"


@pytest.mark.parametrize("rehearsal", [False, True])
def test_a_vault_of_one_kind_is_not_opened_in_the_other(*, rehearsal: bool) -> None:
    made = created(rehearsal=rehearsal)
    data = next(data for name, data in made.written.items() if name.endswith(VAULT))
    other = Room(
        {
            asked.ChooseFile: [BundleFile(name=VAULT, data=data)] * 2,
            asked.EnterPassphrase: [Secret(PASSPHRASE.reveal()) for _ in range(2)],
        }
    )
    other.release = RELEASE if rehearsal else REHEARSAL
    other.run(Task.OPEN_VAULT)
    assert other.stops() == ["REHEARSAL"]
    other.release = REHEARSAL if rehearsal else RELEASE
    other.asked.clear()
    other.run(Task.OPEN_VAULT)
    assert other.stops() == []


def test_a_rehearsal_knows_no_real_money() -> None:
    made = room()
    made.release = REHEARSAL
    real = WalletChoice(name="cold", network=Network.MAINNET, kind=CHOICE.kind)
    made.script[asked.ChooseWallet] = [real, CHOICE]
    made.run(Task.CREATE_VAULT)
    problems = [r.problem for r in made.asked if isinstance(r, asked.ChooseWallet)]
    assert problems[0] == ""
    assert problems[1].startswith("REHEARSAL: ")


@pytest.mark.parametrize(
    ("form", "source"), [(FORMS[1], SeedSource.SLIP39), (FORMS[2], SeedSource.CODEX32)]
)
def test_a_rehearsed_backup_gives_the_rehearsed_seed_back(form: str, source: SeedSource) -> None:
    made = created(
        "Back up a seed",
        rehearsal=True,
        choices={"How to back up": form, "How many sheets": "2 of 3"},
        fills=holders(3),
    )
    assert made.stops() == []
    (seed,) = opened(made.written[PREFIX + VAULT]).seeds
    for release, stops in ((REHEARSAL, []), (RELEASE, ["RECOVER"])):
        again = room(
            typed=[Secret(sheet.reveal()) for sheet in made.sheets[-2:]],
            fills={"Compare with the register": (seed.fingerprint.hex(),)},
        )
        again.release = release
        again.script[asked.ChooseSeedSource] = [source]
        again.run(Task.CREATE_VAULT)
        assert again.stops() == stops


def test_what_has_happened_so_far_lies_beside_the_vault() -> None:
    made = created("Back up a seed", rehearsal=False, fills=holders(1))
    (running,) = (data for name, data in made.written.items() if name.endswith(".running.jsonl"))
    kinds = [
        each.event.type for each in verify_chain(running).events if isinstance(each, RecordedEvent)
    ]
    assert kinds[0] == "session.opened"
    assert "vault-created" in kinds


def said_of(made: Room) -> list[str]:
    """What pages and codes say after something was written."""
    told = [r for r in made.asked if isinstance(r, paged.Tell | asked.ShowResult)]
    lines = [line for page in told for line in page.lines]
    return [*lines, *(code.label for page in told for code in page.codes)]


@pytest.mark.parametrize(
    ("ceremony", "ending"),
    [
        ("Back up a seed", ".wallet.json"),
        ("Export keys", ".keys.json"),
        ("Export a wallet", ".descriptor.txt"),
        ("Prove keys", ".bip322.txt"),
        ("Change of trust", ".trust-list.json"),
    ],
)
def test_pages_and_codes_name_files_as_they_are_written(ceremony: str, ending: str) -> None:
    made = room(ceremony, fills={"Which account": ("0",)} | holders(1))
    made.release = REHEARSAL
    made.script[asked.ChooseFile] = [lambda _: proof_for(made)]
    made.run(Task.CREATE_VAULT, Task.CEREMONY)
    assert made.stops() == []
    (name,) = (name for name in made.written if name.endswith(ending))
    assert name.startswith(PREFIX)
    assert not name.startswith(PREFIX * 2)
    said = [line for line in said_of(made) if ending in line]
    assert said
    assert all(name in line for line in said)


def proof_for(made: Room) -> BundleFile:
    """A message for the rehearsed wallet, in a file that another station of the rehearsal wrote."""
    descriptor = opened(made.written[PREFIX + VAULT]).wallets[0].descriptor
    proof = Proof(
        wallet=CHOICE.name, checksum=descriptor[-8:], message="nonce 42", branch=0, index=0
    )
    return BundleFile(name=f"{PREFIX}a.proof.json", data=render_proof(proof))
