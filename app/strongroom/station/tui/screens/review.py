"""The walk through a review: each warning by itself, what leaves, each recipient, then everything else.

Enter turns the page, but a warning wants its word typed. `c`, `d` and `r` look aside and come back to the
same page.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import urwid

from strongroom.core.review.findings import MANY
from strongroom.core.session.wording import REVIEW, REVIEW_END, wording_of
from strongroom.station.tui.kit import Line, Lines, Page, Screen, Size, Typed
from strongroom.station.tui.screens.review_batch import (
    exception_lines,
    list_entry,
    searched,
    totals_lines,
)
from strongroom.station.tui.screens.review_text import (
    change_lines,
    detail_lines,
    raw_lines,
    recipient_lines,
    summary_lines,
    warning_lines,
)
from strongroom.station.tui.search import Entry, SearchedMenu
from strongroom.station.tui.text import counted, joined, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.review.model import Finding, Recipient
    from strongroom.core.session.requests import ShowReview

_WALK = "Enter next   b back   c change   d details   r raw"


class ReviewScreen(Screen):
    """Shows pages in their order; replies with the warnings' rules once all were seen."""

    keys = _WALK
    leave = "Esc decline"
    help = f"""{REVIEW[0]}

    {REVIEW[1]}

    c shows the change, d the inputs, locks and findings, r the transaction's bytes; Esc comes back from
    there. Esc on a page of the walk declines the request."""

    def __init__(self, request: ShowReview, reply: Callable[[tuple[str, ...]], None]) -> None:
        self._review = request.review
        self._said = wording_of(request)
        self._reply = reply
        self._makers = self._pages()
        self._place = 0
        self._aside = False
        self.network = self._review.request.manifest.anchor.network
        super().__init__(urwid.SolidFill())
        self._turn(0)

    def _pages(self) -> tuple[Callable[[], Screen], ...]:
        """A maker for each page, so that no page is built before it is shown."""
        warnings = self._review.warnings
        recipients = self._review.recipients
        count = len(warnings)
        seen = [
            partial(self._warning, finding, place, count)
            for place, finding in enumerate(warnings, 1)
        ]
        if len(recipients) >= MANY:
            paid: list[Callable[[], Screen]] = [
                lambda: Lines(totals_lines(self._review), self._next),
                lambda: Lines(exception_lines(self._review), self._next),
                lambda: RecipientList(recipients, self._next),
            ]
        else:
            paid = [
                partial(self._recipient, recipient, place, len(recipients))
                for place, recipient in enumerate(recipients, 1)
            ]
        return (*seen, self._summary, *paid, lambda: Lines(self._end(), self._finish))

    def _warning(self, finding: Finding, place: int, total: int) -> Screen:
        return Typed(warning_lines(finding, place, total), "seen", self._next)

    def _summary(self) -> Screen:
        return Lines(summary_lines(self._review), self._next)

    def _recipient(self, recipient: Recipient, place: int, total: int) -> Screen:
        return Lines(recipient_lines(recipient, place, total), self._next)

    def _end(self) -> tuple[Line, ...]:
        return joined(*map(wrapped, REVIEW_END))

    def _turn(self, step: int) -> None:
        self._place = max(0, min(len(self._makers) - 1, self._place + step))
        count = len(self._review.warnings)
        if self._place < count:
            self.title = f"Review: {counted(count, 'warning')}"
        else:
            self.title = self._said.title
        self._show(self._makers[self._place](), aside=False)

    def _show(self, page: urwid.Widget, *, aside: bool) -> None:
        self._aside = aside
        self._w = page
        self.keys = "Enter or Esc back to the page" if aside else _WALK
        if isinstance(page, Typed | RecipientList):
            self.keys = page.keys
        self.leave = "" if aside else "Esc decline"

    def _next(self) -> None:
        self._turn(1)

    def _finish(self) -> None:
        self._reply(tuple(finding.rule for finding in self._review.warnings))

    def keypress(self, size: Size, key: str) -> str | None:
        """The page first; then back, and the looks aside."""
        unhandled: str | None = super().keypress(size, key)
        if self._aside:
            if unhandled in {"esc", "enter"}:
                self._turn(0)
            return None
        aside: dict[str, Callable[[], tuple[Line, ...]]] = {
            "c": lambda: change_lines(self._review.change),
            "d": lambda: detail_lines(self._review),
            "r": lambda: raw_lines(self._review),
        }
        if unhandled == "b":
            self._turn(-1)
        elif unhandled in aside:
            self._show(Page(aside[unhandled]()), aside=True)
        else:
            return unhandled
        return None


class RecipientList(Screen):
    """Many recipients, the largest first; `/` searches, Enter opens one, Tab goes on."""

    keys = "Enter open   / search   Tab next page   b back   c d r"

    def __init__(self, recipients: tuple[Recipient, ...], done: Callable[[], None]) -> None:
        self._all = sorted(recipients, key=lambda recipient: -recipient.amount)
        self._done = done
        self._opened = False
        self._list = SearchedMenu(
            [Entry(lines=list_entry(r), searched=searched(r), value=r) for r in self._all],
            lambda found: (f"{found} of {len(self._all)} recipients, the largest first",),
            self._open,
        )
        super().__init__(self._list)

    def _open(self, recipient: Recipient) -> None:
        place = self._all.index(recipient) + 1
        self._opened = True
        self._w = Page(recipient_lines(recipient, place, len(self._all)))

    def keypress(self, size: Size, key: str) -> str | None:
        """Search, open, or move."""
        if self._opened:
            if self._w.keypress(size, key) in {"esc", "enter"}:
                self._opened = False
                self._w = self._list
            return None
        if key == "tab" and not self._list.is_searching:
            self._done()
            return None
        unhandled: str | None = super().keypress(size, key)
        return unhandled
