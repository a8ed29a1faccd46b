"""Loads a Kiln model.safetensors strictly into PyTorch and prints its logits for the formula's input.

    python3 load_model.py model.safetensors
"""
import json
import sys

import torch
from safetensors.torch import load_file

from formula import homework_network, input_by_formula

network = homework_network()
network.load_state_dict(load_file(sys.argv[1]), strict=True)
with torch.no_grad():
    for precision in (torch.float64, torch.float32):
        logits = network.to(precision)(input_by_formula().to(precision))
        print(json.dumps({"precision": str(precision), "logits": logits.flatten().tolist()}))
