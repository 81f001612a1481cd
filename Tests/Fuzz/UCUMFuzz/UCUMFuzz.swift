import FuzzWatch
import LanguageProbes

// Feeds bytes to the reader of UCUM; what must hold stands in `UCUMProbe`.
//
//     ./limen fuzz ucum --seconds 60

/// The entry of libFuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzUCUM(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    HangWatch.run { UCUMProbe.run(bytes) }
    return 0
}
