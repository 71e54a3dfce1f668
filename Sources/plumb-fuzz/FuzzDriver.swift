// What libFuzzer calls: present only in a build for fuzzing.

#if FUZZING
    import Foundation

    @_silgen_name("LLVMFuzzerRunDriver")
    private func runDriver(
        _ count: UnsafeMutablePointer<CInt>,
        _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
        _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    ) -> CInt

    /// libFuzzer's own entry asks for this name, and the driver below is given the same function.
    @_cdecl("LLVMFuzzerTestOneInput")
    func feed(_ start: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
        FuzzDriver.reader?.feed(unsafe Array(UnsafeBufferPointer(start: start, count: size)))
        return 0
    }

    /// Runs libFuzzer over the reader that `PLUMB_FUZZ_READER` names.
    enum FuzzDriver {
        fileprivate static let reader = FuzzedReader.all[
            ProcessInfo.processInfo.environment["PLUMB_FUZZ_READER"] ?? "document"]

        static func run() {
            precondition(reader != nil, "PLUMB_FUZZ_READER names no reader of \(FuzzedReader.all.keys.sorted())")
            var count = CommandLine.argc
            var words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
            exit(unsafe runDriver(&count, &words) { unsafe feed($0, $1) })
        }
    }
#endif
