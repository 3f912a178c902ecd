import Support

/// What a blank cell of one column means.
enum ImportBlank {
    /// What is stored stays; a new product gets the field's own default.
    case keep
    /// The field is emptied, or set to its own default where it cannot be empty.
    case clear
    /// The default that was chosen for the column. Holds the bytes that the value points to.
    case standard(ImportValue, StableBytes?)
    /// The default is one that the field refuses: each blank cell is refused with it.
    case bad(ImportFault)

    /// - Parameters:
    ///   - rule: what the mapping says of the column.
    ///   - policy: what holds for the whole import.
    ///   - own: the field's own default.
    init(_ rule: ImportMapping.Column?, _ policy: ImportOptions.Blank, _ reader: ImportCellReader, own: String?) {
        switch rule?.blank ?? policy {
        case .keep: self = .keep
        case .clear: self = .clear
        case .standard:
            guard let text = rule?.standard ?? own else {
                self = .keep
                return
            }
            let source = StableBytes(text)
            do throws(ImportFault) {
                self = try Self.kept(reader.read(source.all), source)
            } catch {
                self = .bad(error)
            }
        }
    }

    private static func kept(_ value: ImportValue, _ source: StableBytes) -> ImportBlank {
        switch value {
        case .none: return .clear
        case .text(let bytes):
            // The reader may have put the value into memory that it uses again.
            let kept = StableBytes(String(decoding: bytes, as: UTF8.self))
            return .standard(.text(kept.all), kept)
        case .absent, .integer, .attributes: return .standard(value, source)
        }
    }

    func value() throws(ImportFault) -> ImportValue {
        switch self {
        case .keep: .absent
        case .clear: .none
        case .standard(let value, _): value
        case .bad(let fault): throw fault
        }
    }
}
