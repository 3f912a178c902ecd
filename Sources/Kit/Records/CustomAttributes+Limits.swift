import Support

extension CustomAttributes {
    /// Why attributes cannot be kept.
    public enum Refusal: Error, Sendable, Equatable {
        case notAnObject
        /// A value that is no text.
        case notText(name: String)
        /// Empty, too long, with white space at its ends or with control characters.
        case badName(String)
        /// A value with control characters other than tabs and line breaks.
        case controlCharacter(name: String)
        case tooMany(Int)
        /// In bytes.
        case tooLong(Int)

        /// Under which code the API and the forms refuse them.
        public var code: String {
            switch self {
            case .tooMany: "too_many_attributes"
            case .tooLong: "attributes_too_long"
            case .notAnObject, .notText, .badName, .controlCharacter: "bad_attributes"
            }
        }

        public var detail: String {
            switch self {
            case .notAnObject: "Custom attributes are an object of texts, like {\"Colour\": \"red\"}."
            case .notText(let name): "The custom attribute '\(Self.shown(name))' must be a text."
            case .badName(let name):
                "'\(Self.shown(name))' cannot name a custom attribute: use 1 to \(maxName) printable characters."
            case .controlCharacter(let name):
                "The custom attribute '\(Self.shown(name))' must not hold control characters."
            case .tooMany(let count):
                """
                There may be at most \(maxCount) custom attributes; these are \(count). Take some away, or put \
                several into one text.
                """
            case .tooLong(let bytes):
                """
                The custom attributes may have at most \(maxBytes >> 10) KiB together; these have \
                \((bytes + 1023) >> 10). Shorten the texts, or move the long ones to the description.
                """
            }
        }

        private static func shown(_ name: String) -> String { name.shortened(to: maxName) }
    }

    /// Names that may stand for an attribute.
    public static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.unicodeScalars.count <= maxName && name.hasSameBytes(as: name.trimmed)
            && !name.hasControlCharacters
    }

    /// Control characters, but for tabs and line breaks.
    public static func isForbidden(_ byte: UInt8) -> Bool {
        (byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D) || byte == 0x7F
    }

    /// Refuses what must not be stored.
    /// - Parameter former: what stands there. Where that is beyond a limit, everything that goes no further is taken:
    ///   it can be made smaller step by step.
    func check(over former: CustomAttributes) throws(Refusal) {
        guard all.count <= max(Self.maxCount, former.all.count) else { throw .tooMany(all.count) }
        let bytes = text.utf8.count
        guard bytes <= max(Self.maxBytes, former.text.utf8.count) else { throw .tooLong(bytes) }
        for attribute in all {
            guard Self.isName(attribute.name) else { throw .badName(attribute.name) }
            guard !attribute.value.utf8.contains(where: Self.isForbidden) else {
                throw .controlCharacter(name: attribute.name)
            }
        }
    }
}
