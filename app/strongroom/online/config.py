"""The config file: defaults of options, by command, in TOML, where XDG says.

    [request.create]
    expires-hours = 24
    requester = "Ana"

What is typed wins, then the environment, then this file. A key that no command has is an error, not a wish.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from strongroom.core.errors import Violation
from strongroom.online.files import read_file

if TYPE_CHECKING:
    from collections.abc import Mapping

RULE = "CONFIG"
_CAP = 1024 * 1024


def config_path() -> Path:
    """Where the file is, by the XDG base directory specification."""
    base = os.environ.get("XDG_CONFIG_HOME", "")
    root = Path(base) if base.startswith("/") else Path.home() / ".config"
    return root / "strongroom" / "config.toml"


def read_config(path: Path, root: click.Command) -> dict[str, Any]:
    """The defaults in the file at `path` in the form of click's `default_map`; raises CONFIG."""
    try:
        table = tomllib.loads(read_file(path, cap=_CAP).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Violation(RULE, f"{path} is not TOML: {error}") from None
    return _defaults(table, root, str(path))


def _defaults(table: Mapping[str, Any], command: click.Command, where: str) -> dict[str, Any]:
    commands = command.commands if isinstance(command, click.Group) else {}
    names = {
        text.lstrip("-"): parameter
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for text in parameter.opts
        if text.startswith("--")
    }
    found: dict[str, Any] = {}
    for key, value in table.items():
        if key in commands and isinstance(value, dict):
            found[key] = _defaults(value, commands[key], f"{where}, [{key}]")
        elif key in names and names[key].name is not None:
            found[str(names[key].name)] = _value(value, names[key], f"{where}, {key}")
        else:
            known = ", ".join(sorted((*names, *commands)))
            raise Violation(RULE, f"{where}: there is no {key!r}; known: {known}")
    return found


def _value(value: Any, option: click.Option, where: str) -> Any:  # noqa: ANN401 - TOML has many
    if option.is_flag:
        if not isinstance(value, bool):
            raise Violation(RULE, f"{where} is true or false")
        return value
    if option.multiple:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise Violation(RULE, f"{where} is a list of texts")
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Violation(RULE, f"{where} is a text or a number")
    return str(value)
