"""Motifs the network learns to tell apart: eyes, flowers, spirals, feathers... drawn with chance in every line.

Each `draw_*` paints one motif on a square of side 1 through a `Pen`; `motif(name, seed)` returns RGBA pixels.
What the network learns to see is what it dreams, so the list is a choice of taste.
"""

import math

import numpy as np
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
    return x + r * math.cos(angle), y + r * math.sin(angle)


def iris(pen, x, y, r):
    pen.disc(x, y, r, pen.color(40, 230), outline=pen.dark(), width=0.02)
    fibre = pen.color()
    for i in range(24):
        a = i / 24 * math.tau
        pen.line([polar(x, y, r * 0.4, a), polar(x, y, r * 0.92, a + pen.u(-0.1, 0.1))], fibre, 0.008)
    pen.disc(x, y, r * pen.u(0.35, 0.6), pen.color(0, 30), ry=None)
    pen.disc(x - r * 0.3, y - r * 0.3, r * 0.17, (255, 255, 255, 255))


def draw_eye(pen):
    h, w = pen.u(0.16, 0.28), 0.44
    lid = [(0.5 + w * t, 0.5 - h * math.cos(t * math.pi / 2)) for t in np.linspace(-1, 1, 24)]
    low = [(0.5 + w * t, 0.5 + h * math.cos(t * math.pi / 2)) for t in np.linspace(1, -1, 24)]
    pen.polygon(lid + low, pen.light(), pen.dark(), 0.03)
    iris(pen, 0.5 + pen.u(-0.08, 0.08), 0.5, h * 0.85)
    ink = pen.dark()
    for x, y in lid[2:-2:3]:
        pen.line([(x, y), (x + (x - 0.5) * 0.35, y - pen.u(0.08, 0.16))], ink, 0.018)


def draw_owl_eye(pen):
    ring = [pen.color() for _ in range(5)]
    for i, r in enumerate((0.46, 0.38, 0.31)):
        for k in range(40):
            a = k / 40 * math.tau
            pen.line([polar(0.5, 0.5, r * 0.6, a), polar(0.5, 0.5, r, a + pen.u(-0.06, 0.06))], ring[i], 0.03)
    iris(pen, 0.5, 0.5, 0.24)


def draw_spiral(pen):
    turns, ink, thick, dir = pen.u(2, 4), pen.color(), pen.u(0.03, 0.07), pen.rng.choice([-1, 1])
    if pen.u(0, 1) < 0.6:
        pen.disc(0.5, 0.5, 0.46, pen.color())
    pts = [polar(0.5, 0.5, 0.44 * t ** pen_power(turns), dir * t * turns * math.tau) for t in np.linspace(0.02, 1, 160)]
    pen.line(pts, ink, thick)


def pen_power(turns):
    return 0.8 + (turns - 2) * 0.15


def draw_flower(pen):
    n, a0, fill, edge = int(pen.u(5, 9)), pen.u(0, 6), pen.color(90, 255), pen.color(0, 160)
    for i in range(n):
        a = a0 + i / n * math.tau
        petal = [polar(*polar(0.5, 0.5, 0.27, a), 0.2 * (0.7 + 0.3 * math.cos(t - a)), t) for t in np.linspace(0, math.tau, 24)]
        pen.polygon(petal, fill, edge, 0.012)
        pen.line([(0.5, 0.5), polar(0.5, 0.5, 0.4, a)], edge, 0.008)
    pen.disc(0.5, 0.5, pen.u(0.08, 0.14), pen.color(), outline=edge, width=0.01)


def draw_daisy(pen):
    n, fill, edge = int(pen.u(14, 24)), pen.light(), pen.color(0, 150)
    for ring in (0.46, 0.36):
        for i in range(n):
            a = (i + ring * 10) / n * math.tau
            pen.polygon([polar(0.5, 0.5, 0.12, a - 0.12), polar(0.5, 0.5, ring * 0.8, a - 0.13), polar(0.5, 0.5, ring, a),
                         polar(0.5, 0.5, ring * 0.8, a + 0.13), polar(0.5, 0.5, 0.12, a + 0.12)], fill, edge, 0.008)
    pen.disc(0.5, 0.5, 0.17, pen.color(60, 220))
    seed = pen.dark()
    for k in range(60):
        pen.disc(*polar(0.5, 0.5, 0.16 * math.sqrt(k / 60), k * 2.39996), 0.011, seed)


