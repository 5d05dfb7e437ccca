"""Writing a PSBT back with fields added to its inputs; every other byte stays where it was."""

from __future__ import annotations

from collections.abc import Mapping

from strongroom.core.errors import Fault
from strongroom.core.psbt.maps import render_map
from strongroom.core.psbt.model import Psbt

MAGIC = b"psbt\xff"


def render_psbt(psbt: Psbt) -> bytes:
    """The bytes that `parse_psbt` read: its reading is canonical, so the raw maps have one spelling."""
    return add_input_fields(psbt, {})


def add_input_fields(psbt: Psbt, additions: Mapping[int, tuple[tuple[bytes, bytes], ...]]) -> bytes:
    """`psbt` with (key, value) pairs appended to input maps, by input index.

    Raises PROGRAM for an input that does not exist and for a key that is there already or given twice.
    """
    absent = [index for index in additions if not 0 <= index < len(psbt.raw_inputs)]
    if absent:
        raise Fault("PROGRAM", f"fields are to be added to input {absent[0]}, which does not exist")
    parts = [MAGIC, render_map(psbt.raw_global)]
    for index, fields in enumerate(psbt.raw_inputs):
        whole = (*fields, *additions.get(index, ()))
        if len(dict(whole)) != len(whole):
            raise Fault("PROGRAM", f"input {index} has the field already that is to be added")
        parts.append(render_map(whole))
    parts += map(render_map, psbt.raw_outputs)
    return b"".join(parts)
