import FuzzWatch
import LanguageProbes

// Feeds bytes to the reader of FHIRPath; what must hold stands in `FHIRPathProbe`.
//
//     ./limen fuzz fhirpath --seconds 60

/// The entry of libFuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzFHIRPath(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    FHIRPathProbe.run(bytes, watch: HangWatch.run)
    return 0
}
