import CLinux
import Glibc

/// A program started by us.
///
/// Whoever starts one waits for it: a child that was never waited for is killed and reaped when
/// the value goes away.
package struct ChildProcess: ~Copyable, Sendable {
    /// The process identifier.
    package let identifier: Int32
    private let output: Descriptor?
    private var isReaped = false

    /// How a program ended.
    package struct Ending: Equatable, Sendable {
        /// The exit code; -1 when a signal ended it.
        package let exitCode: Int32
        /// The signal that ended it; 0 when it exited.
        package let signal: Int32

        /// Makes an ending.
        package init(exitCode: Int32, signal: Int32) {
            self.exitCode = exitCode
            self.signal = signal
        }

        /// Whether it exited with code 0.
        package var isSuccess: Bool { exitCode == 0 }
    }

    /// What to do with the program's output.
    package enum Output: Sendable {
        /// Standard output and error go into a pipe that `readOutput` reads.
        case captured
        /// Standard output goes into a pipe that `ask` reads; nobody wants standard error.
        case answer
        /// Standard output and error go where ours go.
        case inherited
        /// Nobody wants it.
        case discarded
    }

    private init(identifier: Int32, output: consuming Descriptor?) {
        self.identifier = identifier
        self.output = output
    }

    /// Starts a program; `executable` without a slash is looked for in `PATH`.
    ///
    /// Standard input is empty. `environment` nil means ours. `inOwnSession` keeps Ctrl-C in the
    /// terminal from reaching the program.
    package static func spawn(
        _ executable: String,
        _ arguments: [String],
        environment: [String]? = nil,
        folder: String? = nil,
        output: Output = .captured,
        inOwnSession: Bool = false
    ) throws(SystemError) -> ChildProcess {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        try unsafe prepare(&attributes, inOwnSession: inOwnSession)
        try SystemCall.check {
            unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        if let folder {
            try SystemCall.check {
                unsafe posix_spawn_file_actions_addchdir_np(&actions, folder)
            }
        }
        var reading: Descriptor?
        var writing: Descriptor?
        switch output {
        case .captured, .answer:
            var ends: [Int32] = [-1, -1]
            try SystemCall.run { unsafe pipe2(&ends, O_CLOEXEC) }
            reading = Descriptor(adopting: ends[0])
            writing = Descriptor(adopting: ends[1])
            let isErrorWanted = output == .captured
            for target in isErrorWanted ? [Int32(1), 2] : [1] {
                try SystemCall.check {
                    unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], target)
                }
            }
            if !isErrorWanted {
                try SystemCall.check {
                    unsafe posix_spawn_file_actions_addopen(
                        &actions,
                        2,
                        "/dev/null",
                        O_WRONLY,
                        0
                    )
                }
            }
        case .inherited: break
        case .discarded:
            for target in [Int32(1), 2] {
                try SystemCall.check {
                    unsafe posix_spawn_file_actions_addopen(
                        &actions,
                        target,
                        "/dev/null",
                        O_WRONLY,
                        0
                    )
                }
            }
        }
        var identifier: Int32 = 0
        let words = CStringArray([executable] + arguments)
        let settings = environment.map { CStringArray($0) }
        try SystemCall.check {
            unsafe posix_spawnp(
                &identifier,
                executable,
                &actions,
                &attributes,
                words.pointers,
                settings?.pointers ?? environ
            )
        }
        // Our copy of the writing end must go, or the output never ends.
        _ = consume writing
        return ChildProcess(identifier: identifier, output: reading)
    }

    /// Runs a program to its end and answers how it ended and at most `bytesMax` of its output.
    package static func run(
        _ executable: String,
        _ arguments: [String],
        environment: [String]? = nil,
        folder: String? = nil,
        bytesMax: Int = 1 << 20
    ) throws(SystemError) -> (ending: Ending, output: [UInt8]) {
        var child = try spawn(
            executable,
            arguments,
            environment: environment,
            folder: folder
        )
        let output = try child.readOutput(bytesMax: bytesMax)
        return (try child.wait(), output)
    }

    /// Reads the captured output to its end; what is above `bytesMax` is read and dropped.
    package func readOutput(bytesMax: Int) throws(SystemError) -> [UInt8] {
        guard let raw = rawOutput else { return [] }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let moved = try SystemCall.run {
                unsafe piece.withUnsafeMutableBytes {
                    unsafe Glibc.read(raw, $0.baseAddress, $0.count)
                }
            }
            if moved == 0 { return bytes }
            bytes.append(contentsOf: piece[..<min(moved, bytesMax - bytes.count)])
        }
    }

    var rawOutput: Int32? {
        switch output {
        case .some(let descriptor): descriptor.raw
        case .none: nil
        }
    }

    /// Sends a signal to the program.
    package func send(_ signal: Signal) throws(SystemError) {
        precondition(!isReaped, "a signal to a program that was waited for")
        try signal.send(to: identifier)
    }

    /// Waits until the program has ended.
    package mutating func wait() throws(SystemError) -> Ending {
        guard let ending = try reap(flags: 0) else { throw .timedOut }
        return ending
    }

    /// How the program ended; `nil` while it runs.
    package mutating func endingIfOver() throws(SystemError) -> Ending? {
        try reap(flags: WNOHANG)
    }

    private mutating func reap(flags: Int32) throws(SystemError) -> Ending? {
        precondition(!isReaped, "a program can be waited for once")
        var status: Int32 = 0
        let process = identifier
        guard try SystemCall.run({ unsafe waitpid(process, &status, flags) }) == process else {
            return nil
        }
        isReaped = true
        return Ending(exitCode: limen_exit_code(status), signal: limen_ending_signal(status))
    }

    /// Signals as a fresh program expects them, and a session of its own if asked for.
    private static func prepare(
        _ attributes: UnsafeMutablePointer<posix_spawnattr_t>,
        inOwnSession: Bool
    ) throws(SystemError) {
        var defaults = sigset_t()
        unsafe sigfillset(&defaults)
        var mask = sigset_t()
        unsafe sigemptyset(&mask)
        var flags = Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK)
        if inOwnSession { flags |= limen_spawn_setsid() }
        try SystemCall.check { unsafe posix_spawnattr_setsigdefault(attributes, &defaults) }
        try SystemCall.check { unsafe posix_spawnattr_setsigmask(attributes, &mask) }
        try SystemCall.check { unsafe posix_spawnattr_setflags(attributes, flags) }
    }

    deinit {
        if !isReaped {
            _ = Glibc.kill(identifier, SIGKILL)
            var status: Int32 = 0
            while unsafe waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        }
    }
}

/// A zero-ended array of C strings.
@safe private final class CStringArray {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ texts: [String]) {
        count = texts.count
        unsafe pointers = .allocate(capacity: texts.count + 1)
        for (index, text) in texts.enumerated() {
            unsafe (pointers + index).initialize(to: strdup(text))
        }
        unsafe (pointers + texts.count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { unsafe free(pointers[index]) }
        unsafe pointers.deallocate()
    }
}
