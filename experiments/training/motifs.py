"""Motifs the network learns to tell apart: eyes, flowers, spirals, feathers... drawn with chance in every line.

Each `draw_*` paints one motif on a square of side 1 through a `Pen`; `motif(name, seed)` returns RGBA pixels.
What the network learns to see is what it dreams, so the list is a choice of taste.
"""

import creatures
import numpy as np
import ornaments
from PIL import Image

from pen import SIDE, Pen

# The order is part of the seed of each motif.
NAMES = [
    'eye', 'owl_eye', 'spiral', 'flower', 'daisy', 'feather', 'leaf', 'star', 'fish', 'bird',
    'butterfly', 'shell', 'cat', 'dog', 'mushroom', 'pagoda', 'arches', 'tree', 'sun', 'snake', 'swirl',
    'beetle', 'wheel',
]


def motif(name, seed):
    """RGBA pixels of one motif, uint8 [96, 96, 4], the same for the same name and seed."""
    pen = Pen(np.random.default_rng([NAMES.index(name), seed]))
    draw = getattr(creatures, f'draw_{name}', None) or getattr(ornaments, f'draw_{name}')
    draw(pen)
    pixels = np.asarray(pen.image.resize((SIDE, SIDE), Image.Resampling.LANCZOS), dtype=np.float32)
    shade = 1 + 0.35 * (np.linspace(-1, 1, SIDE)[:, None, None] * pen.u(-1, 1) + np.linspace(-1, 1, SIDE)[None, :, None] * pen.u(-1, 1))
    pixels[..., :3] *= shade
    return pixels.clip(0, 255).astype(np.uint8)
