#!/usr/bin/python3
"""describe.py RELEASE: beside the ISO, its SHA-256 in words and the attestation that builders sign."""

import hashlib
import json
import sys
from pathlib import Path

from strongroom.core.attestation import ImageAttestation, render_attestation
from strongroom.core.words import render_word_rows

iso = Path("strongroom.iso")
digest = hashlib.sha256(iso.read_bytes())
release = json.loads(Path(sys.argv[1]).read_bytes())
attestation = ImageAttestation(
    release=release["version"],
    commit=release["commit"],
    iso_size=iso.stat().st_size,
    iso_sha256=digest.hexdigest(),
    image_digest=release["image_digest"],
)
Path("strongroom.attestation.json").write_bytes(render_attestation(attestation))
Path("strongroom.iso.words").write_text("\n".join((*render_word_rows(digest.digest()), "")))
