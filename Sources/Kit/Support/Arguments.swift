/// What was wrong with a command line. The text says which word, and what would be right.
public struct UsageError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

/// The words behind a command: `--name value`, `--name=value`, `--flag`, and positional ones, in any order; `--` ends
/// the options. A command takes what it knows and then calls `finish()`, which refuses the rest.
public struct Arguments: Sendable {
    private var words: [String]
    private var positional: [String] = []

    public init(_ words: [String]) {
        let end = words.firstIndex(of: "--") ?? words.endIndex
        self.words = Array(words[..<end])
        positional = Array(words[end...].dropFirst())
    }

    /// Whether the flag stands among the words; takes it out.
    public mutating func flag(_ name: String) -> Bool {
        guard let index = words.firstIndex(of: "--\(name)") else { return false }
        words.remove(at: index)
        return true
    }

    /// Every value given for the option, in order; takes them out.
    public mutating func options(_ name: String) throws(UsageError) -> [String] {
        var found: [String] = []
        while let index = words.firstIndex(where: { $0 == "--\(name)" || $0.hasPrefix("--\(name)=") }) {
            let word = words.remove(at: index)
            if word.hasPrefix("--\(name)=") {
                found.append(String(word.dropFirst(name.count + 3)))
            } else {
                guard index < words.count, !words[index].hasPrefix("--") else {
                    throw UsageError("--\(name) needs a value.")
                }
                found.append(words.remove(at: index))
            }
        }
        return found
    }

    /// The value of an option that may stand once; takes it out.
    public mutating func option(_ name: String) throws(UsageError) -> String? {
        let found = try options(name)
        guard found.count <= 1 else { throw UsageError("--\(name) stands \(found.count) times; once is enough.") }
        return found.first
    }

    /// A whole number in a range; takes it out.
    public mutating func int(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = try option(name) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw UsageError(
                "--\(name) takes a whole number from \(range.lowerBound) to \(range.upperBound), not '\(text)'."
            )
        }
        return value
    }

    /// The next positional word; call after all options were taken.
    public mutating func next(_ name: String) throws(UsageError) -> String {
        guard let word = nextOptional() else { throw UsageError("\(name) is missing.") }
        return word
    }

    /// The next positional word, if there is one.
    public mutating func nextOptional() -> String? {
        if let index = words.firstIndex(where: { !$0.hasPrefix("--") }) { return words.remove(at: index) }
        return positional.isEmpty ? nil : positional.removeFirst()
    }

    /// Refuses whatever was not taken.
    public func finish() throws(UsageError) {
        if let option = words.first(where: { $0.hasPrefix("--") }) { throw UsageError("Unknown option \(option).") }
        if let word = words.first ?? positional.first { throw UsageError("Unexpected word '\(word)'.") }
    }
}
