"""Draws charts as PNG files. It takes some hundredths of a second: call `draw_chart` in a thread."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from bot.cards.chart import Chart

WIDTH, HEIGHT = 1200, 600
"""Pixels of every chart: twice of what Discord shows, for dense screens."""

BAR = (111, 163, 220)
"""Colour of the bars. The background is the chart's own, since Discord's may be dark or light."""

_BACKGROUND = (36, 39, 46)
_GRID = (58, 63, 73)
_TEXT = (226, 230, 237)
_MUTED = (156, 164, 178)

_LEFT, _RIGHT, _TOP, _BOTTOM = 44, WIDTH - 44, 128, HEIGHT - 76
_TITLE_SIZE, _LABEL_SIZE = 38, 28
_SMOOTHING = 2  # Pillow's shapes have hard edges: they are drawn larger, then made smaller
_LEAST_BAR = 4
_WIDEST_BAR = 84
_GRID_LINES = 4
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@lru_cache(maxsize=64)
def draw_chart(chart: Chart) -> bytes:
    """The chart as a PNG of `WIDTH` by `HEIGHT`. Charts that show the same are drawn once."""
    picture = _draw_shapes(chart)
    draw = ImageDraw.Draw(picture)
    draw.text((_LEFT, 36), _keep_drawable(chart.title), font=_load_font(_TITLE_SIZE), fill=_TEXT)
    if any(value > 0 for _, value in chart.bars):
        _draw_labels(draw, chart)
    else:
        middle = ((_LEFT + _RIGHT) / 2, (_TOP + _BOTTOM) / 2)
        draw.text(middle, "Nothing yet", font=_load_font(_LABEL_SIZE), fill=_MUTED, anchor="mm")
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _draw_shapes(chart: Chart) -> Image.Image:
    large = Image.new("RGB", (WIDTH * _SMOOTHING, HEIGHT * _SMOOTHING), _BACKGROUND)
    draw = ImageDraw.Draw(large)
    for line in range(_GRID_LINES + 1):
        y = (_BOTTOM - (_BOTTOM - _TOP) * line // _GRID_LINES) * _SMOOTHING
        draw.line((_LEFT * _SMOOTHING, y, _RIGHT * _SMOOTHING, y), fill=_GRID, width=2 * _SMOOTHING)
    width = _bar_width(len(chart.bars))
    for (_, value), middle in zip(chart.bars, _list_middles(len(chart.bars)), strict=True):
        height = _bar_height(value, chart)
        if height:
            _draw_bar(draw, middle, width=width, height=height)
    return large.reduce(_SMOOTHING)


def _draw_bar(draw: ImageDraw.ImageDraw, middle: float, *, width: float, height: int) -> None:
    box = (middle - width / 2, _BOTTOM - height, middle + width / 2, _BOTTOM)
    radius = min(10.0, width / 3, height / 2)
    draw.rounded_rectangle(
        tuple(edge * _SMOOTHING for edge in box),
        radius * _SMOOTHING,
        fill=BAR,
        corners=(True, True, False, False),
    )


def _draw_labels(draw: ImageDraw.ImageDraw, chart: Chart) -> None:
    font = _load_font(_LABEL_SIZE)
    slot = (_RIGHT - _LEFT) / len(chart.bars)
    labels = [_keep_drawable(label) for label, _ in chart.bars]
    values = [_format_value(value) for _, value in chart.bars]
    step = _choose_step(max(draw.textlength(label, font=font) for label in labels), slot)
    narrow = max(draw.textlength(value, font=font) for value in values) > slot
    top = max(range(len(chart.bars)), key=lambda index: chart.bars[index][1])
    for index, middle in enumerate(_list_middles(len(chart.bars))):
        if _is_labelled(labels[index], index, step):
            draw.text((middle, _BOTTOM + 16), labels[index], font=font, fill=_MUTED, anchor="mt")
        # Where there is no room for all numbers, the highest alone says how high the bars are.
        if values[index] != "0" and (not narrow or index == top):
            at = _fit_middle(draw, middle, values[index]), _BOTTOM - _bar_height(chart.bars[index][1], chart) - 10
            draw.text(at, values[index], font=font, fill=_TEXT, anchor="mb")


def _fit_middle(draw: ImageDraw.ImageDraw, middle: float, text: str) -> float:
    """Where to centre `text` so that it does not stand out of the picture."""
    half = draw.textlength(text, font=_load_font(_LABEL_SIZE)) / 2
    return min(max(middle, _LEFT + half), _RIGHT - half)


def _is_labelled(label: str, index: int, step: int) -> bool:
    """Round years are easier to read than every third one from the first."""
    return int(label) % step == 0 if label.isdecimal() and step > 1 else index % step == 0


def _choose_step(label_width: float, slot: float) -> int:
    return next((step for step in (1, 2, 5, 10, 20, 50) if slot * step >= label_width + 12), 100)


def _bar_width(bars: int) -> float:
    return min(_WIDEST_BAR, max((_RIGHT - _LEFT) / max(bars, 1) * 0.72, 1.5))


def _list_middles(bars: int) -> list[float]:
    slot = (_RIGHT - _LEFT) / max(bars, 1)
    return [_LEFT + slot * (index + 0.5) for index in range(bars)]


def _bar_height(value: int, chart: Chart) -> int:
    """The height in pixels. One of a thousand is too low to be seen, and still is not none."""
    highest = max(number for _, number in chart.bars)
    return max((_BOTTOM - _TOP) * value // highest, _LEAST_BAR) if value > 0 else 0


def _format_value(value: int) -> str:
    """A number in at most five characters: `1234`, `12.3k`, `45M`."""
    if value < 10_000:
        return str(max(value, 0))
    for unit in "kMGT":
        value, rest = divmod(value, 1000)
        if value < 1000:
            return f"{value}.{rest // 100}{unit}" if value < 100 else f"{value}{unit}"
    return "a lot"


def _keep_drawable(text: str) -> str:
    return "".join(letter for letter in text if letter.isascii() and letter.isprintable()).strip()


@lru_cache(maxsize=4)
def _load_font(size: int) -> Font:
    return ImageFont.load_default(size)
