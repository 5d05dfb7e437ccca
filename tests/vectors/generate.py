"""Write the bad vectors of the review: `python -m tests.vectors.generate`.

Deterministic: a second run changes no byte. Each file holds a request's manifest, its PSBT and the vault that
reviews it, so that a reader of another implementation can try it without this code.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

from strongroom.core.bundle.manifest import render_request_manifest
from strongroom.core.vault.contents import render_vault
from strongroom.core.vault.model import TrustList, VaultContents
from tests.vectors import adversarial, cases, cases_places, cases_sittings
from tests.vectors.cases import CASES, Case
from tests.vectors.factory import seed

SOURCES = (cases, adversarial, cases_places, cases_sittings)  # each registers its cases
BAD = Path(__file__).parent / "bad"


def render_case(case: Case) -> str:
    """One vector as JSON for eyes and diffs."""
    draft = case.build()
    request, known = draft.request(), draft.known()
    vault = VaultContents(
        generation=1,
        seeds=(seed(draft.owner),),
        wallets=known.wallets,
        trust=TrustList(),
        policy=known.policy,
        history=known.history,
    )
    content = {
        "stage": "review",
        "rule": case.rule,
        "finding": case.finding,
        "manifest": render_request_manifest(request.manifest).decode(),
        "psbt": base64.b64encode(request.psbt).decode(),
        "vault": json.loads(render_vault(vault)),
    }
    return json.dumps(content, indent=1, sort_keys=True) + "\n"


def main() -> None:
    """Write every case to bad/<RULE-ID>/<name>.json."""
    for case in CASES:
        folder = BAD / case.rule
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{case.name}.json").write_text(render_case(case))


if __name__ == "__main__":
    main()
