import EngineProbes
import FuzzWatch

// Feeds bytes to the reader of PMML documents. It must compile them or refuse them with an element
// and a line; a model that it lets through must answer, or refuse, a patient without any value.
//
//     swift build --sanitize=fuzzer --target PMMLFuzz

/// The entry of libFuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzPMML(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    HangWatch.run { PMMLProbe.run(bytes) }
    return 0
}
