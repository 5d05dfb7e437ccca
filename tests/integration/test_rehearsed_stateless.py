"""A session without a vault in a rehearsal: words, a trust list, a wallet, a signed request, no vault."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from strongroom.core.bitcoin.mnemonic import mnemonic_from_entropy
from strongroom.core.session.rehearsal import PREFIX
from strongroom.core.vault.changes import Terms
from strongroom.core.vault.model import TrustList
from strongroom.core.vault.trust_file import TermsList, render_list
from strongroom.core.wallet_file import WalletFile, render_wallet_file
from tests.e2e.custody import Custody
from tests.e2e.prepared import REQUEST, now, prepared
from tests.integration.rehearsal import rehearsed
from tests.vectors.factory import REHEARSED, seed
from tests.vectors.trust_changes import person

pytestmark = pytest.mark.integration


def test_words_sign_a_request_and_nothing_is_kept(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    with prepared(REHEARSED) as people:
        request = people.bundle()
        made = people.made
        listed = render_list(
            TermsList(
                sequence=0,
                terms=Terms(policy=made.policy, trust=TrustList(approvers=(person("ana"),))),
            )
        )
        wallet = WalletFile(
            name=made.registered.name,
            network=made.registered.network,
            descriptor=made.registered.descriptor,
            certificate="",
        )
        files = {
            "strongroom.trust-list.json": listed,
            "treasury.wallet.json": render_wallet_file(wallet),
            REQUEST: request.render(),
        }
        for name, data in files.items():
            (stick / name).write_bytes(data)
        with rehearsed(stick) as console:
            custody = Custody(console)
            custody.begin(now())
            words = " ".join(mnemonic_from_entropy(seed(REHEARSED).entropy))
            custody.work_without_vault(
                words, seed(REHEARSED).fingerprint.hex(), hashlib.sha256(listed).digest()
            )
            custody.choose("Register a wallet", "Whose file is it?")
            custody.take("Strongroom", "Choose a public wallet file")
            custody.pick(".wallet.json", "Register this wallet?")
            custody.on("register<enter>", "is registered", 60)
            custody.on("<enter>", "Main menu")
            custody.read_request()
            custody.review()
            custody.confirm("Olga", hashlib.sha256(request.manifest).digest())
            custody.write("Signed. The answer is on the stick")
            custody.on("<enter>", "nothing is kept; 1 request signed now")
            custody.leave_session()
    written = {path.name for path in stick.iterdir()} - set(files)
    assert f"{PREFIX}october.response" in written
    assert not any("vault" in name for name in written)
