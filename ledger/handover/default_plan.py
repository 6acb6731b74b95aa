"""What is looked at in a home while nobody has said otherwise: rooms and their parts (分户验收, practice)."""

from __future__ import annotations

from typing import Any

_WALLS = ("wall", "Walls and ceiling", "墙面顶棚")
_FLOOR = ("floor", "Floor", "地面")
_DOOR = ("door", "Door and lock", "门及门锁")
_WINDOW = ("window", "Windows", "门窗")
_SOCKETS = ("wiring", "Sockets and lights", "插座灯具")
_WATER = ("pipes", "Water and drains", "给排水")
_SEAL = ("waterproofing", "Waterproofing", "防水")

_ROOMS: tuple[tuple[str, str, str, tuple[tuple[str, str, str], ...]], ...] = (
    ("entrance", "Entrance", "入户", (_DOOR, ("meters", "Meters and fuse box", "水电表配电箱"))),
    ("living", "Living room", "客厅", (_WALLS, _FLOOR, _WINDOW, _SOCKETS)),
    ("bedroom", "Bedrooms", "卧室", (_WALLS, _FLOOR, _DOOR, _WINDOW, _SOCKETS)),
    ("kitchen", "Kitchen", "厨房", (_WALLS, _WATER, ("gas", "Gas", "燃气"), _SOCKETS)),
    ("bathroom", "Bathroom", "卫生间", (_WALLS, _SEAL, _WATER, _DOOR, _SOCKETS)),
    ("balcony", "Balcony", "阳台", (_SEAL, ("railing", "Railing", "栏杆"), _FLOOR)),
)


def default_rooms() -> list[dict[str, Any]]:
    """Rooms with their parts, as `InspectionPlan.rooms` holds them."""
    return [
        {
            "code": code,
            "en": en,
            "zh": zh,
            "parts": [{"code": part, "en": part_en, "zh": part_zh} for part, part_en, part_zh in parts],
        }
        for code, en, zh, parts in _ROOMS
    ]
