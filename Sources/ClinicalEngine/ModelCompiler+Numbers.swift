extension ModelCompiler {
    /// The slot of a field whose values are numbers; a text has no size.
    mutating func numericSlot(_ name: String) throws(ModelError) -> Int {
        let slot = try self.slot(name)
        guard slots[slot].type != .string else {
            throw ModelError(code: .operandMismatch, place: name)
        }
        return slot
    }
}
