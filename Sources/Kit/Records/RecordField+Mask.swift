import Support

extension RecordField {
    /// The value as those see it who may not know who somebody is: enough to tell two records apart, not enough to find
    /// the person. What is not personal stays as it is.
    public func masked(_ value: RecordValue) -> RecordValue {
        guard isPersonal, case .text(let text) = value else { return value }
        guard kind == .format(.email), let at = text.lastIndex(of: "@") else {
            return .text(Self.dots(behind: text))
        }
        return .text(Self.dots(behind: text) + text[at...])
    }

    /// As many dots whatever the text has: its length says something too.
    private static func dots(behind text: String) -> String { "\(text.prefix(1))•••••" }
}
