"""Printed papers, read back by other programs: the text of every step, the boxes, and the size of the paper."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from strongroom.online.cli.main import cli
from strongroom.online.paper.document import sentences
from strongroom.online.paper.script import CEREMONIES, Room, script_of

pytestmark = pytest.mark.integration
SIZES = {"a4": "595.28 x 841.89", "letter": "612 x 792"}


def strongroom(*arguments: str) -> str:
    done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def words(text: str) -> str:
    return re.sub(r"[\s_]+", "", text)


def read(path: Path, *options: str) -> str:
    command = ("pdftotext", *options, str(path), "-")
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("paper", SIZES)
@pytest.mark.parametrize("name", [one.key for one in CEREMONIES])
def test_a_printed_script_has_the_words_of_the_screens(
    name: str, paper: str, tmp_path: Path
) -> None:
    path = tmp_path / "script.pdf"
    strongroom("ceremony", "script", name, "--pdf", str(path), "--paper", paper)
    info = subprocess.run(("pdfinfo", str(path)), capture_output=True, text=True, check=True)
    assert SIZES[paper] in info.stdout
    printed = words(read(path))
    (ceremony,) = (one for one in CEREMONIES if one.key == name)
    steps = script_of(ceremony, Room())
    for step in steps:
        for said in (step.title, *sentences(step), *step.fields):
            assert words(said) in printed
    margin = read(path, "-layout", "-x", "0", "-y", "0", "-W", "60", "-H", "900")
    numbers = re.findall(r"^(\d+)$", margin, re.MULTILINE)
    assert {int(number) for number in numbers} >= set(range(1, len(steps) + 1))
    assert "Operator" in printed
    assert "page1of" in printed


def test_papers_are_written_as_they_are_asked_for(tmp_path: Path) -> None:
    pdf, html = tmp_path / "cards.pdf", tmp_path / "cards.html"
    files = ("--pdf", str(pdf), "--html", str(html))
    told = json.loads(
        strongroom("ceremony", "cards", "--sheets", "3of5", "--rehearsal", *files, "--json")
    )
    assert (told["pdf"], told["html"]) == (str(pdf), str(html))
    assert read(pdf).count("Sheet of a backup") == 5
    assert html.read_text().count("REHEARSAL") == 1
    assert "backup" in strongroom("ceremony", "list")
    text = strongroom("ceremony", "certificate", "destruction", "--copies", "3")
    assert text.count("What became of it") == 3


@pytest.mark.parametrize("quorum", ["3", "4of3", "0of3", "2 of 3"])
def test_a_quorum_that_can_not_be_is_refused(quorum: str) -> None:
    done = CliRunner().invoke(cli, ("ceremony", "cards", "--sheets", quorum))
    assert done.exit_code != 0
