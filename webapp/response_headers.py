"""What every answer carries: a content security policy with a nonce, and that private pages are not kept.

Only pages that draw diagrams may use inline styles, because the diagram library sets them in its markup.
"""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request


def script_nonce() -> str:
    """The nonce of this answer's inline scripts."""
    if "script_nonce" not in g:
        g.script_nonce = secrets.token_urlsafe(16)
    nonce: str = g.script_nonce
    return nonce


def allow_inline_styles() -> str:
    """Let this page use inline styles; called by the diagram macro. Returns nothing to print."""
    g.inline_styles = True
    return ""


def content_security_policy() -> str:
    """The policy of this answer."""
    styles = "'self' 'unsafe-inline'" if g.get("inline_styles") else "'self'"
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{script_nonce()}'",
            f"style-src {styles}",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )


def _complete(answer: Response) -> Response:
    headers = answer.headers
    headers.setdefault("Content-Security-Policy", content_security_policy())
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static" and "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return answer


def install(app: Flask) -> None:
    """Add the headers to every answer."""
    app.after_request(_complete)
    app.add_template_global(script_nonce)
    app.add_template_global(allow_inline_styles)
