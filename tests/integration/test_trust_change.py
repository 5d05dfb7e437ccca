"""A change of trust from the companion to the station's vault, with real gpg, and each wrong path refused."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from strongroom.core.bundle.archive import parse_signed_text
from strongroom.core.bundle.model import BundleFile
from strongroom.core.bundle.trust_change import NEW, OLD, check_signed, parse_change, signed_under
from strongroom.core.bundle.verify import certificates_for
from strongroom.core.moment import parse_moment
from strongroom.core.secret import Secret
from strongroom.core.session import pages as paged
from strongroom.core.session import requests as asked
from strongroom.core.session.trust import LIST_NAME, terms_of
from strongroom.core.session.values import Confirmation, Task
from strongroom.core.text import canonical_json
from strongroom.core.transcript.chain import verify_chain
from strongroom.core.vault.age import encrypt_with_passphrase
from strongroom.core.vault.contents import render_vault
from strongroom.core.vault.model import TrustList, VaultContents
from strongroom.core.vault.trust_file import (
    parse_list,
    render_list,
)
from strongroom.core.words import pgp_words
from strongroom.online.trust_change import added
from strongroom.station.adapters.gnupg import Gnupg
from tests.e2e.companion import Companion, CompanionError
from tests.unit.core.session.operator import NOW
from tests.unit.core.session.test_backups import Room
from tests.unit.core.session.test_vaults import PASSPHRASE, opened
from tests.vectors.generate_bundles import BAD, keyring
from tests.vectors.trust_changes import Change, person, vault

pytestmark = pytest.mark.integration
HOUR = timedelta(hours=1)
FILES = sorted(
    path for path in BAD.glob("*/*.json") if json.loads(path.read_text())["stage"] == "trust"
)


@dataclass
class Station(Room):
    """The scripted room of the unit tests, with the real gpg beside it."""

    openpgp: Gnupg = field(default_factory=lambda: Gnupg(Path("/tmp")))  # noqa: S108 - replaced

    def answer(self, request: Any) -> Any:  # noqa: ANN401 - each request has its own reply
        match request:
            case asked.CheckSignatures():
                return self.openpgp.verify_signatures(
                    request.manifest, request.signatures, request.certificates
                )
            case asked.ListCertificate():
                return self.openpgp.list_certificate(request.certificate)
            case asked.ConfirmPolicy():
                return Confirmation(name=f"P{request.number}", role="", typed=(request.word,))
        return super().answer(request)


@pytest.fixture(scope="module")
def gpg() -> Iterator[Callable[..., str]]:
    with keyring() as run:
        yield run


def held(change: Change, folder: Path, data: bytes | None = None, **fills: Any) -> Station:  # noqa: ANN401 - replies
    """The station that opened the vault and was given the change."""
    file = change.file() if data is None else data
    made = Station(
        {
            asked.ChooseFile: [_sealed(change.contents), BundleFile(name="n.trust", data=file)],
            asked.EnterPassphrase: [Secret(PASSPHRASE.reveal())],
        },
        ceremonies=["Change of trust"],
        choices={"Change of trust": "Take a change"},
        openpgp=Gnupg(folder),
    )
    title = "Change of trust, number 1"
    words = words_of_digest(hashlib.sha256(change.manifest()).digest())
    made.fills = {title: fills.get("words", words)}
    made.run(Task.OPEN_VAULT, Task.CEREMONY)
    return made


def words_of_digest(digest: bytes) -> Callable[[paged.Fill], tuple[str, ...]]:
    words = pgp_words(digest)
    return lambda asks: tuple(words[int(name.removeprefix("Word ")) - 1] for name in asks.labels)


def _sealed(contents: VaultContents) -> BundleFile:
    data = encrypt_with_passphrase(
        render_vault(contents), Secret(PASSPHRASE.reveal()), work_factor=4, random=os.urandom
    )
    return BundleFile(name="strongroom.vault", data=data)


def test_both_quorums_change_the_trust(gpg: Callable[..., str], tmp_path: Path) -> None:
    change = Change(gpg)
    made = held(change, tmp_path)
    assert made.stops() == []
    contents = opened(made.written["strongroom.vault"])
    assert contents.trust == change.trust
    assert (contents.trust_sequence, contents.generation) == (1, 2)
    shown = next(r for r in made.asked if isinstance(r, asked.ConfirmPolicy))
    assert {row.label for row in shown.changes} == {"Approver Ben", "Approver Mallory"}
    assert [row.lowers for row in shown.changes] == [True, False]
    record = verify_chain(made.written["trust-2.transcript.jsonl"])
    assert record.head.hex() == contents.history.transcript_head
    assert any("do not revoke" in line for line in made.told[-1].lines)


def test_the_same_change_is_not_taken_twice(gpg: Callable[..., str], tmp_path: Path) -> None:
    change = Change(gpg)
    data = change.file()
    after = opened(held(change, tmp_path).written["strongroom.vault"])
    assert held(replace(change, contents=after), tmp_path, data).stops() == ["TRUST-SEQUENCE"]
    back = TrustList(approvers=change.contents.trust.approvers, quorum=(("approver", 2),))
    again = replace(after, trust=back)  # the first list once more: A to B to A
    assert held(replace(change, contents=again), tmp_path, data).stops() == ["TRUST-SEQUENCE"]


def test_words_of_another_change_stop_with_trust_words(
    gpg: Callable[..., str], tmp_path: Path
) -> None:
    other = words_of_digest(bytes(32))
    made = held(Change(gpg), tmp_path, words=other)
    assert made.stops() == ["TRUST-WORDS"]
    assert made.written == {}


@pytest.mark.parametrize(
    ("signers", "side"), [(("ana", "mallory"), OLD), (("ana", "ben"), NEW), ((), OLD)]
)
def test_neither_list_alone_is_enough(
    signers: tuple[str, ...], side: str, gpg: Callable[..., str], tmp_path: Path
) -> None:
    made = held(Change(gpg, signers=signers), tmp_path)
    (stop,) = [r.stop for r in made.asked if isinstance(r, asked.ShowStop)]
    assert stop.rule == "TRUST-QUORUM"
    assert f"under the {side} list: {len(signers) // 2} of 2" in stop.message
    assert made.written == {}


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_bad_change_trips_its_rule(path: Path, tmp_path: Path) -> None:
    vector = json.loads(path.read_text())
    listed = parse_list(canonical_json(vector["list"]))
    contents = replace(
        vault(),
        trust=listed.terms.trust,
        policy=listed.terms.policy,
        trust_sequence=listed.sequence,
    )
    assert parse_moment(vector["declared"]) == NOW
    made = held(
        Change(unsigned, contents=contents), tmp_path, path.with_suffix(".trust").read_bytes()
    )
    assert made.stops() == [path.parent.name]
    assert made.written == {}


def unsigned(*_: object, **__: object) -> str:
    """The gpg of a change that is only a frame for a file."""
    raise NotImplementedError


def test_one_who_signed_twice_in_one_file_counts_for_nothing(
    gpg: Callable[..., str], tmp_path: Path
) -> None:
    change = Change(gpg, signers=("ana", "mallory"))
    honest = change.sign
    twice = replace(change, sign_as=lambda name, data: honest(name, data) * 2)
    assert held(twice, tmp_path).stops() == ["BUNDLE-SIGNATURE"]
    names = [signature.fingerprint for signature in parse_signed_text(change.file()).signatures]
    assert len(names) == len(set(names))


def test_a_change_that_is_cut_or_bent_is_refused(gpg: Callable[..., str], tmp_path: Path) -> None:
    change = Change(gpg)
    data = change.file()
    assert held(change, tmp_path, data[:900]).stops() == ["BUNDLE-FORMAT"]
    bent = data.replace(b'"sequence":1', b'"sequence":3')
    assert bent != data
    assert held(change, tmp_path, bent).stops() == ["BUNDLE-SIGNATURE"]


def test_the_companion_makes_a_change_that_the_station_takes(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="sr-") as short:
        companion = Companion(Path(short) / "c")
        try:
            people = {name: companion.make_approver(name) for name in ("Ana", "Ben", "Dan")}
            listed = replace(vault(), trust=TrustList())
            for name in ("Ana", "Ben"):
                trust = added(listed.trust, name, people[name][1], ("approver",))
                early = tuple(replace(p, valid_from=NOW - HOUR) for p in trust.approvers)
                listed = replace(listed, trust=replace(trust, approvers=early))
            folder = Path(short)
            (folder / LIST_NAME).write_bytes(render_list(terms_of(listed)))
            (folder / "dan.asc").write_bytes(people["Dan"][1])
            args = ("--add", f"Dan={folder / 'dan.asc'}", "--remove", "Ben", "--limit")
            made = companion.run(
                *("trust", "propose", str(folder / LIST_NAME), *args, "witnesses=2"),
                *("--threshold", "approver=2", "--to", str(folder / "next.trust")),
            )
            assert [row["what"] for row in made["changes"] if row["protects_less"]] == [
                "Approver Dan"
            ]
            for name in ("Ana", "Dan"):
                key = people[name][0]
                signed = companion.run("trust", "approve", str(folder / "next.trust"), "--key", key)
            assert sorted(signed["signed"]) == sorted(people[n][0] for n in ("Ana", "Dan"))
            (folder / "stick").mkdir()
            written = companion.run(
                "trust", "write", str(folder / "next.trust"), "--to", str(folder / "stick")
            )
            data = Path(written["file"]).read_bytes()
        finally:
            companion.close()
    archive = parse_signed_text(data)
    openpgp, later = Gnupg(tmp_path), datetime.now(tz=UTC)
    change = parse_change(archive, terms_of(listed), later)
    assert (change.sequence, change.terms.policy.witnesses) == (1, 2)
    for trust, side in ((listed.trust, OLD), (change.terms.trust, NEW)):
        part = signed_under(archive, trust, later)
        certificates = certificates_for(part, trust)
        reports = openpgp.verify_signatures(part.manifest, part.signatures, certificates)
        names = check_signed(part, reports, trust, later, side=side)
        assert set(names) == ({"Ana"} if side == OLD else {"Ana", "Dan"})


def test_a_revoked_certificate_takes_its_place_only_where_the_list_revokes_it() -> None:
    with tempfile.TemporaryDirectory(prefix="sr-") as short:
        folder = Path(short)
        companion = Companion(folder / "c")
        try:
            print_, certificate = companion.make_approver("Ben")
            trust = added(TrustList(), "Ben", certificate, ("approver",))
            trust = added(trust, "Ana", person("ana").certificate, ("approver",))
            (folder / LIST_NAME).write_bytes(render_list(terms_of(replace(vault(), trust=trust))))
            (folder / "ben.asc").write_bytes(companion.revoke(print_))
            propose = ("trust", "propose", str(folder / LIST_NAME), "--to", str(folder / "n.trust"))
            renew = ("--renew", str(folder / "ben.asc"))
            with pytest.raises(CompanionError, match='add --revoke "Ben"'):
                companion.run(*propose, *renew)
            made = companion.run(*propose, *renew, "--revoke", "Ben")
        finally:
            companion.close()
    assert {row["what"] for row in made["changes"]} == {"Validity of Ben", "Certificate of Ben"}
