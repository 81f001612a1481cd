import Foundation
import Testing

@testable import Posix

/// What becomes of log lines when their reader takes them, stalls or sees the process crash.
@Suite("Lines for a reader that may stall")
struct LineStreamTests {
    /// A line of so many bytes, with its number.
    private func line(_ number: Int) -> [UInt8] {
        let text = "line \(number) "
        return Array((text + String(repeating: "x", count: 99 - text.utf8.count) + "\n").utf8)
    }

    @Test("all arrive in their order when the reader takes them")
    func order() throws {
        let pipe = Pipe()
        let stream = try LineStream.start(
            descriptor: pipe.fileHandleForWriting.fileDescriptor,
            bytesMax: 1 << 20
        ) { _ in [] }
        var read: [UInt8] = []
        var expected: [UInt8] = []
        // More than the ring has room for in all, so its end is passed over in a line.
        for round in 0..<4 {
            for number in 0..<5_000 {
                expected += line(round * 5_000 + number)
                stream.write(line(round * 5_000 + number))
            }
            while read.count < expected.count {
                read += [UInt8](pipe.fileHandleForReading.availableData)
            }
        }
        #expect(read == expected)
        #expect(stream.flush(withinMilliseconds: 20_000))
        #expect(stream.droppedCount == 0)
        withExtendedLifetime(pipe) {}
    }

    @Test("nobody waits for a reader that stalls, and what is dropped is counted and said")
    func stall() throws {
        let pipe = Pipe()
        let stream = try LineStream.start(
            descriptor: pipe.fileHandleForWriting.fileDescriptor,
            bytesMax: 8_000
        ) { Array("dropped \($0)\n".utf8) }
        // Far more than the pipe and the ring take; with a write that blocks this never ends.
        let count = 20_000
        for number in 0..<count { stream.write(line(number)) }
        #expect(stream.droppedCount > 0)
        #expect(!stream.flush(withinMilliseconds: 0))
        // The reader goes on: each line is there, or counted in a line that says so.
        var rest: [UInt8] = []
        var read: [Int] = []
        var told = 0
        while read.count + told < count {
            let data = [UInt8](pipe.fileHandleForReading.availableData)
            try #require(!data.isEmpty)
            rest += data
            while let end = rest.firstIndex(of: 0x0A) {
                let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
                let number = try #require(Int(words[1]))
                if words[0] == "dropped" { told += number } else { read.append(number) }
                rest.removeFirst(end + 1)
            }
        }
        #expect(read.count + told == count)
        #expect(told == stream.droppedCount)
        #expect(read == read.sorted())
        #expect(stream.flush(withinMilliseconds: 20_000))
        withExtendedLifetime(pipe) {}
    }

    @Test("a reader that is gone holds nobody up, and its lines are counted")
    func gone() throws {
        Signal.ignoreBrokenPipes()
        let pipe = Pipe()
        let stream = try LineStream.start(
            descriptor: pipe.fileHandleForWriting.fileDescriptor,
            bytesMax: 1 << 20
        ) { _ in [] }
        try pipe.fileHandleForReading.close()
        for number in 0..<100 { stream.write(line(number)) }
        #expect(stream.flush(withinMilliseconds: 20_000))
        #expect(stream.droppedCount == 100)
        withExtendedLifetime(pipe) {}
    }

    @Test("a line that is larger than the room is dropped, and those behind it are not")
    func large() throws {
        let pipe = Pipe()
        let stream = try LineStream.start(
            descriptor: pipe.fileHandleForWriting.fileDescriptor,
            bytesMax: 250
        ) { Array("dropped \($0)\n".utf8) }
        stream.write([UInt8](repeating: 0x78, count: 251))
        stream.write(line(1))
        #expect(stream.flush(withinMilliseconds: 20_000))
        let text = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        #expect(text == "dropped 1\n" + String(decoding: line(1), as: UTF8.self))
        withExtendedLifetime(pipe) {}
    }

    @Test("a crash loses no line that was written before it")
    func crash() async throws {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            // A thread that has not come to it yet.
            let stream = try LineStream(descriptor: 2, bytesMax: 100) { _ in [] }
            CrashLines.keep(stream)
            stream.write(Array("the first line\n".utf8))
            stream.write(Array("the line before the crash\n".utf8))
            preconditionFailure("a crash")
        }
        let bytes = try #require(result).standardErrorContent
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("the first line\nthe line before the crash\n"))
    }

    @Test("what is queued is written before the process ends")
    func end() async throws {
        let result = await #expect(
            processExitsWith: .exitCode(7),
            observing: [\.standardErrorContent]
        ) {
            try Terminal.queueErrors { _ in [] }
            for number in 0..<2_000 { Terminal.writeError("line \(number)\n") }
            Terminal.exit(7)
        }
        let bytes = try #require(result).standardErrorContent
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains((0..<2_000).map { "line \($0)\n" }.joined()))
    }
}
