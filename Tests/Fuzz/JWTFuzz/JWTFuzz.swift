import FuzzWatch
import TokenProbes

// Changes signed tokens; that none of them is accepted is checked in `TokenProbe`.
//
//     ./limen fuzz jwt --runs 1000000

/// The entry of libFuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzJWT(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    HangWatch.run { TokenProbe.run(bytes) }
    return 0
}
