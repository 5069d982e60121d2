"""Trains the default network. One command, one core, about an hour: see README.md."""

import argparse
import os
import time

import torch
from torch.nn import functional as F

import motifs
from export import export
from network import Tasks
from patches import Patches

parser = argparse.ArgumentParser()
parser.add_argument('--photographs', default='photographs', help='folder that collect.sh filled')
parser.add_argument('--out', default='../networks/default.safetensors')
parser.add_argument('--checkpoint', default='/tmp/default-network.pt', help='written every minute, continued from when there')
parser.add_argument('--steps', type=int, default=4000)
parser.add_argument('--batch', type=int, default=48)
parser.add_argument('--rate', type=float, default=3e-3)
parser.add_argument('--threads', type=int, default=1)
parser.add_argument('--seed', type=int, default=1)
options = parser.parse_args()

torch.manual_seed(options.seed)
torch.set_num_threads(options.threads)
patches = Patches(options.photographs, seed=options.seed)
tasks = Tasks(len(motifs.NAMES) + 1, len(patches.sources)).to(memory_format=torch.channels_last)
optimizer = torch.optim.AdamW(tasks.parameters(), lr=options.rate, weight_decay=0.02)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.rate, total_steps=options.steps, pct_start=0.1)
first = 0
if os.path.exists(options.checkpoint):
    saved = torch.load(options.checkpoint, weights_only=True)
    tasks.load_state_dict(saved['tasks'])
    optimizer.load_state_dict(saved['optimizer'])
    schedule.load_state_dict(saved['schedule'])
    first = saved['step']
    patches.random = type(patches.random)(type(patches.random.bit_generator)([options.seed, first]))
print(f'{patches.photographs} squares of photographs, {len(patches.sources)} sources, {len(motifs.NAMES)} motifs')

began = saved_at = time.time()
seen = torch.zeros(5)
for step in range(first, options.steps):
    x, clean, motif, source = patches.batch(options.batch)
    motif_answer, source_answer, restored = tasks(x.contiguous(memory_format=torch.channels_last))
    motif_loss = F.cross_entropy(motif_answer, motif)
    source_loss = F.cross_entropy(source_answer, source, label_smoothing=0.05)
    # Restoring the patch at every scale keeps colours in the features, which telling things apart would drop.
    restoring_loss = sum(F.mse_loss(r, F.adaptive_avg_pool2d(clean, r.shape[2:])) for r in restored.values())
    optimizer.zero_grad()
    (motif_loss + 0.5 * source_loss + 5 * restoring_loss).backward()
    torch.nn.utils.clip_grad_norm_(tasks.parameters(), 5)
    optimizer.step()
    schedule.step()
    right = torch.tensor([(motif_answer.argmax(1) == motif).float().mean(), (source_answer.argmax(1) == source).float().mean()])
    seen = 0.98 * seen + 0.02 * torch.cat([torch.stack([motif_loss.detach(), source_loss.detach(), restoring_loss.detach()]), right])
    if step % 50 == 0:
        shown = seen / (1 - 0.98 ** (step - first + 1))
        print(f'{step:5d}  {time.time() - began:6.0f} s  motif {shown[0]:.3f} {shown[3]:.0%}  source {shown[1]:.3f} {shown[4]:.0%}  restored {shown[2]:.4f}', flush=True)
    if time.time() - saved_at > 60 or step == options.steps - 1:
        torch.save({'tasks': tasks.state_dict(), 'optimizer': optimizer.state_dict(), 'schedule': schedule.state_dict(), 'step': step + 1}, options.checkpoint)
        export(tasks.trunk, patches, options.out)
        tasks.train()
        saved_at = time.time()
