// Fails on a short word, so that a fuzzer that finds nothing here is known to be broken.
//
//     ./limen fuzz canary --seconds 60

/// The entry of libFuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzCanary(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    guard bytes.count == 3, bytes[0] == UInt8(ascii: "s"), bytes[1] == UInt8(ascii: "e") else {
        return 0
    }
    precondition(bytes[2] != UInt8(ascii: "e"), "the canary was found, as it must be")
    return 0
}
