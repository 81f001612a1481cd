import ClinicalEngine
import Testing

@testable import limen

@Suite("Values that a tree leaves to no leaf")
struct TreeReviewTests {
    private static let fields: [FieldDefinition] = {
        var x = FieldDefinition(name: "x", kind: .continuous)
        x.intervals = [Interval(lower: 0, upper: 10)]
        let y = FieldDefinition(name: "y", kind: .continuous)
        var c = FieldDefinition(name: "c", kind: .categorical)
        c.values = ["a", "b", "d"].map { FieldDefinition.Value(text: $0) }
        return [x, y, c]
    }()

    private static func x(_ comparison: Predicate.Comparison, _ number: Double) -> Predicate {
        .compare("x", comparison, .number(number))
    }

    /// A tree from its nodes: the parent of each and when it holds.
    private static func gaps(
        _ nodes: [(parent: Int, predicate: Predicate)],
        closed: Bool = false
    ) -> [TreeReview.Gap] {
        var tree = Tree(
            nodes: nodes.enumerated().map { position, node in
                var made = Tree.Node(parent: node.parent, predicate: node.predicate, score: "1")
                made.line = 10 + position
                return made
            }
        )
        if closed { tree.noTrueChildStrategy = .returnLastPrediction }
        return TreeReview(tree, fields: fields).gaps
    }

    @Test("A number between two children, or beyond them, is a gap at the node above")
    func numbers() {
        let low = (0, Self.x(.lessThan, 3))
        #expect(
            Self.gaps([(-1, .always), low, (0, Self.x(.greaterThan, 3))])
                == [.init(node: "1", line: 10, field: "x", value: "3")]
        )
        #expect(
            Self.gaps([(-1, .always), low, (0, Self.x(.greaterOrEqual, 4))]).map(\.value) == ["3"]
        )
        #expect(Self.gaps([(-1, .always), low]).map(\.value) == ["3"])
        #expect(Self.gaps([(-1, .always), low, (0, Self.x(.greaterOrEqual, 3))]).isEmpty)
        // Beyond what is valid nobody comes.
        #expect(Self.gaps([(-1, .always), (0, Self.x(.lessOrEqual, 10))]).isEmpty)
        #expect(Self.gaps([(-1, .always), low, (0, .always)]).isEmpty)
    }

    @Test("Only what reaches a node can fall through it")
    func paths() {
        let nodes: [(Int, Predicate)] = [
            (-1, .always), (0, Self.x(.lessThan, 3)), (0, Self.x(.greaterOrEqual, 3)),
            // Below 3 these two are all there is.
            (1, Self.x(.lessOrEqual, 1)), (1, Self.x(.greaterThan, 1)),
            // From 3 on 5 is left out.
            (2, Self.x(.lessThan, 5)), (2, Self.x(.greaterThan, 5)),
        ]
        #expect(Self.gaps(nodes) == [.init(node: "3", line: 12, field: "x", value: "5")])
        let narrow: [(Int, Predicate)] = [
            (-1, .always), (0, Self.x(.lessThan, 3)), (0, Self.x(.greaterOrEqual, 3)),
            (1, Self.x(.lessThan, 2)), (1, Self.x(.greaterOrEqual, 2)), (3, Self.x(.lessThan, 2)),
        ]
        #expect(Self.gaps(narrow).isEmpty)
    }

    @Test("A category that no child takes is a gap")
    func categories() {
        let some = Predicate.isIn("c", [.category("a"), .category("b")])
        let rest = Predicate.compare("c", .equal, .category("d"))
        #expect(Self.gaps([(-1, .always), (0, some)]).map(\.value) == ["d"])
        #expect(Self.gaps([(-1, .always), (0, some), (0, rest)]).isEmpty)
    }

    @Test("Where the node above answers, or several fields are read, nothing is said")
    func silent() {
        let low = (0, Self.x(.lessThan, 3))
        #expect(Self.gaps([(-1, .always), low], closed: true).isEmpty)
        let other = (0, Predicate.compare("y", .greaterThan, .number(1)))
        #expect(Self.gaps([(-1, .always), low, other]).isEmpty)
        #expect(Self.gaps([(-1, .always)]).isEmpty)
        #expect(Self.gaps([]).isEmpty)
    }
}
