"""Requests with the longest legal values, for screen tests."""

from __future__ import annotations

from datetime import UTC, datetime

from strongroom.core.bitcoin.model import OutPoint, ScriptKind, Transaction, TxInput, TxOutput
from strongroom.core.bundle.model import (
    Certificate,
    CertificateFingerprint,
    ChainAnchor,
    MemberDigest,
    Payment,
    RequestManifest,
    VerifiedRequest,
)
from strongroom.core.descriptor.model import DerivedScripts, Descriptor
from strongroom.core.machine.model import Hardware, Medium, UsbDevice, Use
from strongroom.core.money import MAX_MONEY, Sats
from strongroom.core.network import Network
from strongroom.core.optical.bbqr import FileType
from strongroom.core.optical.codes import Code, text_code
from strongroom.core.psbt.model import Psbt
from strongroom.core.review.model import (
    Change,
    Finding,
    Recipient,
    Review,
    ReviewedInput,
    Severity,
)
from strongroom.core.session.policy_rows import limit_rows
from strongroom.core.session.values import BookRow, Release, RoleRow, ThresholdRow, VaultSummary
from strongroom.core.vault.changes import Terms, TermsChange
from strongroom.core.vault.model import Policy, TrustList
from strongroom.station.keyboards import describe_keyboard

DIGEST = bytes(range(7, 7 + 32))
WIDEST_DIGEST = bytes((0x22, 0x9B) * 16)
LONGEST_ADDRESS = "bcrt1p" + "qpzry9x8gf2tvdw0s3jn54khce6mua7l" + "qpzry9x8gf2tvdw0s3jn54khce"
NAME = "W" * 32
PERSON = "Maximiliane von Lichtenstein-Schwarzenberg zu Hohenlohe-Oehringen"[:64]
PAYEE = (
    "Aktiengesellschaft fuer Edelmetalle und andere Wertgegenstaende mbH & Co. KG, Niederlassung"
)
ADDRESS_CODES = tuple(
    text_code(f"receive address {place}", f"bcrt1p{letter * 58}")
    for place, letter in enumerate("qpz")
)
ANSWER_CODE = Code(label="october.response", data=bytes(range(256)) * 2, kind=FileType.BINARY)
TIME = datetime(2027, 3, 31, 14, 5, tzinfo=UTC)
FINGERPRINT = CertificateFingerprint("0123456789ABCDEF0123456789ABCDEF01234567")
XPUB = "tpub" + "D" * 107
KEYS = ",".join(f"[{origin}/48h/1h/0h/2h]{XPUB}/<0;1>/*" for origin in ("aabbccdd", "11223344"))
DESCRIPTOR = f"wsh(sortedmulti(2,{KEYS}))#abcdefgh"
KEYBOARD = describe_keyboard("us", "tty1")
RELEASE = Release(
    version="0.1.0", commit="6b64642" * 5 + "6b646", built=TIME, image_digest=DIGEST.hex()
)
HARDWARE = Hardware(
    computer="QEMU Standard PC (Q35 + ICH9, 2009)",
    firmware="UEFI",
    processor="Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz",
    threads=112,
    memory=2 << 40,
    hypervisor="QEMU",
    medium=Medium.STICK,
    interfaces=("lo",),
    families=("unix", "netlink"),
    disks=(),
    keyboards=("PS/2",),
    usb=(
        UsbDevice(
            id="1-1#2",
            ids="46f4:0001",
            name="QEMU QEMU USB HARDDRIVE",
            sort="storage",
            use=Use.USED,
        ),
        UsbDevice(
            id="1-2.4.4.4.1#127",
            ids="ffff:ffff",
            name="W" * 40,
            sort="keyboard, network adapter (Ethernet), data of a network adapter or serial port",
            use=Use.REFUSED,
            reason="only storage, hubs and keyboards are used",
        ),
    ),
    lockdown="confidentiality",
    has_modules=False,
    has_swap=False,
)
VAULT = VaultSummary(
    fingerprints=("aabbccdd",),
    wallets=(
        (NAME, Network.REGTEST, DESCRIPTOR),
        ("Cold", Network.REGTEST, DESCRIPTOR),
        ("Payroll", Network.REGTEST, DESCRIPTOR),
        ("Old", Network.REGTEST, DESCRIPTOR),
    ),
    approvers=((PERSON, FINGERPRINT), ("Bo", FINGERPRINT)),
    quorum=(("approver", 2), ("treasurer", 1)),
    signed=1234,
    generation=98765,
    limits=(("Sent per window, at most", "21000000.00000000 BTC"),),
)
CERTIFICATE = Certificate(
    fingerprint=FINGERPRINT,
    user_ids=(f"{PERSON} <maximiliane@example.org>", "Second Name <second@example.org>"),
    created=TIME,
    expires=None,
    revoked=False,
    keys=(),
)
WARNINGS = (
    Finding(
        rule="FEE-SHARE",
        severity=Severity.WARN,
        message="the fee of 700 000 sat is 7.0 % of what is sent, 10 000 000 sat, over 5 %",
    ),
    Finding(
        rule="POLICY-RECIPIENT",
        severity=Severity.WARN,
        message=f"{LONGEST_ADDRESS} was never paid before",
    ),
)
NOTE = Finding(rule="RBF", severity=Severity.SHOW, message="the transaction can be replaced")
_OLD = Terms(policy=Policy(amount_per_window=MAX_MONEY), trust=TrustList())
_NEW = Policy(fee_absolute=MAX_MONEY, amount_per_window=MAX_MONEY, window_blocks=1_000_000)
LIMITS = limit_rows(_OLD, Terms(policy=_NEW, trust=TrustList()))
BOOK = (
    BookRow(address=f"{LONGEST_ADDRESS[:-1]}{'x'}", name=PERSON, mark="removed"),
    BookRow(address=LONGEST_ADDRESS, name="Landlord", mark="new"),
    BookRow(address=LONGEST_ADDRESS[:42], name="Power company", mark=""),
)
ROLES = (
    RoleRow(fingerprint=FINGERPRINT, name=PERSON, roles=("approver", "treasurer")),
    RoleRow(fingerprint=FINGERPRINT[::-1], name="Bo", roles=()),
)
THRESHOLDS = (
    ThresholdRow(role="approver", now=2, new=1, there=1),
    ThresholdRow(role="treasurer", now=1, new=1, there=1),
)
WIDEST_NAME = "W" * 64
CHANGES = (
    TermsChange(
        label="Fee, at most", old="0.01000000 BTC", new="21000000.00000000 BTC", lowers=True
    ),
    TermsChange(label=f"Address {LONGEST_ADDRESS}", old="none", new=PERSON, lowers=True),
    TermsChange(label="Approvers needed of role treasurer", old="1", new="2", lowers=False),
)
TRUST_CHANGES = (
    TermsChange(
        label=f"Approver {WIDEST_NAME}",
        old="none",
        new=f"approver, security officer; {FINGERPRINT}; 2026-11-02T00:00:00Z to 2028-11-02T00:00:00Z",
        lowers=True,
    ),
    TermsChange(label=f"Certificate of {PERSON}", old="0" * 64, new="f" * 64, lowers=True),
    TermsChange(
        label=f"Validity of {PERSON}",
        old="2026-11-02T00:00:00Z to no end",
        new="2026-11-02T00:00:00Z to 2028-11-02T00:00:00Z, revoked from 2027-01-01T12:34:56Z",
        lowers=False,
    ),
    TermsChange(label="Approvers needed of role approver", old="2", new="3", lowers=False),
)


