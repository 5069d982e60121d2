"""A pen that paints with chance in every line, on a square of side 1."""

import math

from PIL import Image, ImageDraw

SIDE = 96
SCALE = 3


class Pen:
    """A canvas of side 1 with a random palette."""

    def __init__(self, rng):
        self.rng = rng
        self.image = Image.new('RGBA', (SIDE * SCALE, SIDE * SCALE))
        self.draw = ImageDraw.Draw(self.image)

    def u(self, low, high):
        return float(self.rng.uniform(low, high))

    def color(self, low=0, high=255):
        return tuple(int(v) for v in self.rng.integers(low, high + 1, 3)) + (255,)

    def dark(self):
        return self.color(0, 70)

    def light(self):
        return self.color(185, 255)

    def polygon(self, points, fill, outline=None, width=0.0):
        s = SIDE * SCALE
        points = [(x * s, y * s) for x, y in points]
        self.draw.polygon(points, fill=fill)
        if outline:
            self.draw.line([*points, points[0]], fill=outline, width=max(1, int(width * s)), joint='curve')

    def line(self, points, fill, width):
        s = SIDE * SCALE
        self.draw.line([(x * s, y * s) for x, y in points], fill=fill, width=max(1, int(width * s)), joint='curve')

    def disc(self, x, y, rx, fill, ry=None, outline=None, width=0.0):
        s, ry = SIDE * SCALE, ry or rx
        box = [(x - rx) * s, (y - ry) * s, (x + rx) * s, (y + ry) * s]
        self.draw.ellipse(box, fill=fill, outline=outline, width=max(1, int(width * s)) if outline else 0)


def polar(x, y, r, angle):
    """The point at a distance and an angle from another."""
    return x + r * math.cos(angle), y + r * math.sin(angle)
