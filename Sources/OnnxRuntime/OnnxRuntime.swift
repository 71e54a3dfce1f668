// Runs an ONNX model through ONNX Runtime's C interface, loaded at run time.
//
// Read `Model` first: it opens a file and runs it. `Tensor` is what goes in and comes out, `TensorInfo` what the
// model says of an input or output, `ElementType` the words they share, `ModelError` what can go wrong.
// `OnnxLibrary` finds the shared library. No pointer leaves this room.
