package import Jobs
import Support

/// One thing wrong with one row of the file.
package struct ImportProblem: Sendable, Equatable {
    /// The physical line where the row starts; the header is line 1.
    package var line: Int64
    /// The record's number, from 1, without the header.
    package var row: Int64
    /// The column's heading in the file; nil when it is about the whole row.
    package var column: String?
    /// What stands there, cut where it is long.
    package var value: String?
    /// See ``ImportMessage``.
    package var code: String
    /// What is said of this very row, where that is more than its code says.
    package var detail: String?

    /// What is wrong, and what would be right.
    package var message: ImportMessage { detail.map { ImportMessage($0, cure: "") } ?? ImportMessage(code: code) }

    package init(line: Int64, row: Int64, column: String?, value: String?, code: String) {
        self.line = line
        self.row = row
        self.column = column
        self.value = value
        self.code = code
    }
}

extension ImportProblem {
    package init(_ error: RowError) {
        self.init(line: error.line, row: error.row, column: error.column, value: error.value, code: error.code)
        if error.code == ImportMessage.raggedCode { detail = error.message }
    }
}
