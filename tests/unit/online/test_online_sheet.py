"""The sheet carries the words and every fact, and no text in it can become markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from tests.vectors import factory

from strongroom.core.bitcoin.address import group_address
from strongroom.core.bundle.model import BundleArchive
from strongroom.core.review.build import review_request
from strongroom.core.review.model import Review
from strongroom.core.words import pgp_words
from strongroom.online.paper.document import Paper
from strongroom.online.paper.html import render_html
from strongroom.online.paper.pdf import render_pdf
from strongroom.online.paper.text import render_text
from strongroom.online.sheet import sheet_document

ARCHIVE = BundleArchive(manifest=b"", psbt=b"", signatures=())
EVIL = "<script>alert(1)</script>&'\""


class Texts(HTMLParser):
    """All text, and all tags, of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def reviewed() -> tuple[Review, BundleArchive]:
    draft = factory.draft(pay=(5_000_000, 1_000_000))
    draft.payments = (
        replace(draft.payments[0], payee=EVIL),
        *draft.payments[1:],
    )
    draft.changes["purpose"] = EVIL
    draft.changes["payment_list"] = "5a" * 32
    return review_request(draft.request(), draft.known()), ARCHIVE


def test_both_forms_hold_words_addresses_amounts_and_claims() -> None:
    review, archive = reviewed()
    document = sheet_document(review, archive)
    page = Texts(render_html(document, Paper.A4).decode())
    text = render_text(document)
    joined = " ".join(page.texts)
    digest = review.request.digest
    for number, word in enumerate(pgp_words(digest), start=1):
        assert f"{number:>4} {word}" in text
        assert word in joined
    for wanted in (
        digest.hex(),
        "5a" * 32,
        EVIL,
        group_address(factory.stranger(0)),
        "0.05000000 BTC",
        "0.00002000 BTC",
    ):
        assert wanted in text
        assert wanted in joined
    assert "script" not in page.tags
    assert "img" not in page.tags


def test_the_plain_sheet_fits_a_page_wide() -> None:
    review, archive = reviewed()
    lines = render_text(sheet_document(review, archive)).splitlines()
    assert max(len(line) for line in lines if "Claimed" not in line) <= 110


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("count", [1, 2])
def test_a_sheet_of_two_payments_is_one_page_on_any_paper(paper: Paper, count: int) -> None:
    draft = factory.draft(pay=(1_000_000,) * count)
    draft.changes["payment_list"] = "5a" * 32
    document = sheet_document(review_request(draft.request(), draft.known()), ARCHIVE)
    data = render_pdf(document, paper)
    assert len(re.findall(rb"/Type /Page\b", data)) == 1
