/// Reads a pattern and writes its steps.
struct PatternCompiler {
    private typealias Step = MetafieldPattern.Step
    private typealias Characters = MetafieldPattern.CharacterRange

    /// A pattern as a tree.
    private indirect enum Node {
        case nothing
        case one(MetafieldPattern.CharacterRange)
        case start
        case end
        case sequence([Node])
        case choice([Node])
        case repeated(Node, least: Int, most: Int?)
    }

    private let text: [Unicode.Scalar]
    private var place = 0
    private var depth = 0
    private var ignoresCase = false
    private var steps: [MetafieldPattern.Step] = []
    /// Nodes written so far: repetitions of nothing make no steps.
    private var written = 0

    init(_ text: String) {
        self.text = Array(text.unicodeScalars)
    }

    mutating func compile() throws(MetafieldPattern.Refusal) -> [MetafieldPattern.Step] {
        if text.starts(with: "(?i)".unicodeScalars) {
            ignoresCase = true
            place = 4
        }
        let node = try choice()
        guard place == text.count else { throw refusal("a ) closes nothing; write \\) for the character") }
        try write(node)
        steps.append(.match)
        return steps
    }

    private func refusal(_ reason: String) -> MetafieldPattern.Refusal {
        MetafieldPattern.Refusal(offset: place, reason: reason)
    }

    private var next: Unicode.Scalar? { place < text.count ? text[place] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        place += 1
        return true
    }

    // MARK: Reading

    private mutating func choice() throws(MetafieldPattern.Refusal) -> Node {
        depth += 1
        guard depth <= 50 else { throw refusal("groups are nested too deep") }
        var ways = [try sequence()]
        while take("|") { ways.append(try sequence()) }
        depth -= 1
        return ways.count == 1 ? ways[0] : .choice(ways)
    }

    private mutating func sequence() throws(MetafieldPattern.Refusal) -> Node {
        var parts: [Node] = []
        while let scalar = next, scalar != "|", scalar != ")" { parts.append(try quantified(try atom())) }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func quantified(_ node: Node) throws(MetafieldPattern.Refusal) -> Node {
        var node = node
        while let (least, most) = try quantity() {
            // A lazy or possessive mark changes which part is taken, not whether the whole matches.
            if next == "?" || next == "+" { place += 1 }
            if let most, most < least { throw refusal("the greater number of {m,n} stands behind the comma") }
            node = .repeated(node, least: least, most: most)
        }
        return node
    }

    private mutating func quantity() throws(MetafieldPattern.Refusal) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard next == "{" else { return nil }
        place += 1
        guard let least = number() else { throw refusal("{ takes numbers, like {2,5}; write \\{ for the character") }
        var most: Int? = least
        if take(",") { most = number() }
        guard take("}") else { throw refusal("a { is not closed") }
        guard max(least, most ?? 0) <= 1000 else { throw refusal("at most 1000 repetitions can be asked for") }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var digits = ""
        while let scalar = next, scalar.value >= 0x30, scalar.value <= 0x39, digits.utf8.count < 6 {
            digits.unicodeScalars.append(scalar)
            place += 1
        }
        return Int(digits)
    }

    private mutating func atom() throws(MetafieldPattern.Refusal) -> Node {
        guard let scalar = next else { return .nothing }
        place += 1
        switch scalar {
        case "(": return try group()
        case "[": return .one(try bracket())
        case ".": return .one(characters { $0.parts = [0...0x09, 0x0B...0x10FFFF] })
        case "^": return .start
        case "$": return .end
        case "*", "+", "?", "{":
            place -= 1
            throw refusal("\(scalar) repeats nothing; write \\\(scalar) for the character")
        case "\\":
            switch try escape() {
            case .one(let scalar): return .one(characters { $0.parts = [scalar.value...scalar.value] })
            case .some(let kind): return .one(characters { $0.classes = [kind] })
            }
        default: return .one(characters { $0.parts = [scalar.value...scalar.value] })
        }
    }

    private func characters(_ fill: (inout MetafieldPattern.CharacterRange) -> Void) -> MetafieldPattern.CharacterRange
    {
        var range = Characters()
        range.ignoresCase = ignoresCase
        fill(&range)
        return range
    }

    private mutating func group() throws(MetafieldPattern.Refusal) -> Node {
        if take("?"), !take(":") { throw refusal("looking around and named groups are not known here") }
        let node = try choice()
        guard take(")") else { throw refusal("a ( is not closed") }
        return node
    }

    private enum Escaped {
        case one(Unicode.Scalar)
        case some(MetafieldPattern.CharacterClass)
    }

