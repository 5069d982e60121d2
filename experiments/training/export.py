"""Writes the trunk as safetensors: batch normalisation folded in, activations evened out, 8-bit weights."""

import json
import struct

import numpy as np
import torch

from network import layer_names


def export(trunk, patches, path):
    trunk.eval()
    layers = folded(trunk)
    even(trunk, layers, patches)
    tensors = {}
    for name, (weight, bias) in layers.items():
        scale = weight.abs().amax((1, 2, 3)) / 127
        tensors[f'{name}.weight'] = (weight / scale.view(-1, 1, 1, 1)).round().to(torch.int8).numpy()
        tensors[f'{name}.scale'] = scale.float().numpy()
        tensors[f'{name}.bias'] = bias.float().numpy()
    write_safetensors(path, tensors)


def folded(trunk):
    """Every convolution with its normalisation folded in, and the input's (x / 255 - 0.5) * 4 left to the registry."""
    layers = {}
    for name in layer_names():
        norm = trunk.norms[name]
        gain = norm.weight.detach() / (norm.running_var + norm.eps).sqrt()
        layers[name] = (trunk.convs[name].weight.detach() * gain.view(-1, 1, 1, 1), norm.bias.detach() - norm.running_mean * gain)
    return layers


def even(trunk, layers, patches):
    """Scales every channel so that its mean activation is 1 (Gatys et al. 2015), and its readers by the inverse."""
    with torch.no_grad():
        means = {name: [] for name in layers}
        for _ in range(4):
            for name, f in trunk(patches.batch(64)[0]).items():
                means[name].append(f.mean((0, 2, 3)))
    incoming = None
    for name, (weight, bias) in layers.items():
        mean = torch.stack(means[name]).mean(0)
        # A channel that hardly ever speaks is not made to shout.
        gain = 1 / mean.clamp(min=0.25 * float(mean.mean()))
        if incoming is not None:
            weight = weight / incoming.view(1, -1, 1, 1)
        layers[name] = (weight * gain.view(-1, 1, 1, 1), bias * gain)
        incoming = gain


def write_safetensors(path, tensors):
    kinds = {np.dtype('int8'): 'I8', np.dtype('float32'): 'F32'}
    header, offset = {}, 0
    for name, value in tensors.items():
        header[name] = {'dtype': kinds[value.dtype], 'shape': list(value.shape), 'data_offsets': [offset, offset + value.nbytes]}
        offset += value.nbytes
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text)
        for value in tensors.values():
            file.write(value.tobytes())
