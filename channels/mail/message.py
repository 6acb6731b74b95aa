"""A mail as Keyturn writes it, and the same as bytes for the wire (RFC 5322)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
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
    """One mail to one person; ``html`` is an alternative to ``text``, never instead of it."""

    to: str
    subject: str
    text: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    reply_to: str = ""


def compose(message: MailMessage, *, sender: str, sender_name: str, key: str, at: datetime) -> EmailMessage:
    """The mail with all headers; its Message-ID follows from ``key``, so that a repetition is recognised.

    Raises :class:`DeliveryRefused` for an address or header that no mail may carry.
    """
    mail = EmailMessage()
    try:
        origin = Address(sender_name, addr_spec=sender)
        mail["From"] = origin
        mail["To"] = Address(addr_spec=message.to)
        mail["Subject"] = message.subject
        if message.reply_to:
            mail["Reply-To"] = Address(addr_spec=message.reply_to)
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
    return mail


def digest(key: str) -> str:
    """A key as a short word that tells nothing of it."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]
