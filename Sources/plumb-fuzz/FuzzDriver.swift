// What libFuzzer calls: present only in a build for fuzzing.

#if FUZZING
    import Foundation

    @_silgen_name("LLVMFuzzerRunDriver")
    private func runDriver(
        _ count: UnsafeMutablePointer<CInt>,
        _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
        _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    ) -> CInt

    /// Runs libFuzzer over the reader that `PLUMB_FUZZ_READER` names.
    enum FuzzDriver {
        private static let reader = FuzzedReader.all[
            ProcessInfo.processInfo.environment["PLUMB_FUZZ_READER"] ?? "document"]

        static func run() {
            precondition(reader != nil, "PLUMB_FUZZ_READER names no reader of \(FuzzedReader.all.keys.sorted())")
            var count = CommandLine.argc
            var words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
            let code = unsafe runDriver(&count, &words) { start, size in
                unsafe FuzzDriver.feed(UnsafeBufferPointer(start: start, count: size))
                return 0
            }
            exit(code)
        }

        private static func feed(_ bytes: UnsafeBufferPointer<UInt8>) {
            reader?.feed(unsafe Array(bytes))
        }
    }
#endif
