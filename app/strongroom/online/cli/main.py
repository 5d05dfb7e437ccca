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

from strongroom import __version__
from strongroom.core.errors import Stop
from strongroom.online.cli.book import book
from strongroom.online.cli.desk import Desk, examples, make_console
from strongroom.online.cli.doctor import doctor
from strongroom.online.cli.exits import EXIT_HELP, Exit, exit_of
from strongroom.online.cli.labels import labels
from strongroom.online.cli.request import request
from strongroom.online.cli.response import response
from strongroom.online.cli.transcript import transcript
from strongroom.online.cli.wallet import wallet
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
@click.option("--debug", is_flag=True, help="Show where in the program an error arose.")
@click.pass_context
def cli(context: click.Context, home: Path | None, *, debug: bool) -> None:
    """Watch wallets, make requests for the signing station, and check what comes back."""
    del debug  # read by `run`, which reports errors
    context.obj = Desk(
        Store(home or default_home()), make_console(stderr=False), make_console(stderr=True)
    )


for command in (wallet, request, response, transcript, labels, book, doctor):
    cli.add_command(command)


def run(arguments: Sequence[str]) -> Exit:
    """The exit code of one command; everything that went wrong has been printed."""
    wants_json, debug = "--json" in arguments, "--debug" in arguments
    try:
        cli.main(list(arguments), prog_name="strongroom", standalone_mode=False)
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
    return Exit.OK


def _report(rule: str, message: str, hint: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"error": {"rule": rule, "message": message, "hint": hint}}))
    click.echo(f"error: {rule}: {message}", err=True)
    if hint:
        click.echo(f"hint: {hint}", err=True)


def main() -> None:
    """The entry point of the command `strongroom`."""
    sys.exit(run(sys.argv[1:]))
