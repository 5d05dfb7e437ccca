"""Changing the policy: what is read back, who has to agree, what is written and recorded, and what is not."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.unit.core.session.operator import NOW, Operator
from tests.vectors.factory import draft, seed, stranger
from tests.vectors.generate_bundles import fingerprint_of

from strongroom.core.bundle.model import BundleFile
from strongroom.core.errors import Fault
from strongroom.core.money import Sats
from strongroom.core.secret import Secret
from strongroom.core.session import requests as asked
from strongroom.core.session.values import Confirmation, Task, TermsEdit, TermsStep
from strongroom.core.transcript.chain import append, verify_chain
from strongroom.core.transcript.model import Event, Transcript
from strongroom.core.vault.age import decrypt_with_passphrase, encrypt_with_passphrase
from strongroom.core.vault.contents import parse_vault, render_vault
from strongroom.core.vault.contents_policy import policy_digest, trust_digest
from strongroom.core.vault.model import Approver, History, Policy, TrustList, VaultContents

PASSPHRASE = "correct horse battery staple"
DONE = TermsEdit(step=TermsStep.DONE)
BOOK = f"address,name\n{stranger(1)},Landlord\n{stranger(2)},Power company\n".encode()


@pytest.fixture(autouse=True)
def cheap_vaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """A low work factor: these tests are about order, not about guessing passphrases."""
    monkeypatch.setattr("strongroom.core.session.desk.WORK_FACTOR", 4)


@pytest.fixture(autouse=True)
def events(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """Every event that is appended to a transcript."""
    kept: list[Event] = []

    def noting(transcript: Transcript, event: Event, *, salt: bytes) -> Transcript:
        kept.append(event)
        return append(transcript, event, salt=salt)

    monkeypatch.setattr("strongroom.core.session.desk.append", noting)
    return kept


def change_in(events: list[Event]) -> Event:
    """The one event of a change."""
    (event,) = [event for event in events if event.type == "policy-changed"]
    return event


def person(name: str) -> Approver:
    return Approver(
        name=name.title(),
        fingerprint=fingerprint_of(name),
        certificate=name.encode(),
        roles=frozenset(("approver",)),
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        valid_until=None,
        revoked_from=None,
    )


VAULT = VaultContents(
    generation=7,
    seeds=(seed("ana"),),
    wallets=(draft().registered,),
    trust=TrustList(approvers=(person("ana"), person("ben"))),
)


def edit(step: TermsStep, key: str = "", typed: str = "") -> TermsEdit:
    return TermsEdit(step=step, key=key, typed=typed)


def limit(field: str, typed: str) -> TermsEdit:
    return edit(TermsStep.SET_LIMIT, field, typed)


def agreed(word: str, name: str = "Olga") -> Confirmation:
    return Confirmation(name=name, role="operator", typed=(word,))


def change(
    contents: VaultContents = VAULT, *, task: Task = Task.CHANGE_POLICY, **script: list[Any]
) -> Operator:
    drawn = iter(range(256))
    data = encrypt_with_passphrase(
        render_vault(contents),
        Secret(PASSPHRASE.encode()),
        work_factor=4,
        random=lambda size: bytes(next(drawn) for _ in range(size)),
    )
    files = [BundleFile(name="strongroom.vault", data=data), *script.pop("ChooseFile", [])]
    operator = Operator(
        {
            asked.ChooseFile: files,
            asked.EnterPassphrase: [Secret(PASSPHRASE.encode())],
            **{getattr(asked, name): replies for name, replies in script.items()},
        }
    )
    operator.run(Task.OPEN_VAULT, task)
    return operator


def saved(operator: Operator) -> VaultContents:
    data = operator.written["strongroom.vault"]
    return parse_vault(decrypt_with_passphrase(data, Secret(PASSPHRASE.encode())))


def asked_for(operator: Operator, kind: type) -> list[Any]:
    return [request for request in operator.asked if isinstance(request, kind)]


def test_a_vault_whose_policy_nobody_opened_has_the_defaults() -> None:
    assert parse_vault(render_vault(VAULT)).policy == Policy()


def test_a_stricter_limit_is_read_back_and_saved_as_a_new_generation() -> None:
    operator = change(
        EditPolicy=[limit("amount_per_window", "0.1 btc"), limit("window_blocks", "288"), DONE],
        ConfirmPolicy=[agreed("save")],
    )
    contents = saved(operator)
    record = verify_chain(operator.written["policy-8.transcript.jsonl"])
    assert contents == replace(
        VAULT,
        generation=8,
        policy=Policy(amount_per_window=Sats(10_000_000), window_blocks=288),
        history=History(transcript_head=record.head.hex(), last_declared=NOW),
    )
    assert b"0.10000000 BTC" in operator.written["policy-8.transcript.txt"]
    (confirm,) = asked_for(operator, asked.ConfirmPolicy)
    assert [(c.label, c.old, c.new, c.lowers) for c in confirm.changes] == [
        ("Sent per window, at most", "none", "0.10000000 BTC", False),
        ("Length of the window", "144 blocks", "288 blocks", False),
    ]
    assert confirm.word == "save"


def test_the_transcript_keeps_the_digests_of_the_old_and_the_new_terms(events: list[Event]) -> None:
    operator = change(EditPolicy=[limit("fee_rate", "100"), DONE], ConfirmPolicy=[agreed("save")])
    recorded = change_in(events)
    old, new = Policy(), Policy(fee_rate=100)
    trust = trust_digest(VAULT.trust).hex()
    assert dict(recorded.inputs) == {"policy": policy_digest(old).hex(), "trust": trust}
    assert dict(recorded.outputs) == {"policy": policy_digest(new).hex(), "trust": trust}
    assert recorded.actors == ("Olga",)
    assert dict(recorded.body)["changes"] == ("Feerate, at most: 500 sat/vB -> 100 sat/vB",)
    result = asked_for(operator, asked.ShowResult)[-1]
    assert result.digest == policy_digest(new)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("fee_absolute", "0.02btc"),
        ("fee_rate", "501"),
        ("fee_share_block", "11"),
        ("fee_share_warn", "6"),
        ("fee_relay_millisats", "0.1"),
        ("change_gap", "201"),
        ("locktime_horizon", "2017"),
        ("block_unknown_fields", "no"),
        ("amount_per_transaction", "none"),
        ("amount_per_window", "2btc"),
        ("window_blocks", "143"),
        ("address_book_only", "no"),
        ("witnesses", "1"),
    ],
)
def test_less_protection_needs_its_own_word(field: str, typed: str) -> None:
    strict = Policy(
        amount_per_transaction=Sats(1),
        amount_per_window=Sats(100_000_000),
        address_book_only=True,
        witnesses=2,
    )
    operator = change(
        replace(VAULT, policy=strict),
        EditPolicy=[limit(field, typed), DONE],
        ConfirmPolicy=[agreed("save"), agreed("lower"), agreed("lower", "Wim")],
    )
    confirms = asked_for(operator, asked.ConfirmPolicy)
    assert [c.word for c in confirms] == ["lower"] * 3
    assert [c.lowers for c in confirms[0].changes] == [True]
    assert 'Type "lower"' in confirms[1].problem
    assert saved(operator).generation == 8


def test_as_many_people_agree_as_the_policy_in_force_asks_for_each_once(
    events: list[Event],
) -> None:
    operator = change(
        replace(VAULT, policy=Policy(witnesses=2)),
        EditPolicy=[limit("witnesses", "1"), DONE],
        ConfirmPolicy=[agreed("lower"), agreed("lower", " OLGA"), agreed("lower", "Wim")],
    )
    numbers = [(c.number, c.total) for c in asked_for(operator, asked.ConfirmPolicy)]
    assert numbers == [(1, 2), (2, 2), (2, 2)]
    assert change_in(events).actors == ("Olga", "Wim")


def test_leaving_changes_nothing_and_leaving_the_read_back_comes_back_to_the_limits() -> None:
    operator = change(
        EditPolicy=[limit("fee_rate", "100"), DONE, asked.Cancelled()],
        ConfirmPolicy=[asked.Cancelled()],
    )
    assert operator.written == {}
    last = asked_for(operator, asked.EditPolicy)[-1]
    assert [row.new for row in last.limits if row.field == "fee_rate"] == ["100 sat/vB"]


def test_what_is_typed_wrongly_is_said_and_asked_for_again() -> None:
    operator = change(
        EditPolicy=[
            DONE,
            limit("fee_rate", "many"),
            limit("witnesses", "17"),
            limit("amount_per_window", "1"),
            limit("address_book_only", "maybe"),
            asked.Cancelled(),
        ]
    )
    problems = [r.problem for r in asked_for(operator, asked.EditPolicy)[1:]]
    assert all(problem.startswith("POLICY-VALUE: ") for problem in problems)
    assert "from 1 person to 16 people" in problems[2]
    assert operator.written == {}


def test_addresses_are_added_imported_and_removed(events: list[Event]) -> None:
    add = edit(TermsStep.ADD_ENTRY, stranger(1).upper(), "Old landlord")
    operator = change(
        EditPolicy=[edit(TermsStep.OPEN_BOOK), limit("address_book_only", "yes"), DONE],
        EditBook=[
            add,
            edit(TermsStep.IMPORT_BOOK),
            edit(TermsStep.TOGGLE_ENTRY, stranger(2)),
            asked.Cancelled(),
        ],
        ChooseFile=[BundleFile(name="a.addresses.csv", data=BOOK)],
        ConfirmPolicy=[agreed("lower")],
    )
    policy = saved(operator).policy
    assert policy.address_book == ((stranger(1), "Landlord"),)
    imported = dict(change_in(events).inputs)["addresses_1"]
    assert imported == hashlib.sha256(BOOK).hexdigest()


def test_an_entry_that_was_removed_can_be_put_back() -> None:
    book = ((stranger(1), "Landlord"),)
    toggle = edit(TermsStep.TOGGLE_ENTRY, stranger(1))
    operator = change(
        replace(VAULT, policy=Policy(address_book=book)),
        EditPolicy=[edit(TermsStep.OPEN_BOOK), DONE, asked.Cancelled()],
        EditBook=[toggle, toggle, asked.Cancelled()],
    )
    marks = [[row.mark for row in r.entries] for r in asked_for(operator, asked.EditBook)]
    assert marks == [[""], ["removed"], [""]]
    assert "nothing is changed" in asked_for(operator, asked.EditPolicy)[-1].problem


def test_a_bad_entry_a_bad_file_and_a_bad_stick_lose_nothing_that_was_typed() -> None:
    operator = change(
        EditPolicy=[limit("fee_rate", "100"), edit(TermsStep.OPEN_BOOK), DONE],
        EditBook=[
            edit(TermsStep.ADD_ENTRY, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "Main"),
            edit(TermsStep.ADD_ENTRY, stranger(1)[:-1], "Short"),
            edit(TermsStep.IMPORT_BOOK),
            edit(TermsStep.IMPORT_BOOK),
            asked.Cancelled(),
        ],
        ChooseFile=[
            BundleFile(name="a.addresses.csv", data=b"address;name\n"),
            Fault("MEDIA-GONE", "the stick was pulled out"),
        ],
        ConfirmPolicy=[agreed("save")],
    )
    problems = [r.problem.partition(":")[0] for r in asked_for(operator, asked.EditBook)]
    assert problems == ["", "INPUT-NETWORK", "ADDRESS", "ADDRESS-BOOK", ""]
    assert operator.stops() == ["MEDIA-GONE"]
    assert saved(operator).policy == Policy(fee_rate=100)


def test_roles_and_thresholds_are_changed_and_must_be_possible() -> None:
    ana = fingerprint_of("ana")
    operator = change(
        EditPolicy=[
            edit(TermsStep.OPEN_APPROVERS),
            DONE,
            edit(TermsStep.OPEN_APPROVERS),
            DONE,
        ],
        EditRoles=[
            edit(TermsStep.SET_ROLES, ana, "Approver, treasurer"),
            edit(TermsStep.SET_THRESHOLD, "treasurer", "2"),
            asked.Cancelled(),
            edit(TermsStep.SET_THRESHOLD, "treasurer", "1"),
            edit(TermsStep.SET_THRESHOLD, "approver", "2"),
            asked.Cancelled(),
        ],
        ConfirmPolicy=[agreed("lower")],
    )
    problem = asked_for(operator, asked.EditPolicy)[2].problem
    assert "2 of role treasurer would be needed, and 1 have it" in problem
    trust = saved(operator).trust
    assert dict(trust.quorum) == {"approver": 2, "treasurer": 1}
    assert [sorted(p.roles) for p in trust.approvers] == [["approver", "treasurer"], ["approver"]]


def test_some_role_is_always_needed() -> None:
    operator = change(
        EditPolicy=[edit(TermsStep.OPEN_APPROVERS), DONE, asked.Cancelled()],
        EditRoles=[edit(TermsStep.SET_THRESHOLD, "approver", "0"), asked.Cancelled()],
    )
    assert "no role would be needed" in asked_for(operator, asked.EditPolicy)[-1].problem


TOGETHER = replace(VAULT, trust=replace(VAULT.trust, quorum=(("approver", 2),)))


@pytest.mark.parametrize(
    "step",
    [
        limit("amount_per_window", "0.1 btc"),
        edit(TermsStep.SET_THRESHOLD, "approver", "1"),
        edit(TermsStep.SET_ROLES, fingerprint_of("ana"), "approver, auditor"),
    ],
    ids=["limit", "threshold", "roles"],
)
def test_where_several_ask_together_the_station_alone_changes_no_terms(step: TermsEdit) -> None:
    roles = step.step is not TermsStep.SET_LIMIT
    script = (
        {
            "EditPolicy": [edit(TermsStep.OPEN_APPROVERS), DONE, asked.Cancelled()],
            "EditRoles": [step, asked.Cancelled()],
        }
        if roles
        else {"EditPolicy": [step, DONE, asked.Cancelled()]}
    )
    operator = change(TOGETHER, **script)
    assert asked_for(operator, asked.ConfirmPolicy) == []
    shown = asked_for(operator, asked.EditPolicy)[-1]
    assert shown.problem.startswith("TRUST-QUORUM: ")
    assert operator.written == {}


def test_where_several_ask_together_the_address_book_is_still_the_stations() -> None:
    entry = edit(TermsStep.ADD_ENTRY, stranger(1), "Landlord")
    operator = change(
        TOGETHER,
        EditPolicy=[edit(TermsStep.OPEN_BOOK), DONE],
        EditBook=[entry, asked.Cancelled()],
        ConfirmPolicy=[agreed("lower")],
    )
    assert saved(operator).policy.address_book == ((stranger(1), "Landlord"),)


def test_where_several_ask_together_nobody_is_added_alone() -> None:
    operator = change(TOGETHER, task=Task.ADD_APPROVER)
    assert operator.stops() == ["TRUST-QUORUM"]
    assert asked_for(operator, asked.AcceptCertificate) == []
