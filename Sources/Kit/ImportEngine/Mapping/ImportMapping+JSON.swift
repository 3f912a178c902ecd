package import Money
import Records
package import Support
package import Web

extension ImportMapping {
    /// Reads what a caller wrote.
    ///
    /// Throws 400 `bad_mapping` for what is no JSON object, 422 with a problem for each column that is not understood.
    package init(text: String, in target: ImportTarget) throws(WebError) {
        let json: JSON
        do {
            json = try JSON.parse(text, isForeign: true)
        } catch {
            throw .badRequest("bad_mapping", "mapping is not JSON: \(error)")
        }
        guard json.members != nil else {
            throw .badRequest("bad_mapping", "mapping must be a JSON object: {\"Column\": \"field\"}.")
        }
        let (mapping, problems) = Self.read(json, in: target)
        guard problems.isEmpty else { throw .invalid(problems) }
        self = mapping
    }

    /// Back from a job or a profile: what is not understood is left out, which can only be what an older version knew.
    package init(json: JSON, in target: ImportTarget) {
        self = Self.read(json, in: target).mapping
    }

    /// The mapping, and what is wrong with it.
    package static func read(
        _ json: JSON,
        in target: ImportTarget
    ) -> (mapping: ImportMapping, problems: [Problem]) {
        var mapping = ImportMapping()
        var problems: [Problem] = []
        for member in json.members ?? [] {
            switch column(member.name, member.value, target) {
            case .success(let column): mapping.columns.append(column)
            case .failure(let failure): problems.append(failure.problem)
            }
        }
        return (mapping, problems)
    }

    private static func column(
        _ name: String,
        _ value: JSON,
        _ target: ImportTarget
    ) -> Result<Column, ValidationFailure> {
        guard isColumnName(name) else { return failure("bad_name", columnNameRule) }
        switch value {
        case .null: return .success(Column(name, .nothing))
        case .string(let text):
            guard !text.isEmpty else { return .success(Column(name, .nothing)) }
            return Target(name: text, in: target).map { .success(Column(name, $0)) } ?? unknown(text, target)
        case .object(let members): return column(name, members, target)
        case .bool, .number, .array:
            return failure(
                "bad_mapping",
                "'\(name)' takes a field's name, null, or an object with field, blank and default."
            )
        }
    }

    private static func column(
        _ name: String,
        _ members: [JSON.Member],
        _ target: ImportTarget
    ) -> Result<Column, ValidationFailure> {
        var column = Column(name, .nothing)
        for member in members {
            switch (member.name, member.value) {
            case ("field", .null): column.target = .nothing
            case ("field", .string(let text)):
                guard let meaning = Target(name: text, in: target) else { return unknown(text, target) }
                column.target = meaning
            case ("blank", .string(let text)):
                guard let blank = ImportOptions.Blank(rawValue: text) else {
                    return failure("bad_option", "blank takes keep, clear or default, not '\(text)'.")
                }
                column.blank = blank
            case ("blank", .null), ("default", .null): break
            case ("default", .string(let text)):
                guard text.unicodeScalars.count <= maxStandard,
                    !text.utf8.contains(where: CustomAttributes.isForbidden)
                else {
                    let rule = "at most \(maxStandard) characters and no control characters"
                    return failure("bad_default", "The default of '\(name)' has \(rule).")
                }
                column.standard = text
            default:
                return failure("unknown_field", "'\(name)' has a member '\(member.name)' that is not understood.")
            }
        }
        if column.standard != nil, column.blank == nil { column.blank = .standard }
        return .success(column)
    }

    private static func unknown(_ name: String, _ target: ImportTarget) -> Result<Column, ValidationFailure> {
        let names = Target.names(of: target).joined(separator: ", ")
        let attributes = target.attributesField == nil ? "" : ", and attribute:NAME"
        return failure("unknown_field", "There is no field '\(name)'. There are \(names)\(attributes).")
    }

    private static func failure(_ code: String, _ detail: String) -> Result<Column, ValidationFailure> {
        .failure(ValidationFailure(problem: Problem("mapping", code, detail)))
    }

    /// As it is kept and shown: a name where that says it all.
    package var json: JSON {
        .object(
            columns.map { column in
                let target = JSON.optional(column.target.name)
                guard column.blank != nil || column.standard != nil else { return JSON.Member(column.name, target) }
                return JSON.Member(
                    column.name,
                    [
                        "field": target, "blank": .optional(column.blank?.rawValue),
                        "default": .optional(column.standard),
                    ]
                )
            }
        )
    }

    /// Defaults that their fields would refuse.
    package func problems(_ currency: Currency, in target: ImportTarget) -> [Problem] {
        columns.compactMap { column in
            guard let standard = column.standard, let field = column.target.field(of: target) else { return nil }
            let isAttribute = if case .attribute = column.target { true } else { false }
            var flag: ImportColumns.Flag?
            if case .flag(let found) = column.target { flag = found }
            let source = ImportSource()
            let reader =
                isAttribute
                ? ImportCellReader.attribute(currency, source)
                : ImportCellReader(field, currency, source, flag: flag)
            let fault = Self.fault(of: standard, reader)
            return fault.map { fault in
                Problem("mapping", "bad_default", "The default of '\(column.name)': \(ImportMessage(code: fault).text)")
            }
        }
    }

    private static func fault(of text: String, _ reader: ImportCellReader) -> String? {
        var text = text
        return text.withUTF8 { bytes in
            do throws(ImportFault) {
                _ = try reader.read(bytes)
                return nil
            } catch {
                return error.code
            }
        }
    }
}
