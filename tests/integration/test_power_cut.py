"""A power cut at any instant of writing: the custodians' shares still open a whole vault, old or new."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from strongroom.core.backup.slip39 import combine_shares
from strongroom.core.backup.slip39_share import parse_share
from strongroom.core.secret import Secret
from strongroom.core.vault.age_identity import (
    decrypt_with_identity,
    encrypt_to_recipient,
    recipient_of,
)
from strongroom.core.vault.contents import parse_vault, render_vault
from strongroom.core.vault.model import VaultContents
from strongroom.station.media import files
from tests.unit.core.session.test_custodians import cheap_vaults, locked

__all__ = ["cheap_vaults"]
pytestmark = pytest.mark.integration
VAULT = "strongroom.vault"
CALLS = ("open", "write", "fsync", "rename", "unlink")


class PowerCut(BaseException):
    """Nothing that runs afterwards counts."""


@dataclass
class Supply:
    """Power for so many calls that touch the stick; the write in which it ends writes half."""

    left: int

    def cut(self, call: Callable[..., Any], *given: Any, **named: Any) -> Any:  # noqa: ANN401 - as os has them
        """Do it, unless the power is gone."""
        if self.left == 0 and call is WRITE:
            call(given[0], given[1][: len(given[1]) // 2])
        if self.left <= 0:
            raise PowerCut
        self.left -= 1
        return call(*given, **named)


WRITE = os.write


def identity_and_vault() -> tuple[Secret, VaultContents, bytes]:
    """What two custodians' shares give, and the vault that it opens."""
    made = locked()
    identity = combine_shares([parse_share(sheet) for sheet in made.sheets[1:]])
    data = made.written[VAULT]
    return identity, parse_vault(decrypt_with_identity(data, identity)), data


def write(folder: Path, data: bytes) -> None:
    """As the media service writes a vault."""
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        files.write_file(directory, VAULT, data, keep_previous=True)
    finally:
        os.close(directory)


def test_shares_open_the_old_vault_or_the_new_after_every_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity, contents, old = identity_and_vault()
    following = replace(contents, generation=contents.generation + 1)
    new = encrypt_to_recipient(render_vault(following), recipient_of(identity), random=os.urandom)
    seen = []
    while seen[-1:] != ["done"]:
        folder = tmp_path / str(len(seen))
        folder.mkdir()
        write(folder, old)
        directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        supply = Supply(len(seen))
        with monkeypatch.context() as patched, suppress(PowerCut):
            for name in CALLS:
                patched.setattr(os, name, _supplied(supply, getattr(os, name)))
            files.write_file(directory, VAULT, new, keep_previous=True)
            seen.append("done")
        os.close(directory)
        found = parse_vault(decrypt_with_identity((folder / VAULT).read_bytes(), identity))
        assert found in (contents, following)
        if seen[-1:] != ["done"]:
            seen.append("old" if found == contents else "new")
        write(folder, new)  # what was left half done is no obstacle
        assert (folder / VAULT).read_bytes() == new
    assert seen.count("old") > len(CALLS)
    assert seen.count("new") >= 1
    previous = parse_vault(decrypt_with_identity((folder / f"{VAULT}.1").read_bytes(), identity))
    assert previous == following  # written twice


def _supplied(supply: Supply, call: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *given, **named: supply.cut(call, *given, **named)
