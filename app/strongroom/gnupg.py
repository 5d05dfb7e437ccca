"""gpgv and gpg as subprocesses, for both sides: raw bytes in, raw status lines and listings out.

Every run has an empty home of its own below `workdir`, a bare environment, a time limit and no shell.
Secret keys reach gpg through a pipe and leave it through one; the homes that held one are removed.
`workdir` is a folder in memory on the station.

The clock is never asked for an opinion: a station's may stand years before the keys were made, and gpg
would then find good signatures bad and read a certificate without its names and expiry. Dates are
compared by the trust list, with the declared time.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote

from strongroom.core.bundle.model import DetachedSignature, OpenpgpReport
from strongroom.core.errors import Fault, Violation
from strongroom.core.secret import Secret

TIMEOUT = 60
CERTIFICATE_CAP = 256 * 1024
_SLIM = "export it again: gpg --armor --export-options export-minimal --export FINGERPRINT"
_ANY_TIME = ("--ignore-time-conflict", "--ignore-valid-from")
_QUIET = ("--batch", "--no-tty", "--no-options", "--quiet")


def verify_signatures(
    manifest: bytes,
    signatures: tuple[DetachedSignature, ...],
    certificates: tuple[bytes, ...],
    *,
    workdir: Path,
) -> tuple[OpenpgpReport, ...]:
    """What gpgv says of each signature by the certificate at its place alone, and that one's listing.

    Says nothing of its own on whether a signature is good; without a certificate (b"") none is. Raises OPENPGP
    when GnuPG can not run.
    """
    with _home(workdir) as home:
        data, keyring, detached = home / "manifest", home / "keyring.gpg", home / "signature"
        data.write_bytes(manifest)
        options = ("--ignore-time-conflict", "--status-fd", "1", "--keyring", str(keyring))
        reports = []
        for signature, certificate in zip(signatures, certificates, strict=True):
            keyring.write_bytes(_dearmor(certificate, home) if certificate else b"")
            detached.write_bytes(signature.armored)
            done = _run(("gpgv", *options, str(detached), str(data)), home)
            listing = list_certificate(certificate, workdir=workdir) if certificate else b""
            reports.append(OpenpgpReport(status=done.stdout, listing=listing))
        return tuple(reports)


def list_certificate(certificate: bytes, *, workdir: Path) -> bytes:
    """The colon listing of an OpenPGP certificate; empty when it holds none. Raises CERTIFICATE, OPENPGP."""
    if len(certificate) > CERTIFICATE_CAP:
        size = f"{len(certificate)} bytes, {CERTIFICATE_CAP} are read"
        raise Violation("CERTIFICATE", f"the certificate has {size}", hint=_SLIM)
    with _home(workdir) as home:
        options = ("--show-keys", "--with-colons", "--fixed-list-mode", "--with-fingerprint")
        return _run(("gpg", *_QUIET, *_ANY_TIME, *options), home, stdin=certificate).stdout


def make_signing_key(user_id: str, *, workdir: Path) -> tuple[Secret, bytes]:
    """A new Ed25519 signing key without passphrase: the armored secret key and certificate."""
    with _home(workdir) as home:
        _gpg(home, "--quick-generate-key", user_id, "ed25519", "sign", "never")
        secret = _gpg(home, "--armor", "--export-secret-keys")
        return Secret(secret), _gpg(home, "--armor", "--export")


def sign_detached(manifest: bytes, signing_key: Secret, *, workdir: Path) -> bytes:
    """An armored detached signature over `manifest`, SHA-512, by the armored secret key."""
    with _home(workdir) as home:
        _gpg(home, "--import", stdin=signing_key.reveal())
        options = ("--digest-algo", "SHA512", "--armor", "--detach-sign")
        return _gpg(home, *options, stdin=manifest)


def sign_with_user_key(manifest: bytes, key_id: str) -> bytes:
    """The same by a key in the user's own keyring; gpg may ask for a passphrase or a card."""
    command = ("gpg", "--quiet", "--local-user", key_id, "--digest-algo", "SHA512", "--armor")
    return _user_gpg((*command, "--detach-sign", "--output", "-"), stdin=manifest)


def export_user_certificate(key_id: str) -> bytes:
    """The armored certificate of a key in the user's own keyring; empty when there is none."""
    return _user_gpg(("gpg", "--quiet", "--armor", "--export", "--", key_id))


def _user_gpg(command: tuple[str, ...], *, stdin: bytes = b"") -> bytes:
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, check=False)  # noqa: S603 - fixed words and a key id
    except FileNotFoundError as error:
        raise _fault("gpg is not installed") from error
    if done.returncode != 0:
        raise _fault(f"gpg failed: {_last_line(done.stderr)}")
    return done.stdout


@contextmanager
def _home(workdir: Path) -> Iterator[Path]:
    with TemporaryDirectory(dir=workdir, prefix="g") as name:
        home = Path(name)
        home.chmod(0o700)
        try:
            yield home
        finally:
            if (home / "private-keys-v1.d").exists():
                _end_agent(home)
                shutil.rmtree(home / "private-keys-v1.d", ignore_errors=True)


def _end_agent(home: Path) -> None:
    """Ask the agent that gpg started for this home to end; its socket may lie below /run/user."""
    listed = _run(("gpgconf", "--list-dirs", "agent-socket"), home)
    if listed.returncode != 0:
        raise _fault(f"gpgconf failed: {_last_line(listed.stderr)}")
    path = Path(unquote(listed.stdout.decode().strip()))
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as agent:
        agent.settimeout(TIMEOUT)
        try:
            agent.connect(str(path))
            agent.recv(256)
            agent.sendall(b"KILLAGENT\n")
            agent.recv(256)
        except OSError as error:
            raise _fault(f"gpg's agent does not end: {error.strerror}") from error


def _dearmor(certificate: bytes, home: Path) -> bytes:
    if certificate[:1] >= b"\x80":  # a packet, exported without --armor
        return certificate
    done = _run(("gpg", *_QUIET, "--dearmor"), home, stdin=certificate)
    if done.returncode != 0:
        raise _fault(f"a certificate of the trust list can not be read: {_last_line(done.stderr)}")
    return done.stdout


def _gpg(home: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    done = _run(
        ("gpg", *_QUIET, *_ANY_TIME, "--pinentry-mode", "loopback", "--passphrase", "", *arguments),
        home,
        stdin=stdin,
    )
    if done.returncode != 0:
        raise _fault(f"gpg failed: {_last_line(done.stderr)}")
    return done.stdout


def _run(
    command: tuple[str, ...], home: Path, *, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "GNUPGHOME": str(home),
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
    }
    try:
        done = subprocess.run(  # noqa: S603 - fixed words and paths of our own
            command, input=stdin, capture_output=True, env=environment, timeout=TIMEOUT, check=False
        )
    except FileNotFoundError as error:
        raise _fault(f"{command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise _fault(f"{command[0]} did not answer within {TIMEOUT} s") from error
    if done.returncode < 0:
        raise _fault(f"{command[0]} was ended by signal {-done.returncode}")
    return done


def _last_line(stderr: bytes) -> str:
    lines = [line for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    return "".join(c if c.isprintable() else "?" for c in lines[-1]) if lines else "no reason given"


def _fault(message: str) -> Fault:
    return Fault("OPENPGP", message, hint="GnuPG 2.2 or newer is needed; try again")
