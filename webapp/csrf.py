"""Guards every form against requests forged elsewhere; token-bearing API blueprints exempt themselves."""

from __future__ import annotations

from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()
