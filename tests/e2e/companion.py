"""The online computer of a scenario: the real command, a real gpg home, and a folder that is its stick slot."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.finalised import judge_printed

APP = Path(__file__).resolve().parents[2] / "app"


class CompanionError(AssertionError):
    """The companion refused; holds its rule id and what it printed."""

    def __init__(self, arguments: tuple[str, ...], code: int, printed: str) -> None:
        super().__init__(f"strongroom {' '.join(arguments)} ended with {code}:\n{printed}")
        self.printed = printed


class Companion:
    """`strongroom` with a home of its own below `folder`, and approvers with real OpenPGP keys.

    GnuPG's sockets need a short path: keep `folder` short.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._gnupg = folder / "gnupg"
        self._gnupg.mkdir(mode=0o700, parents=True)
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(APP),
            "GNUPGHOME": str(self._gnupg),
            "STRONGROOM_HOME": str(folder / "home"),
            "NO_COLOR": "1",
        }

    def run(self, *arguments: str) -> Any:  # noqa: ANN401 - whatever the command's JSON holds
        """The JSON that `strongroom ... --json` prints; raises CompanionError when it refuses."""
        done = self._call(sys.executable, "-m", "strongroom.online", *arguments, "--json")
        if done.returncode != 0:
            raise CompanionError(arguments, done.returncode, done.stdout + done.stderr)
        printed = json.loads(done.stdout)
        judge_printed(printed, self.folder / "home")
        return printed

    def make_approver(self, name: str) -> tuple[str, bytes]:
        """A new OpenPGP key without passphrase: its fingerprint and its armored certificate."""
        self._gpg("--quick-generate-key", f"{name} <{name.lower()}@example.org>", "ed25519", "sign")
        listed = self._gpg("--list-keys", "--with-colons", name.lower()).stdout
        fingerprint = next(x.split(":")[9] for x in listed.splitlines() if x.startswith("fpr"))
        return fingerprint, self._gpg("--armor", "--export", fingerprint).stdout.encode()

    def revoke(self, fingerprint: str) -> bytes:
        """The certificate after its owner revoked it."""
        made = self._gnupg / "openpgp-revocs.d" / f"{fingerprint}.rev"
        made.write_text(made.read_text().replace(":-----BEGIN", "-----BEGIN"))
        self._gpg("--import", str(made))
        return self._gpg("--armor", "--export", fingerprint).stdout.encode()

    def close(self) -> None:
        """End the gpg agent of this home."""
        self._call("gpgconf", "--kill", "all")

    def _gpg(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        options = ("--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "")
        done = self._call("gpg", *options, *arguments)
        if done.returncode != 0:
            raise CompanionError(arguments, done.returncode, done.stderr)
        return done

    def _call(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=self._environment, capture_output=True, text=True, check=False
        )


def certificate_digest(fingerprint: str) -> bytes:
    """What an approver's 32 words are of."""
    return hashlib.sha256(fingerprint.encode()).digest()
