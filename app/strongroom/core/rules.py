"""The rule table: one id per check, the same in errors, screens, transcript, documents and vectors.

Severity is what the rule does when it fires: BLOCK refuses, WARN must be acknowledged, SHOW informs.
A rule with two severities names the stronger one first.
"""

from __future__ import annotations

from dataclasses import dataclass

B, W, S = "block", "warn", "show"


@dataclass(frozen=True, slots=True)
class Rule:
    """One check: its id, what it does when it fires, and the sentence that it keeps.

    `limits` are what bounds it in the vault: fields of `Policy`, or `quorum` of the trust list.
    """

    id: str
    severities: tuple[str, ...]
    sentence: str
    limits: tuple[str, ...] = ()


RULES: tuple[Rule, ...] = (
    # Container and parser
    Rule("PSBT-MAGIC", (B,), "a PSBT of version 0 or 2, with the fields of that version only"),
    Rule("PSBT-DUPLICATE-KEY", (B,), "no key stands twice in one map"),
    Rule("PSBT-CANONICAL", (B,), "every length minimal, every field whole, nothing left over"),
    Rule(
        "PSBT-UNSIGNED-TX",
        (B,),
        "an unsigned transaction of version 1, 2 or 3 with in- and outputs",
    ),
    Rule("PSBT-ROUNDTRIP", (B,), "the transaction that is hashed is the one in the PSBT"),
    Rule("PSBT-SIZE", (B,), "32 MiB, 10 000 inputs, 10 000 outputs, paths of 12 steps at most"),
    Rule(
        "PSBT-UNKNOWN-FIELD",
        (B, S),
        "no unknown or proprietary field, unless policy allows them",
        ("block_unknown_fields",),
    ),
    # Inputs
    Rule("INPUT-DUPLICATE", (B,), "no outpoint is spent twice"),
    Rule("INPUT-PREVTX", (B,), "the previous transaction is the one that the outpoint names"),
    Rule("INPUT-UTXO-MISMATCH", (B,), "witness_utxo equals the previous transaction's output"),
    Rule("INPUT-UNPROVEN", (B,), "amounts are proven by previous transactions, or all is taproot"),
    Rule("INPUT-AMOUNT", (B,), "amounts are above zero and within 21 million bitcoin, summed too"),
    Rule("INPUT-FOREIGN", (B,), "each script is what the registered descriptor gives"),
    Rule("INPUT-KEY", (B,), "a key with our fingerprint is the key that we derive"),
    Rule("INPUT-WALLETS", (B,), "all inputs are of one registered wallet"),
    Rule("INPUT-NETWORK", (B,), "coin type, addresses, keys and request name one network"),
    Rule("INPUT-NOTHING", (B,), "there is something for our keys to sign"),
    Rule("SIGHASH-TYPE", (B,), "every signature commits to the whole transaction"),
    Rule("SIG-EXISTING", (B, S), "a signature that is already there verifies, in every input"),
    # Outputs
    Rule("CHANGE-FALSE", (B,), "an output that claims to be ours is what the descriptor gives"),
    Rule("CHANGE-PATH", (W,), "change is on the change branch, within the gap", ("change_gap",)),
    Rule("CHANGE-MANY", (W,), "one change output at most"),
    Rule("OUTPUT-SELF", (S,), "a payment to our own receive branch is shown as one"),
    Rule("OUTPUT-ZERO", (B,), "only OP_RETURN carries nothing, and OP_RETURN carries nothing"),
    Rule("OUTPUT-DUST", (W,), "no output below the dust limit"),
    Rule("OUTPUT-SCRIPT", (B,), "every output has an address on this network, or is OP_RETURN"),
    Rule("OUTPUT-DATA", (W, S), "all data is shown in full; more than 83 bytes is a warning"),
    Rule("OUTPUT-DUPLICATE", (W,), "no recipient stands twice"),
    # Fee, time, replacement
    Rule("FEE-NEGATIVE", (B,), "outputs do not exceed inputs"),
    Rule("FEE-ABSOLUTE", (B,), "the fee is within the cap in satoshis", ("fee_absolute",)),
    Rule("FEE-RATE", (B,), "the feerate is within the cap in sat/vB", ("fee_rate",)),
    Rule(
        "FEE-SHARE",
        (B, W),
        "the fee is a small share of what is sent",
        ("fee_share_block", "fee_share_warn"),
    ),
    Rule("FEE-RELAY", (W,), "the feerate is high enough to be relayed", ("fee_relay_millisats",)),
    Rule(
        "LOCKTIME",
        (B, W, S),
        "locks are shown, effective, and not far ahead",
        ("locktime_horizon",),
    ),
    Rule("RBF", (B, W, S), "a replacement raises the fee, and pays the same or takes all back"),
    # Request against PSBT, policy, history
    Rule(
        "BUNDLE-SIGNATURE", (B,), "every signature over the request is good and by a known approver"
    ),
    Rule(
        "BUNDLE-QUORUM", (B,), "enough distinct approvers of the needed roles signed", ("quorum",)
    ),
    Rule("BUNDLE-FORMAT", (B,), "container and manifest have the one form that is read"),
    Rule("SCAN", (B,), "scanned codes are one whole BBQr series"),
    Rule("BUNDLE-DIGEST", (B,), "every member has the size and digest that the manifest names"),
    Rule("BUNDLE-TEXT", (B,), "all text is printable and reads as it looks"),
    Rule("BUNDLE-EXPIRED", (B,), "the request is not past its time or height"),
    Rule("BUNDLE-CLOCK", (B,), "dates agree with the declared time; keys were valid at it"),
    Rule("BUNDLE-SEQUENCE", (B, W), "the request continues this wallet's chain of requests"),
    Rule("BUNDLE-EQUAL", (B,), "payments, change and fee of manifest and PSBT are equal"),
    Rule(
        "POLICY-AMOUNT",
        (B,),
        "the sum is within the limit per transaction",
        ("amount_per_transaction",),
    ),
    Rule(
        "POLICY-WINDOW",
        (B,),
        "the sum is within the limit per window of blocks",
        ("amount_per_window", "window_blocks"),
    ),
    Rule(
        "POLICY-RECIPIENT",
        (B, W),
        "recipients are in the address book where policy demands it",
        ("address_book", "address_book_only"),
    ),
    Rule("POLICY-WITNESSES", (B,), "enough distinct people confirmed", ("witnesses",)),
    Rule("HISTORY-CONFLICT", (B,), "no outpoint is spent in another transaction than before"),
    Rule("HISTORY-DUPLICATE", (W,), "no payment was signed before with other inputs"),
    Rule("HISTORY-AMOUNT", (B,), "an outpoint has the amount that it had before"),
    Rule("HISTORY-REISSUE", (S,), "a transaction that was signed before is shown as one"),
    # Approval and signing
    Rule("APPROVAL-WORDS", (B,), "people typed the words of the request that was reviewed"),
    Rule("APPROVAL-FINDINGS", (B,), "every warning was acknowledged"),
    Rule("APPROVAL-DIGEST", (B,), "what is signed is what was approved"),
    Rule("SIGN-BACKEND", (B,), "the C library is loaded, twice, from two builds"),
    Rule("SIGN-NONCE", (B,), "two independent signers give the same bytes"),
    Rule("SIGN-VERIFY", (B,), "every fresh signature verifies over our own sighash"),
    Rule("SIGN-ONLY-ADDS", (B,), "an answer differs from its request by signatures only"),
    # What people type, wallets, vault, media, machine
    Rule("ADDRESS", (B,), "an address is well formed and of this network"),
    Rule("ADDRESS-BOOK", (B,), "an address book file has the one form that is read"),
    Rule("POLICY-VALUE", (B,), "a limit is of its unit, within its range, and can be kept"),
    Rule("DESCRIPTOR", (B,), "a descriptor is of a known form, with a correct checksum"),
    Rule("WALLET-FORMAT", (B,), "a wallet file has the one form that is read"),
    Rule("WALLET-DUPLICATE", (B,), "a wallet is registered once, under one name"),
    Rule("WALLET-RETIRED", (B,), "nothing is signed for a retired wallet, and nobody pays it"),
    Rule("ROTATION", (B,), "a wallet that is being replaced pays its successor only"),
    Rule("WALLET-KEY", (B,), "exactly one key of a wallet derives from this vault's seeds"),
    Rule("WALLET-COSIGNER", (B,), "every other signer types words of the own key from paper"),
    Rule("TRUST-FORMAT", (B,), "a change of trust has the one form that is read"),
    Rule("TRUST-QUORUM", (B,), "enough of the old list and enough of the new signed a change"),
    Rule("TRUST-SEQUENCE", (B,), "a change is the next one, of the list that the vault has"),
    Rule("TRUST-WORDS", (B,), "people typed words of the change from the paper of its signers"),
    Rule("SEED-WORDS", (B,), "seed words are BIP-39 English words with a correct checksum"),
    Rule("SHARE-WORDS", (B,), "a share is of SLIP-39's words, with a correct checksum"),
    Rule("SHARE-SET", (B,), "the shares are of one secret, each once, and as many as are needed"),
    Rule("SHARE-QUORUM", (B,), "at least two shares are needed, and at most all of them"),
    Rule("CODEX32", (B,), "a codex32 string has the alphabet, length and checksum of BIP-93"),
    Rule("CHILD", (B,), "a derived child is of a kind, length and number that BIP-85 has"),
    Rule("PROOF", (B,), "a signed message is of the message, the address and the coins it claims"),
    Rule("PROOF-SCRIPT", (B,), "a message is judged only where its script is understood"),
    Rule("RECOVER", (B,), "a recovered seed has the fingerprint that the register names"),
    Rule("DRILL", (B,), "a backup gives its seed back after a restart, and fewer sheets do not"),
    Rule("SEED-DICE", (B,), "enough rolls, and no face or pattern that a fair die would not give"),
    Rule("SEED-BACKUP", (B,), "the words typed from paper are the words that were shown"),
    Rule("CERTIFICATE", (B,), "a certificate is one usable OpenPGP primary key, compared by words"),
    Rule("VAULT-PASSPHRASE", (B,), "the passphrase opens the vault"),
    Rule("VAULT-SHARES", (B,), "the key that the custodians' shares give opens the vault"),
    Rule("ONE-KEY", (B,), "one key of a wallet of several is used in one boot"),
    Rule("VAULT-FORMAT", (B,), "a vault is an age file with contents of a known form"),
    Rule("VAULT-MEMORY", (B,), "the machine has the memory that the vault's work factor needs"),
    Rule("VAULT-WEAK", (B,), "a vault passphrase is long enough to be worth its name"),
    Rule("SESSION-CANCELLED", (S,), "a person left the step"),
    Rule("VIRTUAL-MACHINE", (B,), "no keys of real money are made in a virtual machine"),
    Rule("REHEARSAL", (B,), "keys of a rehearsal are never keys of production, nor the reverse"),
    Rule("ROLL-CALL", (B,), "everybody is called once, with a role, and there is one operator"),
    Rule("SESSION-TIME", (B,), "the declared time is not before what is known to have been"),
    Rule("MACHINE-NETWORK", (B,), "no network interface and no socket family of a network exists"),
    Rule("MACHINE-DISK", (B,), "no disk exists but sticks on USB"),
    Rule("MACHINE-KERNEL", (B,), "the kernel is locked down, loads no modules and does not swap"),
    Rule(
        "SELF-TEST", (B,), "known answers come out, and bad signatures are refused, on this machine"
    ),
    Rule(
        "USB-DEVICE", (B,), "a keyboard is added once, while it is plugged in, by what people type"
    ),
    Rule("MEDIA-READ", (B,), "a file is read whole, once, from a stick that stays plugged in"),
    Rule("MEDIA-SIZE", (B,), "a file is within the cap of its kind"),
    Rule("MEDIA-WRITE", (B,), "files are written whole, synced, renamed and read back equal"),
    Rule("MEDIA-FULL", (B,), "the stick has room for what is written"),
    Rule("MEDIA-GONE", (B,), "the stick stays plugged in while it is used"),
    Rule("MEDIA-FILESYSTEM", (B,), "the stick has one FAT32, exFAT or ext4 file system"),
    Rule("SIGNER-GONE", (B,), "the process that holds the keys lives as long as its session"),
    Rule("OPENPGP", (B,), "gpgv and gpg run and answer"),
    Rule("TRANSCRIPT", (B,), "a transcript's events are whole, in order and unchanged"),
    Rule("PROGRAM", (B,), "the program does what its authors meant"),
    # Online
    Rule("NODE-RPC", (B,), "the node answers, and answers what was asked"),
    Rule("NODE-CHAIN", (B,), "the node follows the chain of the wallet's network, without a fork"),
    Rule("NODE-DIFFER", (B,), "two sources tell the same of chain, coins and fees"),
    Rule("NODE-REJECT", (B,), "the node accepts the transaction into its memory pool"),
    Rule("WALLET-UNKNOWN", (B,), "a wallet, request or response is one that is known here"),
    Rule("REQUEST-STATE", (B,), "a request is at the stage that the command needs"),
    Rule("FUNDS", (B,), "the wallet can pay what is asked"),
    Rule("MEDIA-FIXED", (B,), "only a whole, unmounted, removable disk is overwritten"),
    Rule("CONFIG", (B,), "the config file is TOML, and every key in it is an option"),
    Rule("PAPER", (B,), "what draws a PDF is installed"),
    Rule("AUDIT-LOG", (B,), "the events of a request are whole, unchanged and of that request"),
    Rule("APPROVERS", (B,), "a list of approvers names each once, and thresholds that can be met"),
    Rule("LABELS", (B,), "a file of labels has the form of BIP-329"),
    Rule("BOOK-ENTRY", (B,), "a name in the companion's book stands for one address"),
    Rule("ADDRESS-ALIKE", (W,), "no recipient only looks like a known address"),
    Rule("PRIVACY-REUSE", (W,), "addresses are used once"),
    Rule("PRIVACY-LABELS", (W,), "coins of different labels are not spent together"),
    Rule("PRIVACY-DUST", (W,), "dust that strangers sent is not spent with other coins"),
    # The image and its builders
    Rule("ATTESTATION-FORMAT", (B,), "an attestation has the one form that a build writes"),
    Rule("ATTESTATION-SOURCE", (B,), "what builders attest was made of a commit"),
    Rule("ATTESTATION-IMAGE", (B,), "the image has the size and digest that was attested"),
    Rule(
        "ATTESTATION-SIGNATURE",
        (B,),
        "every builder's signature is good, by a key that was valid when it signed",
    ),
    Rule("ATTESTATION-QUORUM", (B,), "enough distinct builders of the list signed"),
)

SENTENCES = {rule.id: rule.sentence for rule in RULES}
RULE_IDS: frozenset[str] = frozenset(rule.id for rule in RULES)
