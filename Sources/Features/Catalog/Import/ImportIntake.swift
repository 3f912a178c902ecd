import Support
import Tables

/// Reads records as far as the file alone tells: whether one counts at all, which product it names, what it says, and
/// what is wrong with it. The values stand in the record that it was made with.
final class ImportIntake {
    enum Reading {
        /// Another record of the same SKU is applied instead.
        case superseded(by: Int64)
        /// It only goes on with the product of the record above.
        case continuation
        /// Nothing in it can be relied on, or some of it is wrong. The key is that of a SKU that can be read.
        case faulty([ImportRecord.Fault], key: UnsafeBufferPointer<UInt8>?)
        /// The folded SKU; valid until the next record.
        case good(key: UnsafeBufferPointer<UInt8>)
    }

    private let record: ImportRecord
    private let options: ImportOptions
    private let keys = SKUKeys()
    /// Nil until a key pass begins: then every record counts.
    @exclusivity(unchecked) private var duplicates: KeyPass?

    private final class KeyPass {
        @exclusivity(unchecked) var rows: SupersededRows

        init(_ rows: consuming SupersededRows) {
            self.rows = rows
        }
    }

    init(_ record: ImportRecord, _ options: ImportOptions) {
        self.record = record
        self.options = options
    }

    /// How many records another one replaces.
    var superseded: Int64 { options.duplicates == .reject ? 0 : duplicates?.rows.count ?? 0 }

    // MARK: The key pass

    /// Begins to look for records of one SKU.
    /// - Parameter folder: for temporary files.
    func beginKeys(folder: String, fileBytes: Int64) throws {
        duplicates = KeyPass(try SupersededRows(folder: folder, fileBytes: fileBytes, rule: options.duplicates))
    }

    /// Notes the SKU of a record; rows ascend.
    /// - Parameter reader: reads records of other columns; nil for those that `read` gets.
    func noteKey(_ raw: CSVRecord, readBy reader: ImportRecord? = nil) throws {
        if let sku = (reader ?? record).sku(raw), case .key(_, let key) = keys.read(sku) {
            try duplicates?.rows.add(key, row: raw.position.row)
        }
    }

    /// Finds the records of one SKU, after the last `noteKey`.
    func resolveKeys() throws { try duplicates?.rows.resolve() }

    // MARK: The record

    /// What a record says. Records that are only looked up again may come in any order, all others as in the file.
    func read(_ raw: CSVRecord) throws -> Reading {
        if record.isContinuation(raw) { return .continuation }
        if let fault = record.structuralFault(raw) { return .faulty([fault], key: nil) }
        var key: UnsafeBufferPointer<UInt8>?
        var sku: UnsafeBufferPointer<UInt8>?
        var faults: [ImportRecord.Fault] = []
        switch keys.read(record.sku(raw) ?? UnsafeBufferPointer(start: nil, count: 0)) {
        case .key(let text, let folded): (sku, key) = (text, folded)
        case .blank: faults.append(record.skuFault("no_sku"))
        case .bad: faults.append(record.skuFault("bad_sku"))
        }
        if key != nil, let other = try duplicates?.rows.winner(of: raw.position.row) {
            guard options.duplicates == .reject else { return .superseded(by: other) }
            faults.append(record.skuFault("duplicate_sku"))
        }
        // Who deletes needs nothing but the SKU.
        if options.mode != .delete { record.read(raw, sku: sku, &faults) }
        guard faults.isEmpty, let key else { return .faulty(faults, key: key) }
        return .good(key: key)
    }

    /// The key that stands in the SKU's column of a record whose form is broken. It is not relied on to change a
    /// product, but it is enough to spare one.
    func doubtfulKey(_ raw: CSVRecord) -> UnsafeBufferPointer<UInt8>? {
        guard let column = record.skuColumn, column < raw.count, case .key(_, let key) = keys.read(raw.cell(column))
        else { return nil }
        return key
    }
}
