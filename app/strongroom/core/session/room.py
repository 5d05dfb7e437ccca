"""Who is in the room, and what time it is: the second half of the opening.

One person is asked for the time once and for no names. Several people are called by name and role, and two of
them enter the time, each without the other's.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from strongroom.core.errors import Violation
from strongroom.core.moment import render_moment
from strongroom.core.session.desk import Desk, Person, check_time, problem_of, record
from strongroom.core.session.pages import Choose, Fill, Tell
from strongroom.core.session.requests import Cancelled, DeclareTime, ShowStop, Steps, ask
from strongroom.core.text import check_text

PEOPLE_CAP = 12
APART = timedelta(minutes=10)
_NAME_CAP = 64
_TWO = 2
_ROLES = ("operator", "administrator", "witness", "custodian", "approver")


def open_room(desk: Desk) -> Steps[None]:
    """Fill in who is there and what time it is; neither question can be left."""
    while True:
        try:
            place = yield from ask(Choose("Who is in the room?", _WHO, _OPTIONS))
            desk.people = () if place == 0 else (yield from _roll_call())
            break
        except Cancelled:
            continue
    while not (yield from declare_time(desk)):
        pass


def declare_time(desk: Desk) -> Steps[bool]:
    """Have the time declared; False when people left the question, and the time stays as it was."""
    while True:
        try:
            desk.declared = yield from _agree_on_time(desk)
        except Cancelled:
            return False
        except Violation as stop:
            yield from ask(ShowStop(stop))
            continue
        yield from record(desk, "time", "time-declared", {})
        return True


def roll_lines(people: tuple[Person, ...]) -> tuple[str, ...]:
    """Names and roles as they are read aloud."""
    return tuple(f"{number:>2}  {p.name}, {p.role}" for number, p in enumerate(people, 1))


def _roll_call() -> Steps[tuple[Person, ...]]:
    people: list[Person] = []
    problem = ""
    while len(people) < PEOPLE_CAP:
        title = f"Roll call: person {len(people) + 1}"
        lines = (*_CALL, "", *roll_lines(tuple(people)))
        name, role = yield from ask(Fill(title, lines, ("Name", "Role"), problem))
        try:
            if not name and len(people) >= _TWO:
                break
            people.append(parse_person(name, role, tuple(people)))
            problem = ""
        except Violation as stop:
            problem = problem_of(stop)
    yield from ask(Tell("Roll call", roll_lines(tuple(people))))
    return tuple(people)


def parse_person(name: str, role: str, others: tuple[Person, ...]) -> Person:
    """A person with a name that nobody else has and a known role; raises BUNDLE-TEXT or ROLL-CALL."""
    check_text(name, where="the name", cap=_NAME_CAP)
    if any(other.name.casefold() == name.casefold() for other in others):
        raise Violation("ROLL-CALL", f"{name} was called already")
    chosen = next((known for known in _ROLES if role and known.startswith(role.lower())), None)
    if chosen is None:
        raise Violation("ROLL-CALL", f"the role is none of {', '.join(_ROLES)}")
    if chosen == "operator" and any(other.role == "operator" for other in others):
        raise Violation("ROLL-CALL", "there is an operator already, the only hands on the keyboard")
    return Person(name=name, role=chosen)


def _agree_on_time(desk: Desk) -> Steps[datetime]:
    release = desk.release
    reason = f"release {release.version} was built then"
    first = yield from ask(DeclareTime(release.built, reason, person=1 if desk.people else 0))
    check_time(first, release.built, "this release was built")
    if not desk.people:
        return first
    second = yield from ask(DeclareTime(release.built, reason, person=2))
    check_time(second, release.built, "this release was built")
    if abs(second - first) > APART:
        raise Violation(
            "SESSION-TIME",
            f"two people declared {render_moment(first)} and {render_moment(second)}, "
            f"more than {APART.seconds // 60} minutes apart",
            hint="read the clocks again, in UTC, each for oneself",
        )
    return max(first, second)


_WHO = (
    (
        "With several people there is a roll call, two of them declare the time, and each "
        "says at the end whether the record is right. One person has far fewer steps."
    ),
)
_OPTIONS = (
    ("One person", "for oneself, or for a rehearsal"),
    ("Several people", "operator, witnesses, custodians"),
)
_CALL = (
    f"Roles: {', '.join(_ROLES)}; the first letters are enough.",
    "The operator has the only hands on the keyboard. Leave the name empty at the end.",
)
