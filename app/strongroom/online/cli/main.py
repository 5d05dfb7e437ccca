"""`strongroom`: the composition root of the companion and its one blanket error reporter.

Nothing here or below prints a traceback, unless `--debug` asks for one: a rule that stops a command is
one line with its id, and a hint.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource
from rich.text import Text

from strongroom import __version__
from strongroom.core.errors import Stop
from strongroom.online.cli.approver import approver
from strongroom.online.cli.audit import audit
from strongroom.online.cli.book import book
from strongroom.online.cli.ceremony import ceremony
from strongroom.online.cli.desk import Desk, examples, make_console
from strongroom.online.cli.doctor import doctor
from strongroom.online.cli.exits import EXIT_HELP, Exit, exit_of
from strongroom.online.cli.image import image
from strongroom.online.cli.image_attest import image_attest, image_verify_attestations
from strongroom.online.cli.labels import labels
from strongroom.online.cli.manual import completion, man
from strongroom.online.cli.plain import response_unwrap
from strongroom.online.cli.request import request
from strongroom.online.cli.response import response
from strongroom.online.cli.status import status
from strongroom.online.cli.transcript import transcript
from strongroom.online.cli.trust import trust
from strongroom.online.cli.wallet import wallet
from strongroom.online.config import config_path, read_config
from strongroom.online.store import Store, default_home

if TYPE_CHECKING:
    from collections.abc import Sequence


_START_TO_END = examples(
    "strongroom wallet add treasury.wallet.json --node http://127.0.0.1:8332",
    "strongroom request create treasury --to 'bc1q...,0.5btc,Alice Ltd,INV-1'",
    "strongroom request approve ID --key FINGERPRINT",
    "strongroom request write ID --to /media/stick",
    "(sign at the station)",
    "strongroom response broadcast /media/stick/ID.response --wait 1",
)


@click.group(
    epilog=f"{_START_TO_END}\n\n{EXIT_HELP}",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="strongroom")
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="STRONGROOM_HOME",
    help="Where wallets and requests are kept. [default: the XDG data folder]",
)
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Defaults of options, in TOML. [default: strongroom/config.toml in the XDG config folder]",
)
@click.option("--debug", is_flag=True, help="Show where in the program an error arose.")
@click.pass_context
def cli(context: click.Context, home: Path | None, config: Path | None, *, debug: bool) -> None:
    """Watch wallets, make requests for the signing station, and check what comes back."""
    del debug  # read by `run`, which reports errors
    path = config or config_path()
    if config is not None or path.is_file():
        context.default_map = read_config(path, context.command)
        chosen = context.get_parameter_source("home")
        if chosen is ParameterSource.DEFAULT and "home" in context.default_map:
            home = Path(context.default_map["home"])
    context.obj = Desk(
        Store(home or default_home()), make_console(stderr=False), make_console(stderr=True)
    )


COMMANDS = (
    wallet,
    request,
    response,
    transcript,
    status,
    approver,
    labels,
    book,
    audit,
    trust,
    ceremony,
    image,
    doctor,
    completion,
    man,
)
response.add_command(response_unwrap)
image.add_command(image_attest)
image.add_command(image_verify_attestations)
for command in COMMANDS:
    cli.add_command(command)


def run(arguments: Sequence[str]) -> Exit:
    """The exit code of one command; everything that went wrong has been printed."""
    wants_json, debug = "--json" in arguments, "--debug" in arguments
    try:
        # What a command found wrong, without being stopped by it, comes back as an exit code.
        found = cli.main(list(arguments), prog_name="strongroom", standalone_mode=False)
    except Stop as stop:
        if debug:
            raise
        _report(stop.rule, stop.message, stop.hint, as_json=wants_json)
        return exit_of(stop)
    except click.ClickException as error:
        error.show()
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return Exit.INTERRUPTED
    except BrokenPipeError:
        return Exit.OK
    except Exception as error:
        if debug:
            raise
        message = f"unexpected {type(error).__name__}: {error}"
        _report("PROGRAM", message, "run it again with --debug and report it", as_json=wants_json)
        return Exit.FAULT
    return Exit(found) if isinstance(found, int) else Exit.OK


def _report(rule: str, message: str, hint: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"error": {"rule": rule, "message": message, "hint": hint}}))
    console = make_console(stderr=True)
    for style, word, text in (("bold red", "error", f"{rule}: {message}"), ("bold", "hint", hint)):
        if text:
            console.print(Text.assemble((f"{word}:", style), f" {text}"), soft_wrap=True)


def main() -> None:
    """The entry point of the command `strongroom`."""
    sys.exit(run(sys.argv[1:]))
