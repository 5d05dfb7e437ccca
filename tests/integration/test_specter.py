"""Specter Desktop's own importer and exporter, run as they are."""

from __future__ import annotations

import pytest

from strongroom.core.bitcoin.address import render_address
from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.descriptor.derive import derive_scripts
from strongroom.core.descriptor.parser import parse_descriptor
from strongroom.core.network import Network
from strongroom.core.wallet_formats.json_forms import write_specter
from strongroom.core.wallet_formats.parts import sealed
from strongroom.core.wallet_formats.read import on_network, read_wallet
from tests.integration.peers.programs import specter
from tests.integration.software_station import make_master
from tests.integration.wallet_kinds import make_descriptor

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.mark.parametrize(
    "kind", [ScriptKind.WPKH, ScriptKind.TR, ScriptKind.WSH_MULTI], ids=lambda k: k.value
)
def test_specter_reads_our_file_and_we_read_its(kind: ScriptKind) -> None:
    masters = tuple(make_master(f"specter {number}") for number in range(3))
    wallet = parse_descriptor(make_descriptor(kind, masters), Network.REGTEST)
    read = specter({"file": write_specter("Vault", wallet).decode()})
    ours = [
        render_address(derive_scripts(wallet, branch, 7).script_pubkey, Network.REGTEST)
        for branch in (0, 1)
    ]
    assert (read["name"], read["addresses"]) == ("Vault", ours)
    assert len(read["devices"]) == len(wallet.keys)

    receive = sealed(wallet.text.partition("#")[0].replace("<0;1>", "0"))
    written = specter({"name": "Vault", "receive": receive, "devices": ["Ana", "Ben"]})["file"]
    found = read_wallet(written.encode(), "w.json")
    assert (found.form, found.name) == ("Specter file", "Vault")
    assert on_network(found, found.networks.index(Network.REGTEST)).text == wallet.text
