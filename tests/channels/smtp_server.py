"""A mail server for tests: the part of RFC 5321 that a client meets, over a real socket, with TLS and AUTH.

It takes what it is sent, and on request answers a command with any reply or hangs up.
"""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import BinaryIO, cast

HANG_UP = ""


@dataclass
class Envelope:
    """One mail as it was handed over."""

    sender: str
    recipients: list[str]
    content: bytes
    encrypted: bool
    user: str


@dataclass
class MailServer:
    """What was handed over, and which replies to give: ``replies["RCPT"] = "550 no such user"``."""

    port: int = 0
    envelopes: list[Envelope] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    extensions: tuple[str, ...] = ("8BITMIME", "SMTPUTF8", "SIZE 30000000")
    _came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def take(self, envelope: Envelope) -> None:
        """Keep a mail."""
        self.envelopes.append(envelope)
        self._came.release()

    def next(self, seconds: float = 30.0) -> EmailMessage:
        """The newest mail, as soon as one more has come than was asked for before."""
        assert self._came.acquire(timeout=seconds), "no mail came"
        parsed = message_from_bytes(self.envelopes[-1].content, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed


class _Session(socketserver.BaseRequestHandler):
    mail_server: MailServer

    def setup(self) -> None:
        self.request.settimeout(10)
        self.encrypted = False
        self.user = ""
        if self.mail_server.implicit_tls:
            self._wrap()
        self._open()

    def _wrap(self) -> None:
        assert self.mail_server.tls is not None
        self.request = self.mail_server.tls.wrap_socket(self.request, server_side=True)
        self.encrypted = True

    def _open(self) -> None:
        self.stream = cast(BinaryIO, self.request.makefile("rb"))
        self.sender, self.recipients = "", list[str]()

    def finish(self) -> None:
        self.stream.close()
        self.request.close()

    def reply(self, text: str) -> None:
        self.request.sendall(text.encode() + b"\r\n")

    def handle(self) -> None:
        try:
            self.reply(self.mail_server.replies.get("CONNECT", "220 test.example ESMTP"))
            while line := self.stream.readline(2050):
                verb, _, rest = line.decode().strip().partition(" ")
                if not self.command(verb.upper(), rest):
                    return
        except OSError:
            return

    def command(self, verb: str, rest: str) -> bool:
        """Answer one command; False ends the connection."""
        planned = self.mail_server.replies.get(verb)
        if planned is not None:
            if planned == HANG_UP:
                return False
            self.reply(planned)
            return True
        action = getattr(self, f"do_{verb.lower()}", None)
        if action is None:
            self.reply("502 not implemented")
            return True
        return bool(action(rest))

    def do_ehlo(self, _: str) -> bool:
        lines = ["test.example", *self.mail_server.extensions]
        if self.mail_server.tls and not self.encrypted:
            lines.append("STARTTLS")
        if self.mail_server.users:
            lines.append("AUTH PLAIN")
        for line in lines[:-1]:
            self.reply(f"250-{line}")
        self.reply(f"250 {lines[-1]}")
        return True

    def do_starttls(self, _: str) -> bool:
        self.reply("220 go ahead")
        self.stream.close()
        self._wrap()
        self._open()
        return True

    def do_auth(self, rest: str) -> bool:
        _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
        if self.mail_server.users.get(user) != password:
            self.reply("535 wrong")
            return True
        self.user = user
        self.reply("235 welcome")
        return True

    def do_mail(self, rest: str) -> bool:
        self.sender = rest[rest.index("<") + 1 : rest.index(">")]
        self.reply("250 ok")
        return True

    def do_rcpt(self, rest: str) -> bool:
        self.recipients.append(rest[rest.index("<") + 1 : rest.index(">")])
        self.reply("250 ok")
        return True

    def do_data(self, _: str) -> bool:
        self.reply("354 end with a dot")
        lines = []
        while (line := self.stream.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        envelope = Envelope(self.sender, self.recipients, b"".join(lines), self.encrypted, self.user)
        planned = self.mail_server.replies.get("CONTENT", "250 taken")
        if planned == HANG_UP or planned.startswith("2"):
            self.mail_server.take(envelope)
        if planned == HANG_UP:
            return False
        self.reply(planned)
        return True

    def do_rset(self, _: str) -> bool:
        self.reply("250 ok")
        return True

    def do_quit(self, _: str) -> bool:
        self.reply("221 bye")
        return False


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not trust us breaks off; the test looks at the client."""


@contextmanager
def running(server: MailServer) -> Iterator[MailServer]:
    """Serve on 127.0.0.1 until the block ends; the port is set in ``server``."""
    session = type("Session", (_Session,), {"mail_server": server})
    with _Server(("127.0.0.1", 0), session) as listener:
        server.port = listener.server_address[1]
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown()
            thread.join()
