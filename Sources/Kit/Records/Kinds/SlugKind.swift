import Support

/// The part of an address that names a page: `pinot-noir-2022`.
public struct SlugKind: RecordKindRules {
    public let max: Int

    public var storage: RecordStorage { .text }

    public func parse(_ text: String, _ writing: RecordWriting) -> Result<RecordValue, RecordFault> {
        let field = writing.field
        guard text.utf8.count <= max else { return .failure(.tooLong(field.label, max)) }
        guard text.utf8.allSatisfy(Self.isPart) else {
            let example = Self.example(of: text)
            let detail = "\(field.label) takes small letters a to z, digits and hyphens, like \(example)."
            return .failure(RecordFault("bad_\(field.name)", detail))
        }
        return .success(.text(text))
    }

    public static func isPart(_ byte: UInt8) -> Bool {
        byte >= 0x61 && byte <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte == UInt8(ascii: "-")
    }

    /// What somebody probably means who has written something else.
    private static func example(of text: String) -> String {
        let made = made(of: text, max: 60)
        return made.isEmpty ? "red-shirt" : made
    }

    /// A slug of a name: its words without accents, with a hyphen between; "" where nothing is left.
    public static func made(of name: String, max: Int) -> String { Slug.make(name, most: max, isASCII: true) }
}
