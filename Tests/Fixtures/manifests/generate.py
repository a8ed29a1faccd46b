"""Writes bad/NAME.yaml: each is a good job with one mistake. The reports beside them, NAME.txt, are checked by eye."""
import pathlib

GOOD = """\
name: cells
network:
  - conv2d: {channels: 8, kernel: 5, stride: 4}
  - relu
  - flatten
  - linear: {outputs: 1}
data:
  images: cells
training:
  epochs: 10
  optimizer: {sgd: {learningRate: 0.1}}
"""

CHANGES = {
    "alias": ("epochs: 10", "epochs: *ten"),
    "anchor": ("images: cells", "images: &cells cells"),
    "augment-flip": ("images: cells", "images: cells\n  augment: {flip: sideways}"),
    "augment-word": ("images: cells", "images: cells\n  augment: both"),
    "batch-size-snake-case": ("epochs: 10", "epochs: 10\n  batch_size: 32"),
    "batch-size-zero": ("epochs: 10", "epochs: 10\n  batchSize: 0"),
    "checkpoints-bare-number": ("training:", "checkpoints: {every: 5}\ntraining:"),
    "checkpoints-keep-none": ("training:", "checkpoints: {keep: 0}\ntraining:"),
    "checkpoints-span-of-minutes": ("training:", "checkpoints: {every: 5 minutes}\ntraining:"),
    "colon-missing": ("epochs: 10", "epochs 10"),
    "conv1d-on-an-image": ("conv2d:", "conv1d:"),
    "conv1d-kernel-too-long": ("conv2d: {channels: 8, kernel: 5, stride: 4}", "rows\n  - maxPool1d: {kernel: 100}\n  - conv1d: {channels: 8, kernel: 5}"),
    "conv1d-after-flatten": ("linear: {outputs: 1}", "conv1d: {channels: 1, kernel: 1}"),
    "conv1d-kernel-pair": ("conv2d: {channels: 8, kernel: 5, stride: 4}", "rows\n  - conv1d: {channels: 8, kernel: [5, 5]}"),
    "avgpool-kernel-too-large": ("- relu", "- avgPool2d: {kernel: [2, 64]}"),
    "avgpool1d-on-an-image": ("- relu", "- avgPool1d: {kernel: 2}"),
    "avgpool1d-kernel-too-long": ("- relu", "- rows\n  - avgPool1d: {kernel: 64}"),
    "maxpool1d-after-flatten": ("linear: {outputs: 1}", "maxPool1d: {kernel: 2}"),
    "global-average-after-flatten": ("linear: {outputs: 1}", "globalAvgPool"),
    "rows-after-flatten": ("linear: {outputs: 1}", "rows"),
    "leaky-relu-slope": ("- relu", "- leakyRelu: {slope: 2}"),
    "sigmoid-settings": ("- relu", "- sigmoid: {slope: 2}"),
    "linear-behind-a-sequence": ("conv2d: {channels: 8, kernel: 5, stride: 4}\n  - relu\n  - flatten", "rows\n  - relu"),
    "data-missing": ("data:\n  images: cells\n", ""),
    "data-text": ("data:\n  images: cells", "data: cells"),
    "epochs-duplicate": ("epochs: 10", "epochs: 10\n  epochs: 20"),
    "epochs-exponent": ("epochs: 10", "epochs: 1e3"),
    "epochs-fraction": ("epochs: 10", "epochs: 10.0"),
    "epochs-huge": ("epochs: 10", "epochs: 99999999999999999999"),
    "epochs-missing": ("  epochs: 10\n", ""),
    "epochs-misspelt": ("epochs: 10", "epoch: 10"),
    "epochs-negative": ("epochs: 10", "epochs: -1"),
    "epochs-null": ("epochs: 10", "epochs:"),
    "epochs-quoted": ("epochs: 10", 'epochs: "10"'),
    "epochs-separators": ("epochs: 10", "epochs: 1_000"),
    "epochs-word": ("epochs: 10", "epochs: ten"),
    "images-list": ("images: cells", "images: [cells]"),
    "images-nul": ("images: cells", 'images: "cells\\0"'),
    "kernel-larger-than-image": ("kernel: 5, stride: 4", "kernel: 255, stride: 4}\n  - conv2d: {channels: 8, kernel: 3"),
    "kernel-three-axes": ("kernel: 5", "kernel: [5, 5, 5]"),
    "layer-after-flatten": ("linear: {outputs: 1}", "conv2d: {channels: 1, kernel: 1}"),
    "layer-key-misspelt": ("stride: 4", "strides: 4"),
    "layer-misspelt": ("- relu", "- relo"),
    "layer-not-indented": ("conv2d: {channels: 8, kernel: 5, stride: 4}", "conv2d:\n    channels: 8\n    kernel: 5"),
    "layer-settings-missing": ("- relu", "- maxPool2d"),
    "layer-upper-case": ("- relu", "- ReLU"),
    "learning-rate-nan": ("learningRate: 0.1", "learningRate: .nan"),
    "learning-rate-comma": ("learningRate: 0.1", "learningRate: '0,1'"),
    "learning-rate-infinite": ("learningRate: 0.1", "learningRate: 1e999"),
    "learning-rate-missing": ("{learningRate: 0.1}", "{momentum: 0.9}"),
    "class-weights-of-one": ("epochs: 10", "epochs: 10\n  classWeights: [2]"),
    "class-weights-word": ("epochs: 10", "epochs: 10\n  classWeights: balanced"),
    "class-weights-zero": ("epochs: 10", "epochs: 10\n  classWeights: [1, 0]"),
    "early-stopping-metric": ("epochs: 10", "epochs: 10\n  earlyStopping: {metric: auc}"),
    "early-stopping-number": ("epochs: 10", "epochs: 10\n  earlyStopping: 5"),
    "early-stopping-patience": ("epochs: 10", "epochs: 10\n  earlyStopping: {patience: 0}"),
    "early-stopping-without-validation": ("images: cells\ntraining:\n  epochs: 10", "images: cells\n  validation: 0\ntraining:\n  epochs: 10\n  earlyStopping: {metric: f1}"),
    "loss-misspelt": ("epochs: 10", "epochs: 10\n  loss: crossEntropy"),
    "loss-positive-weight": ("epochs: 10", "epochs: 10\n  loss: {binaryCrossEntropy: {positiveWeight: 0}}"),
    "loss-smoothing": ("epochs: 10", "epochs: 10\n  loss: {softmaxCrossEntropy: {labelSmoothing: 1}}"),
    "loss-softmax-of-one": ("epochs: 10", "epochs: 10\n  loss: softmaxCrossEntropy"),
    "merge-key": ("epochs: 10", "<<: {epochs: 10}"),
    "name-long": ("name: cells", "name: " + "solar cells " * 10),
    "network-empty": (GOOD[GOOD.index("network:") : GOOD.index("data:")], "network: []\n"),
    "network-missing": (GOOD[GOOD.index("network:") : GOOD.index("data:")], ""),
    "network-mapping": ("- conv2d", "  conv2d"),
    "network-preset-misspelt": (GOOD[GOOD.index("network:") : GOOD.index("data:")], "network: homwork\n"),
    "normalize-two-channels": ("images: cells", "images: cells\n  normalize: {mean: [0.5, 0.5], std: [1, 1, 1]}"),
    "normalize-word": ("images: cells", "images: cells\n  normalize: imagenet"),
    "optimizer-misspelt": ("sgd:", "sdg:"),
    "optimizer-two": ("{sgd: {learningRate: 0.1}}", "{sgd: {learningRate: 0.1}, adam: {}}"),
    "outputs-two": ("outputs: 1", "outputs: 2"),
    "priority-high": ("name: cells", "name: cells\npriority: 101"),
    "resources-threads": ("name: cells", "name: cells\nresources: {threads: all}"),
    "schedule-factor": ("epochs: 10", "epochs: 10\n  schedule: {step: {every: 2 epochs, factor: 2}}"),
    "second-document": ("training:", "---\ntraining:"),
    "tab": ("  epochs: 10", "\tepochs: 10"),
    "tag": ("epochs: 10", "epochs: !!int 10"),
    "test-share": ("images: cells", "images: cells\n  test: 1.5"),
    "top-level-key": ("name: cells", "name: cells\ntrainings: {}"),
    "training-misspelt": ("training:", "trainig:"),
    "unclosed-brace": ("{outputs: 1}", "{outputs: 1"),
    "validation-share": ("images: cells", "images: cells\n  validation: 1.5"),
}

bad = pathlib.Path(__file__).with_name("bad")
for name, (before, after) in CHANGES.items():
    assert GOOD.count(before) == 1, name
    (bad / f"{name}.yaml").write_text(GOOD.replace(before, after))
(bad / "empty.yaml").write_text("")
(bad / "list.yaml").write_text("- a job is a mapping\n")
(bad / "not-utf8.yaml").write_bytes(b"name: caf\xe9\n")
(bad / "text.yaml").write_text("train the network please\n")