def draw_feather(pen):
    fill, other, shaft, bend = pen.color(), pen.color(), pen.light(), pen.u(-0.12, 0.12)
    spine = [(0.5 + bend * math.sin(t * 3), 0.05 + 0.9 * t) for t in np.linspace(0, 1, 60)]
    for i, (x, y) in enumerate(spine[:46]):
        w = 0.24 * math.sin(min(1, (i + 4) / 46) * math.pi * 0.8) + 0.03
        ink = fill if i % 6 < 4 else other
        pen.line([(x, y), (x - w, y - w * 0.5)], ink, 0.022)
        pen.line([(x, y), (x + w, y - w * 0.5)], ink, 0.022)
    pen.line(spine, shaft, 0.018)
    if pen.u(0, 1) < 0.5:
        x, y = spine[14]
        for r in (0.13, 0.09, 0.05):
            pen.disc(x, y, r, pen.color(), ry=r * 1.2)


def draw_leaf(pen):
    w, fill, vein = pen.u(0.16, 0.3), pen.color(20, 200), pen.color()
    side = [0.05 + 0.9 * t for t in np.linspace(0, 1, 24)]
    width = [w * math.sin(math.pi * t) ** 0.8 for t in np.linspace(0, 1, 24)]
    pen.polygon([(0.5 - d, y) for y, d in zip(side, width)] + [(0.5 + d, y) for y, d in zip(side[::-1], width[::-1])], fill, pen.dark(), 0.012)
    pen.line([(0.5, 0.03), (0.5, 0.98)], vein, 0.016)
    for y, d in list(zip(side, width))[3:-2:3]:
        pen.line([(0.5, y + 0.06), (0.5 - d * 0.85, y - 0.03)], vein, 0.009)
        pen.line([(0.5, y + 0.06), (0.5 + d * 0.85, y - 0.03)], vein, 0.009)


def draw_star(pen):
    n, a0, inner = int(pen.u(5, 9)), pen.u(0, 6), pen.u(0.15, 0.26)
    pts = [polar(0.5, 0.5, 0.46 if i % 2 == 0 else inner, a0 + i / (2 * n) * math.tau) for i in range(2 * n)]
    pen.polygon(pts, pen.color(), pen.color(), 0.02)
    if pen.u(0, 1) < 0.5:
        pen.polygon([(0.5 + (x - 0.5) * 0.5, 0.5 + (y - 0.5) * 0.5) for x, y in pts], pen.color())


def draw_fish(pen):
    fill, edge, fin = pen.color(40, 255), pen.dark(), pen.color()
    pen.polygon([(0.72, 0.5), (0.97, pen.u(0.22, 0.34)), (0.9, 0.5), (0.97, pen.u(0.66, 0.78))], fin, edge, 0.012)
    pen.polygon([(0.35, 0.33), (0.5, 0.16), (0.65, 0.36)], fin, edge, 0.012)
    pen.disc(0.43, 0.5, 0.38, fill, ry=pen.u(0.18, 0.25), outline=edge, width=0.014)
    for row in range(-2, 3):
        for col in range(6):
            x, y, s = 0.3 + col * 0.075, 0.5 + row * 0.065, SIDE * SCALE
            pen.draw.arc([(x - 0.04) * s, (y - 0.04) * s, (x + 0.04) * s, (y + 0.04) * s], -70, 70, fill=edge, width=3)
    pen.disc(0.18, 0.46, 0.05, (255, 255, 255, 255), outline=edge, width=0.01)
    pen.disc(0.18, 0.46, 0.024, (0, 0, 0, 255))


