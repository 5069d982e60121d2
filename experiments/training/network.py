"""The default network: VGG's shape (Simonyan and Zisserman 2014) at a fifth of its width, average pooling."""

import torch
from torch import nn

# Output channels of each 3x3 convolution, group by group; a 2x2 average pooling between the groups.
GROUPS = [[32, 32], [64, 64], [96, 128], [160, 192], [256]]


def layer_names():
    return [f'conv{g + 1}_{i + 1}' for g, group in enumerate(GROUPS) for i in range(len(group))]


class Trunk(nn.Module):
    """RGB in [0, 1], minus 0.5, times 4 -> the rectified outputs of every convolution, by name."""

    def __init__(self):
        super().__init__()
        self.convs, self.norms = nn.ModuleDict(), nn.ModuleDict()
        last = 3
        for name, width in zip(layer_names(), [w for group in GROUPS for w in group]):
            self.convs[name] = nn.Conv2d(last, width, 3, padding=1, bias=False)
            self.norms[name] = nn.BatchNorm2d(width)
            last = width

    def forward(self, x):
        features, x = {}, (x - 0.5) * 4
        for name in layer_names():
            if name.endswith('_1') and name != 'conv1_1':
                x = nn.functional.avg_pool2d(x, 2)
            x = features[name] = torch.relu(self.norms[name](self.convs[name](x)))
        return features


class Tasks(nn.Module):
    """What the trunk is trained to answer: which motif is in the patch, which picture the patch is from, what it was before the noise."""

    def __init__(self, motifs, sources):
        super().__init__()
        self.trunk = Trunk()
        widths = {name: w for name, w in zip(layer_names(), [w for group in GROUPS for w in group])}
        self.taps = ['conv1_2', 'conv2_2', 'conv3_2', 'conv4_2', 'conv5_1']
        self.motif = nn.Linear(2 * widths['conv5_1'] + widths['conv4_2'], motifs)
        self.source = nn.Linear(2 * sum(widths[t] for t in self.taps), sources)
        self.clean = nn.ModuleDict({t: nn.Conv2d(widths[t], 3, 1) for t in self.taps})

    def forward(self, x):
        f = self.trunk(x)
        top = f['conv5_1']
        seen = torch.cat([top.mean((2, 3)), top.amax((2, 3)), f['conv4_2'].amax((2, 3))], 1)
        moments = torch.cat([m for t in self.taps for m in (f[t].mean((2, 3)), (f[t].var((2, 3)) + 1e-4).sqrt())], 1)
        return self.motif(seen), self.source(moments), {t: self.clean[t](f[t]) for t in self.taps}
