import EdgeProbes
import FuzzWatch

// Bytes for the request parser; what must hold is checked in `RequestProbe`.
//
//     ./limen fuzz http --runs 1000000

/// The entry of libFuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzHTTP(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    HangWatch.run { RequestProbe.run(bytes) }
    return 0
}
