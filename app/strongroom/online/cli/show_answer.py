"""Answers in words and in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strongroom.core.moment import render_moment
from strongroom.online.cli.desk import plural

if TYPE_CHECKING:
    from strongroom.online.answers import Standing
    from strongroom.online.cli.desk import Desk, Printable
    from strongroom.online.intake import Taken
    from strongroom.online.trial import Trial


def answer_facts(taken: Taken) -> dict[str, Printable]:
    """A request's checked answers as one JSON object."""
    return {
        "request_id": taken.record.request_id,
        "wallet": taken.record.wallet,
        "threshold": taken.standing.threshold,
        "signed": list(taken.standing.signed),
        "missing": taken.standing.missing,
        "partly": dict(taken.standing.partly),
        "could_sign": list(taken.standing.could_sign),
        "complete": taken.standing.is_complete,
        "answers": [
            {
                "digest": answer.digest,
                "declared": render_moment(answer.manifest.declared),
                "vault": answer.vault,
                "signers": list(answer.signers),
                "people": [f"{p.name} ({p.role})" for p in answer.manifest.approvals],
                "release": answer.manifest.release,
                "transcript_head": answer.manifest.transcript_head,
            }
            for answer in taken.answers
        ],
    }


def trial_facts(trial: Trial) -> dict[str, Printable]:
    """How a transaction was tried, for the JSON of a broadcast."""
    return {
        "judge": trial.judge.value,
        "tried": list(trial.tried),
        "untried": list(trial.untried),
    }


def print_answer(desk: Desk, taken: Taken) -> None:
    """A request's checked answers for people."""
    desk.say(f"Answer to request {taken.record.request_id} of wallet {taken.record.wallet}")
    for answer in taken.answers:
        people = ", ".join(f"{p.name} ({p.role})" for p in answer.manifest.approvals) or "nobody"
        desk.say(f"  signed by    {', '.join(answer.signers)}")
        desk.say(f"  in the room  {people}, {render_moment(answer.manifest.declared)} (declared)")
        desk.say(f"  vault        {answer.vault or 'not checked: the wallet file names none'}")
        desk.say(f"  transcript   {answer.manifest.transcript_head}")
    stand = taken.standing
    if stand.is_complete:
        desk.say(f"Complete: {len(stand.signed)} of {stand.threshold} needed keys have signed.")
        return
    for name, count in stand.partly:
        desk.say(f"Key {name} has signed {count} of {plural(stand.inputs, 'input')} only.")
    desk.say(what_is_missing(stand))


def what_is_missing(stand: Standing) -> str:
    """Which signatures an incomplete request waits for, or that it waits for a lock."""
    if stand.missing is None:
        return "No signatures spend it as it is: a lock of the wallet's script is not set in it."
    return f"{stand.missing} more of these keys have to sign: {', '.join(stand.could_sign)}"
