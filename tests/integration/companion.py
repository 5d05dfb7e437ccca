"""The companion's command line as a person uses it, on a folder of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from strongroom.core.wallet_file import render_wallet_file
from strongroom.online.cli.main import run
from tests.finalised import judge_printed
from tests.integration.software_station import SoftwareStation

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.integration.node import RegtestNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The companion's command line on a folder of its own, and the stations that serve it."""

    node: RegtestNode
    folder: Path
    capsys: pytest.CaptureFixture[str]
    stations: tuple[SoftwareStation, ...]

    def run(self, *arguments: str) -> tuple[int, Any]:
        """The exit code and the JSON object of a command."""
        self.capsys.readouterr()
        code = run(["--home", str(self.folder / "home"), *arguments, "--json"])
        printed = self.capsys.readouterr()
        assert "Traceback" not in printed.err
        found = json.loads(printed.out) if printed.out else None
        judge_printed(found, self.folder / "home")
        return code, found

    def do(self, *arguments: str) -> Any:  # noqa: ANN401 - whatever the command printed
        """The JSON object of a command that has to work."""
        code, printed = self.run(*arguments)
        assert code == 0, printed
        return printed

    def stop_of(self, *arguments: str) -> str:
        """The rule that stopped a command."""
        code, printed = self.run(*arguments)
        assert code != 0
        rule: str = printed["error"]["rule"]
        return rule

    def add_wallet(self) -> None:
        """Watch the stations' wallet."""
        path = self.folder / "kind.wallet.json"
        path.write_bytes(render_wallet_file(self.stations[0].wallet))
        access = ("--node", self.node.url, "--cookie", str(self.node.cookie))
        self.do("wallet", "add", str(path), *access, "--rescan-from", "0")

    def fund(self, amount: str) -> None:
        """Receive `amount` bitcoin, confirmed."""
        given = self.do("wallet", "address", self.stations[0].wallet.name)
        self.node.fund(given["address"], amount)

    def pay(self, amount: str, *options: str) -> Any:  # noqa: ANN401 - the request in JSON
        """A new request that pays the miner."""
        target = self.node.rpc("getnewaddress", wallet="miner")
        to = f"{target},{amount},Miner,INV-7"
        name = self.stations[0].wallet.name
        return self.do("request", "create", name, "--to", to, "--fee-rate", "2", *options)

    def written(self, request_id: str) -> bytes:
        """The request as it lies on the stick, approved."""
        self.do("request", "approve", request_id, "--key", self.stations[0].approver.fingerprint)
        self.do("request", "write", request_id, "--to", str(self.folder))
        return (self.folder / f"{request_id}.request").read_bytes()

    def keep(self, name: str, data: bytes) -> str:
        """`data` in a file of this name; its path."""
        path = self.folder / name
        path.write_bytes(data)
        return str(path)
