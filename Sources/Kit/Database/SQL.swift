public import Support

/// A value that SQLite stores.
public enum DatabaseValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// What may stand in `\( )` of an `SQL` literal and is bound, never spelled out.
public protocol DatabaseBindable {
    var databaseValue: DatabaseValue { get }
}

extension Int64: DatabaseBindable { public var databaseValue: DatabaseValue { .integer(self) } }
extension Int: DatabaseBindable { public var databaseValue: DatabaseValue { .integer(Int64(self)) } }
extension Bool: DatabaseBindable { public var databaseValue: DatabaseValue { .integer(self ? 1 : 0) } }
extension Double: DatabaseBindable { public var databaseValue: DatabaseValue { .real(self) } }
extension String: DatabaseBindable { public var databaseValue: DatabaseValue { .text(self) } }
extension Timestamp: DatabaseBindable { public var databaseValue: DatabaseValue { .integer(milliseconds) } }
extension [UInt8]: DatabaseBindable { public var databaseValue: DatabaseValue { .blob(self) } }
extension DatabaseValue: DatabaseBindable { public var databaseValue: DatabaseValue { self } }
extension Optional: DatabaseBindable where Wrapped: DatabaseBindable {
    public var databaseValue: DatabaseValue { self?.databaseValue ?? .null }
}

/// A statement with its arguments. There is no way to make one from a String: `\(x)` binds, `\(ident:)` quotes a name,
/// `\(raw:)` is the loud exception and carries a reason beside it.
public struct SQL: Sendable, Equatable, ExpressibleByStringInterpolation {
    /// The text, with `?` for each argument.
    public private(set) var text: String
    public private(set) var arguments: [DatabaseValue]

    public init(stringLiteral value: String) {
        text = value
        arguments = []
    }

    public init(stringInterpolation: Interpolation) {
        text = stringInterpolation.text
        arguments = stringInterpolation.arguments
    }

    public static func += (left: inout SQL, right: SQL) {
        left.text += right.text
        left.arguments += right.arguments
    }

    /// Collects the parts of an interpolated literal.
    public struct Interpolation: StringInterpolationProtocol {
        var text = ""
        var arguments: [DatabaseValue] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 4)
        }

        public mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        public mutating func appendInterpolation(_ value: some DatabaseBindable) {
            text += "?"
            arguments.append(value.databaseValue)
        }

        /// A value or NULL. Its own overload, because the compiler warns of optionals that meet a generic one.
        public mutating func appendInterpolation<Value: DatabaseBindable>(_ value: Value?) {
            text += "?"
            arguments.append(value?.databaseValue ?? .null)
        }

        /// Another statement, or a part of one, with its arguments.
        public mutating func appendInterpolation(_ sql: SQL) {
            text += sql.text
            arguments += sql.arguments
        }

        /// The name of a table or a column, quoted.
        public mutating func appendInterpolation(ident name: String) {
            text += "\"\(name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
        }

        /// A list of values for `IN`, bound one by one. Of none it is a query without rows: other engines have no `()`.
        public mutating func appendInterpolation(list values: [some DatabaseBindable]) {
            guard !values.isEmpty else {
                text += "(SELECT NULL WHERE 1 = 0)"
                return
            }
            text += "(\(values.map { _ in "?" }.joined(separator: ", ")))"
            arguments += values.map(\.databaseValue)
        }

        /// Text as it is. Say in a comment why it cannot come from outside.
        public mutating func appendInterpolation(raw value: String) {
            text += value
        }
    }
}

extension [SQL] {
    /// All parts, with a separator between them.
    public func joined(separator: SQL) -> SQL {
        var result: SQL = ""
        for (index, part) in enumerated() {
            if index > 0 { result += separator }
            result += part
        }
        return result
    }
}
