"""The companion installed as people install it, in real shells and terminals."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.integration
REPOSITORY = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "strongroom.online")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def run(*command: str, **environment: str) -> str:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "app"), **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The folder of a virtual environment with the wheel and its locked dependencies, and no more."""
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, source / name)
    shutil.copytree(
        REPOSITORY / "app", source / "app", ignore=shutil.ignore_patterns("__pycache__")
    )
    (source / "docs").mkdir()
    shutil.copy(REPOSITORY / "docs" / "strongroom.1", source / "docs")
    run(sys.executable, "-m", "pip", "-q", "wheel", "--no-deps", "-w", str(tmp_path), str(source))
    (wheel,) = tmp_path.glob("*.whl")
    home = tmp_path / "venv"
    venv.create(home, with_pip=True)
    pip = (str(home / "bin" / "python"), "-m", "pip", "-q", "install")
    run(*pip, "--require-hashes", "-r", str(REPOSITORY / "companion.lock"))
    run(*pip, "--no-deps", str(wheel))
    run(str(home / "bin" / "python"), "-m", "pip", "check", PYTHONPATH="")
    return home


def test_the_wheel_and_its_lock_are_all_that_is_needed(installed: Path, tmp_path: Path) -> None:
    program = str(installed / "bin" / "strongroom")
    home = str(tmp_path / "home")
    assert "strongroom, version" in run(program, "--version", PYTHONPATH="")
    assert '"wallets": []' in run(
        program, "--home", home, "wallet", "list", "--json", PYTHONPATH=""
    )
    assert (installed / "share" / "man" / "man1" / "strongroom.1").is_file()
    typed = "import strongroom, pathlib as p; print((p.Path(strongroom.__path__[0]) / 'py.typed').exists())"
    assert run(str(installed / "bin" / "python"), "-c", typed, PYTHONPATH="") == "True\n"


def test_bash_completes_commands_and_options(tmp_path: Path) -> None:
    program = tmp_path / "strongroom"
    program.write_text(f'#!/bin/sh\nexec {" ".join(COMMAND)} "$@"\n')
    program.chmod(0o755)
    script = tmp_path / "completion.bash"
    script.write_text(run(*COMMAND, "completion", "bash"))
    ask = (
        'source "$1"; COMP_WORDS=(strongroom $2 "$3"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); '
        "_strongroom_completion strongroom; printf '%s\\n' \"${COMPREPLY[@]}\""
    )

    def completed(words: str, start: str) -> set[str]:
        path = f"{tmp_path}:{os.environ['PATH']}"
        shown = run("bash", "-c", ask, "bash", str(script), words, start, PATH=path)
        return set(shown.split())

    assert {"request", "response"} <= completed("", "re")
    assert completed("request", "cr") == {"create"}
    assert {"--max-fee", "--max-fee-rate"} == completed("request create w", "--max")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_other_shells_have_a_script(shell: str) -> None:
    assert "_STRONGROOM_COMPLETE" in run(*COMMAND, "completion", shell)


def test_the_manual_page_renders_without_a_complaint() -> None:
    page = str(REPOSITORY / "docs" / "strongroom.1")
    done = subprocess.run(
        ("groff", "-man", "-Tutf8", "-ww", page), capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    shown = re.sub(r"\x1b\[[0-9;]*m|.\x08", "", done.stdout)
    for part in ("NAME", "request create", "--max-fee-rate", "EXIT STATUS", "config.toml"):
        assert part in shown


def on_a_terminal(folder: Path, settings: Mapping[str, str]) -> str:
    """What a command with a table prints to a real terminal."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "app"), "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    parent, child = pty.openpty()
    command = (*COMMAND, "--home", str(folder), "wallet", "address", "nobody")
    process = subprocess.Popen(
        command, stdout=child, stderr=child, stdin=child, env={**environment, **settings}
    )
    os.close(child)
    shown = b""
    while True:
        try:
            data = os.read(parent, 4096)
        except OSError:  # the terminal's end on Linux
            break
        if not data:
            break
        shown += data
    process.wait()
    os.close(parent)
    return shown.decode()


def test_colours_are_for_terminals_without_no_color(tmp_path: Path) -> None:
    assert COLOUR.search(on_a_terminal(tmp_path, {}))
    plain = on_a_terminal(tmp_path, {"NO_COLOR": "1"})
    assert COLOUR.search(plain) is None
    assert "error: WALLET-UNKNOWN" in plain
