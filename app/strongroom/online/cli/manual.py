"""`strongroom man` and `completion`: the manual page and the shell's completion, out of the commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click
from click.shell_completion import get_completion_class

from strongroom import __version__
from strongroom.core.errors import Fault
from strongroom.online.cli.desk import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHELLS = ("bash", "zsh", "fish")


@click.command(
    epilog=examples(
        "strongroom completion bash > ~/.local/share/bash-completion/completions/strongroom",
        "strongroom completion fish > ~/.config/fish/completions/strongroom.fish",
        "strongroom completion zsh > ~/.zfunc/_strongroom   # a folder of your $fpath",
    )
)
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script of SHELL, to be kept where the shell looks for it."""
    kind = get_completion_class(shell)
    if kind is None:
        raise Fault("PROGRAM", f"there is no completion for {shell}")
    root = context.find_root()
    click.echo(kind(root.command, {}, "strongroom", "_STRONGROOM_COMPLETE").source())


@click.command(epilog=examples("strongroom man | man -l -"))
@click.pass_context
def man(context: click.Context) -> None:
    """Print the manual page."""
    click.echo(render_manual(context.find_root().command), nl=False)


def render_manual(root: click.Command) -> str:
    """The manual page of `root` and every command below it, in the language of man(7)."""
    top = click.Context(root, info_name="strongroom", **root.context_settings)
    lines = [
        f'.TH STRONGROOM 1 "" "strongroom {__version__}" "User commands"',
        ".SH NAME",
        "strongroom \\- watch wallets, make requests for the signing station, check what comes back",
        ".SH SYNOPSIS",
        ".B strongroom",
        "[\\fIoptions\\fR] \\fIcommand\\fR [\\fIarguments\\fR]",
        ".SH DESCRIPTION",
        *_prose(root.help or ""),
        ".SH OPTIONS",
        *_options(top),
        ".SH COMMANDS",
    ]
    for path, command in _commands(root, ()):
        context = click.Context(command, parent=top, info_name=" ".join(path))
        usage = " ".join(command.collect_usage_pieces(context))
        lines += [f'.SS "{_roff(" ".join(path))} {_roff(usage)}"', *_prose(command.help or "")]
        lines += _options(context)
        lines += _verbatim(command.epilog or "")
    lines += [".SH EXIT STATUS", *_verbatim((root.epilog or "").partition("Exit codes:")[2])]
    lines += [".SH FILES", ".TP", ".I $XDG_DATA_HOME/strongroom", "Wallets and requests."]
    lines += [".TP", ".I $XDG_CONFIG_HOME/strongroom/config.toml", "Defaults of options."]
    return "\n".join(line for line in lines if line) + "\n"


def _commands(
    command: click.Command, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if isinstance(command, click.Group):
        for name, inner in sorted(command.commands.items()):
            yield from _commands(inner, (*path, name))
    elif not command.hidden:
        yield path, command


def _options(context: click.Context) -> Iterator[str]:
    for parameter in context.command.get_params(context):
        record = parameter.get_help_record(context)
        is_help = parameter.name == "help" and context.parent is not None
        if record is not None and record[1] and not is_help:
            yield ".TP"
            yield f".B {_roff(record[0])}"
            yield _roff(record[1])


def _prose(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(re.split(r"\n\s*\n", text.strip())):
        if number:
            yield ".PP"
        if paragraph.lstrip().startswith("\b"):
            yield from _verbatim(paragraph)
        else:
            yield _roff(" ".join(paragraph.split()))


def _verbatim(text: str) -> Iterator[str]:
    lines = [line.rstrip() for line in text.replace("\b", "").split("\n") if line.strip()]
    if lines:
        yield from (".PP", ".nf", *map(_roff, lines), ".fi")


def _roff(text: str) -> str:
    """`text` with nothing in it that man(7) takes as its own."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return f"\\&{escaped}" if escaped[:1] in {".", "'"} else escaped
