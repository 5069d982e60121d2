"""A network of VGG's kind in PyTorch, and what the art measures with it: features, Gram matrices and means, relative differences."""

import json
import struct

import torch
from torch.nn import functional as F


def read_network(path):
    with open(path, 'rb') as file:
        (length,) = struct.unpack('<Q', file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    kinds = {'I8': torch.int8, 'F32': torch.float32}
    tensors = {}
    for name, entry in header.items():
        start, end = entry['data_offsets']
        values = torch.frombuffer(bytearray(data[start:end]), dtype=kinds[entry['dtype']])
        tensors[name] = values.reshape(entry['shape']).float()
    names = [name[:-7] for name in tensors if name.endswith('.weight')]
    one = torch.ones(1)
    return [(n, tensors[f'{n}.weight'] * tensors.get(f'{n}.scale', one).view(-1, 1, 1, 1), tensors[f'{n}.bias']) for n in names]


def read_picture(path, size):
    values = torch.frombuffer(bytearray(open(path, 'rb').read()), dtype=torch.float32)
    return values.reshape(1, size[1], size[0], 3).permute(0, 3, 1, 2).contiguous()


def features(network, x, layers, mean=(127.5,) * 3, scale=(4 / 255,) * 3):
    x = (x - torch.tensor(mean).view(-1, 1, 1)) * torch.tensor(scale).view(-1, 1, 1)
    seen = {'input': x}
    for name, weight, bias in network:
        if len(seen) == len(layers) + ('input' not in layers):
            break
        if name.endswith('_1') and name != 'conv1_1':
            x = F.avg_pool2d(x, 2)
        x = torch.relu(F.conv2d(x, weight, bias, padding=1))
        if name in layers:
            seen[name] = x
    return seen


def statistics(f):
    rows = f.flatten(2)[0]
    return rows @ rows.T / rows.shape[1], rows.mean(1)


def relative(value, target):
    return (value - target).square().mean() / target.square().mean()
