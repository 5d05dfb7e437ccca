"""What the booted image says of itself, from /etc/strongroom/release.json."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from strongroom.core.errors import Fault
from strongroom.core.moment import parse_moment
from strongroom.core.session.values import Release

RELEASE = Path("/etc/strongroom/release.json")


def rehearsed(release: Release) -> Release:
    """The same release, booted for a rehearsal."""
    return replace(release, version=f"{release.version} (rehearsal)", rehearsal=True)


def read_release(path: Path = RELEASE) -> Release:
    """The release; raises `Fault` PROGRAM if the image carries none that can be read."""
    try:
        fields = json.loads(path.read_bytes())
        digest = fields.get("image_digest")
        return Release(
            version=str(fields["version"]),
            commit=str(fields["commit"]),
            built=parse_moment(fields["built"]),
            image_digest=None if digest is None else bytes.fromhex(digest).hex(),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Fault(
            "PROGRAM",
            f"{path} does not describe a release",
            hint="this image was not built as released",
        ) from error
