/// A stable word by which programs tell refusals apart: `code` of a problem document, and of each of its `errors`.
///
/// Each module lists the words that it gives in its file `…ProblemCodes.swift`; the served document makes an
/// enumeration of them. A test compares the lists with the sources.
public struct ProblemCode: Sendable, Hashable {
    public var name: String
    /// What it means, in one sentence.
    public var meaning: String

    public init(_ name: String, _ meaning: String) {
        self.name = name
        self.meaning = meaning
    }
}
