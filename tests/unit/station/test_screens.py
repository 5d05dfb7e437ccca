"""What screens reply, and what they refuse to pass on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from strongroom.core.bitcoin.model import ScriptKind
from strongroom.core.network import Network
from strongroom.core.secret import Secret
from strongroom.core.session import dice, notes, values
from strongroom.core.session import pages as paged
from strongroom.core.session import requests as asked
from strongroom.station.tui.frame import StationFrame, Status
from strongroom.station.tui.screens import (
    confirm,
    files,
    menu,
    moment,
    pages,
    passphrases,
    policy,
    results,
    review,
    start,
    wallets,
    word_entry,
    words,
)
from tests.unit.station import samples
from tests.unit.station.screens import INBOX, NTFS, Left, frame, press, text
from tests.unit.station.test_goldens import KNOWN, LISTING, MANY, MIXED, POSITIONS, ignore, looks


def walk(pressed: str, shown: asked.ShowReview) -> list[tuple[str, ...]]:
    replies: list[tuple[str, ...]] = []
    press(frame(review.ReviewScreen(shown, replies.append)), pressed)
    return replies


def test_review_replies_with_the_warnings_in_order() -> None:
    shown = asked.ShowReview(samples.review())
    seen = "seen<enter>SEEN<enter>"
    assert walk(f"{seen}<enter><enter><enter>", shown) == [("FEE-SHARE", "POLICY-RECIPIENT")]


def test_no_number_of_enters_passes_a_warning() -> None:
    assert walk("<enter>" * 50, asked.ShowReview(samples.review())) == []


def test_every_recipient_has_its_page_and_back_goes_back() -> None:
    paid = tuple(samples.recipient(index=i, amount=1000 + i) for i in range(3))
    shown = frame(review.ReviewScreen(asked.ShowReview(samples.review(*paid, findings=())), ignore))
    for place in range(3):
        press(shown, "<enter>")
        assert f"Recipient {place + 1} of 3, output {place}" in text(shown)
        assert f"1 00{place} sat" in text(shown)
    press(shown, "b")
    assert "Recipient 2 of 3" in text(shown)


def test_asides_come_back_to_the_same_page() -> None:
    shown = frame(review.ReviewScreen(asked.ShowReview(samples.review(findings=())), ignore))
    press(shown, "<enter>")
    page = text(shown)
    for aside in ("c", "d"):
        press(shown, aside)
        assert text(shown) != page
        press(shown, "<esc>")
        assert text(shown) == page


def test_escape_declines_a_review_even_inside_a_warning() -> None:
    shown = frame(review.ReviewScreen(asked.ShowReview(samples.review()), ignore))
    with pytest.raises(Left):
        press(shown, "see<esc>")


def test_many_recipients_are_listed_searched_and_opened() -> None:
    request = asked.ShowReview(samples.review(*MANY, findings=()))
    replies: list[tuple[str, ...]] = []
    shown = frame(review.ReviewScreen(request, replies.append))
    press(shown, "<enter><enter><enter>")
    assert text(shown).index("1000.00000000") < text(shown).index(" 100.00000000")
    press(shown, "/10 000 000 sat<enter>")
    assert "1 of 12" in text(shown)
    press(shown, "<enter>")
    assert "output 7" in text(shown)
    press(shown, "<esc><tab><enter>")
    assert replies == [()]


def test_the_keys_of_the_walk_work_in_the_list_and_are_text_in_its_search() -> None:
    shown = frame(review.ReviewScreen(asked.ShowReview(samples.review(*MANY, findings=())), ignore))
    press(shown, "<enter><enter><enter>/bcdr<tab>")
    assert "Search                  bcdr" in text(shown)
    press(shown, "<esc>c")
    assert "found equal" in text(shown)
    press(shown, "<esc>")
    assert "12 of 12 recipients" in text(shown)


@pytest.mark.parametrize(("count", "first"), [(11, "Recipient 1 of 11"), (12, "12 recipients")])
def test_from_twelve_recipients_on_there_is_a_list(count: int, first: str) -> None:
    shown = frame(
        review.ReviewScreen(asked.ShowReview(samples.review(*MANY[:count], findings=())), ignore)
    )
    assert first in text(press(shown, "<enter>"))


def test_change_that_went_elsewhere_is_in_the_difference_of_a_batch() -> None:
    made = samples.review(*MIXED, findings=())
    payments = tuple(p for p in made.request.manifest.payments if p.amount != samples.MAX_MONEY)
    manifest = replace(made.request.manifest, payments=payments)
    moved = replace(made, request=replace(made.request, manifest=manifest))
    shown = frame(review.ReviewScreen(asked.ShowReview(moved), ignore))
    assert "Only in the transaction      2, declared as change" in text(press(shown, "<enter>"))


def test_the_digest_that_people_type_from_paper_is_on_no_page_of_the_review() -> None:
    shown = frame(review.ReviewScreen(asked.ShowReview(samples.review(findings=())), ignore))
    pages = [text(press(shown, keys)) for keys in ("", "d", "<enter>", "<enter>", "c")]
    assert not any("antenna" in page or "0708" in page for page in pages)


@pytest.mark.parametrize(
    ("pressed", "expected"),
    [
        ("2027-03-31 14:05<enter>", [samples.TIME]),
        ("2030-01-01 00:00<enter>", [datetime(2030, 1, 1, tzinfo=UTC)]),
        ("2027-03-31 14:04<enter>", []),
        ("2027-02-30 10:00<enter>", []),
        ("tomorrow<enter>", []),
        ("<enter>", []),
    ],
)
def test_only_a_time_that_can_be_is_declared(pressed: str, expected: list[datetime]) -> None:
    replies: list[datetime] = []
    request = asked.DeclareTime(samples.TIME, "built")
    press(frame(moment.DeclareTimeScreen(request, replies.append, samples.TIME)), pressed)
    assert replies == expected


@pytest.mark.parametrize(
    ("vault", "pressed", "expected"),
    [
        (None, "1", values.Task.OPEN_VAULT),
        (None, "<down><enter>", values.Task.CREATE_VAULT),
        (None, "3", values.Task.STATELESS),
        (None, "6", values.Task.POWER_OFF),
        (samples.VAULT, "1", values.Task.SIGN),
        (samples.VAULT, "vv2", values.Task.REGISTER_WALLET),
        (samples.VAULT, "4", values.Task.CHANGE_POLICY),
        (samples.VAULT, "v<esc>7", values.Task.END_SESSION),
    ],
)
def test_the_menu_replies_with_a_task(
    vault: values.VaultSummary | None, pressed: str, expected: values.Task
) -> None:
    replies: list[values.Task] = []
    press(frame(menu.MenuScreen(asked.ChooseTask(vault), replies.append)), pressed)
    assert replies == [expected]


def test_words_are_completed_and_replied() -> None:
    replies: list[Secret] = []
    screen = word_entry.EnterWordsScreen(asked.EnterWords(), replies.append, KNOWN)
    press(frame(screen), "abou<tab> abl<tab><enter>zoo " + "zone " * 9 + "<enter>")
    assert replies == [Secret(b"about able zoo " + b" ".join([b"zone"] * 9))]


def test_words_are_taken_only_if_they_are_known_and_whole() -> None:
    replies: list[Secret] = []
    shown = frame(word_entry.EnterWordsScreen(asked.EnterWords(), replies.append, KNOWN))
    press(shown, "ab xq  <enter><enter>")
    assert "Word  1" in text(shown)
    press(shown, "<backspace>" * 8 + "zoo <backspace>")
    assert "zoo_" in text(shown)
    assert replies == []


def test_new_words_want_a_word_typed() -> None:
    replies: list[None] = []
    request = asked.ShowWords(Secret(b"zoo " * 11 + b"zoo"), "aabbccdd")
    shown = frame(words.ShowWordsScreen(request, replies.append))
    press(shown, "<enter><enter>writ<enter>")
    assert replies == []
    press(shown, "written<enter>")
    assert replies == [None]


def test_dice_show_their_number_only() -> None:
    replies: list[Secret] = []
    shown = frame(words.EnterDiceScreen(dice.EnterDice(10), replies.append))
    press(shown, "1234567890<backspace>66666")
    assert "Rolls so far   10" in text(shown)
    assert "12345" not in text(shown)
    press(shown, "<enter>")
    assert replies == [Secret(b"1234566666")]


def test_a_new_passphrase_is_typed_twice_and_never_shown() -> None:
    replies: list[Secret] = []
    shown = frame(
        passphrases.NewPassphraseScreen(asked.NewPassphrase(), replies.append, samples.KEYBOARD)
    )
    press(shown, "hunter two<enter>hunter too<enter>")
    assert replies == []
    assert "differ" in text(shown)
    assert "hunter" not in text(shown)
    press(shown, "hunter two<enter>hunter two<enter>")
    assert replies == [Secret(b"hunter two")]


def test_no_seed_passphrase_is_empty() -> None:
    replies: list[Secret] = []
    screen = passphrases.SeedPassphraseScreen(
        asked.EnterSeedPassphrase(), replies.append, samples.KEYBOARD
    )
    press(frame(screen), "<enter><enter>")
    assert replies == [Secret(b"")]


def test_an_empty_vault_passphrase_is_not_tried() -> None:
    replies: list[Secret] = []
    screen = passphrases.PassphraseScreen(
        asked.EnterPassphrase("strongroom.vault"), replies.append, samples.KEYBOARD
    )
    press(frame(screen), "<enter>x<enter>")
    assert replies == [Secret(b"x")]


def test_confirm_takes_name_role_and_words() -> None:
    replies: list[values.Confirmation] = []
    for number, role in ((1, "operator"), (2, "witness")):
        request = asked.Confirm(samples.review(), number, 2, POSITIONS)
        shown = frame(confirm.ConfirmScreen(request, replies.append))
        press(shown, "<enter><enter><enter>Ada<enter>Antenna<enter><enter>caretaker <enter>")
        assert replies.pop() == values.Confirmation(
            name="Ada", role=role, typed=("antenna", "caretaker")
        )


def test_a_certificate_is_accepted_with_words() -> None:
    replies: list[values.CertificateAcceptance] = []
    request = asked.AcceptCertificate(samples.CERTIFICATE, POSITIONS)
    screen = wallets.AcceptCertificateScreen(request, replies.append)
    press(frame(screen), "Ada<enter>one<tab>two<enter>")
    assert replies == [values.CertificateAcceptance(name="Ada", typed=("one", "two"))]


def edits(screen: type, request: object, pressed: str) -> list[values.TermsEdit]:
    replies: list[values.TermsEdit] = []
    press(frame(screen(request, replies.append)), pressed)
    return replies


def test_a_limit_is_typed_and_esc_comes_back_to_the_list() -> None:
    request = asked.EditPolicy(samples.LIMITS, "0 entries", "1; a request needs 1 approver", 2)
    (edit,) = edits(policy.EditPolicyScreen, request, "<down><enter>7<esc><up>1 0.5btc<enter>")
    assert edit == values.TermsEdit(
        step=values.TermsStep.SET_LIMIT, key="fee_absolute", typed=" 0.5btc"
    )
    for down, step in enumerate(("OPEN_BOOK", "OPEN_APPROVERS", "DONE")):
        pressed = "<down>" * (len(samples.LIMITS) + down) + "<enter>"
        (edit,) = edits(policy.EditPolicyScreen, request, pressed)
        assert edit.step is values.TermsStep[step]


def test_the_address_book_is_searched_added_to_and_imported() -> None:
    request = asked.EditBook(samples.BOOK)
    screen, step = policy.EditBookScreen, values.TermsStep
    (edit,) = edits(screen, request, f"1{samples.LONGEST_ADDRESS}<enter>Me<enter>")
    assert edit == values.TermsEdit(step=step.ADD_ENTRY, key=samples.LONGEST_ADDRESS, typed="Me")
    assert [e.step for e in edits(screen, request, "2")] == [step.IMPORT_BOOK]
    (edit,) = edits(screen, request, "/landl<enter><enter>")
    assert edit == values.TermsEdit(step=step.TOGGLE_ENTRY, key=samples.BOOK[1].address)


def test_roles_and_thresholds_are_typed() -> None:
    request = asked.EditRoles(samples.ROLES, samples.THRESHOLDS)
    screen, step = policy.EditRolesScreen, values.TermsStep
    (edit,) = edits(screen, request, "22<enter>")
    assert edit == values.TermsEdit(step=step.SET_THRESHOLD, key="treasurer", typed="2")
    (edit,) = edits(screen, request, "3, cashier<enter>")
    assert (edit.step, edit.key) == (step.SET_ROLES, samples.FINGERPRINT)
    assert edit.typed == "approver, treasurer, cashier"


def test_a_read_back_is_agreed_to_only_when_all_of_it_was_seen() -> None:
    replies: list[values.Confirmation] = []
    request = asked.ConfirmPolicy(samples.CHANGES * 8, 1, 1, "lower")
    shown = frame(policy.ConfirmPolicyScreen(request, replies.append))
    press(shown, "Olga<enter>LOWER<enter>")
    assert replies == []
    assert "Read on to the end" in text(shown)
    press(shown, "<enter>" * 9)
    assert replies[0] == values.Confirmation(name="Olga", role="operator", typed=("lower",))


def test_a_wallet_is_chosen_by_arrows() -> None:
    replies: list[values.WalletChoice] = []
    request = asked.ChooseWallet("aabbccdd")
    screen = wallets.ChooseWalletScreen(request, replies.append)
    press(frame(screen), "Cold<enter><left><enter><right><enter>")
    assert replies == [
        values.WalletChoice(name="Cold", network=Network.REGTEST, kind=ScriptKind.TR)
    ]


def test_files_follow_the_sticks() -> None:
    shelves: list[tuple[files.Shelf, ...]] = [()]
    replies: list[object] = []
    request = asked.ChooseFile(values.FileKind.VAULT)
    look: files.Look = lambda _suffix, found: found(shelves[-1])  # noqa: E731 - a fake in one line
    screen = files.ChooseFileScreen(request, replies.append, look)
    shown = frame(screen)
    press(shown, "<enter>1")
    assert replies == []
    shelves.append((files.Shelf(INBOX, LISTING),))
    screen.refresh()
    press(shown, "1")
    assert replies == [(INBOX, "strongroom.vault")]


def test_only_sticks_that_can_be_read_are_written_to() -> None:
    replies: list[object] = []
    request = asked.WriteFiles((values.OutFile(name="a", data=b""),), "a test")
    shelves = (files.Shelf(NTFS, None, NTFS.problem), files.Shelf(INBOX, LISTING))
    shown = frame(files.WriteScreen(request, replies.append, looks(shelves)))
    assert NTFS.problem in text(shown)
    press(shown, "<enter>")
    assert replies == [INBOX]


def test_the_start_belongs_to_one_console() -> None:
    holder = ["ttyS0"]
    replies: list[str] = []
    screen = start.StartScreen("tty1", lambda: holder[0], lambda: replies.append("begin"))
    shown = frame(screen)
    press(shown, "<enter>")
    assert replies == []
    holder[0] = ""
    screen.refresh()
    press(shown, "<enter>")
    assert replies == ["begin"]


def test_progress_can_not_be_left() -> None:
    shown = frame(results.ProgressScreen("Signing"))
    before = text(shown)
    press(shown, "<esc><enter>q")
    assert text(shown) == before


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (132, 43), (200, 60)])
def test_larger_terminals_show_the_same_text(size: tuple[int, int]) -> None:
    shown = frame(review.ReviewScreen(asked.ShowReview(samples.review(findings=())), ignore))
    press(shown, "<enter>", size=size)
    assert samples.PAYEE.split()[0] in text(shown, size=size)
    wide = max(len(line) for line in text(shown, size=size).splitlines())
    assert wide <= (size[0] + 100) // 2 + 1


def test_a_small_terminal_says_what_is_needed() -> None:
    shown = frame(start.StartScreen("tty1", lambda: "", ignore))
    assert "80x24" in text(shown, size=(60, 20))


def entered(pressed: str, typed: str = "") -> list[Secret]:
    replies: list[Secret] = []
    request = asked.EnterWords(typed=Secret(typed.encode()))
    press(frame(word_entry.EnterWordsScreen(request, replies.append, KNOWN)), pressed)
    return replies


def test_one_word_is_changed_without_typing_the_others_again() -> None:
    typed = " ".join(["zoo"] * 12)
    back = "<left>" * 3 + "<backspace>" * 3
    assert entered(f"{back}able<enter><enter><enter><enter>", typed) == [
        Secret(b" ".join([b"zoo"] * 9 + [b"able"] + [b"zoo"] * 2))
    ]
    assert entered("<left><left><right><right><enter>", typed) == [Secret(typed.encode())]


def test_an_unfinished_word_is_not_left_behind() -> None:
    assert entered("<left><backspace><left><enter>", " ".join(["zoo"] * 12)) == []


def test_letters_are_put_in_and_taken_away_where_the_mark_is() -> None:
    replies: list[Secret] = []
    request = paged.EnterPaper("String", (), paged.PaperForm.CODEX32)
    shown = frame(pages.LetterEntry(request, replies.append))
    press(shown, "ms1 tst<left><left>e<home><right><right><right><right>")
    press(shown, "<end>x<backspace><enter>")
    assert replies == [Secret(b"MS1TEST")]


def test_a_page_is_ended_by_its_word_only() -> None:
    replies: list[None] = []
    request = paged.Tell("Sign this message?", ("Message",), "sign")
    shown = frame(pages.TellTypedScreen(request, replies.append))
    press(shown, "<enter>yes<enter>")
    assert replies == []
    press(shown, "sign<enter>")
    assert replies == [None]


def test_a_choice_and_lines_are_replied() -> None:
    places: list[int] = []
    request = paged.Choose("Choose", (), (("A", ""), ("B", "b"), ("C", "")))
    press(frame(pages.ChooseScreen(request, places.append)), "<down><enter>3")
    assert places == [1, 2]
    lines: list[tuple[str, ...]] = []
    filled = frame(pages.FillScreen(paged.Fill("Fill", (), ("One", "Two")), lines.append))
    press(filled, " a <enter>b<enter>")
    assert lines == [("a", "b")]


def noted(pressed: str, *, covered: bool = False) -> tuple[list[notes.Note], bool]:
    """What was noted at a sheet, and whether its step was left; `covered` says what must be seen then."""
    kept: list[notes.Note] = []
    left: list[None] = []
    request = paged.ShowPaper("Sheet 1 of 3", (), Secret(b"academic acid"), paged.PaperForm.SLIP39)
    screen = pages.ShowPaperScreen(request, lambda _: None)
    shown = StationFrame(screen, Status(), lambda: left.append(None), kept.append)
    press(shown, pressed)
    assert ("academic" in text(shown)) != covered
    return kept, bool(left)


def test_an_exception_is_noted_and_the_screen_comes_back() -> None:
    note = notes.Note(
        kind="exception",
        screen="Sheet 1 of 3",
        expected="quiet",
        happened="alarm",
        decision="go on",
        by="Ada",
    )
    assert noted("<f9>quiet<enter>alarm<enter>Ada<enter><enter>") == ([note], False)
    assert noted("<f9>a<enter>b<enter>c<enter><right><enter>")[1]
    assert noted("<f9><esc>") == ([], False)
    assert noted("<f9>quiet<enter><enter><enter><enter>", covered=True) == ([], False)


def test_a_pause_blanks_the_screen_until_the_word_is_typed() -> None:
    assert noted("<f10>", covered=True) == ([], False)
    assert noted("<f10><esc>go<enter>", covered=True) == ([], False)
    kept, left = noted("<f10>go on<enter>")
    assert [note.kind for note in kept] == ["pause"]
    assert not left
