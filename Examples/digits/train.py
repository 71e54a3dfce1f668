"""Trains the models of this example on scikit-learn's digits and measures each one on held-out rows.

    python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/python train.py

Five revisions of one endpoint: two good ones, and three that a guarded rollout has to catch. Every one is a
valid ONNX model that takes `X` [rows, 64] float32 and answers `label` and `probabilities`.
"""

import hashlib
import json
import statistics
import time
from pathlib import Path

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import to_onnx
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = Path(__file__).resolve().parent
INK_COVERED = 0.70  # share of rows whose ink the erring revision's calibration table covers
SLOW_STEPS = 150  # iterations of the slow revision's loop
SLOW_WIDTH = 640  # width of the square matrix it multiplies


def train(features, labels, widths, seed):
    """A standard scaler and a multi-layer perceptron, as ONNX with plain tensors for outputs."""
    network = MLPClassifier(hidden_layer_sizes=widths, max_iter=400, random_state=seed)
    pipeline = make_pipeline(StandardScaler(), network).fit(features, labels)
    return to_onnx(pipeline, features[:1], options={"zipmap": False}, target_opset=17)


def revised(base, description, splice):
    """A copy of `base` whose input passes through the nodes that `splice` returns (they read X, write X_checked)."""
    model = onnx.ModelProto()
    model.CopyFrom(base)
    nodes, constants = splice()
    for node in model.graph.node:
        for index, name in enumerate(node.input):
            if name == "X":
                node.input[index] = "X_checked"
    original = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes + original)
    model.graph.initializer.extend(constants)
    model.doc_string = description
    onnx.checker.check_model(model)
    return model


def constant(name, values, dtype):
    return numpy_helper.from_array(numpy.asarray(values, dtype=dtype), name)


