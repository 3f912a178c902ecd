import Jobs
import Support
import Tables

extension ImportRunContext {
    /// Says with the warnings, once, what is odd about the file as a whole: that its encoding is a guess, and that
    /// invisible characters stood around the names of columns; inside a batch.
    func warnOfFile(at now: Timestamp) throws {
        var found = try strayMarks().map { column in
            RowWarningStore.Count(code: ImportWarning.invisibleCharacters.rawValue, column: column, count: 1)
        }
        if !table.format.likelyEncodings.isEmpty {
            found.append(RowWarningStore.Count(code: ImportWarning.guessedEncoding.rawValue, column: "", count: 1))
        }
        guard !found.isEmpty else { return }
        let store = RowWarningStore(connection)
        let known = try store.counts(jobID: jobID)
        let new = found.filter { warning in !known.contains { $0.code == warning.code && $0.column == warning.column } }
        if !new.isEmpty { try store.add(new, examples: [], jobID: jobID, at: now) }
    }

    /// The columns whose names have invisible characters around them, each once.
    private func strayMarks() throws -> [String] {
        var reader = table.reader()
        guard try reader.next() else { return [] }
        let record = reader.record
        var names: [String] = []
        for (index, name) in zip(0..<record.count, columns.headers) where !names.contains(name) {
            if !record.text(index).trimmed.hasSameBytes(as: name) { names.append(name) }
        }
        return try names.isEmpty && table.hasStrayByteOrderMark() ? Array(columns.headers.prefix(1)) : names
    }
}

extension ImportTable {
    /// Whether a second byte order mark stands behind the first one.
    fileprivate func hasStrayByteOrderMark() throws -> Bool {
        var bytes: [UInt8] = Array(repeating: 0, count: 6)
        let count = try bytes.withUnsafeMutableBytes {
            try Files.read(descriptor, into: $0, at: range.lowerBound, "the table")
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        return count == 6 && bytes == mark + mark
    }
}
