import EdgeProbes
import FuzzWatch

// Scripts of events for the connection; what must hold is checked in `ConnectionProbe`.
//
//     ./limen fuzz connection --runs 1000000

/// The entry of libFuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzConnection(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    HangWatch.run { ConnectionProbe.run(bytes) }
    return 0
}
