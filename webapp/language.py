"""Languages: which one the reader wants, and the catalogues, read straight from their .po files.

English is the language of the source. Each desk keeps its own file ``translations/<language>/<desk>.po``; all
files of a language are read into one catalogue when the application starts.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.support import NullTranslations, Translations
from blinker import Signal
from flask import Blueprint, Flask, Response, g, has_request_context, redirect, request
from flask_babel import Babel, Domain, get_locale

LANGUAGES = {"zh": "中文", "en": "English"}
HTML_LANGUAGES = {"zh": "zh-CN", "en": "en"}
SOURCE = "en"
DEFAULT = "zh"
COOKIE = "language"
CATALOGUES = Path(__file__).parent / "translations"

language_chosen = Signal("The reader chose a language; receivers get it as `language`.")
pages = Blueprint("language", __name__)


def N_(text: str) -> str:  # noqa: N802 - the name that extraction tools know.
    """Mark a text for translation that is looked up later."""
    return text


@cache
def read_catalogue(language: str) -> Translations:
    """All .po files of a language as one catalogue; fuzzy entries do not count."""
    merged = Catalog(locale=language)
    for file in sorted((CATALOGUES / language).glob("*.po")):
        with file.open("rb") as stream:
            for message in pofile.read_po(stream, locale=language):
                if message.id and not message.fuzzy:
                    merged[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return Translations(fp=compiled)


class _PoDomain(Domain):
    """Texts from the .po files instead of compiled ones."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of the language of this answer."""
        locale = get_locale()
        if locale is None or locale.language == SOURCE:
            return NullTranslations()
        return read_catalogue(locale.language)


def choose_language() -> str:
    """The reader's own setting, else the cookie, else what the browser asks for, else Chinese."""
    if not has_request_context():
        return DEFAULT
    for wish in (g.get("actor_language"), request.cookies.get(COOKIE)):
        if wish in LANGUAGES:
            return str(wish)
    return request.accept_languages.best_match(LANGUAGES, DEFAULT) or DEFAULT


def current_language() -> str:
    """The code of the language of this answer: ``zh`` or ``en``."""
    locale = get_locale()
    return locale.language if locale is not None else DEFAULT


def safe_path(target: str | None, fallback: str = "/") -> str:
    """A path on this site to go back to; anything that leads elsewhere becomes ``fallback``."""
    if not target:
        return fallback
    parts = urlsplit(target.replace("\\", "/"))
    if (parts.scheme or parts.netloc) and parts.netloc != request.host:
        return fallback
    if not parts.path.startswith("/") or parts.path.startswith("//"):
        return fallback
    return parts.path + (f"?{parts.query}" if parts.query else "")


@pages.post("/language")
def switch() -> Response:
    """Switch at once and go back to the page the reader came from."""
    language = request.form.get("language", "")
    answer = redirect(safe_path(request.form.get("next")), 303)
    if language in LANGUAGES:
        answer.set_cookie(COOKIE, language, max_age=31_536_000, samesite="Lax", secure=request.is_secure)
        language_chosen.send(language=language)
    return answer  # type: ignore[return-value]


def install(app: Flask, zone: str) -> None:
    """Set languages and the zone in which times are shown."""
    babel = Babel(app, default_locale=DEFAULT, default_timezone=zone, locale_selector=choose_language)
    babel.domain_instance = _PoDomain()
    app.register_blueprint(pages)
    app.add_template_global(current_language)
    app.jinja_env.globals.update(LANGUAGES=LANGUAGES, HTML_LANGUAGES=HTML_LANGUAGES)
