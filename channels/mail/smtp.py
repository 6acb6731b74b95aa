"""Mail over SMTP (RFC 5321), encrypted unless the server is this machine."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum

from channels.delivery import DeliveryFailed, DeliveryReceipt, DeliveryRefused
from kernel.clock import Clock

from .message import MailMessage, compose

PERMANENT = 500
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Security(StrEnum):
    """How the connection is protected; ``NONE`` is for a server on this machine only."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where mail is handed over and as whom. Raises ``ValueError`` for an unprotected connection elsewhere."""

    host: str
    port: int
    sender: str
    sender_name: str = ""
    security: Security = Security.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    timeout_seconds: float = 20.0

    def __post_init__(self) -> None:
        if self.security is Security.NONE and self.host not in _LOOPBACK:
            raise ValueError(f"mail to {self.host} must be encrypted: set security to starttls or tls")


class SmtpMail:
    """A channel that hands each mail to the server named in the settings, one connection a mail."""

    def __init__(self, settings: SmtpSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    def send(self, message: MailMessage, *, idempotency_key: str) -> DeliveryReceipt:
        """Hand the mail over.

        SMTP knows no keys: after a lost answer a repetition is a second mail with the same Message-ID, which
        mail programs show once. A 4xx reply and a broken connection raise ``DeliveryFailed``, a 5xx reply to
        the mail itself ``DeliveryRefused``; a refused sign-in is the settings' fault and can be tried again.
        """
        settings = self._settings
        mail = compose(
            message,
            sender=settings.sender,
            sender_name=settings.sender_name,
            key=idempotency_key,
            at=self._clock.now(),
        )
        with _worded(), self._connection() as server:
            self._hand_over(server, mail)
        return DeliveryReceipt(str(mail["Message-ID"]))

    @contextlib.contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        settings = self._settings
        if settings.security is Security.TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=settings.timeout_seconds, context=self._trust()
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_seconds)
        try:
            if settings.security is Security.STARTTLS:
                server.starttls(context=self._trust())
            if settings.username:
                server.login(settings.username, settings.password)
            yield server
            # The mail is taken: whatever goes wrong while saying goodbye changes nothing.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._settings.ca_file or None)

    @staticmethod
    def _hand_over(server: smtplib.SMTP, mail: EmailMessage) -> None:
        try:
            server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _of_reply(min(codes, default=PERMANENT)) from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            raise _of_reply(error.smtp_code) from error
        except smtplib.SMTPNotSupportedError as error:
            raise DeliveryRefused("mail.address_not_supported") from error


def _of_reply(code: int) -> DeliveryRefused | DeliveryFailed:
    """Only the number of a reply is kept: its text often repeats the address."""
    if code >= PERMANENT:
        return DeliveryRefused("mail.refused", reply=code)
    return DeliveryFailed("mail.deferred", reply=code)


@contextlib.contextmanager
def _worded() -> Iterator[None]:
    """Every other trouble with the server as ``DeliveryFailed``."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise DeliveryFailed("mail.sign_in_refused", reply=error.smtp_code) from error
    except smtplib.SMTPNotSupportedError as error:
        raise DeliveryFailed("mail.server_lacks_feature") from error
    except smtplib.SMTPResponseException as error:
        raise DeliveryFailed("mail.server_refused", reply=error.smtp_code) from error
    except ssl.SSLError as error:
        raise DeliveryFailed("mail.not_trusted") from error
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryFailed("mail.no_connection") from error
