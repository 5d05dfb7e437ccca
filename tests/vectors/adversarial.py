"""Bad drafts of someone who knows the format well: what a sloppy signer would let through.

Further cases beside `cases.py`, which says how they work.
"""

from __future__ import annotations

from strongroom.core.bitcoin.model import ScriptKind
from tests.vectors.cases import case
from tests.vectors.factory import Draft, draft


def _origins(bad: Draft, index: int, number: int) -> list[tuple[int, bytes, bytes]]:
    """Where in input `index` the fields of one type stand, with key and value."""
    fields = enumerate(bad.inputs[index])
    return [(at, key, value) for at, (key, value) in fields if key[0] == number]


@case("PSBT-UNSIGNED-TX")
def inputs_may_still_be_added() -> Draft:
    bad = draft()
    bad.psbt_version = 2
    bad.global_fields.append((b"\x06", b"\x01"))
    return bad


@case("INPUT-KEY")
def one_cosigner_said_to_stand_at_another_index() -> Draft:
    bad = draft(ScriptKind.WSH_MULTI)
    at, key, value = _origins(bad, 1, 0x06)[2]
    bad.inputs[1][at] = (key, value[:-4] + (7).to_bytes(4, "little"))
    return bad