def draw_bird(pen):
    fill, wing, edge = pen.color(40, 255), pen.color(), pen.dark()
    pen.polygon([(0.62, 0.55), (0.98, 0.74), (0.9, 0.84), (0.58, 0.68)], wing, edge, 0.012)
    pen.disc(0.46, 0.56, 0.26, fill, ry=0.2, outline=edge, width=0.012)
    pen.disc(0.27, 0.34, 0.145, fill, outline=edge, width=0.012)
    pen.polygon([(0.16, 0.3), (0.0, 0.37), (0.16, 0.4)], pen.color(150, 255), edge, 0.01)
    for i in range(5):
        pen.polygon([(0.36, 0.48 + i * 0.03), (0.74 - i * 0.03, 0.5 + i * 0.055), (0.7 - i * 0.04, 0.57 + i * 0.05)], wing, edge, 0.008)
    pen.disc(0.25, 0.31, 0.038, (255, 255, 255, 255))
    pen.disc(0.25, 0.31, 0.022, (0, 0, 0, 255))
    pen.line([(0.42, 0.75), (0.4, 0.93)], edge, 0.02)
    pen.line([(0.52, 0.75), (0.53, 0.93)], edge, 0.02)


def draw_butterfly(pen):
    upper, lower, edge, spot = pen.color(60, 255), pen.color(60, 255), pen.dark(), pen.color()
    for m in (-1, 1):
        pen.polygon([(0.5, 0.48), (0.5 + m * 0.2, 0.1), (0.5 + m * 0.45, 0.1), (0.5 + m * 0.44, 0.38), (0.5 + m * 0.2, 0.52)], upper, edge, 0.03)
        pen.polygon([(0.5, 0.5), (0.5 + m * 0.34, 0.54), (0.5 + m * 0.36, 0.78), (0.5 + m * 0.2, 0.92), (0.5 + m * 0.06, 0.66)], lower, edge, 0.03)
        pen.disc(0.5 + m * 0.32, 0.26, 0.07, spot, outline=edge, width=0.015)
        pen.disc(0.5 + m * 0.22, 0.7, 0.055, spot, outline=edge, width=0.015)
        pen.line([(0.5, 0.3), (0.5 + m * 0.12, 0.06)], edge, 0.014)
    pen.disc(0.5, 0.52, 0.035, edge, ry=0.26)


def draw_shell(pen):
    fill, rib, n = pen.color(90, 255), pen.color(0, 180), int(pen.u(8, 14))
    arc = [polar(0.5, 0.86, 0.72 * (1 + 0.05 * math.cos(i * math.pi)), -math.pi / 2 + (i / (2 * n) - 0.5) * 1.9) for i in range(2 * n + 1)]
    pen.polygon([(0.5, 0.9), *arc], fill, rib, 0.016)
    for p in arc[::2]:
        pen.line([(0.5, 0.88), p], rib, 0.016)
    for r in (0.3, 0.5):
        pen.line([polar(0.5, 0.86, r, -math.pi / 2 + t) for t in np.linspace(-0.9, 0.9, 20)], pen.color(), 0.012)


def face(pen, muzzle):
    iris(pen, 0.34, 0.46, 0.095)
    iris(pen, 0.66, 0.46, 0.095)
    if muzzle:
        pen.disc(0.5, 0.68, 0.17, pen.light(), ry=0.14)
    nose = pen.dark()
    pen.polygon([(0.44, 0.6), (0.56, 0.6), (0.5, 0.67)], nose)
    pen.line([(0.5, 0.66), (0.5, 0.73), (0.41, 0.78)], nose, 0.014)
    pen.line([(0.5, 0.73), (0.59, 0.78)], nose, 0.014)


def draw_cat(pen):
    fur, edge = pen.color(50, 240), pen.dark()
    for m in (-1, 1):
        pen.polygon([(0.5 + m * 0.1, 0.26), (0.5 + m * 0.38, 0.02), (0.5 + m * 0.4, 0.42)], fur, edge, 0.014)
    pen.disc(0.5, 0.56, 0.4, fur, ry=0.36, outline=edge, width=0.014)
    stripe = pen.color()
    for x in (0.4, 0.5, 0.6):
        pen.line([(x, 0.22), (0.5 + (x - 0.5) * 0.7, 0.36)], stripe, 0.025)
    face(pen, pen.u(0, 1) < 0.5)
    for m in (-1, 1):
        for k in (-0.04, 0.02, 0.08):
            pen.line([(0.5 + m * 0.12, 0.7), (0.5 + m * 0.46, 0.68 + k * 2)], edge, 0.007)


