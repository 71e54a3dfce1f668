// OnnxRuntimeTests
