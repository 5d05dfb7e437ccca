"""The example in docs/api.md does what it says, and mypy agrees with its types."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.online import api

if TYPE_CHECKING:
    from tests.integration.conftest import OpenDesk

pytestmark = pytest.mark.integration
REPOSITORY = Path(__file__).resolve().parents[2]
HEAD = "import hashlib\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"


def example() -> str:
    page = (REPOSITORY / "docs" / "api.md").read_text()
    return HEAD + "\n".join(line[4:] for line in re.findall(r"(?m)^    .*|^$", page))


def test_the_example_is_typed(tmp_path: Path) -> None:
    path = tmp_path / "example.py"
    path.write_text(example())
    command = (sys.executable, "-m", "mypy", "--strict", str(path))
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_example_makes_reads_and_sends_a_request(
    open_desk: OpenDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    names: dict[str, object] = {}
    exec(example(), names)  # noqa: S102 - our own page
    functions = SimpleNamespace(**names)
    target = desk.node.rpc("getnewaddress", wallet="miner")
    store = api.Store(desk.folder / "home")
    made = functions.pay(store, desk.stations[0].wallet.name, f"{target},0.1btc,Ana")
    assert made.review.recipients[0].amount == 10_000_000
    path = desk.keep("x.request", store.bundle(made.record))
    assert functions.digest_words(path) == api.pgp_words(bytes.fromhex(made.record.digest))
    answer = desk.stations[0].answer(desk.written(made.record.request_id))
    node = api.CoreNode(api.RpcClient(desk.node.url, api.CookieFile(desk.node.cookie)))
    txid = functions.bring_home(store, node, [desk.keep("a.response", answer)])
    assert capsys.readouterr().out.endswith("source () ()\n")
    assert txid in desk.node.rpc("getrawmempool")