def draw_dog(pen):
    fur, ear, edge = pen.color(50, 240), pen.color(20, 200), pen.dark()
    pen.disc(0.5, 0.54, 0.34, fur, ry=0.4, outline=edge, width=0.014)
    for m in (-1, 1):
        pen.disc(0.5 + m * 0.35, 0.42, 0.12, ear, ry=0.28, outline=edge, width=0.012)
    face(pen, True)
    pen.disc(0.5, 0.62, 0.07, (15, 10, 10, 255), ry=0.05)
    if pen.u(0, 1) < 0.5:
        pen.disc(0.5, 0.87, 0.06, (220, 90, 100, 255), ry=0.09)


def draw_mushroom(pen):
    cap, edge = pen.color(60, 255), pen.dark()
    pen.polygon([(0.4, 0.5), (0.6, 0.5), (0.66, 0.95), (0.34, 0.95)], pen.light(), edge, 0.014)
    pen.polygon([polar(0.5, 0.52, 0.44, -a) for a in np.linspace(0, math.pi, 30)], cap, edge, 0.014)
    dot = pen.light()
    for x, y, r in ((0.3, 0.38, 0.05), (0.5, 0.24, 0.06), (0.68, 0.4, 0.05), (0.48, 0.42, 0.035)):
        pen.disc(x, y, r * pen.u(0.7, 1.3), dot)


def draw_pagoda(pen):
    wall, roof, edge = pen.color(70, 255), pen.color(0, 200), pen.dark()
    tiers = int(pen.u(2, 5))
    h = 0.8 / tiers
    for i in range(tiers):
        y, w = 0.95 - i * h, 0.34 - i * 0.22 / tiers
        pen.polygon([(0.5 - w, y), (0.5 + w, y), (0.5 + w, y - h), (0.5 - w, y - h)], wall, edge, 0.01)
        for k in range(3):
            x = 0.5 + (k - 1) * w * 0.6
            pen.polygon([(x - 0.03, y), (x + 0.03, y), (x + 0.03, y - h * 0.45), (x - 0.03, y - h * 0.45)], edge)
        pen.polygon([(0.5 - w - 0.14, y - h * 0.55), (0.5 - w * 0.7, y - h * 1.1), (0.5 + w * 0.7, y - h * 1.1), (0.5 + w + 0.14, y - h * 0.55)], roof, edge, 0.012)
    pen.line([(0.5, 0.2), (0.5, 0.02)], edge, 0.02)


def draw_arches(pen):
    wall, hole, edge = pen.color(90, 255), pen.dark(), pen.color(0, 120)
    pen.polygon([(0.04, 0.08), (0.96, 0.08), (0.96, 0.95), (0.04, 0.95)], wall, edge, 0.014)
    n = int(pen.u(2, 4))
    w = 0.84 / n
    for row in (0.48, 0.93):
        for i in range(n):
            x = 0.08 + (i + 0.5) * w
            pen.polygon([(x - w * 0.32, row), *[(x - w * 0.32 * math.cos(t), row - 0.2 - w * 0.32 * math.sin(t)) for t in np.linspace(0, math.pi, 12)], (x + w * 0.32, row)], hole, edge, 0.016)
        pen.line([(0.04, row), (0.96, row)], edge, 0.02)


def draw_tree(pen):
    bark, leaf = pen.dark(), pen.color(40, 220)

    def branch(x, y, angle, length, width, depth):
        ex, ey = polar(x, y, length, angle)
        pen.line([(x, y), (ex, ey)], bark, width)
        if depth == 0:
            pen.disc(ex, ey, pen.u(0.03, 0.055), leaf)
            return
        for m in (-1, 1):
            branch(ex, ey, angle + m * pen.u(0.3, 0.6), length * pen.u(0.68, 0.82), width * 0.65, depth - 1)

    branch(0.5, 0.97, -math.pi / 2, 0.26, 0.06, 4)


