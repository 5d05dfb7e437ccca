"""One sitting at the station, from the identity screen to power-off: the root of the generator.

Every step asks the driver through typed requests. A `Stop` raised in a task is recorded, shown, and the
menu comes back; nothing that a bundle, a stick or a person does ends the sitting.
"""

from __future__ import annotations

from collections.abc import Callable

from strongroom.core.errors import Fault, Stop, Violation
from strongroom.core.session.approvers import add_approver
from strongroom.core.session.ceremonies import choose_ceremony
from strongroom.core.session.create import create_vault
from strongroom.core.session.desk import Desk, check_time, record, summary
from strongroom.core.session.exports import export_wallets
from strongroom.core.session.opening import examine_machine, list_machine
from strongroom.core.session.policy import change_policy
from strongroom.core.session.requests import (
    Cancelled,
    ChooseTask,
    DeclareTime,
    PowerOff,
    ShowIdentity,
    ShowStop,
    Steps,
    ask,
)
from strongroom.core.session.signing import sign_request
from strongroom.core.session.values import Release, Task
from strongroom.core.session.vaults import close_vault, open_vault
from strongroom.core.session.wallets import register_wallet

TASKS: dict[Task, Callable[[Desk], Steps[None]]] = {
    Task.CREATE_VAULT: create_vault,
    Task.OPEN_VAULT: open_vault,
    Task.SIGN: sign_request,
    Task.REGISTER_WALLET: register_wallet,
    Task.ADD_APPROVER: add_approver,
    Task.CHANGE_POLICY: change_policy,
    Task.EXPORT_WALLET: export_wallets,
    Task.CEREMONY: choose_ceremony,
    Task.CLOSE_VAULT: close_vault,
    Task.MACHINE: list_machine,
}


MESSAGE_CAP = 1000

# Rules that a wrongly declared time can trip: the time is asked for again after one of them.
TIME_RULES = frozenset(("SESSION-TIME", "BUNDLE-CLOCK", "BUNDLE-EXPIRED"))


def sitting(release: Release) -> Steps[None]:
    """Run until the operator powers the machine off."""
    yield from ask(ShowIdentity(release))
    desk = Desk(release=release, declared=release.built)
    try:
        yield from examine_machine(desk)
    except Fault as stop:
        # A machine that is not what it should be gets no secret: there is no way past this.
        yield from ask(ShowStop(stop))
        yield from ask(PowerOff())
        return
    while not (yield from _declare_time(desk)):
        pass
    while True:
        task = yield from ask(ChooseTask(summary(desk.vault)))
        if task is Task.POWER_OFF:
            break
        yield from _run(desk, task)
    desk.close()
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
            yield from _declare_time(desk)


def _declare_time(desk: Desk) -> Steps[bool]:
    """Have the time declared; False when people left the question, and the time stays as it was."""
    release = desk.release
    while True:
        try:
            declared = yield from ask(
                DeclareTime(release.built, f"release {release.version} was built then")
            )
            desk.declared = check_time(declared, release.built, "this release was built")
        except Cancelled:
            return False
        except Violation as stop:
            yield from ask(ShowStop(stop))
            continue
        yield from record(desk, "time", "time-declared", {})
        return True
