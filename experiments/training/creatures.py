"""Motifs that look back: eyes, fish, birds, faces, snakes, beetles."""

import math

import numpy as np

from pen import SCALE, SIDE, polar


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
