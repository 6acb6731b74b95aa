"""A mail's text as HTML: the same words, every one of them escaped; addresses of our own are links."""

from __future__ import annotations

import re
from collections.abc import Collection
from html import escape

_LANGUAGES = {"zh": "zh-CN", "en": "en"}
_FOOT = "--"
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"></head>
<body style="margin:0;padding:24px 12px;background:#f4f6fa;color:#182433">
<div style="max-width:560px;margin:0 auto;padding:24px;background:#fff;border:1px solid #dce1e7;border-radius:8px;\
font:15px/1.6 -apple-system,'Segoe UI','PingFang SC','Microsoft YaHei',sans-serif;overflow-wrap:anywhere">
<h1 style="margin:0 0 12px;font-size:18px;line-height:1.4">{title}</h1>
{body}
</div></body></html>
"""
_PART = '<p style="margin:0 0 14px">{}</p>'
_SMALL = (
    '<p style="margin:20px 0 0;padding-top:12px;border-top:1px solid #dce1e7;font-size:12px;color:#5c6b80">{}</p>'
)
_LINK = '<a style="color:#0a58ca" href="{address}">{address}</a>'


def html_of(subject: str, text: str, *, language: str, addresses: Collection[str] = ()) -> str:
    """The page of a mail. Blank lines part paragraphs; what follows a line ``--`` is small.

    Only ``addresses`` become links: an address that somebody wrote into a text of theirs stays plain.
    """
    body, _, foot = text.partition(f"\n{_FOOT}\n")
    known = {address for address in addresses if address.startswith(("https://", "http://"))}
    parts = [_PART.format(_lines(part, known)) for part in re.split(r"\n{2,}", body.strip("\n")) if part]
    if foot.strip():
        parts.append(_SMALL.format(_lines(foot.strip("\n"), known)))
    return _PAGE.format(language=_LANGUAGES.get(language, language), title=escape(subject), body="\n".join(parts))


def _lines(part: str, known: Collection[str]) -> str:
    return "<br>\n".join(_line(line, known) for line in part.split("\n"))


def _line(line: str, known: Collection[str]) -> str:
    """Words are parted at our addresses, the longest first, as one may begin another."""
    if not known:
        return escape(line)
    found = "|".join(re.escape(address) for address in sorted(known, key=len, reverse=True))
    parts = re.split(f"((?:{found})(?![^\\s<>]))", line)
    return "".join(
        _LINK.format(address=escape(part)) if index % 2 else escape(part) for index, part in enumerate(parts)
    )
