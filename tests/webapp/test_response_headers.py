"""Every answer carries its policy; nothing private is kept by the browser."""

from __future__ import annotations

import re

from flask.testing import FlaskClient


def test_scripts_run_only_from_here_or_with_the_nonce_of_this_answer(client: FlaskClient) -> None:
    first, second = client.get("/nowhere"), client.get("/nowhere")
    policy = first.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce is not None
    assert f'nonce="{nonce[1]}"' in first.text
    assert nonce[1] not in second.headers["Content-Security-Policy"]
    assert "unsafe-eval" not in policy
    assert "unsafe-inline" not in policy


def test_only_pages_with_a_diagram_may_use_inline_styles(client: FlaskClient) -> None:
    board = client.get("/styleguide/board").headers["Content-Security-Policy"]
    listing = client.get("/styleguide/list").headers["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in board
    assert "script-src 'self' 'nonce-" in board
    assert "unsafe-inline" not in listing


def test_pages_are_not_kept_but_built_files_are(client: FlaskClient) -> None:
    page = client.get("/styleguide/list")
    assert page.headers["Cache-Control"] == "no-store"
    script = re.search(r'src="(/static/dist/app\.js\?v=[0-9a-f]{12})"', page.text)
    assert script is not None
    with client.get(script[1]) as answer:
        assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_no_page_of_the_style_guide_has_inline_handlers_or_styles(client: FlaskClient) -> None:
    for page in ("", "form?wrong=1", "list", "board", "sign-in"):
        text = client.get(f"/styleguide/{page}").text
        assert not re.search(r"\son\w+=", text)
        assert " style=" not in text
        assert "hx-on" not in text
