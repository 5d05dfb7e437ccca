"""`strongroom transcript` with real OpenPGP keys: what a stranger can tell, and a forger can not hide."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from strongroom.core.transcript.chain import render_events
from strongroom.core.transcript.seal import render_seal
from strongroom.core.transcript.text import render_text
from strongroom.core.words import pgp_words
from strongroom.online.cli.main import run
from tests.integration.software_station import OpenPgpKey
from tests.unit.core.transcript.test_chain import SESSION

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration
WORDS = " ".join(pgp_words(SESSION.head))


class Table:
    """A folder with a session's files as the station wrote them."""

    def __init__(self, folder: Path, vault: OpenPgpKey, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys
        self.file = folder / "s.transcript.jsonl"
        self.file.write_bytes(render_events(SESSION))
        self.signature = folder / "s.head.asc"
        self.signature.write_bytes(vault.sign(render_seal(SESSION.head)))
        self.certificate = folder / "vault.asc"
        self.certificate.write_bytes(vault.certificate())

    def run(self, command: str, *arguments: str, file: Path | None = None) -> tuple[int, str]:
        code = run(["transcript", command, str(file or self.file), *arguments])
        shown = self.capsys.readouterr()
        return int(code), shown.out if code == 0 else shown.err

    def verify(self, *arguments: str, file: Path | None = None) -> Any:  # noqa: ANN401 - JSON
        code, shown = self.run("verify", *arguments, "--json", file=file)
        assert code == 0, shown
        return json.loads(shown)

    def proven(self, *arguments: str, file: Path | None = None) -> list[str]:
        found = self.verify(*arguments, file=file)
        return [f["text"] for f in found["facts"] if f["standing"] == "proven"]

    def signed(self) -> tuple[str, ...]:
        return ("--signature", str(self.signature), "--certificate", str(self.certificate))


@pytest.fixture
def table(
    tmp_path: Path, keys: tuple[OpenPgpKey, OpenPgpKey], capsys: pytest.CaptureFixture[str]
) -> Table:
    return Table(tmp_path, keys[1], capsys)


def test_head_and_signature_are_proven(table: Table, keys: tuple[OpenPgpKey, OpenPgpKey]) -> None:
    proven = table.proven("--head", WORDS, *table.signed())
    assert f"signed with OpenPGP key {keys[1].fingerprint}" in proven
    assert "the head is the one that was given, so no event is missing" in proven
    code, shown = table.run("verify", "--head", WORDS)
    assert code == 0
    assert [line for line in shown.splitlines() if line.endswith(":") and line[0] != " "] == [
        "proven:",
        "claimed:",
        "not verifiable:",
    ]


def test_a_public_edition_keeps_head_and_signature(table: Table) -> None:
    public = table.file.with_name("public.jsonl")
    assert table.run("redact", "--withhold", "2, 4", "--to", str(public))[0] == 0
    assert "witness" not in public.read_text().splitlines()[1]
    proven = table.proven("--head", WORDS, *table.signed(), file=public)
    assert any("signed with" in text for text in proven)


@pytest.mark.parametrize("numbers", ["0", "6", "a", "", "2,2x"])
def test_events_that_there_are_not_are_not_withheld(table: Table, numbers: str) -> None:
    public = table.file.with_name("public.jsonl")
    assert table.run("redact", "--withhold", numbers, "--to", str(public))[0] == 1
    assert not public.exists()


def test_a_witness_signs_what_is_on_the_own_paper(
    table: Table, keys: tuple[OpenPgpKey, OpenPgpKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = keys[0]
    monkeypatch.setenv("GNUPGHOME", str(witness.home))
    refused = table.run("cosign", "--key", witness.fingerprint, "--head", "00" * 32)
    assert (refused[0], "TRANSCRIPT" in refused[1]) == (1, True)
    assert table.run("cosign", "--key", witness.fingerprint, "--head", WORDS)[0] == 0
    certificate = table.file.with_name("witness.asc")
    certificate.write_bytes(witness.certificate())
    signature = table.file.with_name(f"s.head.{witness.fingerprint}.asc")
    proven = table.proven("--signature", str(signature), "--certificate", str(certificate))
    assert f"signed with OpenPGP key {witness.fingerprint}" in proven
    assert table.file.with_name("s.head").read_bytes() == render_seal(SESSION.head)


def test_a_signature_of_another_session_or_key_is_refused(
    table: Table, keys: tuple[OpenPgpKey, OpenPgpKey]
) -> None:
    table.signature.write_bytes(keys[1].sign(render_seal(bytes(32))))
    code, shown = table.run("verify", *table.signed())
    assert (code, "BUNDLE-SIGNATURE" in shown) == (1, True)
    table.signature.write_bytes(keys[0].sign(render_seal(SESSION.head)))
    code, shown = table.run("verify", *table.signed())
    assert (code, "BUNDLE-SIGNATURE" in shown) == (1, True)


def test_flipped_dropped_moved_and_added_events_are_found(table: Table) -> None:
    lines = render_events(SESSION).splitlines(keepends=True)
    flipped = bytearray(b"".join(lines))
    flipped[len(lines[0]) + 40] ^= 1
    for data in (
        bytes(flipped),
        b"".join(lines[:2] + lines[3:]),
        b"".join([lines[0], lines[2], lines[1], *lines[3:]]),
        b"".join([*lines, lines[-1]]),
        b"".join(lines[:-1]),
    ):
        table.file.write_bytes(data)
        code, shown = table.run("verify", "--head", WORDS)
        assert (code, "TRANSCRIPT" in shown) == (1, True)


def test_it_is_rendered_byte_for_byte(table: Table) -> None:
    assert table.run("render") == (0, render_text(SESSION))


def test_a_signature_without_a_certificate_says_nothing(table: Table) -> None:
    assert table.run("verify", "--signature", str(table.signature))[0] == 2
