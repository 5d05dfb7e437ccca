"""Who holds each key of a wallet: names for people, typed at the station or taken from the wallet's file.

A name stands for a key wherever the wallet is put into words, so it can hold nothing that could be read as a
condition, and no two signers share one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from strongroom.core.descriptor.model import Descriptor
from strongroom.core.session.pages import Fill
from strongroom.core.session.requests import Steps, ask
from strongroom.core.vault.model import SIGNER_NAME_CAP

SIGNERS_AT_ONCE = 6  # fields that fit a screen
_NAME = re.compile(r"\w[\w .'-]*")
_RESERVED = frozenset(("and", "or", "of", "after", "from", "nobody", "always", "never"))


def name_signers(
    descriptor: Descriptor, proposed: Mapping[bytes, str]
) -> Steps[tuple[tuple[bytes, str], ...]]:
    """The signers' names by master fingerprint, in the order of the keys; who gets none is not in it.

    `proposed` are those of the wallet's file, which people confirm or change. A wallet of one signer has none.
    """
    signers = tuple(dict.fromkeys(key.fingerprint for key in descriptor.keys))
    if len(signers) == 1:
        return ()
    named: list[tuple[bytes, str]] = []
    for start in range(0, len(signers), SIGNERS_AT_ONCE):
        part = signers[start : start + SIGNERS_AT_ONCE]
        labels = tuple(
            f"Key {number} ({signer.hex()})" for number, signer in enumerate(part, start + 1)
        )
        given, problem = tuple(proposed.get(signer, "") for signer in part), ""
        while True:
            typed = yield from ask(Fill("Who holds each key?", SIGNERS, labels, problem, given))
            found = [(signer, name) for signer, name in zip(part, typed, strict=True) if name]
            problem = name_problem([name for _, name in (*named, *found)])
            if not problem:
                break
            given = typed
        named += found
    return tuple(named)


def name_problem(names: list[str]) -> str:
    """What is wrong with one of `names`; "" when each can stand for a key."""
    for place, name in enumerate(names):
        words = {word.lower() for word in name.split()}
        if not _NAME.fullmatch(name) or len(name) > SIGNER_NAME_CAP or words & _RESERVED:
            return (
                f"{name!a} is no name: letters, digits, space, dot, dash, at most {SIGNER_NAME_CAP}; "
                "no word such as and, or, of"
            )
        if name in names[:place]:
            return f"two keys can not both be {name}'s"
    return ""


SIGNERS = (
    "The wallet is put into words with these names. Leave one empty to call a key by its fingerprint.",
)
