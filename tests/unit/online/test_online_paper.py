"""Scripts say what the station's own session asks, on any paper, and never anything of one vault."""

from __future__ import annotations

import re
import sys

import pytest

from strongroom.core.errors import Fault
from strongroom.core.session.ceremonies import CEREMONIES as ON_THE_MENU
from strongroom.core.session.pages import PaperForm
from strongroom.online.paper.document import Document, Facts, Paper, Paragraph, Steps, sentences
from strongroom.online.paper.forms import (
    REHEARSAL,
    Certificate,
    card_document,
    certificate_document,
    script_document,
)
from strongroom.online.paper.html import render_html
from strongroom.online.paper.pdf import plain, render_pdf
from strongroom.online.paper.script import BLANK, CEREMONIES, Ceremony, Room, blanked, script_of
from strongroom.online.paper.text import render_text

NAMES = [one.key for one in CEREMONIES]


def named(key: str) -> Ceremony:
    return next(one for one in CEREMONIES if one.key == key)


def titles(key: str, room: Room | None = None) -> list[str]:
    return [step.title for step in script_of(named(key), room or Room())]


@pytest.mark.parametrize("key", NAMES)
def test_every_script_begins_and_ends_as_a_session_does(key: str) -> None:
    steps = titles(key)
    assert steps[:4] == [
        "What was booted",
        "This machine",
        "Take the boot medium out",
        "Who is in the room?",
    ]
    assert steps[-1] == "Switch off"


@pytest.mark.parametrize("key", NAMES)
def test_nothing_of_the_made_up_vaults_is_on_paper(key: str) -> None:
    text = render_text(script_document(named(key), Room()))
    assert BLANK in text
    assert not re.search(r"\bone\b-|another-|tpub|bcrt1|tb1q|[0-9a-f]{8}", text)


@pytest.mark.parametrize("form", [PaperForm.SLIP39, PaperForm.CODEX32])
@pytest.mark.parametrize(("threshold", "count"), [(2, 3), (3, 5)])
def test_every_sheet_has_its_steps(form: PaperForm, threshold: int, count: int) -> None:
    room = Room(form=form, threshold=threshold, count=count)
    made = titles("backup", room)
    for number in range(1, count + 1):
        sheet = f"Sheet {number} of {count}"
        at = made.index(f"{sheet}: call its custodian")
        assert made[at : at + 5] == [
            f"{sheet}: call its custodian",
            sheet,
            f"{sheet}: type it again",
            f"{sheet} is written",
            f"Who holds sheet {number} of {count}",
        ]
    assert sum(title.startswith("Sheet ") for title in titles("drill", room)) == count


def test_a_solo_user_has_far_fewer_steps() -> None:
    assert len(titles("sign", Room(people=1))) < len(titles("sign", Room(people=5))) - 5
    assert titles("sign", Room(people=1)).count("Confirm: person 1 of 1") == 1


def test_seed_words_are_backed_up_on_one_sheet() -> None:
    room = Room(form=PaperForm.WORDS, threshold=1, count=1)
    assert "Sheet 1 of 1: type it again" in titles("backup", room)
    assert "The seed words" in titles("drill", room)


def test_a_script_chooses_what_the_menu_has() -> None:
    chosen = {step.chosen for key in NAMES for step in script_of(named(key), Room())}
    menu = {label for label, _, _ in ON_THE_MENU}
    assert len(chosen & menu) == 6
    assert {"Create a vault", "Sign a request", "Register a wallet"} <= chosen


def test_what_differs_is_a_blank() -> None:
    assert blanked("bag 11, sealed", "bag 72, sealed") == f"bag {BLANK}, sealed"
    assert blanked("a b c", "x y c") == f"{BLANK} c"
    assert blanked("one.response", "another.response") == f"{BLANK}.response"
    assert blanked("two words", "three more words") == BLANK
    assert blanked("same", "same") == "same"


