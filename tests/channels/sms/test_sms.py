"""Text messages posted to a gateway over a real connection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from channels.delivery import DeliveryFailed, DeliveryRefused
from channels.sms import HttpSms, SmsFolder, SmsMessage, SmsSettings
from channels.sms.message import segments
from channels.sms.signing import is_signed, sign
from channels.sms.simulator import Misbehaviour, SmsSimulator, running_simulator
from kernel.clock import Clock, MovedClock

REMINDER = SmsMessage("+8613800000168", "您的首付款将于 3 月 10 日到期。")


@pytest.fixture
def gateway() -> Iterator[SmsSimulator]:
    with running_simulator() as simulator:
        yield simulator


def sms(gateway: SmsSimulator, clock: Clock | None = None, **changes: object) -> HttpSms:
    options = {"url": gateway.url, "token": gateway.token, "signature": "云溪置业", **changes}
    return HttpSms(SmsSettings(**options, timeout_seconds=5.0), clock)  # type: ignore[arg-type]


def test_a_message_is_taken_under_our_signature(gateway: SmsSimulator) -> None:
    receipt = sms(gateway).send(REMINDER, idempotency_key="job-1")
    assert (receipt.reference, receipt.repeated) == ("SIM000001", False)
    assert gateway.taken == [(REMINDER, "云溪置业")]


def test_a_key_is_delivered_once(gateway: SmsSimulator) -> None:
    receipts = [sms(gateway).send(REMINDER, idempotency_key="job-1") for _ in range(3)]
    assert [(receipt.reference, receipt.repeated) for receipt in receipts] == [
        ("SIM000001", False),
        ("SIM000001", True),
        ("SIM000001", True),
    ]
    assert len(gateway.taken) == 1


def test_a_repetition_after_a_lost_answer_sends_no_second_message(gateway: SmsSimulator) -> None:
    gateway.misbehave(Misbehaviour(lose_answer=True))
    with pytest.raises(DeliveryFailed) as caught:
        sms(gateway).send(REMINDER, idempotency_key="job-1")
    assert caught.value.code == "sms.no_connection"
    assert sms(gateway).send(REMINDER, idempotency_key="job-1").repeated
    assert len(gateway.taken) == 1


def test_a_key_with_another_message_is_refused(gateway: SmsSimulator) -> None:
    sms(gateway).send(REMINDER, idempotency_key="job-1")
    with pytest.raises(DeliveryRefused) as caught:
        sms(gateway).send(SmsMessage(REMINDER.to, "other"), idempotency_key="job-1")
    assert caught.value.params == {"status": 409, "reason": "key_used"}


@pytest.mark.parametrize("status", [400, 409, 410, 413, 422])
def test_an_answer_about_the_message_is_permanent(gateway: SmsSimulator, status: int) -> None:
    gateway.misbehave(Misbehaviour(status))
    with pytest.raises(DeliveryRefused):
        sms(gateway).send(REMINDER, idempotency_key="job-1")


@pytest.mark.parametrize("status", [302, 404, 429, 500, 502, 503])
def test_any_other_answer_is_tried_again(gateway: SmsSimulator, status: int) -> None:
    gateway.misbehave(Misbehaviour(status))
    with pytest.raises(DeliveryFailed) as caught:
        sms(gateway).send(REMINDER, idempotency_key="job-1")
    assert caught.value.params == {"status": status}
    assert gateway.taken == []


@pytest.mark.parametrize(("asked", "wait"), [("30", 30), ("999999999", 86_400), ("tomorrow", None), ("", None)])
def test_the_wait_that_the_gateway_asks_for_is_passed_on(
    gateway: SmsSimulator, asked: str, wait: int | None
) -> None:
    gateway.misbehave(Misbehaviour(429, retry_after=asked))
    with pytest.raises(DeliveryFailed) as caught:
        sms(gateway).send(REMINDER, idempotency_key="job-1")
    assert caught.value.retry_after == wait


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"id": 7}', b'{"id": ""}', b"x" * 100_000])
def test_an_answer_that_makes_no_sense_is_tried_again(gateway: SmsSimulator, answer: bytes) -> None:
    gateway.misbehave(Misbehaviour(201, answer=answer))
    with pytest.raises(DeliveryFailed) as caught:
        sms(gateway).send(REMINDER, idempotency_key="job-1")
    assert caught.value.code == "sms.bad_answer"


def test_a_wrong_token_can_be_mended(gateway: SmsSimulator) -> None:
    with pytest.raises(DeliveryFailed) as caught:
        sms(gateway, token="wrong").send(REMINDER, idempotency_key="job-1")
    assert caught.value.params == {"status": 401}


def test_a_signed_request_is_taken_and_any_other_is_not(clock: MovedClock) -> None:
    with running_simulator(SmsSimulator(secret="agreed", clock=clock)) as gateway:
        assert sms(gateway, clock, secret="agreed").send(REMINDER, idempotency_key="job-1").reference
        for secret in ("", "guessed"):
            with pytest.raises(DeliveryFailed) as caught:
                sms(gateway, clock, secret=secret).send(REMINDER, idempotency_key="job-2")
            assert caught.value.params == {"status": 403}
        yesterday = MovedClock(clock.now() - timedelta(days=1))
        with pytest.raises(DeliveryFailed):
            sms(gateway, yesterday, secret="agreed").send(REMINDER, idempotency_key="job-2")
    assert len(gateway.taken) == 1


def test_the_signature_covers_when_under_which_key_and_what() -> None:
    signed = sign("agreed", 1_000, "job-1", b"body")
    assert is_signed("agreed", signed, "job-1", b"body", now=1_100)
    for key, body, now in (("job-2", b"body", 1_100), ("job-1", b"other", 1_100), ("job-1", b"body", 1_301)):
        assert not is_signed("agreed", signed, key, body, now=now)
    assert not is_signed("agreed", signed.replace("t=1000", "t=1050"), "job-1", b"body", now=1_100)
    assert not is_signed("agreed", "", "job-1", b"body", now=1_100)


def test_a_phone_that_gets_too_many_is_waited_for(clock: MovedClock) -> None:
    with running_simulator(SmsSimulator(per_minute=2, clock=clock)) as gateway:
        for key in ("a", "b"):
            sms(gateway).send(REMINDER, idempotency_key=key)
        with pytest.raises(DeliveryFailed) as caught:
            sms(gateway).send(REMINDER, idempotency_key="c")
        assert (caught.value.params, caught.value.retry_after) == ({"status": 429}, 60)
        sms(gateway).send(SmsMessage("+8613800000169", "other phone"), idempotency_key="d")
        clock.advance(timedelta(seconds=61))
        sms(gateway).send(REMINDER, idempotency_key="c")


@pytest.mark.parametrize(
    ("text", "parts"),
    [("x" * 160, 1), ("x" * 161, 2), ("x" * 306, 2), ("x" * 307, 3), ("{" * 80, 1), ("{" * 81, 2),
     ("字" * 70, 1), ("字" * 71, 2), ("字" * 134, 2), ("字" * 135, 3), ("😀" * 35, 1), ("😀" * 36, 2), ("", 1)],
)  # fmt: skip
def test_a_text_is_split_as_networks_split_it(text: str, parts: int) -> None:
    assert segments(text) == parts


def test_what_takes_too_many_segments_is_refused_by_us_before_the_gateway_would(clock: MovedClock) -> None:
    long = SmsMessage(REMINDER.to, "字" * 130)  # With the signature three parts, without it two.
    with running_simulator(SmsSimulator(max_segments=2)) as gateway:
        with pytest.raises(DeliveryRefused) as caught:
            sms(gateway, max_segments=2).send(long, idempotency_key="a")
        assert (caught.value.code, caught.value.params) == ("sms.too_many_segments", {"segments": 3, "limit": 2})
        with pytest.raises(DeliveryRefused) as caught:
            sms(gateway, max_segments=9).send(long, idempotency_key="a")
        assert caught.value.params == {"status": 413, "reason": "too_many_segments"}
    assert gateway.taken == []


def test_only_a_short_code_of_a_refusal_is_kept(gateway: SmsSimulator) -> None:
    gateway.misbehave(Misbehaviour(422, answer=b'{"error": "No such number +8613800000168"}'))
    with pytest.raises(DeliveryRefused) as caught:
        sms(gateway).send(REMINDER, idempotency_key="job-1")
    assert caught.value.params == {"status": 422}


def test_no_gateway_is_a_failure() -> None:
    with running_simulator() as gone:
        pass
    with pytest.raises(DeliveryFailed) as caught:
        sms(gone).send(REMINDER, idempotency_key="job-1")
    assert caught.value.code == "sms.no_connection"


@pytest.mark.parametrize(
    ("to", "text", "code"),
    [
        ("13800000168", "x", "sms.bad_number"),
        ("+86 138", "x", "sms.bad_number"),
        ("+8613800000168\r\nX: y", "x", "sms.bad_number"),
        ("+8613800000168", " ", "sms.empty"),
        ("+8613800000168", "x" * 501, "sms.too_long"),
    ],
)
def test_a_message_that_is_none_is_refused_before_connecting(
    gateway: SmsSimulator, to: str, text: str, code: str
) -> None:
    with pytest.raises(DeliveryRefused) as caught:
        sms(gateway).send(SmsMessage(to, text), idempotency_key="job-1")
    assert caught.value.code == code
    assert gateway.taken == []


@pytest.mark.parametrize("url", ["http://gateway.example/messages", "ftp://127.0.0.1/", "messages", "http://"])
def test_settings_refuse_a_gateway_in_the_clear(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        SmsSettings(url, "token")


def test_settings_do_not_show_the_token() -> None:
    assert "secret" not in repr(SmsSettings("https://gateway.example/", "secret")).replace("secret=", "")
    assert "agreed" not in repr(SmsSettings("https://gateway.example/", "token", secret="agreed"))


def test_without_a_gateway_messages_lie_in_a_folder_once(tmp_path: Path) -> None:
    channel = SmsFolder(tmp_path)
    assert [channel.send(REMINDER, idempotency_key="a").repeated for _ in range(2)] == [False, True]
    (file,) = tmp_path.iterdir()
    assert json.loads(file.read_text("utf-8"))["text"] == REMINDER.text
    with pytest.raises(DeliveryRefused):
        channel.send(SmsMessage("1", "x"), idempotency_key="b")
