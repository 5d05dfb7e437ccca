"""The main menu, with what the open vault holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strongroom.core.session.values import Task
from strongroom.core.session.wording import SEED_SOURCES, TASKS, wording_of
from strongroom.station.tui.kit import Menu, Page, Screen, Size, above
from strongroom.station.tui.text import broken, counted, grouped, joined, visible, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.network import Network
    from strongroom.core.session.requests import ChooseSeedSource, ChooseTask
    from strongroom.core.session.values import SeedSource, VaultSummary

_WITHOUT = (
    Task.OPEN_VAULT,
    Task.CREATE_VAULT,
    Task.STATELESS,
    Task.END_SESSION,
    Task.MACHINE,
    Task.POWER_OFF,
)
_WITH = (
    Task.SIGN,
    Task.REGISTER_WALLET,
    Task.ADD_APPROVER,
    Task.CHANGE_POLICY,
    Task.EXPORT_WALLET,
    Task.CEREMONY,
    Task.END_SESSION,
    Task.MACHINE,
    Task.POWER_OFF,
)
_WALLETS = 3
_KEYS = "Up/Down move   Enter or digit choose"


class MenuScreen(Screen):
    """What can be started now."""

    keys = _KEYS
    leave = ""
    help = """Choose with the arrow keys and Enter, or press the digit.

    A vault is the encrypted file with the seed, the registered wallets, the people who may ask for
    signatures, the limits, and the history of what was signed. It stays on its stick; here it is open
    in memory only, until the session is ended or the power goes."""

    def __init__(self, request: ChooseTask, reply: Callable[[Task], None]) -> None:
        self.title = wording_of(request).title
        tasks = _WITH if request.vault else _WITHOUT
        choices = [((f"{TASKS[task][0]:<22}{TASKS[task][1]}",), task) for task in tasks]
        self._vault = request.vault
        lines: tuple[str, ...] = ("No vault is open.",)
        if request.vault:
            lines = summary_lines(request.vault)
            self.keys = f"{_KEYS}   v vault"
            self.network = network_of(request.vault)
        self._menu = above((*lines, ""), Menu(choices, reply))
        super().__init__(self._menu)

    def keypress(self, size: Size, key: str) -> str | None:
        """`v` shows the whole vault; Esc or Enter comes back."""
        unhandled: str | None = super().keypress(size, key)
        if self._w is not self._menu and unhandled in {"esc", "enter", "v"}:
            self._w, self.keys = self._menu, f"{_KEYS}   v vault"
            return None
        if self._vault and unhandled == "v":
            self._w, self.keys = Page(vault_lines(self._vault)), "Enter or Esc back"
            return None
        return unhandled


class SeedSourceScreen(Screen):
    """Typed words, or dice."""

    keys = _KEYS
    help = """Words: a seed that exists already, or was made elsewhere.

    Dice: a new seed. The machine draws its own random bits first and shows a commitment to them; then
    the custodians roll. Neither the machine nor the dice alone decide the seed.

    Shares and codex32: a backup on several sheets. Their holders type them one after the other."""

    def __init__(self, request: ChooseSeedSource, reply: Callable[[SeedSource], None]) -> None:
        said = wording_of(request)
        self.title = said.title
        choices = [(label, source) for source, label in SEED_SOURCES.items()]
        lines = [line for text in said.lines for line in wrapped(text)]
        super().__init__(above((*lines, ""), Menu(choices, reply)))


def network_of(vault: VaultSummary | None) -> Network | None:
    """The network of the vault's wallets, if there is a vault and they are of one."""
    if vault is None:
        return None
    networks = {network for _, network, _ in vault.wallets}
    return networks.pop() if len(networks) == 1 else None


def summary_lines(vault: VaultSummary) -> tuple[str, ...]:
    """The vault in a few lines: names and counts."""
    wallets = [
        f"{visible(name)} ({network.value})" for name, network, _ in vault.wallets[:_WALLETS]
    ]
    more = len(vault.wallets) - len(wallets)
    if more:
        wallets.append(f"and {more} more (v)")
    signed = counted(vault.signed, "request")
    kept = f"Vault        generation {vault.generation}, {signed} signed"
    quorum = ", ".join(f"{count} {visible(role)}" for role, count in vault.quorum)
    return (
        kept if vault.generation else f"No vault     nothing is kept; {signed} signed now",
        *(
            f"{'Wallets' if not place else '':<13}{line}"
            for place, line in enumerate(wallets or ("none is registered yet",))
        ),
        f"Approvers    {len(vault.approvers) or 'none yet'}; a request needs {quorum}",
    )


def vault_lines(vault: VaultSummary) -> tuple[str, ...]:
    """Everything that may be shown of the vault."""
    seeds = (f"Master fingerprints   {', '.join(vault.fingerprints)}",)
    wallets = (
        (f"Wallet   {visible(name)} ({network.value})", *broken(descriptor, indent=9))
        for name, network, descriptor in vault.wallets
    )
    approvers = (
        (f"Approver {visible(name)}", *grouped(fingerprint, indent=9, per_row=10))
        for name, fingerprint in vault.approvers
    )
    limits = tuple(f"{label:<27}{value}" for label, value in vault.limits)
    return joined(seeds, *((limits,) if limits else ()), *wallets, *approvers)
