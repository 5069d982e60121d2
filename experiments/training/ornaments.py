"""Motifs that grow or were made: spirals, flowers, leaves, shells, pagodas, wheels."""

import math

import numpy as np

from pen import polar


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


def draw_shell(pen):
    fill, rib, n = pen.color(90, 255), pen.color(0, 180), int(pen.u(8, 14))
    arc = [polar(0.5, 0.86, 0.72 * (1 + 0.05 * math.cos(i * math.pi)), -math.pi / 2 + (i / (2 * n) - 0.5) * 1.9) for i in range(2 * n + 1)]
    pen.polygon([(0.5, 0.9), *arc], fill, rib, 0.016)
    for p in arc[::2]:
        pen.line([(0.5, 0.88), p], rib, 0.016)
    for r in (0.3, 0.5):
        pen.line([polar(0.5, 0.86, r, -math.pi / 2 + t) for t in np.linspace(-0.9, 0.9, 20)], pen.color(), 0.012)


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


def draw_swirl(pen):
    colors = [pen.color() for _ in range(4)]
    dir = pen.rng.choice([-1, 1])
    for k in range(26):
        r, a, span = 0.04 + 0.017 * k, pen.u(0, math.tau), pen.u(1.2, 3)
        pen.line([polar(0.5, 0.5, r + 0.03 * t * dir, a + dir * t * span) for t in np.linspace(0, 1, 20)], colors[k % 4], pen.u(0.02, 0.035))


def draw_wheel(pen):
    rim, spoke, n = pen.color(), pen.color(), int(pen.u(6, 13))
    pen.disc(0.5, 0.5, 0.46, rim)
    pen.disc(0.5, 0.5, 0.38, pen.color())
    for i in range(n):
        a = i / n * math.tau
        pen.line([(0.5, 0.5), polar(0.5, 0.5, 0.4, a)], spoke, 0.03)
        pen.disc(*polar(0.5, 0.5, 0.43, a), 0.02, spoke)
    pen.disc(0.5, 0.5, 0.1, rim, outline=spoke, width=0.02)
