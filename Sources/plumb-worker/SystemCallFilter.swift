// What this process may not ask of the kernel, once it begins to read what others have made.

import Glibc

/// A filter of system calls (seccomp(2)), set for this process and for all that it starts, for good. What it refuses
/// answers EPERM. Everything is allowed but what no model server needs and an intruder does: looking into other
/// processes, keys, mounts, namespaces, modules of the kernel, and ways around the filter itself.
enum SystemCallFilter {
    /// One instruction of the kernel's packet filter: `sock_filter` in linux/filter.h.
    struct Instruction: Equatable {
        var code: UInt16
        var ifTrue: UInt8 = 0
        var ifFalse: UInt8 = 0
        var value: UInt32
    }
    /// `sock_fprog` in linux/filter.h.
    @unsafe private struct Program {
        var count: UInt16
        var instructions: UnsafePointer<Instruction>
    }
    /// Codes of linux/bpf_common.h: load a word, jump if equal, if at least, if a bit is set, return.
    private enum Code {
        static let load: UInt16 = 0x20
        static let ifEqual: UInt16 = 0x15
        static let ifAtLeast: UInt16 = 0x35
        static let ifAnyBit: UInt16 = 0x45
        static let answer: UInt16 = 0x06
    }
    /// Answers of linux/seccomp.h.
    private static let allow: UInt32 = 0x7FFF_0000
    private static let refuse: UInt32 = 0x0005_0000 | UInt32(EPERM)
    /// The C library then takes `clone`, whose flags a filter can read.
    private static let pretendMissing: UInt32 = 0x0005_0000 | UInt32(ENOSYS)
    /// Places of `seccomp_data`: number of the call, architecture, and the low half of the first argument.
    private static let numberAt: UInt32 = 0
    private static let architectureAt: UInt32 = 4
    private static let argumentAt: UInt32 = 16
    /// Every flag of `clone` that makes a namespace (sched.h).
    private static let namespaceFlags: UInt32 = 0x7E02_0000

    /// Numbers of system calls, which differ between architectures.
    private struct Calls {
        let architecture: UInt32
        let clone: UInt32
        let clone3: UInt32 = 435
        let socket: UInt32
        let refused: [UInt32]
    }
    #if arch(x86_64)
        /// ptrace, mount, umount2, pivot_root, chroot, bpf, kexec (2), keys (3), perf_event_open, process_vm (2),
        /// userfaultfd, unshare, setns, modules (3), reboot, swap (2), handles (2), acct, clocks (2), ports (2),
        /// quotactl, kcmp.
        private static let calls = Calls(
            architecture: 0xC000_003E, clone: 56, socket: 41,
            refused: [
                101, 165, 166, 155, 161, 321, 246, 320, 248, 249, 250, 298, 310, 311, 323, 272, 308, 175, 313, 176,
                169, 167, 168, 303, 304, 163, 164, 227, 172, 173, 179, 312,
            ] + refusedEverywhere)
    #else
        private static let calls = Calls(
            architecture: 0xC000_00B7, clone: 220, socket: 198,
            refused: [
                117, 40, 39, 41, 51, 280, 104, 294, 217, 218, 219, 241, 270, 271, 282, 97, 268, 105, 273, 106, 142,
                224, 225, 264, 265, 89, 170, 112, 60, 272,
            ] + refusedEverywhere)
    #endif
    /// The same number on all: io_uring (3), which makes sockets unseen; pidfd_getfd; the newer calls for mounts.
    private static let refusedEverywhere: [UInt32] = [425, 426, 427, 438, 428, 429, 430, 431, 432, 433, 442]

    /// The filter's instructions; `unixOnly` refuses every socket but those of this machine's files.
    static func instructions(unixOnly: Bool) -> [Instruction] {
        func answer(_ value: UInt32) -> Instruction { Instruction(code: Code.answer, value: value) }
        func load(_ place: UInt32) -> Instruction { Instruction(code: Code.load, value: place) }
        /// Answers at once when the number is this; else goes on behind the answer.
        func when(_ number: UInt32, _ value: UInt32) -> [Instruction] {
            [Instruction(code: Code.ifEqual, ifFalse: 1, value: number), answer(value)]
        }
        var all = [load(architectureAt)]
        all += [Instruction(code: Code.ifEqual, ifTrue: 1, value: calls.architecture), answer(refuse)]
        all.append(load(numberAt))
        // Numbers from here on are those of another way to call the same kernel (x32).
        all += [Instruction(code: Code.ifAtLeast, ifFalse: 1, value: 0x4000_0000), answer(refuse)]
        for number in calls.refused { all += when(number, refuse) }
        all += when(calls.clone3, pretendMissing)
        all += [
            Instruction(code: Code.ifEqual, ifFalse: 4, value: calls.clone), load(argumentAt),
            Instruction(code: Code.ifAnyBit, ifFalse: 1, value: namespaceFlags), answer(refuse), answer(allow),
        ]
        if unixOnly {
            all += [
                Instruction(code: Code.ifEqual, ifFalse: 4, value: calls.socket), load(argumentAt),
                Instruction(code: Code.ifEqual, ifTrue: 1, value: UInt32(AF_UNIX)), answer(refuse), answer(allow),
            ]
        }
        all.append(answer(allow))
        return all
    }

    /// Sets the filter. To be called before any other thread is started, because threads inherit it.
    static func set(unixOnly: Bool) throws(StartFailure) {
        let instructions = instructions(unixOnly: unixOnly)
        // PR_SET_NO_NEW_PRIVS is 38, PR_SET_SECCOMP 22 with SECCOMP_MODE_FILTER 2 (linux/prctl.h, linux/seccomp.h).
        guard let control = processControl, control(38, 1, 0, 0, 0) == 0 else {
            throw .system("giving up new privileges")
        }
        let failed = unsafe instructions.withUnsafeBufferPointer { buffer -> Bool in
            guard let first = buffer.baseAddress else { return true }
            let program = unsafe Program(count: UInt16(buffer.count), instructions: first)
            return unsafe withUnsafePointer(to: program) { control(22, 2, UInt(bitPattern: $0), 0, 0) } != 0
        }
        guard !failed else { throw .system("setting the filter of system calls") }
    }

    /// `prctl`, whose C declaration takes any arguments, which Swift cannot call; the kernel takes these five.
    private static var processControl: (@convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32)? {
        guard let symbol = unsafe dlsym(nil, "prctl") else { return nil }
        return unsafe unsafeBitCast(symbol, to: (@convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32).self)
    }

    /// Becomes another program under the filter. Returns only by throwing.
    static func run(_ words: [String], unixOnly: Bool) throws(StartFailure) -> Never {
        guard let program = words.first else { throw StartFailure("confine needs a program to run") }
        try set(unixOnly: unixOnly)
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        unsafe execvp(program, &arguments)
        throw .system("running \(program)")
    }
}
