import Basics
import COpenSSL

/// The bytes between the TLS sessions of one loop and their sockets.
///
/// Received bytes are read where they lie; what is to be sent gathers in one buffer, which serves
/// all sessions of the loop one after the other, so an idle connection holds none. What one session
/// has left there when the next one begins is dropped: it is for nobody else.
@safe
package final class TLSExchange {
    let pointer: UnsafeMutablePointer<limen_tls_exchange>

    /// OpenSSL's description of the buffers; made once and only read.
    nonisolated(unsafe) static let method: OpaquePointer? = {
        CryptoStart.begin()
        return unsafe limen_tls_exchange_method()
    }()

    /// Makes an empty exchange, which holds so many bytes at most.
    package init(outputBytesMax: Int = Limits.tlsExchangeBytesMax) {
        precondition(outputBytesMax > 0, "no room for a single byte")
        unsafe pointer = UnsafeMutablePointer<limen_tls_exchange>.allocate(capacity: 1)
        unsafe pointer.initialize(to: limen_tls_exchange())
        unsafe pointer.pointee.outputMax = outputBytesMax
    }

    deinit {
        unsafe free(pointer.pointee.output)
        unsafe pointer.deallocate()
    }

    /// Whether bytes wait to be sent.
    package var hasOutput: Bool { unsafe pointer.pointee.outputCount > 0 }

    /// Drops what nobody has taken.
    func clear() {
        unsafe pointer.pointee.outputCount = 0
    }

    /// Moves what is to be sent to the end of an array.
    package func takeOutput(into bytes: inout [UInt8]) {
        let count = unsafe pointer.pointee.outputCount
        guard count > 0, let start = unsafe pointer.pointee.output else { return }
        let output = unsafe UnsafeBufferPointer(start: start, count: count)
        unsafe bytes.append(contentsOf: output)
        unsafe pointer.pointee.outputCount = 0
    }

    /// Counts messages of a handshake from now on: above so many nothing more can be read.
    func countMessages(atMost count: Int) {
        unsafe pointer.pointee.messagesLeft = count
        unsafe pointer.pointee.isExhausted = 0
        unsafe pointer.pointee.countsMessages = 1
    }

    /// Counts no more; answers how many may still come, and whether more came.
    func endOfCount() -> (left: Int, isExhausted: Bool) {
        defer {
            unsafe pointer.pointee.countsMessages = 0
            unsafe pointer.pointee.isExhausted = 0
        }
        return unsafe (pointer.pointee.messagesLeft, pointer.pointee.isExhausted != 0)
    }

    /// Lends received bytes to one call of a session.
    func lend<Value>(
        _ bytes: [UInt8],
        _ count: Int,
        _ body: () throws(TLSError) -> Value
    ) throws(TLSError) -> Value {
        precondition(count <= bytes.count, "more lent than there is")
        clear()
        var result = Result<Value, TLSError>.failure(.protocolFailure)
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe pointer.pointee.input = buffer.baseAddress
            unsafe pointer.pointee.inputCount = count
            do throws(TLSError) {
                result = .success(try body())
            } catch {
                result = .failure(error)
            }
            unsafe pointer.pointee.input = nil
            unsafe pointer.pointee.inputCount = 0
        }
        return try result.get()
    }
}
