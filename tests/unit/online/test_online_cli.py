"""The command line refuses in one way: a rule, a sentence, a hint, an exit code, and no traceback."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.vectors.factory import stranger

from strongroom.core.network import Network
from strongroom.core.vault.address_book import parse_address_book
from strongroom.online.cli.main import cli, run

if TYPE_CHECKING:
    from pathlib import Path

    import click


def _commands(group: click.Command, words: tuple[str, ...]) -> list[tuple[str, ...]]:
    inner = getattr(group, "commands", None)
    if inner is None:
        return [words]
    return [words, *(found for name in inner for found in _commands(inner[name], (*words, name)))]


@pytest.mark.parametrize("words", _commands(cli, ()), ids=" ".join)
def test_every_command_has_help_with_an_example(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*words, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "strongroom " in shown
    is_group = len(words) == 1 and words[0] != "doctor"
    assert is_group or "xample" in shown or not words


def test_an_unknown_wallet_is_one_line_and_a_hint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--home", str(tmp_path), "wallet", "address", "nobody"]) == 4
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines() == [
        "error: WALLET-UNKNOWN: there is no wallet 'nobody'; known: none yet",
        "hint: add one with `strongroom wallet add FILE`",
    ]


def test_an_error_is_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--home", str(tmp_path), "request", "show", "20261124", "--json"]) == 4
    assert json.loads(capsys.readouterr().out)["error"]["rule"] == "WALLET-UNKNOWN"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("wallet", "add"),
        ("wallet", "add", "/nowhere"),
        ("request", "create", "w", "--to", "address,1"),
        ("request", "create", "w"),
        ("request", "create", "w", "--to", "address,1sat", "--fee-rate", "fast"),
        ("request", "approve", "id"),
        ("response", "check"),
        ("response", "broadcast", "--wait", "-1"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_a_usage_error(
    arguments: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--home", str(tmp_path), *arguments]) == 2
    assert "Usage: strongroom" in capsys.readouterr().err


def test_a_wallet_file_that_is_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "w.wallet.json"
    path.write_bytes(b"{}")
    assert run(["--home", str(tmp_path), "wallet", "add", str(path)]) == 1
    assert "error: WALLET-FORMAT:" in capsys.readouterr().err


def test_an_answer_that_is_no_bundle_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.response"
    path.write_bytes(b"not a bundle")
    assert run(["--home", str(tmp_path), "response", "check", str(path)]) == 1
    assert "error: BUNDLE-FORMAT:" in capsys.readouterr().err


def test_empty_lists_are_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for noun in ("wallet", "request"):
        assert run(["--home", str(tmp_path), noun, "list", "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == {f"{noun}s": []}


def test_the_book_is_exported_as_the_station_reads_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(tmp_path / "home")]
    export = [*home, "book", "export", "--network", "regtest", "--to", str(tmp_path)]
    assert run(export) == 1
    assert "BOOK-ENTRY" in capsys.readouterr().err
    for number in (1, 2):
        add = ["book", "add", f"payee-{number}", stranger(number), "--network", "regtest"]
        assert run([*home, *add]) == 0
    assert run(export) == 0
    written = (tmp_path / "regtest.addresses.csv").read_bytes()
    assert set(parse_address_book(written, frozenset((Network.REGTEST,)))) == {
        (stranger(1), "payee-1"),
        (stranger(2), "payee-2"),
    }


def test_what_doctor_finds_wrong_is_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run(["--home", str(tmp_path), "doctor"]) == 3
    assert "there is no gpg on the PATH" in capsys.readouterr().out
