import Basics
import Testing

@Suite("Limits")
struct LimitsTests {
    @Test("JSON offsets fit the tape, and the depth leaves room for FHIR")
    func json() {
        #expect(Limits.jsonBytesMax <= Int(UInt32.max))
        #expect(Limits.jsonDepthMax >= 64)
        #expect(Limits.jsonDepthMax < Limits.jsonBytesMax)
    }

    @Test("the bounds of a unit expression keep its arithmetic small")
    func ucum() {
        #expect(Limits.ucumTextBytesMax >= 200)
        #expect(Limits.ucumDepthMax < Limits.ucumTextBytesMax)
        #expect(Limits.ucumMagnitudeBitsMax >= 1_024)
        // Exponents of base units stay far below what 32 bits hold.
        #expect(Limits.ucumTextBytesMax * Limits.ucumExponentMax * 100 < Int(Int32.max))
    }
}
