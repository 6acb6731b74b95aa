"""Mail without a mail server."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from channels.delivery import DeliveryRefused
from channels.mail import MailFolder, MailMessage
from kernel.clock import MovedClock

LETTER = MailMessage("buyer@example.com", "开盘通知", "欢迎莅临。\n")


def test_a_mail_lies_in_the_folder_once(tmp_path: Path, clock: MovedClock) -> None:
    channel = MailFolder(tmp_path / "mail", clock)
    assert [channel.send(LETTER, idempotency_key="a").repeated for _ in range(2)] == [False, True]
    (file,) = (tmp_path / "mail").iterdir()
    assert message_from_bytes(file.read_bytes(), policy=default)["Subject"] == "开盘通知"


def test_a_wrong_address_is_refused_here_as_well(tmp_path: Path, clock: MovedClock) -> None:
    with pytest.raises(DeliveryRefused):
        MailFolder(tmp_path, clock).send(MailMessage("nobody", "x", "y"), idempotency_key="a")
    assert list(tmp_path.iterdir()) == []