def recipient(index: int = 0, amount: int = MAX_MONEY, **changes: object) -> Recipient:
    """A payment of the longest amount to the longest address."""
    fields: dict[str, object] = {
        "index": index,
        "address": LONGEST_ADDRESS,
        "amount": Sats(amount),
        "payee": PAYEE,
        "reference": "Invoice 2027-03-000000000000000001 of the thirty-first of March",
        "is_self": False,
        "is_known": False,
    }
    return Recipient(**{**fields, **changes})  # type: ignore[arg-type]  # fields above


def _manifest(recipients: tuple[Recipient, ...]) -> RequestManifest:
    return RequestManifest(
        request_id="20270331-0001-quarterly-dividends",
        sequence=1234,
        previous_digest=None,
        created=TIME,
        expires=TIME,
        expires_height=900_000,
        anchor=ChainAnchor(
            network=Network.REGTEST,
            genesis_hash="00" * 32,
            tip_height=899_000,
            tip_hash="11" * 32,
            tip_time=TIME,
        ),
        wallet=NAME,
        descriptor_checksum="abcdefgh",
        payments=tuple(
            Payment(address=r.address or "", amount=r.amount, payee=r.payee, reference=r.reference)
            for r in recipients
        ),
        change=(),
        fee=Sats(700_000),
        purpose="Dividends for the first quarter of the year, by decision of the board in March",
        requester=PERSON,
        replaces=None,
        psbt=MemberDigest(size=1, sha256="22" * 32),
    )


def review(*recipients: Recipient, findings: tuple[Finding, ...] = (*WARNINGS, NOTE)) -> Review:
    """A review with one input and one change output around `recipients`."""
    paid = recipients or (recipient(),)
    outpoint = OutPoint(txid=DIGEST, vout=4_294_967_294)
    outputs = tuple(TxOutput(r.amount, b"\x6a") for r in paid)
    transaction = Transaction(
        version=2, inputs=(TxInput(outpoint, 0xFFFFFFFD),), outputs=outputs, locktime=899_000
    )
    return Review(
        request=VerifiedRequest(
            manifest=_manifest(paid),
            digest=DIGEST,
            psbt=b"",
            signers=(PERSON, "Bo"),
            declared=TIME,
        ),
        wallet_name=NAME,
        conditions="2 of Ana, Ben, Chi, or Ana after 52 560 blocks",
        descriptor=Descriptor(
            text=DESCRIPTOR,
            network=Network.REGTEST,
            kind=ScriptKind.WSH_MULTI,
            threshold=2,
            is_sorted=True,
            keys=(),
        ),
        kind=ScriptKind.WSH_MULTI,
        psbt=Psbt(
            version=2,
            transaction=transaction,
            inputs=(),
            outputs=(),
            unknown_fields=(),
            modifiable=0,
            xpubs=(),
            raw_global=(),
            raw_inputs=(),
            raw_outputs=(),
        ),
        inputs=(
            ReviewedInput(
                index=0,
                outpoint=outpoint,
                amount=MAX_MONEY,
                sequence=0xFFFFFFFD,
                branch=1,
                position=2_147_483_647,
                scripts=DerivedScripts(script_pubkey=b"", script_code=b"", public_keys=()),
                sighash_type=1,
                sighash=DIGEST,
                signed_by=("aabbccdd", "11223344"),
            ),
        ),
        recipients=paid,
        change=(
            Change(
                index=len(paid),
                address=LONGEST_ADDRESS,
                amount=MAX_MONEY,
                branch=1,
                position=2_147_483_647,
            ),
        ),
        total_in=MAX_MONEY,
        total_out=MAX_MONEY,
        fee=Sats(1_000_000),
        virtual_size=100_000,
        fee_rate_millisats=499_999,
        fee_share_permille=99,
        findings=findings,
        txid="f" * 64,
        digest=DIGEST,
    )
