"""Style transfer and texture synthesis by PyTorch's own L-BFGS: the curve that ours is compared with.

    python reference.py TASK.json

The task names the network's weights, the pictures (files of float32, 0-255), the layers and weights of the objective, and how many
evaluations of it may be made. Written to standard output, as JSON: for each way to use torch.optim.LBFGS the loss of each evaluation, measured
on a canvas whose values are from 0 to 255. The canvas itself is written beside the task, as `WAY.float32`.
"""

import json
import pathlib
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / 'bench'))
from art_network import features, read_network, read_picture, relative, statistics  # noqa: E402

WAYS = {
    # As in PyTorch's tutorial on neural style transfer: every step has the length 1, values are clamped before each evaluation.
    'fixed step': {'lr': 1, 'history_size': 100},
    'strong Wolfe': {'lr': 1, 'history_size': 10, 'line_search_fn': 'strong_wolfe'},
}


class Spent(Exception):
    """The evaluations that may be made have been made."""


def objective_of(task):
    network = read_network(task['network'])
    style, content = task['style'], task.get('content')
    layers = style['layers'] + [name for name in (content['layers'] if content else []) if name not in style['layers']]
    with torch.no_grad():
        seen = features(network, read_picture(style['picture'], style['size']), layers)
        wanted = {name: statistics(seen[name]) for name in style['layers']}
        if content:
            kept = features(network, read_picture(content['picture'], content['size']), layers)

    def objective(x):
        seen = features(network, x, layers)
        pairs = [(a, b) for name in style['layers'] for a, b in zip(statistics(seen[name]), wanted[name])]
        loss = sum(relative(a, b) for a, b in pairs) / len(style['layers'])
        if content:
            differences = [relative(seen[name], kept[name]) for name in content['layers']]
            loss = loss + content['weight'] * sum(differences) / len(differences)
        down, across = x[:, :, 1:] - x[:, :, :-1], x[:, :, :, 1:] - x[:, :, :, :-1]
        return loss + task['smoothness'] * (down.square().mean() + across.square().mean())

    return objective


def minimise(objective, start, evaluations, options):
    """Values are from 0 to 1, as in the tutorial: L-BFGS begins with a step that depends on the unit."""
    x = (start / 255).clone().requires_grad_()
    optimiser = torch.optim.LBFGS([x], max_iter=evaluations, max_eval=10 * evaluations, tolerance_grad=0, tolerance_change=0, **options)
    losses = []
    best = (float('inf'), x.detach().clone())

    def closure():
        nonlocal best
        if len(losses) == evaluations:
            raise Spent
        with torch.no_grad():
            x.clamp_(0, 1)
        optimiser.zero_grad()
        loss = objective(x * 255)
        loss.backward()
        losses.append(float(loss))
        if losses[-1] < best[0]:
            best = (losses[-1], x.detach().clone())
        return loss

    try:
        while len(losses) < evaluations:
            before = len(losses)
            optimiser.step(closure)
            if len(losses) == before + 1:
                break
    except Spent:
        pass
    return losses, best[1]


def main(path):
    task = json.loads(path.read_text())
    torch.set_num_threads(task['threads'])
    objective = objective_of(task)
    start = read_picture(task['start'], task['size'])
    answer = {}
    for way, options in WAYS.items():
        losses, canvas = minimise(objective, start, task['evaluations'], options)
        answer[way] = losses
        pixels = (canvas * 255)[0].permute(1, 2, 0).contiguous().numpy()
        path.with_name(f'{way}.float32').write_bytes(pixels.tobytes())
    print(json.dumps(answer))


main(pathlib.Path(sys.argv[1]))
