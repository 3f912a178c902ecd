import Database
import Records
import Support

extension ProductFields {
    /// Columns of the table `p` in the order of `searched`.
    static var searchedColumns: SQL { searched.map { "p.\(ident: $0.name)" as SQL }.joined(separator: ", ") }

    /// The words for the index from the columns `searchedColumns` of a row.
    static func indexed(_ row: borrowing Row, from first: Int32) -> [String?] {
        var texts: [String?] = []
        for (column, field) in searched.enumerated() {
            texts.append(field.indexed(row.textOrNil(first + Int32(column))))
        }
        return texts
    }
}
