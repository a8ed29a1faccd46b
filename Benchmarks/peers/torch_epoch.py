"""One epoch over the images of a table path,label in PyTorch, as a competent user writes it: channels_last, and a
DataLoader whose workers decode, resize gray images as one plane, and hand over bytes."""

import argparse
import csv
import json
import pathlib
import resource
import tempfile
import time

import layers
import numpy
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from with_torch import network, optimizer


class Cells(Dataset):
    def __init__(self, folder, table):
        with open(table, newline="") as file:
            self.rows = [(folder / row["path"], float(row["label"])) for row in csv.DictReader(file)]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        path, label = self.rows[index]
        with Image.open(path) as image:
            plane = image.convert("L").resize((256, 256), Image.BILINEAR)
        return torch.from_numpy(numpy.array(plane)), label


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    start = time.perf_counter()
    torch.manual_seed(7)
    torch.set_num_threads(options.threads)
    model = network(layers.described("homework")).to(memory_format=torch.channels_last)
    descent, loss_of = optimizer(model), nn.BCEWithLogitsLoss()
    losses = 0.0
    cells = Cells(options.data, options.data / "labels.csv")
    for planes, labels in DataLoader(cells, batch_size=32, shuffle=True, num_workers=options.workers):
        images = planes.unsqueeze(1).expand(-1, 3, -1, -1).float().div(255)
        images = images.contiguous(memory_format=torch.channels_last)
        descent.zero_grad(set_to_none=True)
        loss = loss_of(model(images), labels.float().unsqueeze(1))
        loss.backward()
        descent.step()
        losses += loss.item() * len(labels)
    with tempfile.NamedTemporaryFile() as file:
        torch.save(model.state_dict(), file.name)
    print(json.dumps({
        "seconds": time.perf_counter() - start, "images": len(cells), "loss": losses / len(cells),
        "peakResidentBytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))


if __name__ == "__main__":
    main()
