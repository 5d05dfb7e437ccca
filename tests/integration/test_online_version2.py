"""Plain PSBTs of both versions and all three forms, from request to chain: the same version comes back."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.bundle.archive import parse_archive
from strongroom.core.psbt.convert import render_as
from strongroom.core.psbt.reader import parse_psbt

if TYPE_CHECKING:
    from tests.integration.conftest import OpenDesk

pytestmark = pytest.mark.integration

FORMS: dict[str, Callable[[bytes], bytes]] = {
    "binary": bytes,
    "base64": base64.encodebytes,
    "hex": lambda data: data.hex().upper().encode() + b"\n",
}


@pytest.mark.parametrize(
    ("kind", "form", "version"),
    [
        (ScriptKind.PKH, "hex", 2),
        (ScriptKind.WSH_MULTI, "base64", 2),
        (ScriptKind.TR, "binary", 2),
        (ScriptKind.TR_TREE, "hex", 0),
    ],
    ids=lambda value: getattr(value, "value", str(value)),
)
def test_the_version_that_came_in_goes_out(
    kind: ScriptKind, form: str, version: int, open_desk: OpenDesk
) -> None:
    desk = open_desk(kind)
    desk.fund("0.4")
    plain = desk.folder / "plain.psbt"
    made = desk.pay("0.1btc")
    desk.do("request", "unwrap", made["request_id"], "--to", str(plain))
    desk.do("request", "cancel", made["request_id"])
    data = render_as(parse_psbt(plain.read_bytes()), version)
    name = desk.stations[0].wallet.name
    again = desk.do("request", "wrap", name, desk.keep("other.psbt", FORMS[form](data)))
    assert again["txid"] == made["txid"]
    request = desk.written(again["request_id"])
    assert parse_psbt(parse_archive(request).psbt).version == version
    answers = []
    for number, station in enumerate(desk.stations[:2], start=1):
        answers.append(desk.keep(f"{number}.response", station.answer(request)))
        missing = desk.do("response", "check", answers[-1])["missing"]
    assert missing == 0
    signed = Path(desk.keep("signed.psbt", b""))
    desk.do("response", "unwrap", *answers, "--to", str(signed))
    assert parse_psbt(signed.read_bytes()).version == version
    sent = desk.do("response", "broadcast", *answers)
    assert sent["txid"] in desk.node.rpc("getrawmempool")
    desk.node.mine(1)
