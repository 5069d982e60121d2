"""Batches of patches: a random window of a random picture, turned, scaled, recoloured, often with a motif on it."""

import math
import os

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

import motifs
from textures import texture

PATCH = 64
WINDOW = 128


def photographs(folder, longest=900, side=320):
    """Every photograph as overlapping squares of `side` pixels, uint8 RGB."""
    squares = []
    for name in sorted(os.listdir(folder)):
        if not name.lower().endswith(('.jpg', '.png')):
            continue
        image = Image.open(os.path.join(folder, name)).convert('RGB')
        image.thumbnail((longest, longest))
        pixels = np.asarray(image)
        ys, xs = ({0, (n - side) // 2, n - side} if n > side else {0} for n in pixels.shape[:2])
        squares += [pixels[y : y + side, x : x + side] for y in sorted(ys) for x in sorted(xs)]
    return squares


class Patches:
    def __init__(self, folder, textures=360, variants=150, seed=1):
        self.sources = [torch.from_numpy(np.ascontiguousarray(p)).permute(2, 0, 1) for p in photographs(folder)]
        self.photographs = len(self.sources)
        self.sources += [torch.from_numpy(texture(i, 288)).permute(2, 0, 1) for i in range(textures)]
        drawn = [[motifs.motif(name, v) for v in range(variants)] for name in motifs.NAMES]
        self.motifs = torch.from_numpy(np.asarray(drawn)).permute(0, 1, 4, 2, 3)
        self.random = np.random.default_rng(seed)

    def batch(self, n):
        """Patches [n, 3, 64, 64] in [0, 1], the same without noise, the motif (0: none) and the source of each."""
        rng = self.random
        half = n // 2
        source = np.concatenate([rng.integers(0, self.photographs, half), rng.integers(0, len(self.sources), n - half)])
        windows = torch.stack([self.window(s) for s in source]).float() / 255
        x = warp(windows, self.turns(n, 0.6, 1.4))
        motif = np.where(rng.random(n) < 0.75, rng.integers(1, len(motifs.NAMES) + 1, n), 0)
        drawn = torch.stack([self.motifs[max(0, m - 1), rng.integers(self.motifs.shape[1])] for m in motif]).float() / 255
        drawn = F.pad(drawn, (48, 48, 48, 48))
        drawn = warp(torch.cat([drawn[:, :3] * drawn[:, 3:], drawn[:, 3:]], 1), self.turns(n, 0.5, 1.15, upright=True, shift=0.22))
        present = torch.from_numpy((motif > 0).astype(np.float32)).view(-1, 1, 1, 1)
        alpha = drawn[:, 3:] * present * self.uniform(n, 0.75, 1)
        x = x * (1 - alpha) + drawn[:, :3] * present * (alpha / (drawn[:, 3:] * present).clamp(min=1e-3))
        clean = self.recolor(x)
        noise = self.uniform(n, 0, 0.08) * torch.from_numpy(rng.standard_normal(x.shape, dtype=np.float32))
        return (clean + noise).clamp(0, 1), clean, torch.from_numpy(motif), torch.from_numpy(source)

    def window(self, index):
        pixels = self.sources[index]
        y, x = (self.random.integers(0, s - WINDOW + 1) for s in pixels.shape[1:])
        return pixels[:, y : y + WINDOW, x : x + WINDOW]

    def turns(self, n, low, high, upright=False, shift=0.0):
        """Random similarity transforms: the share of the input's side that the patch shows, turned and mirrored."""
        rng = self.random
        angle = rng.normal(0, 0.35, n) if upright else rng.uniform(-math.pi, math.pi, n) * (rng.random(n) < 0.5)
        scale = np.exp(rng.uniform(math.log(low), math.log(high), n)) * (1 if upright else 0.7)
        mirror = rng.choice([-1, 1], n)
        rows = np.stack([np.cos(angle) * scale * mirror, -np.sin(angle) * scale, rng.uniform(-shift, shift, n),
                         np.sin(angle) * scale * mirror, np.cos(angle) * scale, rng.uniform(-shift, shift, n)], 1)
        return torch.from_numpy(rows.reshape(n, 2, 3).astype(np.float32))

    def uniform(self, n, low, high):
        return torch.from_numpy(self.random.uniform(low, high, (n, 1, 1, 1)).astype(np.float32))

    def recolor(self, x):
        """A random mix of the channels, contrast, brightness: colour alone must not give the answer."""
        n, rng = len(x), self.random
        mix = np.eye(3) + rng.normal(0, 0.12, (n, 3, 3)) * (rng.random((n, 1, 1)) < 0.5)
        x = torch.einsum('nij,njhw->nihw', torch.from_numpy(mix.astype(np.float32)), x)
        return ((x - 0.5) * self.uniform(n, 0.7, 1.3) + 0.5 + self.uniform(n, -0.12, 0.12)).clamp(0, 1)


def warp(x, turns):
    grid = F.affine_grid(turns, (len(x), x.shape[1], PATCH, PATCH), align_corners=False)
    # The window is twice the patch: an even blur first keeps shrunken windows free of aliasing.
    return F.grid_sample(F.avg_pool2d(x, 3, 1, 1) * 0.5 + x * 0.5, grid, padding_mode='reflection' if x.shape[1] == 3 else 'zeros', align_corners=False)
