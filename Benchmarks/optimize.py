"""What `plumb optimize` gains on real models: magika's, rapidocr's and larger ones of scikit-learn.

    python3 Benchmarks/optimize.py [--seconds 6] [--build release] [--models magika ...] [--python PROGRAM]

Needs numpy, scikit-learn and skl2onnx (Examples/digits/requirements.txt); `Benchmarks/peers/install.sh FOLDER` fetches
the packages with the other models, and PLUMB_PEERS names the folder. Rows are real: files of this machine for magika,
cuts of scikit-learn's photographs for rapidocr, its digits and its cancer records for its own models. Where there are
no labels, what counts is agreement with the model as it was.
"""
import argparse
import glob
import json
import os
import random
import subprocess
import tempfile

import numpy

from client import ROOT


def peers(pattern):
    """A file in the folder that Benchmarks/peers/install.sh has filled."""
    found = glob.glob(os.path.join(os.environ["PLUMB_PEERS"], "**", pattern), recursive=True)
    if not found:
        raise SystemExit(f"{pattern} is not in PLUMB_PEERS; Benchmarks/peers/install.sh fetches it")
    return found[0]


def magika(folder, luck):
    """The first and last 1,024 bytes of real files, as its own reader pads them."""
    rows = []
    paths = []
    for root in ("/usr/bin", "/usr/share", "/usr/include", "/etc"):
        for place, _, names in os.walk(root):
            paths += [os.path.join(place, name) for name in names]
    luck.shuffle(paths)
    for path in paths:
        try:
            if not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                content = file.read(1 << 20)
        except OSError:
            continue
        if len(content) < 64:
            continue
        begin, end = content.lstrip()[:1024], content.rstrip()[-1024:]
        rows.append(list(begin) + [256] * (1024 - len(begin)) + [256] * (1024 - len(end)) + list(end))
        if len(rows) == 1500:
            break
    return peers("standard_v3_3/model.onnx"), numpy.array(rows, dtype=numpy.int32), None


def cuts(height, width, count, luck):
    from sklearn.datasets import load_sample_images

    images = load_sample_images().images
    rows = []
    for _ in range(count):
        image = images[luck.randrange(len(images))]
        top, left = luck.randrange(image.shape[0] - height), luck.randrange(image.shape[1] - width)
        part = image[top : top + height, left : left + width].astype(numpy.float32)
        rows.append(((part / 255 - 0.5) / 0.5).transpose(2, 0, 1))
    return numpy.array(rows, dtype=numpy.float32)


def orientation(folder, luck):
    return peers("ch_ppocr_mobile_v2.0_cls_infer.onnx"), cuts(48, 192, 400, luck), None


def recognition(folder, luck):
    return peers("ch_PP-OCRv4_rec_infer.onnx"), cuts(48, 160, 300, luck), None


def converted(folder, model, width):
    from skl2onnx import to_onnx

    path = os.path.join(folder, "model.onnx")
    content = to_onnx(model, numpy.zeros((1, width), dtype=numpy.float32), options={id(model): {"zipmap": False}})
    with open(path, "wb") as file:
        file.write(content.SerializeToString())
    return path


def digits(model):
    def make(folder, luck):
        from sklearn.datasets import load_digits

        rows, labels = load_digits(return_X_y=True)
        order = list(range(len(rows)))
        luck.shuffle(order)
        train, held = order[:480], order[480:]
        model.fit(rows[train], labels[train])
        return converted(folder, model, 64), rows[held].astype(numpy.float32), labels[held]

    return make


def network(*layers):
    from sklearn.neural_network import MLPClassifier

    return digits(MLPClassifier(layers, max_iter=60, random_state=1))


def forest():
    from sklearn.ensemble import RandomForestClassifier

    return digits(RandomForestClassifier(300, random_state=1))


MODELS = {
    "magika": lambda: magika, "orientation": lambda: orientation, "recognition": lambda: recognition,
    "network": lambda: network(1024, 1024), "wide network": lambda: network(4096, 2048), "forest": forest,
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--build", default="release")
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=list(MODELS))
    parser.add_argument("--python")
    options = parser.parse_args()
    plumb = os.path.join(ROOT, ".build", options.build, "plumb")
    for name in options.models:
        with tempfile.TemporaryDirectory() as folder:
            path, rows, labels = MODELS[name]()(folder, random.Random(1))
            numpy.save(os.path.join(folder, "rows.npy"), rows)
            with open(os.path.join(folder, "plumb.yaml"), "w", encoding="utf-8") as file:
                file.write(f"name: bench\nteam: bench\nowner: bench@example.org\nworkload: cpu\nenvironment: dev\n"
                           f"model: {{path: {json.dumps(path)}}}\nexample: {{file: rows.npy}}\n")
            command = [plumb, "optimize", os.path.join(folder, "plumb.yaml"), "--data", os.path.join(folder, "rows.npy"),
                       "--seconds", str(options.seconds), "--output", os.path.join(folder, "best.onnx")]
            if labels is not None:
                with open(os.path.join(folder, "labels.csv"), "w", encoding="utf-8") as file:
                    file.write("\n".join(str(label) for label in labels) + "\n")
                command += ["--labels", os.path.join(folder, "labels.csv")]
            if options.python:
                command += ["--python", options.python]
            run = subprocess.run(command, capture_output=True, text=True, check=False)
            print(f"== {name} (exit {run.returncode})")
            print(run.stdout.split("\n\nwritten to")[0] or run.stderr, flush=True)
    print(f"load of the machine: {' '.join(f'{value:.1f}' for value in os.getloadavg())}")


main()
