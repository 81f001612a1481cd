import FuzzWatch
import RecordProbes

// Bundles and resources for the mapping; what must hold is checked in `RecordProbe`.
//
//     ./limen fuzz fhir --runs 1000000

/// The entry of libFuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzFHIR(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    HangWatch.run { RecordProbe.run(bytes) }
    return 0
}
