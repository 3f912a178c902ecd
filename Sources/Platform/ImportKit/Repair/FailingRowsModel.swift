import AdminKit
import ImportEngine
import Jobs
import Support

/// What the page of failing rows shows.
struct FailingRowsModel {
    /// A row as a small form.
    struct Row {
        var row: Int64
        /// The physical line where it starts; 0 where the file has no lines.
        var line: Int64
        /// What tells the product: its SKU, its name.
        var title: String
        /// What is wrong with the row as a whole.
        var problems: [String]
        /// Nil for a row that is too long for a page.
        var cells: [Cell]?
        /// Whether it may be said to be right as it stands: its form was wrong, and how it was read shows here.
        var asksIfRight = false
        var isAccepted = false
    }

    struct Cell {
        var index: Int
        var label: String
        var value: String
        /// What is wrong with it, and what would be right.
        var error: String?
        var cure: String?
        /// Whether it stands before those that are put away.
        var isInFront: Bool
        /// Whether it has a control; a long text that is not wrong stays as it is.
        var isEditable: Bool
    }

    var id: String
    var filename: String
    var state: JobState
    var groups: [RowErrorGroup] = []
    var filter = RowErrorFilter()
    var rows: [Row] = []
    var pagination: Pagination
    var list: ListState
    /// Whether the rows can be saved by this user now.
    var canSave = false
    /// Why the cells are not shown; nil when they are.
    var withoutCells: String?
    var repair: ImportRepair?
    var isRepairing = false
    var progress = 0
    var error: String?
    var cursor: String?
    var filePath: String?

    init(_ job: Job, pagination: Pagination, list: ListState) {
        id = job.publicID
        filename = job.filename ?? job.displayName
        state = JobState(rawValue: job.status.rawValue) ?? .pending
        self.pagination = pagination
        self.list = list
    }
}

/// Makes the small forms of failing rows.
struct FailingRowForms {
    private let columns: ImportColumns
    private let front: [Int]
    /// Columns up to which none is put away.
    private static let fewColumns = 6
    /// Characters beyond which a text that is not wrong has no control.
    private static let longText = 2000

    init(_ headers: [String], _ options: ImportOptions) {
        let columns = ImportColumns.provisional(headers: headers, mapping: options.mapping, target: options.target)
        self.columns = columns
        let shown = options.target.keyFields + (options.target.titleField.map { [$0] } ?? [])
        front = shown.compactMap { columns.positions[$0] }
    }

    /// - Parameter typed: what a form that was refused has held.
    func row(_ row: FailingCells, typed: RowCorrections?) -> FailingRowsModel.Row {
        let errors = row.failing.errors
        let whole = errors.filter { error in error.column.flatMap(position) == nil }
        let hasWrongForm = errors.contains { Self.ofForm.contains($0.code) }
        let isOpen = columns.headers.count <= Self.fewColumns || hasWrongForm
        let cells = row.cells?.enumerated().map { index, bytes in
            cell(index, bytes, errors, typed?.text(row.row, index), isOpen: isOpen)
        }
        return FailingRowsModel.Row(
            row: row.row,
            line: errors.first?.line ?? 0,
            title: front.compactMap { index in cells?[index].value }.filter { !$0.isEmpty }.joined(separator: " · "),
            problems: whole.map(\.message),
            cells: cells,
            asksIfRight: hasWrongForm && cells != nil,
            isAccepted: typed?.isAccepted(row.row) ?? false
        )
    }

    /// Codes of rows whose cells are not where they should be, or not as they were meant.
    private static let ofForm: Set<String> = ["ragged_row", "bad_quote", "unclosed_quote"]

    private func position(_ column: String) -> Int? { columns.headers.firstIndex { $0.hasSameBytes(as: column) } }

    private func cell(
        _ index: Int,
        _ bytes: [UInt8],
        _ errors: [RowError],
        _ typed: String?,
        isOpen: Bool
    ) -> FailingRowsModel.Cell {
        let error = errors.first { $0.column.flatMap(position) == index }
        let message = error.map { ImportProblem($0).message }
        let shown = RowCorrections.shown(bytes)
        return FailingRowsModel.Cell(
            index: index,
            label: label(index),
            value: typed ?? shown,
            error: message?.text,
            cure: message?.cure,
            isInFront: isOpen || error != nil || front.contains(index),
            isEditable: error != nil || isOpen || shown.utf8.count <= Self.longText
        )
    }

    private func label(_ index: Int) -> String {
        guard index < columns.headers.count else { return "Value \(index + 1), under no column" }
        return columns.headers[index].isEmpty ? "Column \(index + 1)" : columns.headers[index]
    }
}
