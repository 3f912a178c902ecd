import Support
import Tables

/// Finds the columns of a header by the names that mappings give them. Made once for a header, because each name is
/// compared in a folded form: to fold every header for every name takes seconds where there are thousands.
package struct HeaderIndex {
    private let headers: [String]
    private let keys: [ByteText]
    private var exact: [ByteText: Int] = [:]
    /// The first column of each key, and how many have it.
    private var byKey: [ByteText: (first: Int, count: Int)] = [:]

    package init(_ headers: [String]) {
        self.headers = headers
        keys = headers.map { ByteText(HeaderNames.normalised($0)) }
        for (index, header) in headers.enumerated() {
            if exact[ByteText(header)] == nil { exact[ByteText(header)] = index }
            byKey[keys[index], default: (index, 0)].count += 1
        }
    }

    /// The column of that name: as it is written, then however it is written, then by its number.
    func position(of name: String) -> Int? {
        if let same = exact[ByteText(name)] { return same }
        let key = ByteText(HeaderNames.normalised(name))
        if !key.text.isEmpty, let same = byKey[key] { return same.first }
        guard name.utf8.first == 0x23, let number = Int(name.dropFirst()), headers.indices.contains(number - 1) else {
            return nil
        }
        return number - 1
    }

    /// How a mapping calls a column: by its name where that is its alone.
    package func name(of index: Int) -> String {
        let isAlone = !keys[index].text.isEmpty && byKey[keys[index]]?.count == 1
        return isAlone && ImportMapping.isColumnName(headers[index]) ? headers[index] : "#\(index + 1)"
    }
}
