"""Writes homeworkSteps.json: five steps of the full homework network on 20 images, weights and input by formula, in float64.

    .venv/bin/python homework_steps.py
"""
import torch
import torch.nn.functional as F

from formula import homework_by_formula, input_by_formula
from generate import sampled, save_json


def main():
    network, images = homework_by_formula().double(), input_by_formula(20).double()
    labels = torch.tensor([k % 4 / 3 for k in range(20)], dtype=torch.float64)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.0001, momentum=0.9, weight_decay=1e-4)
    losses = []
    for _ in range(5):
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(network(images).flatten(), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    save_json("homeworkSteps.json", {
        "images": 20, "labels": labels.tolist(), "learningRate": 0.0001, "momentum": 0.9, "weightDecay": 1e-4,
        "losses": losses,
        "parameters": [
            {"name": name, "norm": p.norm().item(), "samples": sampled(p)} for name, p in network.named_parameters()]})


if __name__ == "__main__":
    main()
