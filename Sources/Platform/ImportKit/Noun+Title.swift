import Support

extension Noun {
    /// As a heading has it: `Products`.
    var title: String { many.prefix(1).uppercased() + many.dropFirst() }
}
