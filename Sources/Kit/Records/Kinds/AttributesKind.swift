public import Money
public import Support

/// Names with texts that a shop makes up, stored as the text of a JSON object.
public struct AttributesKind: RecordKindRules {
    public var storage: RecordStorage { .text }

    public var isMultiline: Bool { true }

    public func parse(_ text: String, _ writing: RecordWriting) -> Result<RecordValue, RecordFault> {
        Self.checked { () throws(CustomAttributes.Refusal) in
            try CustomAttributes(typed: text, over: try CustomAttributes.standing(writing.former))
        }
    }

    /// What is stored was checked when it was written; a text that is no JSON is shown as it is.
    public func json(_ value: RecordValue, _ currency: Currency) -> JSON {
        guard case .text(let text) = value else { return .null }
        do {
            return try JSON.parse(text)
        } catch {
            return .string(text)
        }
    }

    /// The attributes' values are what people look for. Of a text that is no object the words are as good.
    public func indexed(_ stored: String) -> String {
        guard let attributes = try? CustomAttributes(stored: stored) else { return stored }
        return attributes.all.map(\.value).joined(separator: "\n")
    }

    /// Attributes as the field's value, or what is wrong with them.
    public static func checked(
        _ attributes: () throws(CustomAttributes.Refusal) -> CustomAttributes
    ) -> Result<RecordValue, RecordFault> {
        do {
            let attributes = try attributes()
            return .success(attributes.all.isEmpty ? .none : .text(attributes.text))
        } catch {
            return .failure(RecordFault(error.code, error.detail))
        }
    }
}