def draw_sun(pen):
    ray, n = pen.color(120, 255), int(pen.u(10, 20))
    for i in range(n):
        a = i / n * math.tau
        bend = 0.12 if i % 2 else -0.12
        pen.polygon([polar(0.5, 0.5, 0.22, a - 0.14), polar(0.5, 0.5, 0.36, a + bend), polar(0.5, 0.5, 0.48, a), polar(0.5, 0.5, 0.22, a + 0.14)], ray)
    for k, r in enumerate((0.25, 0.19, 0.12, 0.06)):
        pen.disc(0.5, 0.5, r, pen.color(100 if k == 0 else 0, 255))


def draw_snake(pen):
    a, b, n = pen.color(40, 255), pen.color(), 26
    amp, freq = pen.u(0.15, 0.25), pen.u(1.2, 2)
    pts = [(0.06 + 0.86 * t, 0.5 + amp * math.sin(t * freq * math.tau)) for t in np.linspace(0, 1, n)]
    pen.line(pts, pen.dark(), 0.15)
    pen.line(pts, a, 0.12)
    for i, (x, y) in enumerate(pts):
        if i % 2:
            pen.polygon([(x - 0.035, y), (x, y - 0.05), (x + 0.035, y), (x, y + 0.05)], b)
    pen.disc(*pts[-1], 0.085, a, outline=pen.dark(), width=0.01)
    pen.disc(pts[-1][0] + 0.02, pts[-1][1] - 0.03, 0.025, (0, 0, 0, 255))


def draw_swirl(pen):
    colors = [pen.color() for _ in range(4)]
    dir = pen.rng.choice([-1, 1])
    for k in range(26):
        r, a, span = 0.04 + 0.017 * k, pen.u(0, math.tau), pen.u(1.2, 3)
        pen.line([polar(0.5, 0.5, r + 0.03 * t * dir, a + dir * t * span) for t in np.linspace(0, 1, 20)], colors[k % 4], pen.u(0.02, 0.035))


def draw_beetle(pen):
    shell, edge, spot = pen.color(60, 255), pen.dark(), pen.color(0, 80)
    for m in (-1, 1):
        for y in (0.4, 0.56, 0.72):
            pen.line([(0.5, y), (0.5 + m * 0.36, y - 0.06), (0.5 + m * 0.45, y + 0.08)], edge, 0.022)
    pen.disc(0.5, 0.24, 0.13, edge)
    pen.disc(0.5, 0.57, 0.28, shell, ry=0.34, outline=edge, width=0.016)
    pen.line([(0.5, 0.26), (0.5, 0.9)], edge, 0.018)
    for x, y in ((0.36, 0.45), (0.64, 0.45), (0.35, 0.65), (0.65, 0.65), (0.42, 0.78), (0.58, 0.78)):
        pen.disc(x, y, pen.u(0.035, 0.06), spot)


def draw_wheel(pen):
    rim, spoke, n = pen.color(), pen.color(), int(pen.u(6, 13))
    pen.disc(0.5, 0.5, 0.46, rim)
    pen.disc(0.5, 0.5, 0.38, pen.color())
    for i in range(n):
        a = i / n * math.tau
        pen.line([(0.5, 0.5), polar(0.5, 0.5, 0.4, a)], spoke, 0.03)
        pen.disc(*polar(0.5, 0.5, 0.43, a), 0.02, spoke)
    pen.disc(0.5, 0.5, 0.1, rim, outline=spoke, width=0.02)


NAMES = [name.removeprefix('draw_') for name in list(globals()) if name.startswith('draw_')]


def motif(name, seed):
    """RGBA pixels of one motif, uint8 [96, 96, 4], the same for the same name and seed."""
    pen = Pen(np.random.default_rng([NAMES.index(name), seed]))
    globals()[f'draw_{name}'](pen)
    pixels = np.asarray(pen.image.resize((SIDE, SIDE), Image.Resampling.LANCZOS), dtype=np.float32)
    shade = 1 + 0.35 * (np.linspace(-1, 1, SIDE)[:, None, None] * pen.u(-1, 1) + np.linspace(-1, 1, SIDE)[None, :, None] * pen.u(-1, 1))
    pixels[..., :3] *= shade
    return pixels.clip(0, 255).astype(np.uint8)
