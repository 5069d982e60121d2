"""Generated textures: noise, cells, stripes, strokes, tilings, waves. Every seed is a texture of its own."""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def noise(rng, side, octaves=5, start=4):
    """Smooth noise in [0, 1]: a sum of enlarged random grids."""
    total = np.zeros((side, side), np.float32)
    for o in range(octaves):
        n = min(side, start * 2**o)
        grid = Image.fromarray(rng.random((n, n)).astype(np.float32))
        total += np.asarray(grid.resize((side, side), Image.Resampling.BICUBIC)) * 0.55**o
    return (total - total.min()) / np.ptp(total)


def palette(rng, n=4):
    colors = rng.random((n, 3)).astype(np.float32) ** rng.uniform(0.6, 1.5)
    return colors * 0.9 + 0.05


def colored(rng, value, n=4):
    """A scalar field in [0, 1] through a random gradient of colours."""
    colors, stops = palette(rng, n), np.linspace(0, 1, n)
    return np.stack([np.interp(value, stops, colors[:, c]) for c in range(3)], -1)


def grid(side):
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
    return x, y


def clouds(rng, side):
    return colored(rng, noise(rng, side, int(rng.integers(3, 7)), int(rng.integers(2, 12))), 5)


def marble(rng, side):
    x, y = grid(side)
    a = rng.uniform(0, math.tau)
    wave = (x * math.cos(a) + y * math.sin(a)) * rng.uniform(4, 14) + noise(rng, side) * rng.uniform(2, 6)
    return colored(rng, 0.5 + 0.5 * np.sin(wave * math.tau / 2), 4)


def wood(rng, side):
    x, y = grid(side)
    r = np.hypot(x - rng.uniform(-0.5, 1.5), (y - rng.uniform(-0.5, 1.5)) * rng.uniform(0.2, 1)) + 0.08 * noise(rng, side)
    return colored(rng, (r * rng.uniform(8, 30)) % 1, 3) * (0.8 + 0.2 * rng.random((side, side, 1)))


def cells(rng, side):
    """Worley cells: flat, shaded by distance, or with borders like leaded glass."""
    n = int(rng.integers(25, 260))
    x, y = grid(side)
    points = rng.random((n, 2)).astype(np.float32)
    d = (x[..., None] - points[:, 0]) ** 2 + (y[..., None] - points[:, 1]) ** 2
    near = np.partition(d, 1, -1)[..., :2] ** 0.5
    owner, colors, kind = d.argmin(-1), palette(rng, n), rng.integers(4)
    gap = ((near[..., 1] - near[..., 0]) * n**0.5)[..., None]
    if kind == 0:
        return colors[owner] * np.clip(gap * rng.uniform(3, 9), 0, 1)
    if kind == 1:
        return colored(rng, np.clip(near[..., 0] * n**0.5, 0, 1))
    if kind == 2:
        return colored(rng, np.clip(gap[..., 0], 0, 1))
    return colors[owner]


def stripes(rng, side):
    x, y = grid(side)
    a, warp = rng.uniform(0, math.tau), noise(rng, side, 3) * rng.uniform(0, 0.25)
    t = ((x * math.cos(a) + y * math.sin(a) + warp) * rng.uniform(4, 30)) % 1
    return palette(rng, 4)[(t * rng.integers(2, 5)).astype(int) % 4]


def weave(rng, side):
    x, y = grid(side)
    n = rng.uniform(6, 26)
    u, v = (x * n) % 1, (y * n) % 1
    over = (np.floor(x * n) + np.floor(y * n)) % 2 == 0
    shade = np.where(over, np.sin(v * math.pi), np.sin(u * math.pi))[..., None]
    a, b = palette(rng, 2)
    return np.where(over[..., None], a, b) * (0.25 + 0.75 * shade)


def bricks(rng, side):
    x, y = grid(side)
    rows, cols = rng.uniform(6, 20), rng.uniform(3, 9)
    row = np.floor(y * rows)
    u, v = (x * cols + 0.5 * (row % 2)) % 1, (y * rows) % 1
    line = (u < 0.06) | (v < 0.12)
    tint = np.sin(row * 12.9 + np.floor(x * cols + 0.5 * (row % 2)) * 78.2)[..., None] * 0.12
    a, b = palette(rng, 2)
    return np.where(line[..., None], a, b + tint) * (0.75 + 0.25 * noise(rng, side, 6, 8)[..., None])


def scales(rng, side):
    x, y = grid(side)
    n = rng.uniform(6, 18)
    out, colors = np.zeros((side, side, 3)), palette(rng, 3)
    for k in range(int(n) * 2 + 2):
        v = y * n - k / 2
        u = (x * n + 0.5 * (k % 2)) % 1 - 0.5
        r = np.hypot(u, v)
        inside = (r < 0.55) & (v > -0.1)
        out = np.where(inside[..., None], colors[0] + (colors[1] - colors[0]) * (r / 0.55)[..., None], out)
        out = np.where((inside & (r > 0.47))[..., None], colors[2], out)
    return out


