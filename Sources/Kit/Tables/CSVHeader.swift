import Support

/// How the names of columns are compared: without case, White_Space, `_` and `-`.
public enum HeaderNames {
    /// `Variant SKU`, `variant_sku` and `VARIANT-SKU` give `variantsku`. Malformed UTF-8 is replaced by U+FFFD.
    public static func normalised(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        normalised(String(decoding: bytes, as: UTF8.self))
    }

    /// The same for a name that is text already.
    public static func normalised(_ name: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in name.unicodeScalars where !scalar.properties.isWhitespace && scalar != "_" && scalar != "-" {
            scalars.append(scalar)
        }
        return String(scalars).caseFolded
    }
}

/// The names of a table's columns, from its first record.
public struct CSVHeader: Sendable, Equatable {
    /// As written, without White_Space and invisible characters at the ends.
    public let names: [String]
    /// As compared.
    public let keys: [String]

    public init(_ record: CSVRecord) {
        self.init(names: (0..<record.count).map { record.text($0).bare })
    }

    public init(names: [String]) {
        self.names = names
        keys = names.map(HeaderNames.normalised)
    }

    /// The first column of that name, however it is written.
    public func column(named name: String) -> Int? {
        let key = HeaderNames.normalised(name)
        return keys.firstIndex { $0.hasSameBytes(as: key) }
    }

    /// Columns whose name an earlier column has already; columns without a name are left out.
    public var duplicates: [Int] {
        var seen: Set<ByteText> = []
        return keys.indices.filter { !keys[$0].isEmpty && !seen.insert(ByteText(keys[$0])).inserted }
    }
}