def with_short_calibration_table(features):
    """Looks each image's ink up in a table that ends too early: an index past its end is an error at run time."""
    ink = features.sum(axis=1)
    bucket = 4.0
    length = int(numpy.quantile(ink, INK_COVERED) // bucket) + 1

    def splice():
        nodes = [
            helper.make_node("ReduceSum", ["X", "ink_axes"], ["ink"], keepdims=1),
            helper.make_node("Div", ["ink", "ink_bucket"], ["ink_position"]),
            helper.make_node("Cast", ["ink_position"], ["ink_index"], to=TensorProto.INT64),
            helper.make_node("Gather", ["ink_table", "ink_index"], ["ink_gain"], axis=0),
            helper.make_node("Mul", ["X", "ink_gain"], ["X_checked"]),
        ]
        constants = [
            constant("ink_axes", [1], numpy.int64),
            constant("ink_bucket", bucket, numpy.float32),
            constant("ink_table", numpy.ones(length), numpy.float32),
        ]
        return nodes, constants

    return splice


def with_needless_smoothing():
    """Averages a large square matrix made from the input, over and over, before the network runs."""
    state, next_state = "smooth_in", "smooth_out"
    square = [SLOW_WIDTH, SLOW_WIDTH]
    body = helper.make_graph(
        [
            helper.make_node("MatMul", [state, "smooth_weights"], ["smooth_mixed"]),
            helper.make_node("Add", ["smooth_mixed", state], ["smooth_sum"]),
            helper.make_node("Mul", ["smooth_sum", "smooth_half"], [next_state]),
            helper.make_node("Identity", ["smooth_go_in"], ["smooth_go_out"]),
        ],
        "smooth",
        [
            helper.make_tensor_value_info("smooth_step", TensorProto.INT64, []),
            helper.make_tensor_value_info("smooth_go_in", TensorProto.BOOL, []),
            helper.make_tensor_value_info(state, TensorProto.FLOAT, square),
        ],
        [
            helper.make_tensor_value_info("smooth_go_out", TensorProto.BOOL, []),
            helper.make_tensor_value_info(next_state, TensorProto.FLOAT, square),
        ],
    )
    weight = helper.make_tensor("value", TensorProto.FLOAT, [1], [1.0 / SLOW_WIDTH])

    def splice():
        nodes = [
            helper.make_node("ConstantOfShape", ["smooth_square"], ["smooth_weights"], value=weight),
            helper.make_node("ReduceMean", ["X"], ["ink_mean"], keepdims=0),
            helper.make_node("Expand", ["ink_mean", "smooth_square"], ["smooth_start"]),
            helper.make_node(
                "Loop", ["smooth_steps", "smooth_go", "smooth_start"], ["smooth_end"], body=body
            ),
            helper.make_node("ReduceMean", ["smooth_end"], ["smooth_mean"], keepdims=0),
            helper.make_node("Sub", ["smooth_mean", "ink_mean"], ["smooth_error"]),
            helper.make_node("Add", ["X", "smooth_error"], ["X_checked"]),
        ]
        constants = [
            constant("smooth_square", square, numpy.int64),
            constant("smooth_steps", SLOW_STEPS, numpy.int64),
            constant("smooth_go", True, bool),
            constant("smooth_half", 0.5, numpy.float32),
        ]
        return nodes, constants

    return splice


def session_for(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def measure(path, features, labels):
    """Accuracy over the rows that were answered, the share that errored, and the median milliseconds of one row."""
    session = session_for(path)
    rows = range(len(features)) if "slow" not in path.name else range(0, len(features), 30)
    right, errors, milliseconds = 0, 0, []
    session.run(None, {"X": numpy.zeros((1, 64), numpy.float32)})
    for row in rows:
        start = time.perf_counter()
        try:
            label = session.run(["label"], {"X": features[row : row + 1]})[0][0]
            right += int(label == labels[row])
        except onnxruntime.capi.onnxruntime_pybind11_state.InvalidArgument:
            errors += 1
        except Exception as trouble:  # the runtime raises its own classes for a failing node
            assert "indices element out of data bounds" in str(trouble), trouble
            errors += 1
        milliseconds.append((time.perf_counter() - start) * 1000)
    answered = len(rows) - errors
    return right, answered, errors, len(rows), statistics.median(milliseconds)


def main():
    digits = load_digits()
    features = digits.data.astype(numpy.float32)
    split = train_test_split(features, digits.target, test_size=450, random_state=42, stratify=digits.target)
    train_rows, held_rows, train_labels, held_labels = split

    good = train(train_rows, train_labels, (128, 64), seed=1)
    second = train(train_rows, train_labels, (96, 96), seed=2)
    shuffled = numpy.random.default_rng(3).permutation(train_labels)
    models = {
        "model.onnx": (good, "the first revision: good"),
        "model-v2.onnx": (second, "the second revision: good, other widths and seed"),
        "model-bad.onnx": (
            train(train_rows, shuffled, (128, 64), seed=3),
            "trained on shuffled labels: answers in time and in form, and wrongly",
        ),
        "model-error.onnx": (
            revised(good, "Ink calibration before the network", with_short_calibration_table(train_rows)),
            "its calibration table is too short: errors on images with much ink",
        ),
        "model-slow.onnx": (
            revised(good, "Smoothing before the network", with_needless_smoothing()),
            "a loop of large matrix products before the network: right, and far too slow",
        ),
    }

    lines = [
        "# The models, as measured",
        "",
        "Written by `train.py`: accuracy over the held-out rows that were answered, one row a request, one thread.",
        "",
        "| file | bytes | accuracy | errors | median ms | behaviour | SHA-256 |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, (model, behaviour) in models.items():
        path = HERE / name
        path.write_bytes(model.SerializeToString(deterministic=True))
        right, answered, errors, tried, milliseconds = measure(path, held_rows, held_labels)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(
            f"| `{name}` | {path.stat().st_size:,} | {right / answered:.4f} ({right}/{answered}) | "
            f"{errors} of {tried} | {milliseconds:.3g} | {behaviour} | `{digest}` |"
        )
        print(lines[-1])

    lines += ["", f"The split: {len(train_rows)} rows to train, {len(held_rows)} held out, stratified, seed 42."]
    (HERE / "MODELS.md").write_text("\n".join(lines) + "\n")

    rows = [",".join(f"{value:g}" for value in row) for row in held_rows]
    (HERE / "heldout.csv").write_text("\n".join(rows) + "\n")
    (HERE / "heldout-labels.csv").write_text("\n".join(str(label) for label in held_labels) + "\n")
    # The example request has little ink: every revision answers it, also the one that errors on images with much.
    example = next(index for index, row in enumerate(held_rows) if row.sum() < 300)
    (HERE / "request.csv").write_text(rows[example] + "\n")
    instance = [float(value) for value in held_rows[example]]
    (HERE / "request.json").write_text(json.dumps({"instances": [instance]}) + "\n")


if __name__ == "__main__":
    main()
