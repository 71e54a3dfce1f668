"""The same model behind LitServe: one worker, no batching, one API process."""
import os

import litserve
import numpy
import onnxruntime


class Digits(litserve.LitAPI):
    def setup(self, device):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])
        self.name = self.session.get_inputs()[0].name

    def decode_request(self, request):
        return numpy.array(request["instances"], dtype=numpy.float32)

    def predict(self, rows):
        return self.session.run(None, {self.name: rows})

    def encode_response(self, output):
        return {"predictions": [
            {"label": int(label), "probabilities": row.tolist()} for label, row in zip(*output)]}


if __name__ == "__main__":
    server = litserve.LitServer(Digits(api_path="/invocations"), accelerator="cpu", workers_per_device=1)
    server.run(host="127.0.0.1", port=int(os.environ["PORT"]), num_api_servers=1, generate_client_file=False,
               log_level="warning")
