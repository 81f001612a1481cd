/// Tells the JSON Pointers of many values of a document, without walking from its root for each.
///
///     /prefetch/medications/entry/0/resource
///     /prefetch/medications/entry/1/resource      one step on, and one down
///
/// The trail remembers where the value before stood. Whoever asks in the order of the document
/// passes each value once; `JSONValue.pointer` counts the elements in front of each one anew, which
/// is the square of their number.
package struct JSONPointerTrail {
    /// One step down, and where it led.
    private struct Step {
        let container: JSONValue
        var child: JSONValue
        /// The position of the child in an array; of its name on the tape in an object.
        var position: Int
        /// The pointer of the container.
        let pointer: String
    }

    private var steps: [Step] = []
    /// How many values were passed on the way so far.
    package private(set) var passedCount = 0

    /// Makes a trail that has been nowhere.
    package init() {}

    /// The pointer of a value, as `JSONValue.pointer` gives it.
    package mutating func pointer(of value: JSONValue) -> String {
        if steps.first?.container.tape !== value.tape { steps = [] }
        while let last = steps.last, !last.child.holds(value) {
            guard last.container.holds(value), last.container.kind == .array,
                last.child.index < value.index
            else {
                steps.removeLast()
                continue
            }
            // Further on in the same array.
            steps[steps.count - 1] = advanced(last, to: value)
        }
        var current = steps.last?.child ?? JSONValue(tape: value.tape, index: 0)
        while current.index != value.index {
            guard let step = step(in: current, to: value) else { break }
            steps.append(step)
            current = step.child
        }
        return pointer
    }

    private var pointer: String {
        guard let last = steps.last else { return "" }
        return last.pointer + text(of: last)
    }

    private func text(of step: Step) -> String {
        guard step.container.kind == .object else { return "/\(step.position)" }
        let name = JSONValue(tape: step.child.tape, index: step.position)
        return "/" + JSONValue.pointerText(ofName: name.stringValue ?? "")
    }

    private mutating func advanced(_ step: Step, to value: JSONValue) -> Step {
        var step = step
        repeat {
            step.child = JSONValue(tape: value.tape, index: Int(step.child.entry.next))
            step.position += 1
            passedCount += 1
        } while !step.child.holds(value)
        return step
    }

    private mutating func step(in container: JSONValue, to value: JSONValue) -> Step? {
        switch container.kind {
        case .object:
            for (name, child) in container.members {
                passedCount += 1
                guard child.holds(value) else { continue }
                return Step(
                    container: container,
                    child: child,
                    position: name.index,
                    pointer: pointer
                )
            }
        case .array:
            for (position, child) in container.elements.enumerated() {
                passedCount += 1
                guard child.holds(value) else { continue }
                return Step(
                    container: container,
                    child: child,
                    position: position,
                    pointer: pointer
                )
            }
        case .null, .true, .false, .number, .string: break
        }
        return nil
    }
}

extension JSONValue {
    /// Whether a value of the same document is this one, or stands in it.
    fileprivate func holds(_ value: JSONValue) -> Bool {
        index <= value.index && value.index < max(Int(entry.next), index + 1)
    }
}
