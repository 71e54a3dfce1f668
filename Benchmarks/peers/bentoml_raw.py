"""The same model behind BentoML: one worker, no batching."""
import os

import bentoml
import numpy
import onnxruntime


@bentoml.service(workers=1)
class Digits:
    def __init__(self):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])
        self.name = self.session.get_inputs()[0].name

    @bentoml.api
    def invocations(self, instances: list[list[float]]) -> dict:
        labels, probabilities = self.session.run(None, {self.name: numpy.array(instances, dtype=numpy.float32)})
        return {"predictions": [
            {"label": int(label), "probabilities": row.tolist()} for label, row in zip(labels, probabilities)]}
