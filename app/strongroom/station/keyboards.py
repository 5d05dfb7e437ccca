"""Which keyboard was chosen in the boot menu, in words for people who are about to type a secret.

The layout itself is in the kernel before the application starts. Here it is only named: a passphrase that is
typed on a keyboard which is read as another one opens nothing.
"""

from __future__ import annotations

LAYOUTS = {
    "us": "US English",
    "gb": "British",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "ch": "Swiss German",
    "se": "Swedish",
    "no": "Norwegian",
    "dk": "Danish",
    "pt": "Portuguese",
    "pl": "Polish",
    "cz": "Czech",
    "hu": "Hungarian",
    "dvorak": "US Dvorak",
}
_WORD = "strongroom.keys="
_DEFAULT = "us"  # what the kernel has when nothing is chosen


def chosen_layout(command_line: str) -> str:
    """The layout that the kernel's command line names; the kernel's own where it names none that we have."""
    words = (word for word in command_line.split() if word.startswith(_WORD))
    name = next(words, _WORD + _DEFAULT).removeprefix(_WORD)
    return name if name in LAYOUTS else _DEFAULT


def describe_keyboard(layout: str, console: str) -> str:
    """How what is typed at `console` is read."""
    if console.startswith("ttyS"):
        return "Keys come over the serial line as that terminal sends them."
    return f"The keyboard is read as a {LAYOUTS[layout]} one, whatever is printed on its keys."
