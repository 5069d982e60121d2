"""The art step in PyTorch, as a peer: the style loss of a network and its gradient, on the CPU.

Reads commands from standard input, one JSON object a line, and answers each with one line:
{"prepare": {"network": path, "mean": [...], "scale": [...], "layers": [...], "canvas": path, "size": [w, h], "painting": path, "paintingSize": [w, h]}} -> {"loss": l}
{"step": 1} -> {"seconds": s, "loss": l}
"""

import json
import sys
import time

import torch

from art_network import features, read_network, read_picture, relative, statistics

torch.set_num_threads(int(sys.argv[1]))


def see(x):
    return features(state['network'], x, state['layers'], state['mean'], state['scale'])


def loss_of(x):
    seen = see(x)
    each = [relative(a, b) for n in state['layers'] for a, b in zip(statistics(seen[n]), state['targets'][n])]
    return sum(each) / len(state['layers'])


state = {}
for line in sys.stdin:
    command = json.loads(line)
    if 'prepare' in command:
        given = command['prepare']
        state = {**given, 'network': read_network(given['network'])}
        state['canvas'] = read_picture(given['canvas'], given['size'])
        with torch.no_grad():
            seen = see(read_picture(given['painting'], given['paintingSize']))
            state['targets'] = {n: statistics(seen[n]) for n in given['layers']}
            answer = {'loss': float(loss_of(state['canvas']))}
    else:
        x = state['canvas'].clone().requires_grad_()
        start = time.perf_counter()
        loss = loss_of(x)
        loss.backward()
        answer = {'seconds': time.perf_counter() - start, 'loss': float(loss)}
    print(json.dumps(answer), flush=True)
