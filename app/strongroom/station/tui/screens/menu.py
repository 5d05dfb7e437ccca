"""The main menu, with what the open vault holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strongroom.core.session.values import SeedSource, Task
from strongroom.station.tui.kit import Menu, Page, Screen, Size, above
from strongroom.station.tui.text import broken, counted, grouped, joined, visible, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from strongroom.core.network import Network
    from strongroom.core.session.requests import ChooseSeedSource, ChooseTask
    from strongroom.core.session.values import VaultSummary

_LABELS = {
    Task.OPEN_VAULT: ("Open a vault", "from a stick, with its passphrase"),
    Task.CREATE_VAULT: ("Create a vault", "from seed words, or from dice"),
    Task.SIGN: ("Sign a request", "check it, read it, confirm it, sign it"),
    Task.REGISTER_WALLET: ("Register a wallet", "that this vault's keys belong to"),
    Task.ADD_APPROVER: ("Add an approver", "who may ask for signatures"),
    Task.CHANGE_POLICY: ("Change the policy", "limits, address book, who must approve"),
    Task.EXPORT_WALLET: ("Write wallet files", "public, for the online computer"),
    Task.CEREMONY: ("Ceremonies", "back up, drill, prove, export, addresses"),
    Task.END_SESSION: ("End the session", "write its record, wipe the memory, start anew"),
    Task.MACHINE: ("This machine", "its parts, USB devices, self-tests"),
    Task.POWER_OFF: ("Switch off", "end the session first"),
}
_WITHOUT = (Task.OPEN_VAULT, Task.CREATE_VAULT, Task.END_SESSION, Task.MACHINE, Task.POWER_OFF)
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

    title = "Main menu"
    keys = _KEYS
    leave = ""
    help = """Choose with the arrow keys and Enter, or press the digit.

    A vault is the encrypted file with the seed, the registered wallets, the people who may ask for
    signatures, the limits, and the history of what was signed. It stays on its stick; here it is open
    in memory only, until the session is ended or the power goes."""

    def __init__(self, request: ChooseTask, reply: Callable[[Task], None]) -> None:
        tasks = _WITH if request.vault else _WITHOUT
        choices = [((f"{_LABELS[task][0]:<22}{_LABELS[task][1]}",), task) for task in tasks]
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

    title = "Where the seed comes from"
    keys = _KEYS
    help = """Words: a seed that exists already, or was made elsewhere.

    Dice: a new seed. The machine draws its own random bits first and shows a commitment to them; then
    the custodians roll. Neither the machine nor the dice alone decide the seed.

    Shares and codex32: a backup on several sheets. Their holders type them one after the other."""

    def __init__(self, _request: ChooseSeedSource, reply: Callable[[SeedSource], None]) -> None:
        choices = (
            (("Type seed words", "12 to 24 words that exist already (BIP-39)"), SeedSource.WORDS),
            (("Roll dice", "a new seed, from dice mixed with this machine's"), SeedSource.DICE),
            (
                ("Type shares of words", "some of many give the seed back (SLIP-39)"),
                SeedSource.SLIP39,
            ),
            (("Type codex32 strings", "that start with MS1 (BIP-93)"), SeedSource.CODEX32),
        )
        lines = wrapped("A vault is made around one seed.")
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
    quorum = ", ".join(f"{count} {visible(role)}" for role, count in vault.quorum)
    return (
        f"Vault        generation {vault.generation}, {counted(vault.signed, 'request')} signed",
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