@pytest.mark.parametrize("paper", Paper)
def test_the_same_document_is_the_same_bytes(paper: Paper) -> None:
    document = script_document(named("sign"), Room())
    assert render_pdf(document, paper) == render_pdf(document, paper)
    assert render_html(document, paper) == render_html(document, paper)
    assert f"size: {paper.value};".encode() in render_html(document, paper)


@pytest.mark.parametrize("key", NAMES)
def test_the_page_has_each_sentence_and_a_box_for_each_initial(key: str) -> None:
    document = script_document(named(key), Room())
    page = render_html(document, Paper.A4).decode()
    (steps,) = (block for block in document.blocks if isinstance(block, Steps))
    assert page.count("class='initials'") == len(steps.steps) * len(steps.boxes)
    unescaped = page.replace("&#x27;", "'").replace("&quot;", '"')
    unescaped = unescaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    for step in steps.steps:
        assert f"<b>{step.title}</b>" in unescaped
        for line in sentences(step):
            assert f"<pre>{line}</pre>" in unescaped


@pytest.mark.parametrize(
    ("form", "length", "boxes"),
    [(PaperForm.SLIP39, 33, 33), (PaperForm.WORDS, 24, 24), (PaperForm.CODEX32, 74, 19)],
)
def test_a_card_has_a_numbered_box_for_each_word(form: PaperForm, length: int, boxes: int) -> None:
    page = render_html(card_document(form, length, 3), Paper.A4).decode()
    assert page.count("class='card'") == 3
    assert page.count(f"<b>{boxes}</b>") == 3
    assert f"<b>{boxes + 1}</b>" not in page


@pytest.mark.parametrize("kind", Certificate)
def test_certificates_are_blank_and_are_signed(kind: Certificate) -> None:
    document = certificate_document(kind, 6, 5, mark=REHEARSAL)
    text = render_text(document)
    assert REHEARSAL in text
    assert text.count("Signature ____________") == 5
    facts = [row for block in document.blocks if isinstance(block, Facts) for row in block.rows]
    assert not any(value for _, value in facts)


def test_what_is_never_drawn_is_written_by_number() -> None:
    assert plain("M\u00fcller\u202e") == "M\u00fcller\\u{202e}"


@pytest.mark.parametrize("name", ["\u0141ukasz", "\u4e2d", "\u0416anna"])
def test_a_letter_that_the_fonts_lack_is_refused_and_html_has_it(name: str) -> None:
    document = Document(title="Present", blocks=(Paragraph(f"{name}, witness"),))
    with pytest.raises(Fault, match="fonts have no") as caught:
        render_pdf(document, Paper.A4)
    assert caught.value.rule == "PAPER"
    assert name in caught.value.message
    assert "HTML" in caught.value.hint
    assert name in render_html(document, Paper.A4).decode()


def test_without_fpdf2_a_pdf_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fpdf", None)
    with pytest.raises(Fault) as caught:
        render_pdf(Document(title="x", blocks=()), Paper.A4)
    assert caught.value.rule == "PAPER"
    assert "strongroom[paper]" in caught.value.hint


def acting(people: int, key: str) -> dict[str, str]:
    """Who acts at each step of a script, by its title."""
    ceremony = next(one for one in CEREMONIES if one.key == key)
    return {step.title: step.by for step in script_of(ceremony, Room(people=people))}


def test_each_step_of_a_script_says_who_acts() -> None:
    found = acting(3, "backup")
    assert found["Sheet 1 of 3"] == "the custodian"
    assert found["Ceremonies"] == "the operator"
    assert "the second person" in found.values()
    assert "the person named" in found.values()
    assert all(found.values())
    assert "the owner of the key" in acting(3, "register").values()
    assert "the witness" in acting(3, "sign").values()
    assert not any(acting(1, "backup").values())


def test_who_acts_is_printed() -> None:
    ceremony = next(one for one in CEREMONIES if one.key == "backup")
    document = script_document(ceremony, Room(people=3))
    assert "Acts: the custodian" in render_text(document)
    assert "Acts: the custodian" in render_html(document, Paper.A4).decode()
