"""What the surroundings decide: read once from the environment, passed on as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_DATABASE = "sqlite:///var/keyturn.db"
DEFAULT_SECRETS = "var/keys.json"
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"", "0", "false", "no", "off"})


class SettingInvalid(Exception):
    """An environment variable holds something that cannot be meant; the text names it and says what fits."""


@dataclass(frozen=True)
class Settings:
    """Settings of one installation. ``max_upload`` is bytes; ``proxies`` counts trusted reverse proxies.

    With a ``broker_url`` the installation is scaled: ``processes`` web processes with ``threads`` each, jobs in
    worker processes that run ``concurrency`` at once, and a look at what is due every ``sweep_seconds``.
    """

    database_url: str = DEFAULT_DATABASE
    secret_file: Path = Path(DEFAULT_SECRETS)
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    processes: int = 2
    broker_url: str = field(default="", repr=False)
    queue: str = "keyturn"
    concurrency: int = 2
    sweep_seconds: int = 1
    lease_seconds: int = 300
    requests_per_minute: int = 600
    debug: bool = False
    testing: bool = False
    styleguide: bool = False
    secure_cookies: bool = False
    proxies: int = 0
    trusted_hosts: tuple[str, ...] = ()
    metrics_token: str = ""
    max_upload: int = 20 * 1024 * 1024
    zone: str = "Asia/Shanghai"
    log_level: str = "INFO"
    log_json: bool = True
    outbox_folder: str = "var/outbox"
    public_url: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_sender: str = "keyturn@localhost"
    smtp_username: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_ca_file: str = ""
    sms_url: str = ""
    sms_token: str = field(default="", repr=False)
    sms_signature: str = ""
    sms_secret: str = field(default="", repr=False)
    sms_segments: int = 6
    clamd: str = ""

    @property
    def site(self) -> str:
        """Where people reach this installation, for addresses in messages."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Read the ``KEYTURN_…`` variables; raises `SettingInvalid` for one that makes no sense."""
    read = _Reader(environ)
    debug = read.switch("DEBUG")
    return Settings(
        database_url=read.text("DATABASE_URL", DEFAULT_DATABASE),
        secret_file=Path(read.text("SECRET_FILE", DEFAULT_SECRETS)),
        host=read.text("HOST", "127.0.0.1"),
        port=read.number("PORT", 8000, 1, 65535),
        threads=read.number("THREADS", 8, 1, 256),
        processes=read.number("PROCESSES", 2, 1, 64),
        broker_url=read.text("BROKER_URL", ""),
        queue=read.text("QUEUE", "keyturn"),
        concurrency=read.number("CONCURRENCY", 2, 1, 64),
        lease_seconds=read.number("LEASE_SECONDS", 300, 1, 86400),
        requests_per_minute=read.number("REQUESTS_PER_MINUTE", 600, 1, 10_000_000),
        sweep_seconds=read.number("SWEEP_SECONDS", 1, 1, 60),
        debug=debug,
        styleguide=debug or read.switch("STYLEGUIDE"),
        secure_cookies=read.switch("SECURE_COOKIES"),
        proxies=read.number("PROXIES", 0, 0, 5),
        trusted_hosts=tuple(host for host in read.text("TRUSTED_HOSTS", "").split(",") if host),
        metrics_token=read.text("METRICS_TOKEN", ""),
        max_upload=read.number("MAX_UPLOAD_MB", 20, 1, 1024) * 1024 * 1024,
        zone=read.text("ZONE", "Asia/Shanghai"),
        log_level=read.text("LOG_LEVEL", "INFO").upper(),
        log_json=not debug,
        outbox_folder=read.text("OUTBOX_FOLDER", "var/outbox"),
        public_url=read.address("PUBLIC_URL"),
        smtp_host=read.text("SMTP_HOST", ""),
        smtp_port=read.number("SMTP_PORT", 587, 1, 65535),
        smtp_security=read.choice("SMTP_SECURITY", "starttls", ("starttls", "tls", "none")),
        smtp_sender=read.text("SMTP_SENDER", "keyturn@localhost"),
        smtp_username=read.text("SMTP_USERNAME", ""),
        smtp_password=read.text("SMTP_PASSWORD", ""),
        smtp_ca_file=read.text("SMTP_CA_FILE", ""),
        sms_url=read.text("SMS_URL", ""),
        sms_token=read.text("SMS_TOKEN", ""),
        sms_signature=read.text("SMS_SIGNATURE", ""),
        sms_secret=read.text("SMS_SECRET", ""),
        sms_segments=read.number("SMS_SEGMENTS", 6, 1, 20),
        clamd=read.text("CLAMD", ""),
    )


class _Reader:
    """Reads typed values of variables that begin with KEYTURN_."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str) -> str:
        return self._environ.get(f"KEYTURN_{name}", "").strip() or default

    def switch(self, name: str) -> bool:
        value = self.text(name, "").lower()
        if value in _TRUE:
            return True
        if value in _FALSE:
            return False
        raise SettingInvalid(f"KEYTURN_{name} is {value!r}; write 1 or 0")

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, default).lower()
        if value not in choices:
            raise SettingInvalid(f"KEYTURN_{name} is {value!r}; write one of {', '.join(choices)}")
        return value

    def address(self, name: str) -> str:
        value = self.text(name, "")
        if value and not value.startswith(("http://", "https://")):
            raise SettingInvalid(f"KEYTURN_{name} is {value!r}; write an address like https://keyturn.example")
        return value

    def number(self, name: str, default: int, least: int, most: int) -> int:
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            raise SettingInvalid(f"KEYTURN_{name} is {value!r}; write a whole number from {least} to {most}")
        return int(value)
