import Basics
import Testing

@Suite("Limits of models")
struct LimitsTests {
    @Test("What lies on the stack during an evaluation has a place for everything allowed")
    func stack() {
        #expect(Limits.modelFieldsMax <= 256)
        #expect(Limits.characteristicsMax <= 256)
        #expect(Limits.reasonCodesMax <= 256)
        #expect(Limits.predicateDepthMax <= UInt64.bitWidth)
        #expect(Limits.predicateStepsMax < Int(Int32.max))
    }

    @Test("Our limits on a document are reached before those of the XML parser")
    func document() {
        #expect(Limits.pmmlDepthMax < 256)
        #expect(Limits.pmmlElementsMax < Limits.pmmlBytesMax)
        #expect(Limits.modelFieldsMax <= Limits.pmmlFieldsMax)
    }
}
