"""The manual page is that of the commands, and the lock is that of the dependencies."""

from __future__ import annotations

from pathlib import Path

import click
from tests.companion_lock import LOCK, render_lock

from strongroom.online.cli.main import cli
from strongroom.online.cli.manual import render_manual

PAGE = Path(__file__).parents[3] / "docs" / "strongroom.1"
PLAIN = {
    "man",
    "completion",
    "transcript render",
}  # a page, a script, a text: nothing else is printed


def leaves(
    command: click.Command, path: tuple[str, ...] = ()
) -> dict[tuple[str, ...], click.Command]:
    if not isinstance(command, click.Group):
        return {path: command}
    inner = (leaves(c, (*path, name)) for name, c in command.commands.items())
    return {key: value for found in inner for key, value in found.items()}


def test_the_manual_page_is_up_to_date() -> None:
    wanted = render_manual(cli)
    assert PAGE.read_text() == wanted, "run strongroom man > docs/strongroom.1"


def test_the_lock_is_up_to_date() -> None:
    assert LOCK.read_text() == render_lock(), "run python -m tests.companion_lock"


def test_every_command_is_in_the_manual() -> None:
    page = render_manual(cli)
    for path in leaves(cli):
        name = " ".join(path).replace("-", r"\-")  # a hyphen that can be copied
        assert f'.SS "{name}' in page


def test_every_command_speaks_json() -> None:
    without = [
        " ".join(path)
        for path, command in leaves(cli).items()
        if not any("--json" in option.opts for option in command.params)
    ]
    assert set(without) == PLAIN


def test_every_option_says_what_it_does() -> None:
    vague = [
        (*path, option.opts[0])
        for path, command in leaves(cli).items()
        for option in command.params
        if isinstance(option, click.Option) and len((option.help or "").split()) < 3
    ]
    assert vague == []
