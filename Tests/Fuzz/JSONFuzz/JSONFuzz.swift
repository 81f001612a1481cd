import FuzzWatch
import LanguageProbes

// Feeds bytes to the reader of JSON; what must hold stands in `JSONProbe`.
//
//     ./limen fuzz json --seconds 60

/// The entry of libFuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzJSON(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    HangWatch.run { JSONProbe.run(bytes) }
    return 0
}
