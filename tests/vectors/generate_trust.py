"""Write the bad changes of trust: `python -m tests.vectors.generate_trust`.

A file `<case>.trust` stands beside `<case>.json`, which holds the list of the vault that it is brought to, and
the time that people declare there.
"""

from __future__ import annotations

import json

from strongroom.core.moment import render_moment
from strongroom.core.session.trust import terms_of
from strongroom.core.vault.trust_file import render_list
from tests.vectors.generate_bundles import BAD, keyring
from tests.vectors.trust_changes import NOW, REFUSED, Change


def main() -> None:
    """Write every case to bad/<RULE-ID>/."""
    with keyring() as gpg:
        for name, (rule, bent) in REFUSED.items():
            change = Change(gpg, **bent)
            folder = BAD / rule
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.trust").write_bytes(change.file())
            content = {
                "stage": "trust",
                "rule": rule,
                "declared": render_moment(NOW),
                "list": json.loads(render_list(terms_of(change.contents))),
            }
            text = json.dumps(content, indent=1, sort_keys=True) + "\n"
            (folder / f"{name}.json").write_text(text)


if __name__ == "__main__":
    main()
