import FuzzWatch
import TrailProbes

// Bytes for the readers of the audit trail; what must hold is checked in `TrailProbe`.
//
//     ./limen fuzz audit --runs 1000000

/// The entry of libFuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzAudit(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    HangWatch.run { TrailProbe.run(bytes) }
    return 0
}
