"""Fixtures of the integration tests: one real node, real OpenPGP keys, and the companion on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import pytest

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.network import Network
from strongroom.core.wallet_file import WalletFile
from tests.integration.companion import Desk
from tests.integration.node import RegtestNode
from tests.integration.software_station import OpenPgpKey, SoftwareStation, make_key, make_master
from tests.integration.wallet_kinds import MULTI_FORMS, make_descriptor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OpenDesk: TypeAlias = Callable[[ScriptKind], Desk]


@pytest.fixture(scope="session")
def node() -> Iterator[RegtestNode]:
    """A regtest node with spendable coins in its miner's wallet."""
    with RegtestNode() as running:
        running.mine(101)
        yield running


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[OpenPgpKey, OpenPgpKey]:
    """An approver's key and a vault's key."""
    folder = tmp_path_factory.mktemp("gpg")
    return make_key(folder / "approver", "Ann Approver"), make_key(folder / "vault", "Vault")


@pytest.fixture
def open_desk(
    node: RegtestNode,
    keys: tuple[OpenPgpKey, OpenPgpKey],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> OpenDesk:
    """Make a desk whose wallet is of a kind."""
    approver, vault = keys
    monkeypatch.setenv("GNUPGHOME", str(approver.home))

    def make(kind: ScriptKind) -> Desk:
        count = 3 if kind in MULTI_FORMS else 1
        masters = tuple(make_master(f"{tmp_path} {number}") for number in range(count))
        wallet = WalletFile(
            name=f"w{tmp_path.name[-24:]}".rstrip(". "),
            network=Network.REGTEST,
            descriptor=make_descriptor(kind, masters),
            certificate=vault.certificate().decode(),
        )
        stations = tuple(
            SoftwareStation(
                masters=(master,),
                wallet=wallet,
                vault_key=vault,
                approver=approver,
                workdir=tmp_path,
            )
            for master in masters
        )
        desk = Desk(node=node, folder=tmp_path, capsys=capsys, stations=stations)
        desk.add_wallet()
        return desk

    return make
