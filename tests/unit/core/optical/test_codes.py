"""Which codes a screen offers."""

from __future__ import annotations

import hashlib

from strongroom.core.optical.bbqr import FileType, join_file
from strongroom.core.optical.codes import Code, code_texts, file_code, short_codes, text_code


def test_a_short_text_is_a_plain_code_and_a_long_one_a_series() -> None:
    address = "bc1p" + "q" * 58
    assert code_texts(text_code("address", address), 5) == (address,)
    key = f"[deadbeef/48h/1h/0h/2h]tpub{'D' * 107}"
    assert len(key) == 134
    assert code_texts(text_code("key", key), 6) == (key,)
    assert join_file(code_texts(text_code("key", key), 5)) == (FileType.TEXT, key.encode())


def test_what_takes_too_long_to_scan_is_not_offered() -> None:
    noise = hashlib.shake_256(b"more noise").digest(20_000)
    small = Code(label="small", data=noise[:10_000], kind=FileType.PSBT)
    large = Code(label="large", data=noise, kind=FileType.PSBT)
    assert short_codes(small, large) == (small,)


def test_a_file_is_of_the_kind_that_its_name_says() -> None:
    kinds = {"a.wallet.json": "J", "a.signed.psbt": "P", "a.keys.txt": "U", "a.response": "B"}
    for name, letter in kinds.items():
        (first, *_) = code_texts(file_code(name, b"{}" * 400), 5)
        assert first[3] == letter
