"""The limits of a vault's policy: what each is called, its unit, its range, and which way is stricter.

One table for the screens, for what people type, for the read-back of a change and for docs/rules.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from strongroom.core.errors import Violation
from strongroom.core.money import MAX_MONEY, parse_amount, render_btc
from strongroom.core.vault.model import Policy

NONE = "none"
RULE = "POLICY-VALUE"
Value = int | bool | None


class Unit(Enum):
    """What a limit is counted in; the value is what stands behind the number."""

    AMOUNT = "BTC"
    PERCENT = "%"
    RATE = "sat/vB"
    MILLIRATE = "sat/vB, in thousandths"
    BLOCKS = "blocks"
    INDEXES = "addresses"
    PEOPLE = "people"
    SWITCH = "yes or no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One field of `Policy`, and what it means. `is_cap`: a smaller number is stricter; else a larger one is.

    `low` and `high` bound it, in its own unit; `may_be_none` says that the policy may do without.
    """

    field: str
    label: str
    meaning: str
    unit: Unit
    is_cap: bool = True
    low: int = 0
    high: int = 1_000_000
    may_be_none: bool = False


LIMITS = (
    Limit(
        field="fee_absolute",
        label="Fee, at most",
        meaning="A request that pays a higher fee is refused.",
        unit=Unit.AMOUNT,
        low=1,
        high=MAX_MONEY,
    ),
    Limit(
        field="fee_rate",
        label="Feerate, at most",
        meaning="A request that pays more for each virtual byte is refused.",
        unit=Unit.RATE,
        low=1,
        high=100_000,
    ),
    Limit(
        field="fee_share_block",
        label="Fee share, at most",
        meaning="A fee that is a larger share of what is sent is refused.",
        unit=Unit.PERCENT,
        high=100,
    ),
    Limit(
        field="fee_share_warn",
        label="Fee share, warn over",
        meaning="A fee that is a larger share of what is sent is a warning.",
        unit=Unit.PERCENT,
        high=100,
    ),
    Limit(
        field="fee_relay_millisats",
        label="Feerate, warn below",
        meaning="A feerate that nodes may not relay is a warning.",
        unit=Unit.MILLIRATE,
        is_cap=False,
        low=100,
        high=1000,
    ),
    Limit(
        field="amount_per_transaction",
        label="Sent at once, at most",
        meaning="A request that sends more in one transaction is refused.",
        unit=Unit.AMOUNT,
        low=1,
        high=MAX_MONEY,
        may_be_none=True,
    ),
    Limit(
        field="amount_per_window",
        label="Sent per window, at most",
        meaning="A request that sends more, with all that this vault sent within the window of blocks "
        "before, is refused.",
        unit=Unit.AMOUNT,
        low=1,
        high=MAX_MONEY,
        may_be_none=True,
    ),
    Limit(
        field="window_blocks",
        label="Length of the window",
        meaning="How many blocks the window has; 144 blocks are about a day.",
        unit=Unit.BLOCKS,
        is_cap=False,
        low=1,
    ),
    Limit(
        field="address_book_only",
        label="Only to the address book",
        meaning="With yes, a payment to an address that is not in the address book is refused.",
        unit=Unit.SWITCH,
    ),
    Limit(
        field="witnesses",
        label="People who confirm",
        meaning="How many different people confirm each request, and each change of this policy.",
        unit=Unit.PEOPLE,
        is_cap=False,
        low=1,
        high=16,
    ),
    Limit(
        field="change_gap",
        label="Change ahead of inputs",
        meaning="Change at a higher index than that of the inputs and this many more is a warning.",
        unit=Unit.INDEXES,
    ),
    Limit(
        field="locktime_horizon",
        label="Locks ahead of the tip",
        meaning="A transaction that stays locked for more blocks than this is refused.",
        unit=Unit.BLOCKS,
    ),
    Limit(
        field="block_unknown_fields",
        label="Refuse unknown fields",
        meaning="With yes, a PSBT with fields that this signer does not know is refused.",
        unit=Unit.SWITCH,
    ),
)


def limit_of(field: str) -> Limit:
    """The limit on that field of `Policy`."""
    return next(limit for limit in LIMITS if limit.field == field)


def value_of(policy: Policy, limit: Limit) -> Value:
    """The value that `policy` has for `limit`."""
    value: Value = getattr(policy, limit.field)
    return value


def render_value(limit: Limit, value: Value) -> str:
    """A value with its unit, as people read it."""
    if value is None:
        return NONE
    match limit.unit:
        case Unit.SWITCH:
            return "yes" if value else "no"
        case Unit.AMOUNT:
            return render_btc(value)
        case Unit.MILLIRATE:
            return f"{value // 1000}.{value % 1000 // 100} sat/vB"
        case Unit.PEOPLE | Unit.INDEXES if value == 1:
            return "1 person" if limit.unit is Unit.PEOPLE else "1 address"
        case _:
            return f"{value:,} {limit.unit.value}".replace(",", " ")


def form_of(limit: Limit) -> str:
    """How a value is typed."""
    forms = {
        Unit.AMOUNT: "an amount with its unit, such as 0.5btc or 50000sat",
        Unit.SWITCH: "yes or no",
        Unit.MILLIRATE: "1 or 0.1",
    }
    whole = f"a whole number from {limit.low} to {limit.high}"
    form = forms.get(limit.unit, whole)
    return f"{form}; or {NONE}" if limit.may_be_none else form


def parse_value(limit: Limit, typed: str) -> Value:
    """What people typed for `limit`, within its range; raises POLICY-VALUE."""
    text = typed.strip().lower()
    if text == NONE and limit.may_be_none:
        return None
    value = _parse(limit, text)
    if not limit.low <= value <= limit.high:
        raise Violation(
            RULE,
            f"{limit.label}: {render_value(limit, value)} is not from {render_value(limit, limit.low)} "
            f"to {render_value(limit, limit.high)}",
        )
    return value


def lowers(limit: Limit, old: Value, new: Value) -> bool:
    """Whether the change from `old` to `new` protects less."""
    if old == new or old is None:
        return False
    if new is None:
        return True
    return (new > old) == limit.is_cap if limit.unit is not Unit.SWITCH else not new


def _parse(limit: Limit, text: str) -> int:
    if limit.unit is Unit.SWITCH:
        if text not in {"yes", "no"}:
            raise Violation(RULE, f"{limit.label}: {text!r} is neither yes nor no")
        return text == "yes"
    if limit.unit is Unit.AMOUNT:
        try:
            return parse_amount(text)
        except ValueError as error:
            raise Violation(RULE, f"{limit.label}: {error}") from error
    if limit.unit is Unit.MILLIRATE:
        if text not in {"1", "1.0", "0.1"}:
            raise Violation(RULE, f"{limit.label}: {text!r} is neither 1 nor 0.1 sat/vB")
        return 100 if text == "0.1" else 1000
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(limit.high))):
        raise Violation(RULE, f"{limit.label}: {text!r} is not a whole number up to {limit.high}")
    return int(text)
