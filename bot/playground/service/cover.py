"""Covers for sample entries, drawn as SVG: the playground shows pictures, and nobody's art is copied."""

from __future__ import annotations

import hashlib
import math
from html import escape

_WIDTH, _HEIGHT = 600, 848
_LINE = 17
_MAX_LINES = 7


def draw_cover(title: str, *, subtitle: str, width: int, height: int, note: str = "") -> str:
    """An SVG of a landscape with the title on it, in colours of its own: one title, one picture.

    `note` is a line at the foot, such as what a sensitive cover stands for. The letters are in sight in every shape.
    """
    wide = max(_WIDTH, _WIDTH * width // height)
    tall = wide * height // width
    top = (_HEIGHT - tall) // 2
    foot = top + tall
    seed = hashlib.sha256(title.encode()).digest()
    hue = seed[0] * 360 // 256
    sun_x, sun_y, sun = 120 + seed[1] * 360 // 256, 120 + seed[2] * 160 // 256, 40 + seed[3] % 60
    hills = "".join(
        f'<path d="{_hill(seed[4 + layer], 520 + 90 * layer, wide, foot)}" '
        f'fill="hsl({(hue + 25 * layer) % 360} 45% {34 - 9 * layer}%)"/>'
        for layer in range(3)
    )
    most = min(_MAX_LINES, (foot - 340) // 60)
    lines = "".join(
        f'<tspan x="{wide // 2}" dy="1.15em">{escape(line)}</tspan>'
        for line in _wrap(title, _LINE * wide // _WIDTH)[:most]
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 {top} {wide} {tall}" preserveAspectRatio="xMidYMid slice">'
        f'<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">'
        f'<stop offset="0" stop-color="hsl({hue} 55% 30%)"/>'
        f'<stop offset="1" stop-color="hsl({(hue + 50) % 360} 70% 72%)"/></linearGradient></defs>'
        f'<rect y="{min(top, 0)}" width="{wide}" height="{max(tall, _HEIGHT)}" fill="url(#sky)"/>'
        f'<circle cx="{sun_x}" cy="{sun_y}" r="{sun}" fill="hsl({(hue + 60) % 360} 90% 88%)" opacity="0.9"/>'
        f"{hills}"
        f'<g font-family="Georgia, serif" text-anchor="middle" fill="#fff" stroke="#0009" stroke-width="5" '
        f'paint-order="stroke"><text y="230" font-size="52" font-weight="bold">{lines}</text>'
        f'<text x="{wide // 2}" y="{foot - 78}" font-size="26">{escape(subtitle[:40])}</text>'
        f'<text x="{wide // 2}" y="{foot - 33}" font-size="22" font-style="italic">{escape(note)}</text></g></svg>'
    )


def draw_scene(title: str, *, subtitle: str, width: int, height: int, note: str = "") -> str:
    """An SVG of a room with a window and a box of text, as a screenshot would show it; `draw_cover` has the rest.

    It is made for 16:9. What is wider, such as a banner, shows the window alone.
    """
    seed = hashlib.sha256(f"{title} {subtitle}".encode()).digest()
    hue, moon_x, moon_y = seed[0] * 360 // 256, 420 + seed[1] * 440 // 256, 120 + seed[2] * 160 // 256
    lines = "".join(f'<tspan x="90" dy="1.2em">{escape(line)}</tspan>' for line in _wrap(title, 52)[:2])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 1280 720" preserveAspectRatio="xMidYMid slice">'
        f'<rect width="1280" height="720" fill="hsl({hue} 30% 28%)"/>'
        f'<rect x="340" y="60" width="600" height="360" fill="hsl({(hue + 40) % 360} 60% 62%)" '
        f'stroke="hsl({hue} 30% 16%)" stroke-width="18"/>'
        f'<circle cx="{moon_x}" cy="{moon_y}" r="{24 + seed[3] % 40}" fill="hsl({(hue + 60) % 360} 90% 88%)"/>'
        f'<rect x="50" y="490" width="1180" height="200" rx="18" fill="#000a"/>'
        f'<g font-family="Georgia, serif" fill="#fff"><text y="500" font-size="40">{lines}</text>'
        f'<text x="90" y="655" font-size="26">{escape(subtitle[:40])}</text>'
        f'<text x="1190" y="655" font-size="24" text-anchor="end" font-style="italic">{escape(note)}</text></g></svg>'
    )


def _hill(seed: int, base: int, wide: int, foot: int) -> str:
    points = [
        f"{x},{base + 45 * math.sin(seed + x / 90) + 25 * math.sin(seed * 2 + x / 37):.0f}"
        for x in range(0, wide + 30, 30)
    ]
    return f"M0,{foot} L{' L'.join(points)} V{foot} Z"


def _wrap(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
