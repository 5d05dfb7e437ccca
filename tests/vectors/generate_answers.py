"""Write the bad answers and signatures: `python -m tests.vectors.generate_answers`.

SIGN-ONLY-ADDS holds pairs of a request's PSBT and an answer that does more than add signatures. SIGN-VERIFY
holds signatures that do not verify, SIGN-NONCE pairs of signatures by one key over one digest that must be
equal and are not, SIGN-BACKEND the ways in which the C library may be missing.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from coincurve import PrivateKey

from strongroom.core.bitcoin.signatures import sign_ecdsa, sign_schnorr
from strongroom.core.psbt.model import Psbt
from strongroom.core.psbt.reader import parse_psbt
from tests.vectors.factory import draft
from tests.vectors.fields import Field, render_maps

BAD = Path(__file__).parent / "bad"
KEY = hashlib.sha256(b"a test key").digest()
DIGEST = hashlib.sha256(b"a test digest").digest()
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

Maps = list[list[Field]]
Bend = Callable[[Maps, Maps], None]
"""Changes the input maps and the output maps of an answer."""


def _signature(hash_type: int = 1) -> Field:
    public_key = PrivateKey(KEY).public_key.format()
    return b"\x02" + public_key, sign_ecdsa(KEY, DIGEST) + bytes((hash_type,))


def unknown_field(inputs: Maps, _outputs: Maps) -> None:
    inputs[0].append((b"\xfc\x05smug\x00", b"\x00" * 250))


def witness_utxo_of_another_amount(inputs: Maps, _outputs: Maps) -> None:
    key, value = inputs[0][1]
    inputs[0][1] = (key, bytes((value[0] ^ 1,)) + value[1:])


def previous_transaction_left_out(inputs: Maps, _outputs: Maps) -> None:
    del inputs[0][0]


def change_path_rewritten(_inputs: Maps, outputs: Maps) -> None:
    key, value = outputs[1][-1]
    outputs[1][-1] = (key, value[:-4] + b"\x09\x00\x00\x00")


def field_added_to_an_output(_inputs: Maps, outputs: Maps) -> None:
    outputs[0].append((b"\x00", b"\x51"))


def sighash_type_added(inputs: Maps, _outputs: Maps) -> None:
    inputs[0] += [(b"\x03", (1).to_bytes(4, "little")), _signature()]


def final_witness_added(inputs: Maps, _outputs: Maps) -> None:
    inputs[0].append((b"\x08", b"\x01\x01\x00"))


def signature_of_type_none(inputs: Maps, _outputs: Maps) -> None:
    inputs[0].append(_signature(0x02))


def signature_of_type_single_anyonecanpay(inputs: Maps, _outputs: Maps) -> None:
    inputs[0].append(_signature(0x83))


def taproot_signature_of_type_single(inputs: Maps, _outputs: Maps) -> None:
    inputs[0].append((b"\x13", sign_schnorr(KEY, DIGEST) + b"\x03"))


ANSWERS: tuple[tuple[str, Bend], ...] = (
    ("SIGN-ONLY-ADDS", unknown_field),
    ("SIGN-ONLY-ADDS", witness_utxo_of_another_amount),
    ("SIGN-ONLY-ADDS", previous_transaction_left_out),
    ("SIGN-ONLY-ADDS", change_path_rewritten),
    ("SIGN-ONLY-ADDS", field_added_to_an_output),
    ("SIGN-ONLY-ADDS", sighash_type_added),
    ("SIGN-ONLY-ADDS", final_witness_added),
    ("SIGHASH-TYPE", signature_of_type_none),
    ("SIGHASH-TYPE", signature_of_type_single_anyonecanpay),
    ("SIGHASH-TYPE", taproot_signature_of_type_single),
)


def bent(psbt: Psbt, bend: Bend) -> bytes:
    """The PSBT with its maps bent."""
    inputs = [list(fields) for fields in psbt.raw_inputs]
    outputs = [list(fields) for fields in psbt.raw_outputs]
    bend(inputs, outputs)
    maps = ([*psbt.raw_global], *inputs, *outputs)
    return render_maps(*maps)


def answers() -> dict[tuple[str, str], dict[str, object]]:
    """The bad answers, by rule and name."""
    request = draft().psbt()
    return {
        (rule, bend.__name__.replace("_", "-")): {
            "stage": "answer",
            "request": base64.b64encode(request).decode(),
            "answer": base64.b64encode(bent(parse_psbt(request), bend)).decode(),
        }
        for rule, bend in ANSWERS
    }


def signatures() -> dict[tuple[str, str], dict[str, object]]:
    """Signatures that must be refused before they leave, and missing libraries."""
    public_key = PrivateKey(KEY).public_key.format()
    good, other = sign_ecdsa(KEY, DIGEST), sign_ecdsa(KEY, bytes(32))
    schnorr = bytearray(sign_schnorr(KEY, DIGEST))
    schnorr[-1] ^= 1
    salted = PrivateKey(KEY).sign_schnorr(DIGEST, b"\x01" * 32)
    common = {"secret": KEY.hex(), "digest": DIGEST.hex()}
    ecdsa = {"stage": "signature", "public_key": public_key.hex(), "digest": DIGEST.hex()}
    return {
        ("SIGN-VERIFY", "over-another-digest"): {**ecdsa, "signature": other.hex()},
        ("SIGN-VERIFY", "high-s"): {**ecdsa, "signature": high_s(good).hex()},
        ("SIGN-VERIFY", "cut-short"): {**ecdsa, "signature": good[:-1].hex()},
        ("SIGN-VERIFY", "schnorr-bit-flip"): {
            **ecdsa,
            "public_key": public_key[1:].hex(),
            "signature": schnorr.hex(),
        },
        ("SIGN-NONCE", "ecdsa-with-another-nonce"): {
            **common,
            "stage": "nonce",
            "kind": "ecdsa",
            "other": other.hex(),
        },
        ("SIGN-NONCE", "schnorr-with-random-nonce"): {
            **common,
            "stage": "nonce",
            "kind": "schnorr",
            "other": salted.hex(),
        },
        ("SIGN-BACKEND", "embit-in-pure-python"): {"stage": "backend", "missing": "embit"},
        ("SIGN-BACKEND", "one-library-twice"): {"stage": "backend", "missing": "second"},
    }


def high_s(der: bytes) -> bytes:
    """The same signature with S replaced by the order less S."""
    size = der[3]
    r, s = der[4 : 4 + size], int.from_bytes(der[6 + size :], "big")
    flipped = (ORDER - s).to_bytes(33, "big").lstrip(b"\0")
    flipped = (b"\0" if flipped[0] >> 7 else b"") + flipped
    body = b"\x02" + bytes((len(r),)) + r + b"\x02" + bytes((len(flipped),)) + flipped
    return b"\x30" + bytes((len(body),)) + body


def main() -> None:
    """Write everything to bad/<RULE-ID>/."""
    for (rule, name), content in {**answers(), **signatures()}.items():
        folder = BAD / rule
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({**content, "rule": rule}, indent=1, sort_keys=True) + "\n"
        (folder / f"{name}.json").write_text(text)


if __name__ == "__main__":
    main()
