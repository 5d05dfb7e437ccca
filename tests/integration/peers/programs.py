"""Where the peers come from: each is fetched once into the cache by its own ordinary client."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
_SECONDS = 120


def _once(name: str, make: Callable[[Path], None]) -> Path:
    """A folder in the cache that `make` fills once, whole or not at all."""
    default = Path.home() / ".cache" / "strongroom"
    cache = Path(os.environ.get("STRONGROOM_CACHE", default)) / "peers"
    cache.mkdir(parents=True, exist_ok=True)
    root = cache / name
    with (cache / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not root.is_dir():
            partial = cache / f"{name}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            make(partial)
            partial.rename(root)
    return root


def _digest(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:16]


def _ask(command: list[str], asked: dict[str, Any], **environment: str) -> Any:  # noqa: ANN401
    done = subprocess.run(
        command,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def electrum(asked: dict[str, Any]) -> Any:  # noqa: ANN401 - the script's JSON
    """What Debian's Electrum answers, in its own Python, offline."""

    def unpack(folder: Path) -> None:
        options = (
            '--aptopt=Acquire::Check-Valid-Until "false"',
            '--aptopt=APT::Install-Recommends "false"',
        )
        command = ("mmdebstrap", "--quiet", "--variant=extract", "--include=python3-electrum")
        subprocess.run((*command, *options, "trixie", str(folder)), check=True)

    root = _once("electrum-trixie", unpack)
    libraries = root / "usr" / "lib" / f"{os.uname().machine}-linux-gnu"
    linker = next(libraries.glob("ld-linux-*.so.*"))
    python = next((root / "usr" / "bin").glob("python3.*"))
    command = [str(linker), "--library-path", str(libraries), str(python), "-W", "ignore"]
    script = str(HERE / "electrum_peer.py")
    return _ask([*command, script], asked, PYTHONHOME=str(root / "usr"), PYTHONPATH="")


def javascript(asked: dict[str, Any], script: str = "psbt.js") -> Any:  # noqa: ANN401 - the script's JSON
    """What bitcoinjs-lib answers, or the library of another script."""
    source = HERE / "javascript"
    lock = source / "package-lock.json"

    def install(folder: Path) -> None:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(source / name, folder)
        subprocess.run(("npm", "ci", "--ignore-scripts", "--silent"), cwd=folder, check=True)

    modules = _once(f"javascript-{_digest(lock)}", install) / "node_modules"
    return _ask(["node", str(source / script)], asked, NODE_PATH=str(modules))


def hwi(asked: dict[str, Any]) -> Any:  # noqa: ANN401 - the script's JSON
    """What HWI's PSBT library makes of a PSBT."""
    lock = HERE / "python.lock"

    def install(folder: Path) -> None:
        pip = (sys.executable, "-m", "pip", "--quiet", "install", "--no-deps", "--require-hashes")
        subprocess.run((*pip, "--target", str(folder), "-r", str(lock)), check=True)

    target = _once(f"hwi-{_digest(lock)}", install)
    return _ask([sys.executable, str(HERE / "hwi_peer.py")], asked, PYTHONPATH=str(target))


def specter(asked: dict[str, Any]) -> Any:  # noqa: ANN401 - the script's JSON
    """What Specter Desktop's own importer and exporter make of a wallet."""
    lock = HERE / "specter.lock"

    def install(folder: Path) -> None:
        subprocess.run((sys.executable, "-m", "venv", str(folder)), check=True)
        pip = (str(folder / "bin" / "python"), "-m", "pip", "--quiet", "install", "--no-deps")
        subprocess.run((*pip, "--require-hashes", "-r", str(lock)), check=True)

    python = _once(f"specter-{_digest(lock)}", install) / "bin" / "python"
    return _ask([str(python), "-W", "ignore", str(HERE / "specter_peer.py")], asked, PYTHONPATH="")
