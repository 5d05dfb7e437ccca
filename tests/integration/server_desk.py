"""The companion's command line on any source of the chain, and the stations that sign."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.network import Network
from strongroom.core.wallet_file import WalletFile, render_wallet_file
from strongroom.online.cli.main import run
from tests.integration.software_station import OpenPgpKey, SoftwareStation, make_master
from tests.integration.wallet_kinds import MULTI_FORMS, make_descriptor

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.embedded.node import EmbeddedNode
    from tests.integration.node import RegtestNode


class ServerDesk:
    """The companion on a source of the chain, and the stations that sign for its wallet."""

    def __init__(
        self,
        kind: ScriptKind,
        chain: EmbeddedNode | RegtestNode,
        keys: tuple[OpenPgpKey, OpenPgpKey],
        folder: Path,
        capsys: pytest.CaptureFixture[str],
        *,
        form: str = "",
    ) -> None:
        approver, vault = keys
        count = 3 if kind in MULTI_FORMS else 1
        masters = tuple(make_master(f"{folder} {n}") for n in range(count))
        self.wallet = WalletFile(
            name="treasury",
            network=Network.REGTEST,
            descriptor=make_descriptor(kind, masters, form),
            certificate=vault.certificate().decode(),
        )
        self.stations = [
            SoftwareStation(
                masters=(m,), wallet=self.wallet, vault_key=vault, approver=approver, workdir=folder
            )
            for m in masters
        ]
        self.chain, self.folder, self.capsys = chain, folder, capsys
        self.file = folder / "treasury.wallet.json"
        self.file.write_bytes(render_wallet_file(self.wallet))

    def run(self, *arguments: str) -> tuple[int, Any]:
        self.capsys.readouterr()
        code = run(["--home", str(self.folder / "home"), *arguments, "--json"])
        printed = self.capsys.readouterr()
        return code, json.loads(printed.out) if printed.out else None

    def do(self, *arguments: str) -> Any:  # noqa: ANN401 - whatever the command printed
        code, printed = self.run(*arguments)
        assert code == 0, printed
        return printed

    def stop_of(self, *arguments: str) -> tuple[str, str]:
        code, printed = self.run(*arguments)
        assert code != 0
        return printed["error"]["rule"], printed["error"]["message"]

    def add(self, *options: str) -> None:
        self.do("wallet", "add", str(self.file), *self.chain.access, *options)

    def fund(self) -> None:
        self.chain.fund(self.do("wallet", "address", "treasury")["address"], "50")

    def create(self, *options: str) -> Any:  # noqa: ANN401 - the command's JSON
        return self.do("request", "create", "treasury", *options)

    def answers(self, made: Any) -> list[str]:  # noqa: ANN401 - the command's JSON
        key = self.stations[0].approver.fingerprint
        self.do("request", "approve", made["request_id"], "--key", key)
        written = self.do("request", "write", made["request_id"], "--to", str(self.folder))
        data = (self.folder / f"{made['request_id']}.request").read_bytes()
        assert written["digest"] == made["digest"]
        paths = []
        for number, station in enumerate(self.stations[: 2 if self.stations[1:] else 1]):
            path = self.folder / f"{made['request_id']}.{number}.response"
            path.write_bytes(station.answer(data))
            paths.append(str(path))
        return paths
