"""A mail as Keyturn writes it, and the same as bytes for the wire (RFC 5322)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, default
from email.utils import format_datetime

from channels.delivery import DeliveryRefused


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail; ``media_type`` such as ``application/pdf``."""

    name: str
    content: bytes
    media_type: str = "application/pdf"


@dataclass(frozen=True, slots=True)
class MailMessage:
    """One mail to one person; ``html`` is an alternative to ``text``, never instead of it.

    ``unsubscribe`` is an address that stops mails like this one when it is posted to (RFC 8058); ``language`` is
    that of the text, such as ``zh``.
    """

    to: str
    subject: str
    text: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    reply_to: str = ""
    unsubscribe: str = ""
    language: str = ""


class _OneLine(UnstructuredHeader):
    """A header whose value is an address: broken or encoded it would be none, so it stays on one line."""

    name: str

    def fold(self, *, policy: EmailPolicy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> EmailPolicy:
    registry = HeaderRegistry()
    registry.map_to_type("list-unsubscribe", _OneLine)
    return default.clone(header_factory=registry)


_POLICY = _policy()


def compose(message: MailMessage, *, sender: str, sender_name: str, key: str, at: datetime) -> EmailMessage:
    """The mail with all headers; its Message-ID follows from ``key``, so that a repetition is recognised.

    Raises :class:`DeliveryRefused` for an address or header that no mail may carry.
    """
    mail = EmailMessage(policy=_POLICY)
    try:
        origin = Address(sender_name, addr_spec=sender)
        mail["From"] = origin
        mail["To"] = Address(addr_spec=message.to)
        mail["Subject"] = message.subject
        if message.reply_to:
            mail["Reply-To"] = Address(addr_spec=message.reply_to)
        if message.unsubscribe:
            mail["List-Unsubscribe"] = f"<{message.unsubscribe}>"
            if message.unsubscribe.startswith("https:"):
                mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    except (ValueError, HeaderParseError, IndexError) as error:
        raise DeliveryRefused("mail.bad_header") from error
    if not mail["To"].addresses[0].domain:
        raise DeliveryRefused("mail.bad_header")
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{digest(key)}@{origin.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    for part in message.attachments:
        kind, _, subtype = part.media_type.partition("/")
        mail.add_attachment(part.content, maintype=kind, subtype=subtype, filename=part.name)
    if message.language:
        mail["Content-Language"] = message.language
    return mail


def digest(key: str) -> str:
    """A key as a short word that tells nothing of it."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]
