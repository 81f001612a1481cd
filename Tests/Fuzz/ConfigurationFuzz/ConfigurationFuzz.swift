import FuzzWatch
import DocumentProbes

// Files of a configuration for their readers; what must hold is checked in `ConfigurationProbe`.
//
//     ./limen fuzz configuration --runs 1000000

/// The entry of libFuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzConfiguration(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    HangWatch.run { ConfigurationProbe.run(bytes) }
    return 0
}
