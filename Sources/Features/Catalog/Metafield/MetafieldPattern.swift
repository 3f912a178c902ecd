import Support

/// A pattern that a metafield's text must match as a whole: the part of regular expressions that takes no more steps
/// than the text is long times the pattern, whatever both are (Thompson 1968; Cox, "Regular Expression Matching Can Be
/// Simple And Fast"). What would need going back, such as references to groups and looking around, is refused.
struct MetafieldPattern: Sendable {
    /// One step of the compiled pattern.
    enum Step: Sendable {
        case one(CharacterRange)
        case split(Int, Int)
        case jump(Int)
        case start
        case end
        case match
    }

    /// Some characters: any of the parts, or none of them.
    struct CharacterRange: Sendable {
        var parts: [ClosedRange<UInt32>] = []
        var classes: [CharacterClass] = []
        var isNegated = false
        var ignoresCase = false

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            var isIn = holds(scalar)
            if !isIn, ignoresCase {
                isIn =
                    scalar.properties.lowercaseMapping.unicodeScalars.first.map(holds) ?? false
                    || scalar.properties.uppercaseMapping.unicodeScalars.first.map(holds) ?? false
            }
            return isIn != isNegated
        }

        private func holds(_ scalar: Unicode.Scalar) -> Bool {
            parts.contains { $0.contains(scalar.value) } || classes.contains { $0.contains(scalar) }
        }
    }

    struct CharacterClass: Sendable {
        enum Kind: Sendable { case digit, word, space, letter, upper, lower, number }
        var kind: Kind
        var isNegated: Bool

        func contains(_ scalar: Unicode.Scalar) -> Bool { holds(scalar) != isNegated }

        private func holds(_ scalar: Unicode.Scalar) -> Bool {
            switch kind {
            case .digit: scalar.value >= 0x30 && scalar.value <= 0x39
            case .word: scalar.isASCII && (scalar.properties.isAlphabetic || scalar == "_" || isDigit(scalar))
            case .space: scalar.properties.isWhitespace
            case .letter: scalar.properties.isAlphabetic
            case .upper: scalar.properties.isUppercase
            case .lower: scalar.properties.isLowercase
            case .number: scalar.properties.numericType != nil
            }
        }

        private func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= 0x30 && scalar.value <= 0x39 }
    }

    /// Why a pattern is refused: where, and what would be right.
    struct Refusal: Error, Sendable, Equatable {
        /// Characters before the place.
        var offset: Int
        var reason: String
    }

    /// Whether a text matches.
    enum Answer: Sendable, Equatable {
        case yes, no
        /// The text is too long for this pattern.
        case tooLong
    }

    /// Characters of a pattern, and steps that it may have once its repetitions are written out.
    static let mostCharacters = 500
    static let mostSteps = 4000
    /// Nanoseconds that a look may take.
    static let mostTime: UInt64 = 50_000_000

    /// Steps between two looks at the clock.
    private static let workBetweenLooks = 4096

    private let steps: [Step]

    init(_ text: String) throws(Refusal) {
        guard text.unicodeScalars.count <= Self.mostCharacters else {
            throw Refusal(
                offset: Self.mostCharacters,
                reason: "a pattern has at most \(Self.mostCharacters) characters"
            )
        }
        var compiler = PatternCompiler(text)
        steps = try compiler.compile()
    }

    /// Looks whether the whole text matches.
    func matches(_ text: String, within nanoseconds: UInt64 = mostTime) -> Answer {
        let scalars = Array(text.unicodeScalars)
        let deadline = monotonicNanoseconds() + nanoseconds
        var run = PatternRun(steps, count: scalars.count)
        run.enter(0, at: 0)
        var looked = 0
        for (index, scalar) in scalars.enumerated() {
            run.take(scalar, to: index + 1)
            if run.isDead { return .no }
            guard run.work - looked > Self.workBetweenLooks else { continue }
            looked = run.work
            if monotonicNanoseconds() > deadline { return .tooLong }
        }
        return run.hasMatched ? .yes : .no
    }
}

/// All ways through the pattern at once.
private struct PatternRun {
    private let steps: [MetafieldPattern.Step]
    private let count: Int
    private var places: [Int] = []
    /// Where each step was entered last, so that it stands among the places once.
    private var entered: [Int]
    private(set) var hasMatched = false
    /// Steps taken so far.
    private(set) var work = 0

    init(_ steps: [MetafieldPattern.Step], count: Int) {
        self.steps = steps
        self.count = count
        entered = [Int](repeating: -1, count: steps.count)
    }

    var isDead: Bool { places.isEmpty && !hasMatched }

    mutating func take(_ scalar: Unicode.Scalar, to position: Int) {
        let former = places
        places.removeAll(keepingCapacity: true)
        hasMatched = false
        work += former.count
        for place in former {
            if case .one(let range) = steps[place], range.contains(scalar) { enter(place + 1, at: position) }
        }
    }

    /// Goes on to all steps that need no character.
    mutating func enter(_ step: Int, at position: Int) {
        var waiting = [step]
        while let step = waiting.popLast() {
            work += 1
            guard entered[step] != position else { continue }
            entered[step] = position
            switch steps[step] {
            case .one: places.append(step)
            case .split(let first, let second): waiting += [second, first]
            case .jump(let next): waiting.append(next)
            case .start: if position == 0 { waiting.append(step + 1) }
            case .end: if position == count { waiting.append(step + 1) }
            case .match: hasMatched = true
            }
        }
    }
}
