"""`strongroom ceremony`: papers for the room. None of them holds a secret, none needs a wallet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from strongroom.core.backup.slip39 import check_quorum
from strongroom.core.session.pages import PaperForm
from strongroom.online.cli.desk import examples, json_option
from strongroom.online.cli.printing import Printed, paper_options, print_document
from strongroom.online.paper.forms import (
    REHEARSAL,
    Certificate,
    card_document,
    certificate_document,
    script_document,
)
from strongroom.online.paper.script import CEREMONIES, Room

if TYPE_CHECKING:
    from strongroom.online.cli.desk import Desk

_FORMS = {"words": PaperForm.WORDS, "slip39": PaperForm.SLIP39, "codex32": PaperForm.CODEX32}
_LENGTHS = {"words": 24, "slip39": 33, "codex32": 74}
_QUORUM = re.compile(r"(\d{1,2})of(\d{1,2})")
_PEOPLE_CAP = 12

form_option = click.option(
    "--form",
    type=click.Choice(list(_FORMS)),
    default="slip39",
    show_default=True,
    help="What the sheets of a backup are.",
)
rehearsal_option = click.option(
    "--rehearsal", is_flag=True, help="Mark every page: not valid as production."
)
people_option = click.option(
    "--people",
    type=click.IntRange(1, _PEOPLE_CAP),
    default=4,
    show_default=True,
    help="How many are in the room.",
)


class _Quorum(click.ParamType[tuple[int, int]]):
    """`2of3`."""

    name = "quorum"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """The two numbers; a usage error for any other text."""
        if isinstance(value, tuple):
            return value
        found = _QUORUM.fullmatch(str(value))
        if found is None:
            self.fail(f"{value!r} is not of the form 2of3", param, ctx)
        threshold, count = int(found[1]), int(found[2])
        check_quorum(threshold, count)
        return threshold, count


sheets_option = click.option(
    "--sheets",
    type=_Quorum(),
    default="2of3",
    show_default=True,
    help="How many sheets of a backup give it back, of how many.",
)


@click.group(epilog=examples("strongroom ceremony script backup --sheets 3of5 --pdf backup.pdf"))
def ceremony() -> None:
    """Print scripts, cards and certificates for the people at the station."""


@ceremony.command("list", epilog=examples("strongroom ceremony list"))
@json_option
@click.pass_obj
def ceremony_list(desk: Desk, *, as_json: bool) -> None:
    """List the ceremonies that a script can be printed for."""
    if as_json:
        rows = [{"name": c.key, "title": c.title, "about": c.about} for c in CEREMONIES]
        desk.print_json({"ceremonies": rows})
        return
    for one in CEREMONIES:
        desk.say(f"{one.key:<10}{one.title:<24}{one.about}")


@ceremony.command(
    "script",
    epilog=examples(
        "strongroom ceremony script create --people 5 --pdf create.pdf",
        "strongroom ceremony script backup --form slip39 --sheets 3of5 --html backup.html",
        "strongroom ceremony script sign --rehearsal --pdf sign.pdf --paper letter",
    ),
)
@click.argument("name", type=click.Choice([c.key for c in CEREMONIES]))
@people_option
@form_option
@sheets_option
@rehearsal_option
@paper_options
@json_option
@click.pass_obj
def ceremony_script(
    desk: Desk,
    *,
    name: str,
    people: int,
    form: str,
    sheets: tuple[int, int],
    printed: Printed,
    rehearsal: bool,
    as_json: bool,
) -> None:
    """Print a ceremony step by step, in the words of the station's screens, with boxes for initials."""
    threshold, count = sheets if form != "words" else (1, 1)
    room = Room(people=people, form=_FORMS[form], threshold=threshold, count=count)
    found = next(c for c in CEREMONIES if c.key == name)
    document = script_document(found, room, mark=_mark(rehearsal=rehearsal))
    print_document(desk, "script", document, printed, as_json=as_json)


@ceremony.command(
    "cards",
    epilog=examples(
        "strongroom ceremony cards --sheets 2of3 --pdf cards.pdf",
        "strongroom ceremony cards --form words --length 12 --html card.html",
    ),
)
@form_option
@sheets_option
@click.option(
    "--length",
    type=click.IntRange(12, 127),
    help="Words or letters on a sheet. [default: 24 words, 33 of SLIP-39, 74 letters of codex32]",
)
@rehearsal_option
@paper_options
@json_option
@click.pass_obj
def ceremony_cards(
    desk: Desk,
    *,
    form: str,
    sheets: tuple[int, int],
    length: int | None,
    printed: Printed,
    rehearsal: bool,
    as_json: bool,
) -> None:
    """Print blank cards with numbered boxes, for the sheets of a backup; they are filled in by hand."""
    count = sheets[1] if form != "words" else 1
    document = card_document(
        _FORMS[form], length or _LENGTHS[form], count, mark=_mark(rehearsal=rehearsal)
    )
    print_document(desk, "cards", document, printed, as_json=as_json)


@ceremony.command(
    "certificate",
    epilog=examples(
        "strongroom ceremony certificate session --pdf session.pdf",
        "strongroom ceremony certificate key --people 3 --pdf key.pdf --paper letter",
        "strongroom ceremony certificate destruction --copies 10 --html destruction.html",
    ),
)
@click.argument("kind", type=click.Choice([kind.value for kind in Certificate]))
@people_option
@click.option(
    "--copies",
    type=click.IntRange(1, 200),
    default=6,
    show_default=True,
    help="Lines for known copies, on a certificate of destruction.",
)
@rehearsal_option
@paper_options
@json_option
@click.pass_obj
def ceremony_certificate(
    desk: Desk,
    *,
    kind: str,
    people: int,
    copies: int,
    printed: Printed,
    rehearsal: bool,
    as_json: bool,
) -> None:
    """Print a blank certificate of a session, of a key or of a destruction, with lines for witnesses."""
    document = certificate_document(
        Certificate(kind), copies, people, mark=_mark(rehearsal=rehearsal)
    )
    print_document(desk, "certificate", document, printed, as_json=as_json)


def _mark(*, rehearsal: bool) -> str:
    return REHEARSAL if rehearsal else ""
