import EngineProbes
import FuzzWatch

// Feeds rows of odd inputs to loaded models: no crash, and no number that is none.
//
//     swift build --sanitize=fuzzer --target EvaluationFuzz

/// The entry of libFuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzEvaluation(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    HangWatch.run { EvaluationRows.run(bytes) }
    return 0
}