    private mutating func escape() throws(MetafieldPattern.Refusal) -> Escaped {
        guard let scalar = next else { throw refusal("a \\ stands before nothing") }
        place += 1
        func known(_ kind: MetafieldPattern.CharacterClass.Kind, _ isNegated: Bool = false) -> Escaped {
            .some(MetafieldPattern.CharacterClass(kind: kind, isNegated: isNegated))
        }
        switch scalar {
        case "d": return known(.digit)
        case "D": return known(.digit, true)
        case "w": return known(.word)
        case "W": return known(.word, true)
        case "s": return known(.space)
        case "S": return known(.space, true)
        case "n": return .one("\n")
        case "t": return .one("\t")
        case "p", "P": return .some(try property(isNegated: scalar == "P"))
        default:
            guard !scalar.properties.isAlphabetic, scalar.properties.numericType == nil else {
                throw refusal("\\\(scalar) is not known here")
            }
            return .one(scalar)
        }
    }

    private mutating func property(isNegated: Bool) throws(MetafieldPattern.Refusal) -> MetafieldPattern.CharacterClass
    {
        let kinds: [(String, MetafieldPattern.CharacterClass.Kind)] = [
            ("{L}", .letter), ("{Lu}", .upper), ("{Ll}", .lower), ("{N}", .number),
        ]
        for (name, kind) in kinds where text[place...].starts(with: name.unicodeScalars) {
            place += name.unicodeScalars.count
            return MetafieldPattern.CharacterClass(kind: kind, isNegated: isNegated)
        }
        throw refusal("behind \\p stands one of {L}, {Lu}, {Ll} and {N}")
    }

    private mutating func bracket() throws(MetafieldPattern.Refusal) -> MetafieldPattern.CharacterRange {
        var range = characters { _ in }
        range.isNegated = take("^")
        var isFirst = true
        while let scalar = next, scalar != "]" || isFirst {
            isFirst = false
            place += 1
            var low = scalar
            if scalar == "\\" {
                switch try escape() {
                case .some(let kind):
                    range.classes.append(kind)
                    continue
                case .one(let escaped): low = escaped
                }
            }
            guard next == "-", place + 1 < text.count, text[place + 1] != "]" else {
                range.parts.append(low.value...low.value)
                continue
            }
            place += 1
            var high = text[place]
            place += 1
            if high == "\\" {
                guard case .one(let escaped) = try escape() else { throw refusal("a range ends with a character") }
                high = escaped
            }
            guard low.value <= high.value else { throw refusal("the ends of a range stand the wrong way round") }
            range.parts.append(low.value...high.value)
        }
        guard take("]") else { throw refusal("a [ is not closed") }
        return range
    }

    // MARK: Writing

    private mutating func add(_ step: MetafieldPattern.Step) throws(MetafieldPattern.Refusal) {
        guard steps.count < MetafieldPattern.mostSteps else {
            throw refusal("the pattern is too large: ask for fewer repetitions")
        }
        steps.append(step)
    }

    private mutating func write(_ node: Node) throws(MetafieldPattern.Refusal) {
        written += 1
        guard written <= 10 * MetafieldPattern.mostSteps else {
            throw refusal("the pattern is too large: ask for fewer repetitions")
        }
        switch node {
        case .nothing: break
        case .one(let range): try add(.one(range))
        case .start: try add(.start)
        case .end: try add(.end)
        case .sequence(let parts): for part in parts { try write(part) }
        case .choice(let ways): try write(ways[...])
        case .repeated(let node, let least, let most):
            for _ in 0..<least { try write(node) }
            guard let most else { return try writeLoop(node) }
            for _ in least..<most {
                let split = steps.count
                try add(.split(split + 1, 0))
                try write(node)
                steps[split] = .split(split + 1, steps.count)
            }
        }
    }

    private mutating func write(_ ways: ArraySlice<Node>) throws(MetafieldPattern.Refusal) {
        guard let first = ways.first else { return }
        guard ways.count > 1 else { return try write(first) }
        let split = steps.count
        try add(.split(split + 1, 0))
        try write(first)
        let jump = steps.count
        try add(.jump(0))
        steps[split] = .split(split + 1, steps.count)
        try write(ways.dropFirst())
        steps[jump] = .jump(steps.count)
    }

    private mutating func writeLoop(_ node: Node) throws(MetafieldPattern.Refusal) {
        let split = steps.count
        try add(.split(split + 1, 0))
        try write(node)
        try add(.jump(split))
        steps[split] = .split(split + 1, steps.count)
    }
}
