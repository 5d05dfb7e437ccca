#!/usr/bin/python3
"""write-sbom.py ATTESTATION: prints the image's parts as CycloneDX 1.6, for scanners of known weaknesses.

Everything whose bytes are in the ISO: the station's packages, the kernel's source, GRUB, the Python packages,
and Strongroom. Each by the name, version and sha256 in the locks; a Debian package names the source that it
is built from, since that is what advisories name.
"""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

LOCKS, INPUTS = Path("/locks"), Path("/inputs")
LOADERS = {"grub-pc-bin", "grub-efi-amd64-bin"}

Part = dict[str, object]


def part(kind: str, name: str, version: str, sha256: str, purl: str) -> Part:
    """One component, known by its package URL."""
    hashes = [{"alg": "SHA-256", "content": sha256}]
    content = {"name": name, "version": version, "hashes": hashes, "purl": purl}
    return {"type": kind, "bom-ref": purl, **content}


def lines_of(lock: str) -> Iterator[list[str]]:
    """The fields of each line of a lock that names something."""
    for line in (LOCKS / lock).read_text().splitlines():
        if fields := line.split("#")[0].split():
            yield fields


def debian_package(name: str, version: str, arch: str, sha256: str) -> Part:
    """A package of the pinned suite; `upstream` is its source package."""
    command = ("dpkg-deb", "--field", str(INPUTS / sha256), "Source")
    done = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - fixed words and a digest
    source = done.stdout.split()
    qualifiers = f"arch={arch}&distro=debian-{os.environ['SUITE']}"
    if source and source[0] != name:
        qualifiers += f"&upstream={quote(source[0], safe='')}"
    purl = f"pkg:deb/debian/{quote(name, safe='')}@{quote(version, safe='')}?{qualifiers}"
    kind = "operating-system" if name.startswith("linux-source") else "library"
    return part(kind, name, version, sha256, purl)


def parts() -> Iterator[Part]:
    """Everything in the image that was made by others."""
    for root, name, version, arch, sha256 in (*lines_of("debs.lock"), *lines_of("kernel.lock")):
        if root in {"target", "kernel"} or name in LOADERS:
            yield debian_package(name, version, arch, sha256)
    for requirement, sha256, *_ in lines_of("wheels.lock"):
        name, version = requirement.split("==")
        yield part("library", name, version, sha256, f"pkg:pypi/{name}@{version}")


def sbom(attestation: dict[str, str]) -> Part:
    """The whole document; nothing in it depends on when or where it is written."""
    found = sorted(parts(), key=lambda p: str(p["bom-ref"]))
    built = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    digest, version = attestation["iso_sha256"], attestation["release"]
    image = part(
        "operating-system", "strongroom", version, digest, f"pkg:generic/strongroom@{version}"
    )
    image["properties"] = [{"name": "strongroom:commit", "value": attestation["commit"]}]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.UUID(hex=digest[:32], version=4).urn,
        "version": 1,
        "metadata": {"timestamp": f"{built:%Y-%m-%dT%H:%M:%SZ}", "component": image},
        "components": found,
        "dependencies": [{"ref": image["bom-ref"], "dependsOn": [p["bom-ref"] for p in found]}],
    }


if __name__ == "__main__":
    document = sbom(json.loads(Path(sys.argv[1]).read_bytes()))
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
