// The gateway before clients that others wrote: Triton's of the Open Inference Protocol, and a collector of spans.

import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(20)))
struct ServingToolsTests {
    private static let python = Command.root.appending(path: ".build/serving-tools/bin/python").path

    /// A collector that writes each body it is sent to a file, a line each, and says where it listens.
    private static let collector = """
        import http.server, sys
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                with open(sys.argv[1], "ab") as file: file.write(self.path.encode() + b" " + body + b"\\n")
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()
            def log_message(self, *_): pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()
        """

    /// An endpoint whose model passes each element type through unchanged.
    private func types(_ command: Command) throws -> String {
        let kinds = [
            ("float", "FP32"), ("double", "FP64"), ("float16", "FP16"), ("int8", "INT8"), ("int16", "INT16"),
            ("int32", "INT32"), ("int64", "INT64"), ("uint8", "UINT8"), ("uint16", "UINT16"), ("uint32", "UINT32"),
            ("uint64", "UINT64"), ("bool", "BOOL"), ("string", "BYTES"),
        ]
        let inputs = kinds.map { name, type in
            let data = type == "BOOL" ? "[true,false]" : type == "BYTES" ? "[\"a\",\"b\"]" : "[1,2]"
            return "{\"name\":\"\(name)\",\"datatype\":\"\(type)\",\"shape\":[1,2,1],\"data\":\(data)}"
        }
        try "{\"inputs\":[\(inputs.joined(separator: ","))]}"
            .write(toFile: "\(command.home)/types.json", atomically: true, encoding: .utf8)
        let model = Command.root.appending(path: "Tests/OnnxRuntimeTests/Fixtures/types.onnx").path
        let path = "\(command.home)/types.yaml"
        try """
        name: types
        team: vision
        workload: cpu
        model: {path: \(model)}
        example: {file: \(command.home)/types.json, contentType: application/json}
        """.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// What Triton's client makes of the two endpoints; prints `fine` at the end.
    private static let client = """
        import json, ssl, sys, urllib.request
        import gevent.ssl, numpy
        import tritonclient.http as triton
        from tritonclient.utils import InferenceServerException, np_to_triton_dtype
        address, authority, token, rows = sys.argv[1:5]
        headers = {"Authorization": "Bearer " + token}
        client = triton.InferenceServerClient(
            address, ssl=True, ssl_context_factory=lambda: gevent.ssl.create_default_context(cafile=authority))
        assert client.is_server_live() and client.is_server_ready()
        assert client.is_model_ready("digits", headers=headers)
        assert "binary_tensor_data" in client.get_server_metadata(headers=headers)["extensions"]
        about = client.get_model_metadata("digits", headers=headers)
        assert [(one["name"], one["datatype"], one["shape"]) for one in about["inputs"]] == [("X", "FP32", [-1, 64])]

        table = numpy.loadtxt(rows, delimiter=",", dtype=numpy.float32, ndmin=2)
        # The client writes into the headers that it is given: each request has its own.
        def infer(binary_in, binary_out):
            tensor = triton.InferInput("X", list(table.shape), "FP32")
            tensor.set_data_from_numpy(table, binary_data=binary_in)
            wanted = None if binary_out is None else [
                triton.InferRequestedOutput(name, binary_data=binary_out) for name in ("label", "probabilities")]
            result = client.infer("digits", [tensor], outputs=wanted, headers=dict(headers), request_id="r1")
            assert result.get_response()["id"] == "r1"
            return result.as_numpy("label"), result.as_numpy("probabilities"), result.get_response()["outputs"]

        request = urllib.request.Request(
            "https://" + address + "/endpoints/digits/invocations", open(rows, "rb").read(),
            {**headers, "Content-Type": "text/csv"})
        answer = urllib.request.urlopen(request, context=ssl.create_default_context(cafile=authority))
        plain = json.load(answer)["predictions"]
        labels = [row["label"] for row in plain]
        shares = numpy.array([row["probabilities"] for row in plain], dtype=numpy.float32)
        for binary_in in (True, False):
            for binary_out in (True, False, None):
                label, share, outputs = infer(binary_in, binary_out)
                assert list(label) == labels and label.dtype == numpy.int64
                assert share.dtype == numpy.float32 and numpy.array_equal(share, shares)
                assert all(("data" in one) == (binary_out is False) for one in outputs), outputs

        shape, random = (3, 2, 2), numpy.random.default_rng(7)
        kinds = {"double": "float64", "float": "float32", "float16": "float16"}
        kinds.update({name: name for name in "int8 int16 int32 int64 uint8 uint16 uint32 uint64".split()})
        values = {}
        for name, kind in kinds.items():
            if kind.startswith("float"):
                values[name] = random.normal(size=shape).astype(kind)
            else:
                limits = numpy.iinfo(kind)
                values[name] = random.integers(limits.min, limits.max, size=shape, dtype=kind, endpoint=True)
        values["bool"] = random.integers(0, 2, size=shape).astype(bool)
        texts = ["", "a", "\\u00e9\\U0001f600", "two\\nlines"] * 3
        values["string"] = numpy.array([text.encode() for text in texts], dtype=object).reshape(shape)
        for binary_in in (True, False):
            inputs = []
            for name, value in values.items():
                kind = "BYTES" if name == "string" else np_to_triton_dtype(value.dtype)
                tensor = triton.InferInput(name, list(shape), kind)
                tensor.set_data_from_numpy(value, binary_data=binary_in)
                inputs.append(tensor)
            for binary_out in (True, False):
                wanted = [triton.InferRequestedOutput(name + "_out", binary_data=binary_out) for name in values]
                result = client.infer("types", inputs, outputs=wanted, headers=dict(headers))
                for name, value in values.items():
                    found = result.as_numpy(name + "_out")
                    assert found.dtype == value.dtype and found.shape == shape, (name, found.dtype)
                    if name == "string":
                        found = numpy.array(
                            [one.encode() if isinstance(one, str) else one for one in found.flatten()],
                            dtype=object).reshape(shape)
                    assert numpy.array_equal(found, value), (name, binary_in, binary_out, found, value)

        tensor = triton.InferInput("X", list(table.shape), "FP32")
        tensor.set_data_from_numpy(table)
        tensor._raw_data = tensor._raw_data[:-1]
        tensor._parameters["binary_data_size"] -= 1
        try:
            client.infer("digits", [tensor], headers=dict(headers))
            raise SystemExit("a wrong size was taken")
        except InferenceServerException as error:
            assert "binary_data_size" in error.message(), error.message()
        print("fine")
        """

    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: python),
            "scripts/serving-tools.sh installs Triton's client")
    )
    func tritonsClientSpeaksToEndpointsAndACollectorIsToldOfEachRequest() async throws {
        let command = try Command()
        let log = "\(command.home)/collector.log"
        let collector = try Background(Self.python, ["-c", Self.collector, log], home: command.home)
        let address = try #require(
            try await soon { collector.output.hasSuffix("\n") ? collector.output : nil }
        ).trimmingCharacters(in: .whitespacesAndNewlines)
        let up = try command.run(
            "up", "--detach", "--port", "0", "--environment", "dev", "--trace-sample", "1", "--traces", address,
            try command.spec("model.onnx"), try types(command))
        #expect(up.status == 0, "\(up.errors)")
        do {
            let status = try command.json("status", "--format", "json")
            let gateway = try #require((status["gateway"] as? String)?.replacing("https://", with: ""))
            let client = try Background(
                Self.python,
                [
                    "-c", Self.client, gateway, try #require(status["certificateAuthorityPath"] as? String),
                    try String(contentsOfFile: "\(command.home)/token", encoding: .utf8),
                    "\(Command.digits)/request.csv",
                ], home: command.home)
            client.process.waitUntilExit()
            #expect(client.output == "fine\n", "\(client.errors)")
            let told = try #require(
                try await soon {
                    // Not there before the first batch.
                    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
                    return text.contains("POST /v2/models/{name}/infer") ? text : nil
                })
            #expect(told.hasPrefix("/v1/traces {\"resourceSpans\":["))
            // Delivering spans makes none: all of them are the gateway's.
            #expect(!told.contains("\"value\":{\"stringValue\":\"\(address)"))
        } catch {
            _ = try command.run("down")
            throw error
        }
        #expect(try command.run("down").status == 0)
    }
}
