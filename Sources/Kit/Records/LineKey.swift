import Crypto
import Support

/// The keys of lines that have none of their own, as orders have them: the n-th of several equal ones is the n-th
/// record.
///
/// A key is made of what stands in the record itself, so that one that was deleted comes back with it. It is kept as
/// text, which every statement that looks for keys binds.
public enum LineKey {
    /// Where a table keeps it.
    public static let column = "line_key"

    /// What equal lines have in common: 22 characters of Base64, half of the SHA-256 of what they say.
    /// - Parameter content: see `StoredKey.KeyBuffer`.
    public static func digest(_ content: UnsafeBufferPointer<UInt8>) -> String {
        var hash = SHA256()
        hash.update(UnsafeRawBufferPointer(content))
        return Array(hash.finish().prefix(16)).base64URL
    }

    /// The key of one of several equal lines.
    /// - Parameters:
    ///   - digest: see `digest`.
    ///   - number: which of them, from 1.
    public static func key(_ digest: String, number: Int64) -> String {
        var hash = SHA256()
        hash.update(Array(digest.utf8))
        withUnsafeBytes(of: number.littleEndian) { hash.update($0) }
        return Array(hash.finish().prefix(16)).base64URL
    }

    /// The key of a stored record.
    /// - Parameters:
    ///   - fields: those that equal lines have in common, by position.
    ///   - number: the field that says which of them it is, by position.
    static func key(of record: StoredRecord, fields: [Int], number: Int) -> String {
        let buffer = StoredKey.KeyBuffer()
        for field in fields {
            switch record.values[field] {
            case .text(var text): text.withUTF8 { buffer.add($0) }
            case .integer(let number): buffer.add(number)
            case .none: buffer.addNothing()
            }
        }
        var which: Int64 = 1
        if case .integer(let found) = record.values[number] { which = found }
        return key(digest(buffer.bytes), number: which)
    }
}
