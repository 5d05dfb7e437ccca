"""Format, lint, types, import contracts and shell scripts hold: form is tested like code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
CHECKS = {
    "format": (sys.executable, "-m", "ruff", "format", "--check", "."),
    "lint": (sys.executable, "-m", "ruff", "check", "."),
    "types": (sys.executable, "-m", "mypy"),
    "imports": (
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
    ),
}


def run(*command: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "app")}
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("check", CHECKS)
def test_python(check: str) -> None:
    run(*CHECKS[check])


def scripts() -> list[Path]:
    listed = subprocess.run(
        ("git", "ls-files", "-co", "--exclude-standard"),
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    paths = (REPOSITORY / name for name in listed)
    return [p for p in paths if p.is_file() and p.read_bytes()[:20].startswith(b"#!/bin/")]


def test_shell() -> None:
    run("shellcheck", "--external-sources", *(str(path) for path in scripts()))


def test_scripts_stay_short() -> None:
    long = {str(p): n for p in scripts() if (n := len(p.read_text().splitlines())) > 110}
    assert long == {}


def test_modules_stay_short() -> None:
    sources = (REPOSITORY / "app").rglob("*.py")
    long = {str(p): n for p in sources if (n := len(p.read_text().splitlines())) > 400}
    assert long == {}
