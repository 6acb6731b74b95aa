"""Pictures of the demo: a wall with a crack, a signature. Drawn, the same each time."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

_WALL, _CRACK, _INK = (214, 208, 198), (90, 84, 78), (20, 24, 40)


def photo() -> bytes:
    """A wall with a crack."""
    picture = Image.new("RGB", (800, 600), _WALL)
    ImageDraw.Draw(picture).line([(120, 60), (260, 180), (330, 340), (470, 420), (520, 590)], _CRACK, 6)
    return _written(picture)


def signature() -> bytes:
    """A few strokes."""
    picture = Image.new("RGB", (600, 220), "white")
    strokes = ImageDraw.Draw(picture)
    strokes.line([(80, 120), (150, 60), (170, 170), (240, 90), (330, 150), (420, 70), (520, 140)], _INK, 5)
    return _written(picture)


def _written(picture: Image.Image) -> bytes:
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=80)
    return content.getvalue()
