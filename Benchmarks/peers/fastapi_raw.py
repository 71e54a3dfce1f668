"""The leanest FastAPI server of the same model: raw body, orjson, inference on the event loop, one thread."""
import numpy
import onnxruntime
import orjson
from fastapi import FastAPI, Request, Response
import os

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])
name = session.get_inputs()[0].name
app = FastAPI()


@app.post("/invocations")
async def invocations(request: Request):
    rows = numpy.array(orjson.loads(await request.body())["instances"], dtype=numpy.float32)
    labels, probabilities = session.run(None, {name: rows})
    answer = {
        "predictions": [
            {"label": int(label), "probabilities": row.tolist()} for label, row in zip(labels, probabilities)]}
    return Response(orjson.dumps(answer), media_type="application/json")
