"""`strongroom status`: each request from draft to confirmed, with who has approved and who has signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from strongroom.core.moment import render_moment
from strongroom.online.answers import check_answer, combine, standing
from strongroom.online.approvers import standing as approval_standing
from strongroom.online.cli.desk import examples, json_option
from strongroom.online.follow import follow
from strongroom.online.receive import node_wallet

if TYPE_CHECKING:
    from strongroom.core.text import JsonObject
    from strongroom.online.cli.desk import Desk
    from strongroom.online.records import RequestRecord


@click.command(
    epilog=examples(
        "strongroom status", "strongroom status 20261124-1a2b3c4d", "strongroom status --offline"
    )
)
@click.argument("name", metavar="[ID]", required=False)
@click.option("--offline", is_flag=True, help="Do not ask the node what has become of requests.")
@json_option
@click.pass_obj
def status(desk: Desk, name: str | None, *, offline: bool, as_json: bool) -> None:
    """Show how far requests have come; of one, everything that happened to it."""
    with desk.store.locked():
        wanted = [desk.store.request(name)] if name else list(desk.store.requests())
        depths = {} if offline else _follow(desk, {record.wallet for record in wanted})
        records = [desk.store.request(record.request_id) for record in wanted]
    shown = [_facts(desk, record, depths.get(record.request_id)) for record in records]
    if as_json:
        desk.print_json({"requests": shown})
        return
    for fact in shown:
        _print(desk, fact, whole=name is not None)
    if not shown:
        desk.note("No request yet.")


def _follow(desk: Desk, wallets: set[str]) -> dict[str, int]:
    """Every request of `wallets` brought to its true stage; how deep each sent one is."""
    depths = {}
    for name in sorted(wallets):
        watched = desk.store.wallet(name)
        source = desk.source(watched)
        source.check_chain(watched.file.network)
        wallet = node_wallet(source, watched)
        for record in follow(desk.store, source, watched):
            if record.sent and wallet.knows(record.sent):
                depths[record.request_id] = wallet.confirmations(record.sent)
    return depths


def _facts(desk: Desk, record: RequestRecord, depth: int | None) -> JsonObject:
    archive, watched = desk.store.archive(record), desk.store.wallet(record.wallet)
    datas = desk.store.answers(record)
    answers = tuple(check_answer(data, record, archive, watched) for data in datas)
    signed = standing(combine(archive, answers), watched.file)
    roles = approval_standing(archive, desk.store.trust(record.wallet))
    return {
        "request_id": record.request_id,
        "wallet": record.wallet,
        "sequence": record.sequence,
        "stage": record.stage.value,
        "txid": record.sent or record.txid,
        "confirmations": depth,
        "expires_height": record.expires_height,
        "approvals": [signature.fingerprint for signature in archive.signatures],
        "roles": [
            {"role": r.role, "present": list(r.present), "needed": r.needed, "missing": r.missing}
            for r in roles
        ],
        "signed": list(signed.signed),
        "signatures_missing": signed.missing,
        "could_sign": list(signed.could_sign),
        "events": [
            {
                "at": render_moment(event.at),
                "by": event.by,
                "stage": event.stage.value,
                "note": event.note,
            }
            for event in desk.store.journal(record).in_order
        ],
        "heads": list(desk.store.journal(record).heads),
        "transcripts": [
            {
                "head": answer.manifest.transcript_head,
                "kept": desk.store.transcript(record, data) is not None,
            }
            for data, answer in zip(datas, answers, strict=True)
        ],
    }


def _print(desk: Desk, fact: JsonObject, *, whole: bool) -> None:
    depth = fact["confirmations"]
    deep = f"  {depth} deep" if isinstance(depth, int) and depth > 0 else ""
    head = f"{fact['request_id']}  {fact['wallet']}  {fact['sequence']:>4}  {fact['stage']}{deep}"
    desk.say(head)
    for line in _missing(fact):
        desk.say(f"    {line}")
    if not whole:
        return
    desk.say(f"    txid {fact['txid']}")
    for event in _objects(fact, "events"):
        note = f"  {event['note']}" if event["note"] else ""
        desk.say(f"    {event['at']}  {event['stage']:<10} {event['by']}{note}")
    for transcript in _objects(fact, "transcripts"):
        kept = "kept here" if transcript["kept"] else "not brought along"
        desk.say(f"    transcript {transcript['head']}, {kept}")
    desk.say(f"    head of these events: {', '.join(_texts(fact, 'heads'))}")


def _missing(fact: JsonObject) -> list[str]:
    """What an open request waits for."""
    if fact["stage"] in {"draft", "approved"}:
        roles = [f"{r['missing']} {r['role']}" for r in _objects(fact, "roles") if r["missing"]]
        if roles:
            return [f"waits for approvals: {', '.join(roles)}"]
        return ["waits for an approval"] if not fact["approvals"] else ["waits to be written"]
    if fact["stage"] in {"written", "answered"} and fact["signatures_missing"]:
        keys = ", ".join(_texts(fact, "could_sign"))
        return [f"waits for {fact['signatures_missing']} more signatures of {keys}"]
    return ["waits to be sent"] if fact["stage"] == "answered" else []


def _objects(fact: JsonObject, name: str) -> list[JsonObject]:
    value = fact[name]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _texts(fact: JsonObject, name: str) -> list[str]:
    value = fact[name]
    return [str(item) for item in value] if isinstance(value, list) else []
