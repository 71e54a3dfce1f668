"""Makes a smaller or faster candidate of an ONNX model.

    candidates.py MODEL OUTPUT_FOLDER CALIBRATION_FOLDER TECHNIQUE

CALIBRATION_FOLDER holds one NAME.npy for each input, rows first, as the model server has read them; without files in
it nothing is calibrated. The last line of output is JSON, {"file": path} or {"skipped": reason}. Needs onnx and
onnxruntime, nothing else.
"""
import json
import os
import sys
import urllib.parse

import numpy
import onnx
from onnx import numpy_helper

CALIBRATION_ROWS_MAX = 500
# Of what share of a weight's entries the smallest are set to nothing.
PRUNED_SHARE = 0.5
# A smaller tensor is a bias or a norm: pruning it costs quality and saves nothing.
PRUNED_ENTRIES_MIN = 1024
# Where shapes cannot be inferred, behind an operator of another domain, a tensor is taken for float, as nearly all are.
GUESSED = {"DefaultTensorType": onnx.TensorProto.FLOAT}
WEIGHTED = ("MatMul", "Gemm", "Conv", "ConvTranspose", "LSTM", "GRU", "Gather")
HEAVY = ("MatMul", "Gemm", "Conv", "ConvTranspose")
# A convolution that measures its input's range anew at each run is slower than before.
DYNAMIC = ("MatMul", "Gemm", "LSTM", "GRU", "Attention")


class Impossible(Exception):
    """The technique has nothing to work on; the text says why."""


def loaded(source):
    """The model, with what it holds as nodes that are constant held as weights instead."""
    model = onnx.load(source)
    for node in [node for node in model.graph.node if node.op_type == "Constant"]:
        values = [attribute.t for attribute in node.attribute if attribute.name == "value"]
        if values:
            values[0].name = node.output[0]
            model.graph.initializer.append(values[0])
            model.graph.node.remove(node)
    return model


def weights(model, operators=WEIGHTED):
    """The float initialisers that weighted operators use, by name."""
    used = {name for node in model.graph.node if node.op_type in operators for name in node.input}
    return {tensor.name: tensor for tensor in model.graph.initializer
            if tensor.name in used and tensor.data_type == onnx.TensorProto.FLOAT and len(tensor.dims) >= 2}


def needs_weights(model, operators=WEIGHTED):
    if not weights(model, operators):
        found = sorted({node.op_type for node in model.graph.node})
        raise Impossible(f"no float weights of {', '.join(operators)} among its operators: {', '.join(found[:8])}")


def prepared(source, folder):
    """The model with shapes inferred and constants folded, which quantisers want; the source where that fails."""
    from onnxruntime.quantization import quant_pre_process

    path = os.path.join(folder, "prepared.onnx")
    try:
        onnx.save(loaded(source), path)
        quant_pre_process(path, path, skip_symbolic_shape=True)
        return path
    except Exception as error:  # A model of unusual parts is quantised as it is.
        print(f"prepared: {error}", file=sys.stderr)
        return source


def dynamic(source, target, calibration, folder):
    from onnxruntime.quantization import QuantType, quantize_dynamic

    needs_weights(loaded(source), DYNAMIC)
    quantize_dynamic(
        prepared(source, folder), target, weight_type=QuantType.QInt8, per_channel=True,
        op_types_to_quantize=list(DYNAMIC), extra_options=GUESSED)


class Rows:
    """Hands the quantiser one row of each input at a time."""

    def __init__(self, folder, model):
        self.inputs = {}
        for value in model.graph.input:
            path = os.path.join(folder, urllib.parse.quote(value.name, safe="") + ".npy")
            if os.path.exists(path):
                self.inputs[value.name] = numpy.load(path)
        self.count = min((len(rows) for rows in self.inputs.values()), default=0)
        self.next = 0

    def get_next(self):
        if self.next >= min(self.count, CALIBRATION_ROWS_MAX):
            return None
        row = {name: rows[self.next : self.next + 1] for name, rows in self.inputs.items()}
        self.next += 1
        return row

    def rewind(self):
        self.next = 0


def static(source, target, calibration, folder):
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static

    model = loaded(source)
    needs_weights(model)
    rows = Rows(calibration, model)
    if rows.count == 0:
        raise Impossible("no rows to calibrate with: --data gives them")
    path = prepared(source, folder)
    # Every operator that can be, so that values stay integers between them, and a scale for each channel; where a tool
    # fails at that, less.
    attempts = [(operators, channels) for operators in (None, list(HEAVY)) for channels in (True, False)]
    for operators, channels in attempts:
        rows.rewind()
        try:
            quantize_static(
                path, target, rows, quant_format=QuantFormat.QDQ, per_channel=channels, op_types_to_quantize=operators,
                activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
                calibrate_method=CalibrationMethod.MinMax, extra_options=GUESSED)
            return loads(target)
        except Exception as error:
            if (operators, channels) == attempts[-1]:
                raise
            print(f"{operators or 'all operators'}, channels {channels}: {error}", file=sys.stderr)


def half(source, target, calibration, folder):
    from onnxruntime.transformers.float16 import convert_float_to_float16

    model = loaded(source)
    needs_weights(model)
    onnx.save(convert_float_to_float16(model, keep_io_types=True), target)


def pruned(source, target, calibration, folder):
    model = loaded(source)
    large = [tensor for tensor in weights(model).values() if numpy.prod(tensor.dims) >= PRUNED_ENTRIES_MIN]
    if not large:
        raise Impossible(f"no weight has {PRUNED_ENTRIES_MIN} entries or more")
    for tensor in large:
        values = numpy_helper.to_array(tensor).copy()
        threshold = numpy.quantile(numpy.abs(values), PRUNED_SHARE)
        values[numpy.abs(values) <= threshold] = 0
        tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    onnx.save(model, target)


def pruned_dynamic(source, target, calibration, folder):
    path = os.path.join(folder, "pruned-only.onnx")
    pruned(source, path, calibration, folder)
    dynamic(path, target, calibration, folder)


TECHNIQUES = {
    "int8-dynamic": dynamic, "int8-static": static, "float16": half, "pruned": pruned,
    "pruned-int8": pruned_dynamic,
}


def loads(path):
    import onnxruntime

    onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


def main():
    source, output, calibration, name = sys.argv[1:]
    target = os.path.join(output, f"{name}.onnx")
    told = {}
    try:
        TECHNIQUES[name](source, target, calibration, output)
        loads(target)
        told["file"] = target
    except Impossible as reason:
        told["skipped"] = str(reason)
    except Exception as error:  # Each tool fails in ways of its own; whoever asked is told of any.
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        told["skipped"] = f"the tool failed: {first[:300]}"
    print(json.dumps(told), flush=True)


main()
