"""The bare ONNX Runtime loop: one thread, no server, inputs and outputs bound once. Prints runs and seconds of CPU.

    bare_loop.py MODEL OPEN_INFERENCE_REQUEST SECONDS
"""
import json
import sys
import time

import numpy
import onnxruntime

TYPES = {"FP32": numpy.float32, "INT32": numpy.int32, "INT64": numpy.int64}

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
binding = session.io_binding()
with open(sys.argv[2]) as file:
    for declared, tensor in zip(session.get_inputs(), json.load(file)["inputs"]):
        values = numpy.array(tensor["data"], dtype=TYPES[tensor["datatype"]]).reshape(tensor["shape"])
        binding.bind_cpu_input(declared.name, values)
for output in session.get_outputs():
    binding.bind_output(output.name)
for _ in range(20):
    session.run_with_iobinding(binding)
runs, end, cpu = 0, time.time() + float(sys.argv[3]), time.process_time()
while time.time() < end:
    for _ in range(10):
        session.run_with_iobinding(binding)
    runs += 10
print(runs, time.process_time() - cpu)
