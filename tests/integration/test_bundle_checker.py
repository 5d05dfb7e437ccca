"""A checker written from docs/bundle-format.md alone agrees with ours, on good bundles and bad ones."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.bundle.archive import parse_archive, render_archive

if TYPE_CHECKING:
    from tests.integration.companion import Desk
    from tests.integration.conftest import OpenDesk

pytestmark = pytest.mark.integration
CHECKER = Path(__file__).resolve().parents[2] / "docs" / "check-bundle.sh"


def check(path: str | Path, *certificates: Path) -> subprocess.CompletedProcess[str]:
    command = (str(CHECKER), str(path), *map(str, certificates))
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_accepts_what_is_good_and_refuses_what_is_not(open_desk: OpenDesk) -> None:
    desk = open_desk(ScriptKind.WPKH)
    desk.fund("0.4")
    made = desk.pay("0.1btc")
    data = desk.written(made["request_id"])
    station = desk.stations[0]
    approver, vault = desk.folder / "ana.asc", desk.folder / "vault.asc"
    approver.write_bytes(station.approver.certificate())
    vault.write_bytes(station.vault_key.certificate())
    answer = station.answer(data)

    good = check(desk.keep("good.request", data), approver)
    assert good.returncode == 0, good.stderr
    assert made["digest"] in good.stdout
    assert station.approver.fingerprint in good.stdout
    answered = check(desk.keep("good.response", answer), vault)
    assert answered.returncode == 0, answered.stderr
    assert f"strongroom-response {made['request_id']}" in answered.stdout

    parts = parse_archive(data)
    other = parse_archive(desk.written(desk_second(desk)))
    stranger = replace(parts.signatures[0], fingerprint=station.vault_key.fingerprint)
    twice = parts.manifest.replace(b'  "version": 1', b'  "version": 1,\n  "version": 1')
    bad = {
        "psbt": replace(parts, psbt=parts.psbt[:-1] + b"\x01"),
        "longer psbt": replace(parts, psbt=parts.psbt + b"\x00"),
        "manifest": replace(parts, manifest=parts.manifest.replace(b"Miner", b"Mine3")),
        "signature of another request": replace(parts, signatures=other.signatures),
        "another's name": replace(parts, signatures=(stranger,)),
        "nobody": replace(parts, signatures=()),
        "key twice": replace(parts, manifest=twice),
        "no JSON": replace(parts, manifest=b"{"),
    }
    for what, archive in bad.items():
        done = check(desk.keep("bad.request", render_archive(archive)), approver)
        assert done.returncode == 1, what
        assert "refused:" in done.stderr, what
    cut = check(desk.keep("cut.request", data[: len(data) // 2]), approver)
    assert cut.returncode == 1
    unknown = check(desk.keep("good.request", data), vault)
    assert unknown.returncode == 1


def desk_second(desk: Desk) -> str:
    """A second request of the same desk."""
    desk.fund("0.4")
    made = desk.pay("0.2btc")
    return str(made["request_id"])
