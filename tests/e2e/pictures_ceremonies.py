"""Pictures of ceremonies: keys, backup, drill, a wallet of three, proof, rotation, retirement, trust."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, replace
from datetime import timedelta

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.account import cosigner_key
from strongroom.core.descriptor.checksum import descriptor_checksum
from strongroom.core.network import Network
from strongroom.core.proof.file import Proof, render_proof
from strongroom.core.secret import Secret
from strongroom.core.session.wallets import key_digest
from strongroom.core.vault.age import encrypt_with_passphrase
from strongroom.core.vault.changes import Terms
from strongroom.core.vault.contents import render_vault
from strongroom.core.vault.model import TrustList
from strongroom.core.wallet_file import WalletFile, parse_wallet_file, render_wallet_file
from strongroom.core.words import pgp_words
from tests.e2e.prepared import PASSPHRASE, VAULT, WORK_FACTOR, Prepared, now
from tests.e2e.station import MENU
from tests.e2e.studio import Album, Studio
from tests.vectors.factory import master
from tests.vectors.generate_bundles import KEYS
from tests.vectors.trust_changes import Change, person, vault

WALLET, NEXT = "treasury", "next"
SEVERAL_KEYS = 4  # the kind of wallet, that many to the right on the screen
HOLDERS = ("Ana", "Ben", "Chi")
PEOPLE = (("Olga", "operator"), ("Ada", "administrator"), ("Will", "witness"))


@dataclass
class Kept:
    """What is kept between two boots: the stick's files, and paper."""

    files: dict[str, bytes]
    sheets: list[list[str]]


def take_ceremonies(album: Album, people: Prepared) -> None:
    """All of them, on two boots, since a drill wants a restart."""
    with album.opened("keys") as studio:
        studio.operator.begin_together(now(), PEOPLE)
        kept = _take_keys(studio)
    with album.opened("drill") as studio:
        studio.operator.begin(now())
        _take_uses(studio, kept)
        studio.operator.leave_session()
        studio.operator.begin(now())
        _take_trust(studio, people)


def _take_keys(studio: Studio) -> Kept:
    """Dice, sheets, the key's words, a wallet of three, and the record."""
    with studio.plugged({}):
        studio.operator.create_with_dice(WALLET, SEVERAL_KEYS, PASSPHRASE, seed=1)
        sheets = studio.operator.back_up("2 of 3", 3)
        studio.operator.export_keys("native segwit")
    files = studio.files()
    keys = (files[f"{WALLET}.key.txt"].decode().strip(), *map(_key, ("ben", "chi")))
    files[f"{WALLET}.wallet.json"] = _wallet(WALLET, keys)
    with studio.plugged(files):
        studio.operator.register(HOLDERS, [_paper(key) for key in keys[1:]])
        studio.operator.write_record()
    return Kept(studio.files(), sheets)


def _take_uses(studio: Studio, kept: Kept) -> None:
    """Recovery up to its question, the drill, addresses, a proof, rotation and retirement."""
    hands = studio.operator
    descriptor = parse_wallet_file(kept.files[f"{WALLET}.wallet.json"]).descriptor
    proof = Proof(
        wallet=WALLET, checksum=descriptor[-8:], message="Audit 2026, nonce 42", branch=0, index=0
    )
    strangers = tuple(map(_key, ("dan", "eve", "fay")))
    with studio.plugged({**kept.files, f"{WALLET}.proof.json": render_proof(proof)}):
        hands.give_shares([kept.sheets[2], kept.sheets[0]])
        studio.take("recover")
        hands.on("<esc>", MENU)
        hands.open_vault(PASSPHRASE)
        hands.drill(kept.sheets)
        hands.hold("Addresses", "List to receive")
        hands.on("1", "From which receive address")
        hands.on("0<enter>", "Check the gap")
        hands.on("<enter>", "Receive addresses")
        studio.take("addresses")
        studio.take_code("code-address")
        hands.page_to(MENU)
        hands.hold("Prove keys", "Choose a message to sign")
        hands.pick(".proof.json", "Sign this message")
        studio.take("prove")
        hands.on("sign<enter>", "Write to a stick")
        hands.write("The message is signed")
        hands.on("<enter>", MENU)
    with studio.plugged({**studio.files(), f"{WALLET}.wallet.json": _wallet(NEXT, strangers)}):
        hands.rotate([_paper(key) for key in strangers])
        _take_retirement(studio)


def _take_retirement(studio: Studio) -> None:
    hands = studio.operator
    hands.hold("Retire a wallet", "Known copies")
    studio.take("retire")
    hands.on("retire<enter>", "Show it to the camera")
    studio.take("retire-sheet")
    hands.on("1", "sheet 2")
    hands.on("1", "sheet 3")
    hands.on("1", "Write to a stick")
    hands.write("Write to a stick")
    hands.write("The wallet is retired")
    hands.page_to(MENU)


def _take_trust(studio: Studio, people: Prepared) -> None:
    """A change of trust, signed by both lists, up to its read-back."""
    hands = studio.operator
    secret = (KEYS / "ben.test-secret.asc").read_bytes()
    contents = replace(
        vault(), signing_key=Secret(secret), certificate=(KEYS / "ben.asc").read_bytes()
    )
    data = encrypt_with_passphrase(
        render_vault(contents),
        Secret(PASSPHRASE.encode()),
        work_factor=WORK_FACTOR,
        random=os.urandom,
    )
    ends = now() + timedelta(days=365)
    trust = TrustList(
        approvers=(person("ana"), person("ben", valid_until=ends)), quorum=(("approver", 2),)
    )
    terms = Terms(policy=replace(contents.policy, fee_rate=600, witnesses=2), trust=trust)
    change = Change(people.gpg, signers=("ana", "ben"), changes={"terms": terms})
    with studio.plugged({VAULT: data, "next.trust": change.file()}):
        hands.open_vault(PASSPHRASE)
        hands.hold("Change of trust", "Take a change")
        hands.take("Take a change", "Choose a change of trust")
        hands.pick(".trust", "Change of trust, number")
        studio.take("trust-words")
        words = list(pgp_words(hashlib.sha256(change.manifest()).digest()))
        hands.type_from(words, re.compile("Read back: person"))
        studio.take("trust-read-back")
        hands.on("<esc>", MENU)


def _key(name: str) -> str:
    return cosigner_key(ScriptKind.WSH_MULTI, master(name), Network.REGTEST)


def _paper(key: str) -> list[str]:
    return list(pgp_words(key_digest(key)))


def _wallet(name: str, keys: tuple[str, ...]) -> bytes:
    """The file of a wallet of any two of these keys."""
    body = f"wsh(sortedmulti(2,{','.join(f'{key}/<0;1>/*' for key in keys)}))"
    return render_wallet_file(
        WalletFile(
            name=name,
            network=Network.REGTEST,
            descriptor=f"{body}#{descriptor_checksum(body)}",
            certificate="",
        )
    )
