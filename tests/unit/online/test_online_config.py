"""The config file gives defaults: what is typed wins, and a key that means nothing is an error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from strongroom.core.errors import Violation
from strongroom.online.cli.main import cli, run
from strongroom.online.config import config_path, read_config

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
home = "/srv/treasury"
[request.create]
expires-hours = 24
requester = "Ana"
no-replace = true
within = 3
[wallet.add]
node = "http://127.0.0.1:8332"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text)
    return path


def test_defaults_are_read_by_command(tmp_path: Path) -> None:
    assert read_config(written(tmp_path, GOOD), cli) == {
        "home": "/srv/treasury",
        "request": {
            "create": {
                "expires_hours": "24",
                "requester": "Ana",
                "no_replace": True,
                "target_blocks": "3",
            }
        },
        "wallet": {"add": {"node": "http://127.0.0.1:8332"}},
    }


@pytest.mark.parametrize(
    "text",
    [
        "home = [",
        "hom = '/'",
        "[request.creat]\nwithin = 3",
        "[request.create]\nwithinn = 3",
        "[request]\ncreate = 3",
        "[request.create]\nno-replace = 'yes'",
        "[request.create]\nwithin = true",
        "[request.create]\nto = 'one'",
        "[request.create]\nwallet = 'arguments are not defaults'",
    ],
)
def test_a_key_that_means_nothing_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(Violation) as stop:
        read_config(written(tmp_path, text), cli)
    assert stop.value.rule == "CONFIG"


def test_the_file_is_where_xdg_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert config_path() == tmp_path / "strongroom" / "config.toml"
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    assert config_path().is_absolute()


def test_what_is_typed_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    folder = tmp_path / "strongroom"
    folder.mkdir()
    filed, typed = tmp_path / "filed", tmp_path / "typed"
    written(folder, f"home = '{filed}'\n[book.add]\nnetwork = 'signet'\n")
    address = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"
    assert run(["book", "add", "a", address, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["network"] == "signet"
    assert (filed / "address-book.json").exists()
    assert run(["--home", str(typed), "book", "add", "a", address, "--network", "testnet4"]) == 0
    assert (typed / "address-book.json").exists()
    written(folder, "nonsense = 1")
    assert run(["book", "list"]) == 1
    assert "CONFIG" in capsys.readouterr().err
