"""Makes the tests' small models; run with the packages of Examples/digits/requirements.txt.

zipmap.onnx   three classes with names, probabilities as a sequence of maps (scikit-learn's default conversion)
columns.onnx  one input a column, of three element types: `length` float32, `count` int64, `kind` string
types.onnx    each element type passes through unchanged, with fixed, named and unknown dimensions
"""

from pathlib import Path

import numpy
from onnx import TensorProto, checker, helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from skl2onnx import convert_sklearn
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

HERE = Path(__file__).resolve().parent


def zipmap():
    iris = load_iris()
    names = numpy.array(iris.target_names)[iris.target]
    features = iris.data.astype(numpy.float32)
    classifier = LogisticRegression(max_iter=500).fit(features, names)
    return to_onnx(classifier, features[:1], target_opset=17)


def columns():
    table = numpy.array(
        [[1.0, 1, "oak"], [2.0, 2, "oak"], [8.0, 1, "fir"], [9.0, 3, "fir"], [5.0, 2, "elm"], [6.0, 3, "elm"]],
        dtype=object,
    )
    labels = [0, 0, 1, 1, 1, 0]
    encoder = ColumnTransformer(
        [("kind", OneHotEncoder(), [2])], remainder="passthrough"
    )
    pipeline = make_pipeline(encoder, LogisticRegression()).fit(table, labels)
    inputs = [
        ("length", FloatTensorType([None, 1])),
        ("count", Int64TensorType([None, 1])),
        ("kind", StringTensorType([None, 1])),
    ]
    return convert_sklearn(
        pipeline, "columns", inputs, target_opset=17, options={id(pipeline): {"zipmap": False}}
    )


def types():
    kinds = ["FLOAT", "DOUBLE", "FLOAT16", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64"]
    kinds += ["BOOL", "STRING"]
    shape = ["rows", 2, None]
    nodes, inputs, outputs = [], [], []
    for kind in kinds:
        source, target = kind.lower(), kind.lower() + "_out"
        inputs.append(helper.make_tensor_value_info(source, getattr(TensorProto, kind), shape))
        outputs.append(helper.make_tensor_value_info(target, getattr(TensorProto, kind), shape))
        nodes.append(helper.make_node("Identity", [source], [target]))
    graph = helper.make_graph(nodes, "types", inputs, outputs)
    model = helper.make_model(graph, producer_name="fixtures", opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    model.model_version = 7
    helper.set_model_props(model, {"team": "vision", "stage": "test"})
    checker.check_model(model)
    return model


for name, model in {"zipmap": zipmap(), "columns": columns(), "types": types()}.items():
    path = HERE / f"{name}.onnx"
    path.write_bytes(model.SerializeToString(deterministic=True))
    print(path.name, path.stat().st_size)