def dots(rng, side):
    image = Image.new('RGB', (side, side), rgb(palette(rng, 1)[0]))
    draw, colors = ImageDraw.Draw(image), palette(rng, 5)
    lattice, n = rng.random() < 0.4, int(rng.integers(8, 28))
    for i in range(n * n):
        x, y = ((i % n + 0.5 * ((i // n) % 2)) / n, (i // n) / n) if lattice else rng.random(2)
        r = rng.uniform(0.15, 0.5) / n * (1 if lattice else 1.6)
        draw.ellipse([(x - r) * side, (y - r) * side, (x + r) * side, (y + r) * side], fill=rgb(colors[i % 5]))
    return np.asarray(image) / 255


def strokes(rng, side):
    """Brush strokes that follow a flow field, many layers of them."""
    image = Image.new('RGB', (side, side), rgb(palette(rng, 1)[0]))
    draw, colors, flow = ImageDraw.Draw(image), palette(rng, 7), noise(rng, side, 2, 3) * rng.uniform(4, 14)
    length, width, where = rng.integers(4, 22), rng.uniform(2, 8), noise(rng, side, 3, 3)
    for _ in range(int(9000 / width)):
        x, y = rng.random(2) * (side - 1)
        tone = colors[int(where[int(y), int(x)] * 5 + rng.uniform(0, 2)) % 7] * rng.uniform(0.75, 1.2)
        points = [(x, y)]
        for _ in range(length):
            a = flow[int(y) % side, int(x) % side]
            x, y = x + 2.5 * math.cos(a), y + 2.5 * math.sin(a)
            points.append((x, y))
        draw.line(points, fill=rgb(tone), width=max(1, int(width * rng.uniform(0.6, 1.3))))
    return np.asarray(image) / 255


def hatching(rng, side):
    image = Image.new('RGB', (side, side), rgb(palette(rng, 1)[0]))
    draw, colors, angle = ImageDraw.Draw(image), palette(rng, 3), rng.uniform(0, math.pi)
    for _ in range(int(rng.integers(300, 1500))):
        x, y = rng.random(2) * side
        a, l = angle + rng.normal(0, 0.15) + (math.pi / 2 if rng.random() < 0.4 else 0), rng.uniform(10, 60)
        draw.line([x, y, x + l * math.cos(a), y + l * math.sin(a)], fill=rgb(colors[rng.integers(3)]), width=int(rng.integers(1, 4)))
    return np.asarray(image) / 255


def ripples(rng, side):
    x, y = grid(side)
    total = sum(np.sin(np.hypot(x - a, y - b) * f) for a, b, f in zip(*rng.uniform(-0.2, 1.2, (2, 4)), rng.uniform(20, 110, 4)))
    return colored(rng, 0.5 + total / 8, 5)


def spots(rng, side):
    """Turing-like spots and labyrinths: band-passed noise, cut at a threshold."""
    n = int(rng.integers(40, 120))
    base = Image.fromarray((rng.random((n, n)) * 255).astype(np.uint8)).resize((side, side), Image.Resampling.BICUBIC)
    a, b = (np.asarray(base.filter(ImageFilter.GaussianBlur(r)), dtype=np.float32) for r in (2.5, 5))
    soft = np.clip((a - b) * rng.uniform(0.15, 0.8) + rng.uniform(0.3, 0.7), 0, 1)
    return colored(rng, soft, 3)


def mosaic(rng, side):
    n = int(rng.integers(12, 40))
    small = noise(rng, n, 3, 3)
    tiles = colored(rng, small, 5) + rng.normal(0, 0.06, (n, n, 3))
    big = np.asarray(Image.fromarray((tiles.clip(0, 1) * 255).astype(np.uint8)).resize((side, side), Image.Resampling.NEAREST)) / 255
    x, y = grid(side)
    joint = ((x * n) % 1 < 0.12) | ((y * n) % 1 < 0.12)
    return np.where(joint[..., None], palette(rng, 1)[0], big)


def curls(rng, side):
    image = Image.new('RGB', (side, side), rgb(palette(rng, 1)[0]))
    draw, colors = ImageDraw.Draw(image), palette(rng, 4)
    for _ in range(int(rng.integers(40, 160))):
        cx, cy, r, turn, sign = *rng.random(2) * side, rng.uniform(10, 45), rng.uniform(1, 2.5), rng.choice([-1, 1])
        points = [(cx + r * t * math.cos(sign * t * turn * math.tau), cy + r * t * math.sin(sign * t * turn * math.tau)) for t in np.linspace(0.05, 1, 40)]
        draw.line(points, fill=rgb(colors[rng.integers(4)]), width=int(rng.integers(2, 6)))
    return np.asarray(image) / 255


def rgb(color):
    return tuple(int(v) for v in np.clip(color, 0, 1) * 255)


FAMILIES = [clouds, marble, wood, cells, cells, stripes, weave, bricks, scales, dots, strokes, strokes, strokes, hatching, ripples, spots, mosaic, curls]


def texture(seed, side=384):
    """uint8 RGB [side, side, 3], the same for the same seed."""
    rng = np.random.default_rng(seed)
    pixels = FAMILIES[seed % len(FAMILIES)](rng, side)
    return (np.clip(pixels, 0, 1) * 255).astype(np.uint8)
