"""Mail handed to a real SMTP server over a socket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from channels.delivery import DeliveryFailed, DeliveryRefused
from channels.mail import Attachment, MailMessage, Security, SmtpMail, SmtpSettings, html_of
from kernel.clock import MovedClock
from tests.channels.smtp_server import HANG_UP, MailServer, running

from .conftest import Certificate

LETTER = MailMessage("buyer@example.com", "您的首付款将于 3 月 10 日到期", "尊敬的客户：\n.请按时付款。\n")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running(MailServer()) as mail_server:
        yield mail_server


def mail(server: MailServer, clock: MovedClock, **changes: object) -> SmtpMail:
    options: dict[str, object] = {"security": Security.NONE, "sender_name": "云溪置业", "timeout_seconds": 5.0}
    settings = SmtpSettings("127.0.0.1", server.port, "sales@keyturn.example", **{**options, **changes})  # type: ignore[arg-type]
    return SmtpMail(settings, clock)


def taken(server: MailServer) -> EmailMessage:
    (envelope,) = server.envelopes
    parsed = message_from_bytes(envelope.content, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_a_mail_arrives_with_its_chinese_text_and_headers(server: MailServer, clock: MovedClock) -> None:
    receipt = mail(server, clock).send(LETTER, idempotency_key="job-1")
    arrived = taken(server)
    assert server.envelopes[0].recipients == ["buyer@example.com"]
    assert arrived["Subject"] == "您的首付款将于 3 月 10 日到期"
    assert arrived["From"] == "云溪置业 <sales@keyturn.example>"
    assert arrived["Date"] == "Mon, 02 Mar 2026 01:00:00 +0000"
    assert arrived["Message-ID"] == receipt.reference
    assert arrived.get_content().replace("\r\n", "\n") == LETTER.text


def test_the_way_to_stop_is_a_header_that_mail_programs_read(server: MailServer, clock: MovedClock) -> None:
    address = f"https://keyturn.example/notifications/stop/{'long-and-signed' * 12}"
    letter = MailMessage(
        "a@example.com", "催办：审批", "请尽快处理。", "<p>请尽快处理。</p>", unsubscribe=address, language="zh"
    )
    mail(server, clock).send(letter, idempotency_key="job-1")
    assert f"List-Unsubscribe: <{address}>\r\n".encode() in server.envelopes[0].content
    arrived = taken(server)
    assert arrived["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert arrived["Content-Language"] == "zh"
    assert [part.get_content_type() for part in arrived.iter_parts()] == ["text/plain", "text/html"]


def test_a_way_to_stop_that_breaks_the_header_is_refused(server: MailServer, clock: MovedClock) -> None:
    letter = MailMessage("a@example.com", "x", "y", unsubscribe="https://k.example/\r\nBcc: c@d.example")
    with pytest.raises(DeliveryRefused):
        mail(server, clock).send(letter, idempotency_key="job-1")
    assert server.envelopes == []


def test_html_says_the_same_words_escaped_and_links_our_own_addresses_alone() -> None:
    text = "Ann <script>alert(1)</script> & co\nhttps://evil.example/x\n\nOpen:\nhttps://k.example/t/1?a=b&c\n\n--\nSettings"
    page = html_of("A “title” <b>", text, language="zh", addresses={"https://k.example/t/1?a=b&c"})
    assert '<html lang="zh-CN">' in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in page
    assert "<script" not in page
    assert "A “title” &lt;b&gt;" in page
    assert re.findall('href="([^"]+)"', page) == ["https://k.example/t/1?a=b&amp;c"]


def test_a_paper_goes_along_byte_for_byte(server: MailServer, clock: MovedClock) -> None:
    paper = Attachment("置业计划书.pdf", b"%PDF-1.7\r\n.\r\n\x00\xff")
    letter = MailMessage("buyer@example.com", "Plan", "See the plan.", "<p>See the plan.</p>", (paper,))
    mail(server, clock).send(letter, idempotency_key="job-1")
    (part,) = taken(server).iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("置业计划书.pdf", "application/pdf")
    assert part.get_content() == paper.content


def test_a_repetition_carries_the_same_message_id(server: MailServer, clock: MovedClock) -> None:
    channel = mail(server, clock)
    first, again, other = (channel.send(LETTER, idempotency_key=key) for key in ("a", "a", "b"))
    assert first.reference == again.reference != other.reference


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "CONTENT"])
def test_a_permanent_reply_refuses_the_mail(server: MailServer, clock: MovedClock, verb: str) -> None:
    server.replies[verb] = "550 buyer@example.com unknown"
    with pytest.raises(DeliveryRefused) as caught:
        mail(server, clock).send(LETTER, idempotency_key="job-1")
    assert caught.value.params == {"reply": 550}
    assert "example.com" not in str(caught.value)
    assert server.envelopes == []


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "CONTENT"])
def test_a_passing_reply_asks_to_try_again(server: MailServer, clock: MovedClock, verb: str) -> None:
    server.replies[verb] = "451 greylisted"
    with pytest.raises(DeliveryFailed) as caught:
        mail(server, clock).send(LETTER, idempotency_key="job-1")
    assert caught.value.params == {"reply": 451}


@pytest.mark.parametrize(("verb", "reply"), [("CONNECT", "554 go away"), ("EHLO", "500 no"), ("EHLO", HANG_UP)])
def test_a_server_that_will_not_talk_is_tried_again(
    server: MailServer, clock: MovedClock, verb: str, reply: str
) -> None:
    server.replies.update({verb: reply, "HELO": reply})
    with pytest.raises(DeliveryFailed):
        mail(server, clock).send(LETTER, idempotency_key="job-1")


def test_a_lost_answer_is_a_failure_although_the_mail_went_out(server: MailServer, clock: MovedClock) -> None:
    server.replies["CONTENT"] = HANG_UP
    with pytest.raises(DeliveryFailed):
        mail(server, clock).send(LETTER, idempotency_key="job-1")
    assert len(server.envelopes) == 1


def test_trouble_while_saying_goodbye_does_not_undo_the_delivery(server: MailServer, clock: MovedClock) -> None:
    server.replies["QUIT"] = HANG_UP
    assert mail(server, clock).send(LETTER, idempotency_key="job-1").reference
    assert len(server.envelopes) == 1


def test_no_server_is_a_failure(server: MailServer, clock: MovedClock) -> None:
    with running(MailServer()) as gone:
        pass
    with pytest.raises(DeliveryFailed) as caught:
        mail(gone, clock).send(LETTER, idempotency_key="job-1")
    assert caught.value.code == "mail.no_connection"


@pytest.mark.parametrize(
    ("to", "subject"),
    [("", "x"), ("no address", "x"), ("nobody", "x"), ("a@b.example\r\nBcc: c@d.example", "x"),
     ("a@b.example", "x\r\nBcc: c@d.example")],
)  # fmt: skip
def test_an_address_or_header_that_is_none_is_refused_before_connecting(
    server: MailServer, clock: MovedClock, to: str, subject: str
) -> None:
    with pytest.raises(DeliveryRefused) as caught:
        mail(server, clock).send(MailMessage(to, subject, "text"), idempotency_key="job-1")
    assert caught.value.code == "mail.bad_header"


def test_starttls_encrypts_before_signing_in(clock: MovedClock, certificate: Certificate) -> None:
    with running(MailServer(tls=certificate.context, users={"sales": "secret"})) as server:
        channel = mail(server, clock, security=Security.STARTTLS, ca_file=certificate.ca_file,
                       username="sales", password="secret")  # fmt: skip
        channel.send(LETTER, idempotency_key="job-1")
    assert [(envelope.encrypted, envelope.user) for envelope in server.envelopes] == [(True, "sales")]


def test_implicit_tls_works_too(clock: MovedClock, certificate: Certificate) -> None:
    with running(MailServer(tls=certificate.context, implicit_tls=True)) as server:
        mail(server, clock, security=Security.TLS, ca_file=certificate.ca_file).send(LETTER, idempotency_key="a")
    assert server.envelopes[0].encrypted


def test_a_server_without_starttls_gets_no_mail(server: MailServer, clock: MovedClock) -> None:
    with pytest.raises(DeliveryFailed) as caught:
        mail(server, clock, security=Security.STARTTLS).send(LETTER, idempotency_key="job-1")
    assert caught.value.code == "mail.server_lacks_feature"
    assert server.envelopes == []


def test_an_unknown_certificate_gets_no_mail(clock: MovedClock, certificate: Certificate) -> None:
    with running(MailServer(tls=certificate.context)) as server, pytest.raises(DeliveryFailed) as caught:
        mail(server, clock, security=Security.STARTTLS).send(LETTER, idempotency_key="job-1")
    assert caught.value.code == "mail.not_trusted"


def test_a_wrong_password_is_a_failure_that_can_be_mended(clock: MovedClock, certificate: Certificate) -> None:
    with running(MailServer(tls=certificate.context, users={"sales": "secret"})) as server:
        channel = mail(server, clock, security=Security.STARTTLS, ca_file=certificate.ca_file,
                       username="sales", password="wrong")  # fmt: skip
        with pytest.raises(DeliveryFailed) as caught:
            channel.send(LETTER, idempotency_key="job-1")
    assert (caught.value.code, caught.value.params) == ("mail.sign_in_refused", {"reply": 535})


def test_settings_refuse_mail_in_the_clear_to_another_machine() -> None:
    with pytest.raises(ValueError, match="encrypted"):
        SmtpSettings("mail.example", 25, "sales@keyturn.example", security=Security.NONE)


def test_settings_do_not_show_the_password() -> None:
    settings = SmtpSettings("mail.example", 587, "sales@keyturn.example", username="sales", password="secret")
    assert "secret" not in repr(settings)
