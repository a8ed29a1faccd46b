"""Writes optimizers.json and .safetensors: 20 steps of every optimizer on the small network of small.safetensors, in
float64, and schedules.json: the rates of every schedule over 40 steps of 7 an epoch.

    .venv/bin/python optimizers.py
"""
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch.optim import lr_scheduler

from generate import HERE, save_json, save_tensors, small_network

# keyword, settings as in a job file, torch's class, torch's settings, norm of clipped gradients
OPTIMIZERS = [
    ("sgd", {"learningRate": 0.01}, "SGD", {"lr": 0.01}, None),
    ("sgd", {"learningRate": 0.01, "momentum": 0.9}, "SGD", {"lr": 0.01, "momentum": 0.9}, None),
    ("sgd", {"learningRate": 0.01, "momentum": 0.9, "nesterov": True, "weightDecay": 0.01}, "SGD",
     {"lr": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}, None),
    ("sgd", {"learningRate": 0.05, "momentum": 0.9}, "SGD", {"lr": 0.05, "momentum": 0.9}, 0.5),
    ("rmsprop", {"learningRate": 0.001}, "RMSprop", {"lr": 0.001}, None),
    ("rmsprop", {"learningRate": 0.001, "alpha": 0.9, "eps": 1e-4, "momentum": 0.5, "weightDecay": 0.01}, "RMSprop",
     {"lr": 0.001, "alpha": 0.9, "eps": 1e-4, "momentum": 0.5, "weight_decay": 0.01}, None),
    ("adagrad", {"learningRate": 0.01}, "Adagrad", {"lr": 0.01}, None),
    ("adagrad", {"learningRate": 0.01, "eps": 1e-3, "weightDecay": 0.01}, "Adagrad",
     {"lr": 0.01, "eps": 1e-3, "weight_decay": 0.01}, None),
    ("adam", {"learningRate": 0.002}, "Adam", {"lr": 0.002}, None),
    ("adam", {"learningRate": 0.002, "beta1": 0.8, "beta2": 0.95, "eps": 1e-4, "weightDecay": 0.1}, "Adam",
     {"lr": 0.002, "betas": (0.8, 0.95), "eps": 1e-4, "weight_decay": 0.1}, None),
    ("adamw", {"learningRate": 0.002}, "AdamW", {"lr": 0.002}, None),
    ("adamw", {"learningRate": 0.002, "weightDecay": 0.2}, "AdamW", {"lr": 0.002, "weight_decay": 0.2}, 0.3),
]


def optimizers():
    small = load_file(HERE / "small.safetensors")
    initial = {name[8:]: value.double() for name, value in small.items() if name.startswith("initial.")}
    images, labels = small["input"].double(), small["labels"].double()
    cases, tensors = [], {}
    for number, (keyword, settings, kind, options, clip) in enumerate(OPTIMIZERS):
        network = small_network().double()
        network.load_state_dict(initial)
        optimizer = getattr(torch.optim, kind)(network.parameters(), **options)
        losses = []
        for _ in range(20):
            optimizer.zero_grad()
            loss = F.binary_cross_entropy_with_logits(network(images).flatten(), labels)
            loss.backward()
            if clip:
                torch.nn.utils.clip_grad_norm_(network.parameters(), clip)
            optimizer.step()
            losses.append(loss.item())
        tensors |= {f"{number}.{name}": p.clone() for name, p in network.named_parameters()}
        cases.append({"keyword": keyword, "settings": settings, "clipNorm": clip, "losses": losses})
    save_json("optimizers.json", cases)
    save_tensors("optimizers.safetensors", tensors)


EPOCH = 7
STEPS = 40
# keyword, settings as in a job file, torch's schedule
SCHEDULES = [
    ("constant", "{}", lambda o: lr_scheduler.LambdaLR(o, lambda step: 1)),
    ("step", "{every: 2 epochs, factor: 0.3}", lambda o: lr_scheduler.StepLR(o, 2 * EPOCH, 0.3)),
    ("exponential", "{every: 1 step, factor: 0.93}", lambda o: lr_scheduler.ExponentialLR(o, 0.93)),
    ("exponential", "{every: 1 epoch, factor: 0.5}", lambda o: lr_scheduler.ExponentialLR(o, 0.5 ** (1 / EPOCH))),
    ("inverseTime", "{every: 1 step, decay: 0.2}", lambda o: lr_scheduler.LambdaLR(o, lambda step: 1 / (1 + 0.2 * step))),
    ("polynomial", "{duration: 30 steps, power: 2}", lambda o: lr_scheduler.PolynomialLR(o, 30, 2)),
    ("polynomial", "{duration: 30 steps, power: 0.9}", lambda o: lr_scheduler.PolynomialLR(o, 30, 0.9)),
    ("cosine", "{duration: 40 steps, end: 0.01}", lambda o: lr_scheduler.CosineAnnealingLR(o, 40, 0.01)),
    ("cyclic", "{period: 2 epochs, low: 0.02, high: 0.5}",
     lambda o: lr_scheduler.CyclicLR(o, 0.02, 0.5, step_size_up=EPOCH, cycle_momentum=False)),
    ("oneCycle", "{high: 0.7}", lambda o: lr_scheduler.OneCycleLR(o, 0.7, STEPS, cycle_momentum=False)),
    ("oneCycle", "{duration: 5 epochs, high: 0.7, rise: 0.4, startDivisor: 10, endDivisor: 100}",
     lambda o: lr_scheduler.OneCycleLR(
         o, 0.7, 5 * EPOCH, pct_start=0.4, div_factor=10, final_div_factor=100, cycle_momentum=False)),
    ("warmRestarts", "{period: 1 epoch, end: 0.01}", lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, EPOCH, 1, 0.01)),
    ("warmRestarts", "{period: 5 steps, multiplier: 2}", lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 5, 2)),
]
PLATEAUS = [
    ("{patience: 1, factor: 0.5}", {"patience": 1, "factor": 0.5}),
    ("{metric: accuracy, patience: 0, factor: 0.1, threshold: 0.02, cooldown: 2, end: 1e-4}",
     {"mode": "max", "patience": 0, "factor": 0.1, "threshold": 0.02, "cooldown": 2, "min_lr": 1e-4}),
]
FIGURES = [0.9, 0.8, 0.81, 0.82, 0.7, 0.69999, 0.69998, 0.69997, 0.75, 0.6, 0.6, 0.6, 0.61, 0.6, 0.5, 0.55, 0.55, 0.55]


def rates(build, steps):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    schedule = build(optimizer)
    result = []
    for _ in range(steps):
        result.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    return result


def plateau(options):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    schedule = lr_scheduler.ReduceLROnPlateau(optimizer, eps=0, **options)
    result = []
    for figure in FIGURES:
        schedule.step(figure)
        result.append(schedule.get_last_lr()[0])
    return result


def schedules():
    def steps(settings):
        return 35 if "duration: 5 epochs" in settings else 30 if "30 steps" in settings else STEPS
    save_json("schedules.json", {
        "base": 0.1, "stepsPerEpoch": EPOCH, "steps": STEPS,
        "schedules": [
            {"keyword": keyword, "settings": settings, "rates": rates(build, steps(settings))}
            for keyword, settings, build in SCHEDULES],
        "figures": FIGURES,
        "plateaus": [{"settings": settings, "rates": plateau(options)} for settings, options in PLATEAUS]})


if __name__ == "__main__":
    torch.set_num_threads(1)
    optimizers()
    schedules()
