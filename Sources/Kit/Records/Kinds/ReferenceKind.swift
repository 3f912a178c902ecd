public import Support

/// Another record, by its id. Its name is found by code that knows the other table.
public struct ReferenceKind: RecordKindRules {
    public let table: String

    public var storage: RecordStorage { .integer }

    public func parse(_ text: String, _ writing: RecordWriting) -> Result<RecordValue, RecordFault> {
        guard let id = Int64(text), id > 0 else {
            let field = writing.field
            return .failure(RecordFault("bad_\(field.name)", "\(field.label) must be the id of a record."))
        }
        return .success(.integer(id))
    }

    public func written(_ json: JSON) -> String? {
        if case .number(let digits) = json { digits } else { json.stringValue }
    }

    public var wanted: String { "an id" }
}
