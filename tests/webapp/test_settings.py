"""Settings come from the environment and are refused when they make no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from webapp.settings import SettingInvalid, from_environment


def test_an_empty_environment_gives_an_embedded_installation_on_the_loopback_address() -> None:
    settings = from_environment({})
    assert settings.database_url == "sqlite:///var/keyturn.db"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert not settings.styleguide


def test_variables_win_over_defaults() -> None:
    settings = from_environment(
        {
            "KEYTURN_DATABASE_URL": "postgresql+psycopg://db/keyturn",
            "KEYTURN_SECRET_FILE": "/etc/keyturn/keys.json",
            "KEYTURN_PORT": "9000",
            "KEYTURN_SECURE_COOKIES": "yes",
            "KEYTURN_TRUSTED_HOSTS": "a.example,b.example",
            "KEYTURN_MAX_UPLOAD_MB": "5",
        }
    )
    assert settings.database_url == "postgresql+psycopg://db/keyturn"
    assert settings.secret_file == Path("/etc/keyturn/keys.json")
    assert settings.port == 9000
    assert settings.secure_cookies
    assert settings.trusted_hosts == ("a.example", "b.example")
    assert settings.max_upload == 5 * 1024 * 1024


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "80a"), ("PORT", "0"), ("PORT", "70000"), ("PROXIES", "-1"), ("DEBUG", "maybe"), ("THREADS", "١٢")],
)
def test_a_value_that_cannot_be_meant_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingInvalid, match=f"KEYTURN_{name}"):
        from_environment({f"KEYTURN_{name}": value})
