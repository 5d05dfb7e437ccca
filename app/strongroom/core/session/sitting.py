"""One sitting at the station, from the identity screen to its end: the root of the generator.

Every step asks the driver through typed requests. A `Stop` raised in a task is recorded, shown, and the
menu comes back; nothing that a bundle, a stick or a person does ends the sitting.
"""

from __future__ import annotations

from collections.abc import Callable

from strongroom.core.errors import Fault, Stop
from strongroom.core.session.approvers import add_approver
from strongroom.core.session.ceremonies import choose_ceremony
from strongroom.core.session.closing import close_session
from strongroom.core.session.create import create_vault
from strongroom.core.session.desk import Desk, keep_record, record, summary
from strongroom.core.session.exports import export_wallets
from strongroom.core.session.opening import examine_machine, list_machine
from strongroom.core.session.policy import change_policy
from strongroom.core.session.rehearsal import with_marks
from strongroom.core.session.requests import (
    Cancelled,
    ChooseTask,
    PowerOff,
    ShowIdentity,
    ShowStop,
    Steps,
    ask,
)
from strongroom.core.session.room import declare_time, open_room
from strongroom.core.session.signing import sign_request
from strongroom.core.session.stateless import work_without_vault
from strongroom.core.session.values import Release, Task
from strongroom.core.session.vaults import open_vault
from strongroom.core.session.wallets import register_wallet

TASKS: dict[Task, Callable[[Desk], Steps[None]]] = {
    Task.CREATE_VAULT: create_vault,
    Task.OPEN_VAULT: open_vault,
    Task.STATELESS: work_without_vault,
    Task.SIGN: sign_request,
    Task.REGISTER_WALLET: register_wallet,
    Task.ADD_APPROVER: add_approver,
    Task.CHANGE_POLICY: change_policy,
    Task.EXPORT_WALLET: export_wallets,
    Task.CEREMONY: choose_ceremony,
    Task.END_SESSION: close_session,
    Task.POWER_OFF: close_session,
    Task.MACHINE: list_machine,
}


MESSAGE_CAP = 1000

# Rules that a wrongly declared time can trip: the time is asked for again after one of them.
TIME_RULES = frozenset(("SESSION-TIME", "BUNDLE-CLOCK", "BUNDLE-EXPIRED"))


def sitting(release: Release) -> Steps[None]:
    """Run until the operator ends the session or switches the machine off."""
    return with_marks(_sitting(release)) if release.rehearsal else _sitting(release)


def _sitting(release: Release) -> Steps[None]:
    yield from ask(ShowIdentity(release))
    desk = Desk(release=release, declared=release.built)
    try:
        yield from examine_machine(desk)
    except Fault as stop:
        # A machine that is not what it should be gets no secret: there is no way past this.
        yield from ask(ShowStop(stop))
        yield from ask(PowerOff())
        return
    yield from open_room(desk)
    while True:
        yield from keep_record(desk)
        task = yield from ask(ChooseTask(summary(desk.vault)))
        yield from _run(desk, task)
        if task in {Task.END_SESSION, Task.POWER_OFF} and desk.vault is None:
            break
    if task is Task.POWER_OFF:
        yield from ask(PowerOff())


def _run(desk: Desk, task: Task) -> Steps[None]:
    try:
        yield from TASKS[task](desk)
    except Cancelled:
        yield from record(desk, task.value, "cancelled", {})
    except Stop as stop:
        yield from record(
            desk, task.value, "refused", {"rule": stop.rule, "message": stop.message[:MESSAGE_CAP]}
        )
        yield from ask(ShowStop(stop))
        if stop.rule in TIME_RULES:
            yield from declare_time(desk)
