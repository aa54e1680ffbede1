"""Pictures as if taken on the spot with a phone: drawn by the house, of nobody and no real place."""

import io
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bihuan.foundation.files import api as files

WIDTH, HEIGHT = 960, 720
_HORIZON = 330
Colour = tuple[int, int, int]


def _shaded(top: Colour, bottom: Colour, size: tuple[int, int]) -> Image.Image:
    """From one colour to the other, downwards."""
    ramp = Image.linear_gradient("L").resize(size)
    return Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), ramp)


def _street(
    sky: tuple[Colour, Colour], ground: tuple[Colour, Colour], by: random.Random
) -> tuple[Image.Image, int]:
    """Sky, a row of houses, a road that runs away from the eye."""
    canvas = Image.new("RGB", (WIDTH, HEIGHT))
    canvas.paste(_shaded(*sky, (WIDTH, _HORIZON)), (0, 0))
    canvas.paste(_shaded(*ground, (WIDTH, HEIGHT - _HORIZON)), (0, _HORIZON))
    pen = ImageDraw.Draw(canvas)
    left = -40
    while left < WIDTH:
        wide, high = by.randint(90, 190), by.randint(90, 240)
        tone = by.randint(-25, 25)
        house: Colour = (
            max(0, sky[1][0] - 60 + tone),
            max(0, sky[1][1] - 62 + tone),
            max(0, sky[1][2] - 66 + tone),
        )
        pen.rectangle((left, _HORIZON - high, left + wide, _HORIZON), fill=house)
        for row in range(_HORIZON - high + 16, _HORIZON - 20, 34):
            for column in range(left + 14, left + wide - 18, 32):
                bright = 70 if by.random() < 0.25 else -14
                pen.rectangle(
                    (column, row, column + 13, row + 18),
                    fill=(house[0] + bright, house[1] + bright, house[2] + bright // 2),
                )
        left += wide + by.randint(4, 30)
    middle = WIDTH // 2 + by.randint(-120, 120)
    for near, far in ((-420, -26), (430, 30)):
        line = [(middle + far, _HORIZON), (middle + near, HEIGHT), (middle + near + 26, HEIGHT)]
        pen.polygon(line, fill=(ground[1][0] + 46, ground[1][1] + 46, ground[1][2] + 44))
    return canvas, middle


def _lamp(by: random.Random) -> Image.Image:
    canvas, middle = _street(((16, 20, 38), (52, 56, 74)), ((44, 44, 48), (22, 22, 25)), by)
    pen = ImageDraw.Draw(canvas)
    for n, lit in enumerate((True, False, False)):
        foot, top = middle - 330 + n * 290, 130 - n * 30
        pen.rectangle((foot, top, foot + 9, 560 + n * 40), fill=(70, 72, 76))
        pen.rectangle((foot, top, foot + 74, top + 7), fill=(70, 72, 76))
        pen.ellipse(
            (foot + 60, top, foot + 96, top + 20), fill=(255, 226, 150) if lit else (46, 47, 50)
        )
        if lit:
            glow = Image.new("RGB", canvas.size)
            ImageDraw.Draw(glow).ellipse(
                (foot - 90, top - 110, foot + 240, top + 190), fill=(120, 92, 40)
            )
            glow = glow.filter(ImageFilter.GaussianBlur(60))
            canvas.paste(ImageChops.add(canvas, glow))
            pen = ImageDraw.Draw(canvas)
    return canvas


def _hole(by: random.Random) -> Image.Image:
    canvas, middle = _street(
        ((168, 190, 214), (216, 224, 230)), ((132, 130, 126), (92, 90, 88)), by
    )
    pen = ImageDraw.Draw(canvas)
    edge = [
        (middle + 10 + by.randint(-26, 26) + dx, 560 + by.randint(-12, 12) + dy)
        for dx, dy in (
            (-170, 0),
            (-120, -46),
            (-20, -62),
            (90, -50),
            (170, -8),
            (120, 50),
            (10, 72),
            (-110, 52),
        )
    ]
    pen.polygon(edge, fill=(58, 54, 50))
    pen.polygon([(x * 0.9 + middle * 0.1, y * 0.9 + 60) for x, y in edge], fill=(74, 76, 80))
    for _ in range(90):
        x, y = middle + by.randint(-240, 240), 560 + by.randint(-90, 120)
        pen.ellipse((x, y, x + by.randint(3, 12), y + by.randint(2, 7)), fill=(80, 76, 70))
    return canvas


def _bins(by: random.Random) -> Image.Image:
    canvas, middle = _street(
        ((180, 196, 208), (222, 224, 222)), ((150, 146, 138), (112, 108, 102)), by
    )
    pen = ImageDraw.Draw(canvas)
    for n, colour in enumerate(((44, 96, 62), (60, 62, 66), (44, 78, 128))):
        left = middle - 300 + n * 190
        pen.polygon(
            [(left, 380), (left + 150, 380), (left + 136, 600), (left + 14, 600)], fill=colour
        )
        pen.rectangle((left - 8, 366, left + 158, 386), fill=tuple(c - 18 for c in colour))
    for _ in range(34):
        x, y, size = middle + by.randint(-340, 320), by.randint(330, 640), by.randint(26, 74)
        tone = by.choice(
            ((30, 30, 34), (214, 214, 208), (178, 146, 96), (170, 60, 54), (232, 232, 226))
        )
        pen.ellipse((x, y, x + size, y + int(size * 0.7)), fill=tone)
    return canvas


def _water(by: random.Random) -> Image.Image:
    canvas, middle = _street(
        ((150, 162, 174), (190, 198, 204)), ((112, 112, 112), (84, 84, 86)), by
    )
    pool = canvas.crop((0, 120, WIDTH, _HORIZON)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    pool = pool.resize((WIDTH, 250)).filter(ImageFilter.GaussianBlur(5))
    mask = Image.new("L", (WIDTH, 250), 0)
    ImageDraw.Draw(mask).ellipse((middle - 380, 20, middle + 360, 236), fill=190)
    canvas.paste(pool, (0, 410), mask.filter(ImageFilter.GaussianBlur(9)))
    pen = ImageDraw.Draw(canvas)
    for n in range(7):
        wide = 40 + 34 * n
        box = (middle - wide, 520 - n * 5, middle + wide, 540 + n * 7)
        pen.arc(box, 190, 350, fill=(206, 212, 216))
    return canvas


_SCENES = {"lamp": _lamp, "hole": _hole, "bins": _bins, "water": _water}


def taken(scene: str, seed: int) -> files.Stored:
    """A picture of a scene (`lamp`, `hole`, `bins`, `water`), the same for the same seed, as it was
    kept by the house. Raises KeyError for another scene."""
    by = random.Random(f"{scene}-{seed}")  # noqa: S311 - a drawing, no secret
    canvas = _SCENES[scene](by).filter(ImageFilter.GaussianBlur(1.4))
    # What a small lens does in poor light.
    grain = Image.effect_noise((WIDTH, HEIGHT), 26).convert("RGB")
    canvas = Image.blend(canvas, ImageChops.overlay(canvas, grain), 0.55)
    turned = canvas.rotate(by.uniform(-2.5, 2.5), Image.Resampling.BICUBIC, expand=False)
    canvas = turned.crop((34, 26, WIDTH - 34, HEIGHT - 26))
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=82)
    return files.accept(f"IMG_{4100 + seed}.jpg", out.getvalue())
