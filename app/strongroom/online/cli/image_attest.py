"""`strongroom image attest`, `verify-attestations`: say that one built it too, and check who did."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from strongroom.core.moment import render_moment
from strongroom.core.words import pgp_words
from strongroom.online.attestations import (
    find_signatures,
    read_attested,
    read_builders,
    sign_attestation,
    verify_signature_files,
)
from strongroom.online.cli.desk import examples, json_option, plural
from strongroom.online.cli.show import numbered_words

if TYPE_CHECKING:
    from strongroom.online.attestations import AttestedImage
    from strongroom.online.cli.desk import Desk, Printable

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_ISO = click.argument("iso", type=_FILE)
_ATTESTATION = click.option(
    "--attestation",
    type=_FILE,
    help="What builders sign. [default: NAME.attestation.json beside it]",
)


@click.command(
    "attest",
    epilog=examples(
        "strongroom image attest out/strongroom.iso --key 0123456789ABCDEF0123456789ABCDEF01234567"
    ),
)
@_ISO
@click.option("--key", required=True, metavar="FINGERPRINT", help="Your OpenPGP key.")
@_ATTESTATION
@json_option
@click.pass_obj
def image_attest(
    desk: Desk, iso: Path, key: str, attestation: Path | None, *, as_json: bool
) -> None:
    """Sign what you built, with your own gpg: this commit gave these bytes on my machine.

    The signature goes into a file of its own beside the attestation. Publish both.
    """
    attested = read_attested(iso, attestation)
    builder, path = sign_attestation(attested, key)
    if as_json:
        desk.print_json(
            {**_facts(attested), "builder": builder.fingerprint, "signature": str(path)}
        )
        return
    _print_image(desk, attested)
    desk.say(f"signed by     {builder.fingerprint}  {builder.user_ids[0]}")
    desk.say(f"signature     {path}")


@click.command(
    "verify-attestations",
    epilog=examples(
        "strongroom image verify-attestations strongroom.iso --builders builders/ --threshold 2",
        "strongroom image verify-attestations /dev/sdX --attestation strongroom.attestation.json \\",
        "    --builders ana.asc --builders ben.asc --threshold 2",
    ),
)
@_ISO
@click.argument("signatures", nargs=-1, type=_FILE)
@click.option(
    "--builders",
    required=True,
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="OpenPGP certificates of builders that you trust: a file, or a folder of .asc files.",
)
@click.option(
    "--threshold",
    required=True,
    type=click.IntRange(min=1),
    help="How many distinct builders have to have signed.",
)
@_ATTESTATION
@json_option
@click.pass_obj
def image_verify_attestations(
    desk: Desk,
    *,
    iso: Path,
    signatures: tuple[Path, ...],
    builders: tuple[Path, ...],
    threshold: int,
    attestation: Path | None,
    as_json: bool,
) -> None:
    """Check that enough builders of your choice got this very image from one commit.

    ISO is a file or a whole stick. SIGNATURES are the files next to the attestation unless given. A builder
    counts once, by the primary fingerprint of the certificate.
    """
    attested = read_attested(iso, attestation)
    signed, others = verify_signature_files(
        attested,
        signatures or find_signatures(attested),
        read_builders(builders),
        threshold=threshold,
    )
    if as_json:
        people: list[Printable] = [
            {"fingerprint": s.fingerprint, "name": s.name, "signed": render_moment(s.signed)}
            for s in signed
        ]
        desk.print_json(
            {
                **_facts(attested),
                "threshold": threshold,
                "builders": people,
                "not_counted": list(others),
            }
        )
        return
    _print_image(desk, attested)
    for s in signed:
        desk.say(f"matches       {s.fingerprint}  {s.name}, {render_moment(s.signed)}")
    for fingerprint in others:
        desk.say(f"not checked   {fingerprint}  not in your list of builders")
    desk.say(f"{plural(len(signed), 'builder')} of {threshold} needed signed for this image")


def _facts(attested: AttestedImage) -> dict[str, Printable]:
    a = attested.attestation
    return {
        "release": a.release,
        "commit": a.commit,
        "size": a.iso_size,
        "sha256": a.iso_sha256,
        "words": list(pgp_words(bytes.fromhex(a.iso_sha256))),
        "image_digest": a.image_digest,
    }


def _print_image(desk: Desk, attested: AttestedImage) -> None:
    a = attested.attestation
    desk.say(f"release       {a.release}, commit {a.commit}")
    desk.say(f"sha256        {a.iso_sha256}")
    for row in numbered_words(pgp_words(bytes.fromhex(a.iso_sha256))):
        desk.say(f"              {row}")
    desk.say(f"image digest  {a.image_digest} (on the station's first screens)")
