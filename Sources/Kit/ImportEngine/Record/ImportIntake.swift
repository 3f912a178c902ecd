package import Money
import Records
import Support
package import Tables

/// Reads records as far as the file alone tells: whether one counts at all, which product it names, what it says, and
/// what is wrong with it. The values stand in the record that it was made with.
///
/// What a row says may stand in other rows too: a variant has its product's name from the row of its handle that has
/// one, and the last of several rows of one SKU leaves to those before it what its own cells leave open. Which rows
/// these are the key pass finds out.
package final class ImportIntake {
    package enum Reading {
        /// Another record of the same SKU is applied instead.
        case superseded(by: Int64)
        /// It only goes on with the product of another record.
        case continuation
        /// It names the columns once more.
        case header
        /// Nothing in it can be relied on, or some of it is wrong. The key is that of a SKU that can be read.
        case faulty([ImportRecord.Fault], key: UnsafeBufferPointer<UInt8>?)
        /// The folded SKU; valid until the next record.
        case good(key: UnsafeBufferPointer<UInt8>)
    }

    private let record: ImportRecord
    private let options: ImportOptions
    private let keys: KeyReader
    private let kept: KeptValues
    /// Nil until a key pass begins: then every record counts, and says what stands in it alone.
    @exclusivity(unchecked) private var pass: KeyPass?

    private final class KeyPass {
        @exclusivity(unchecked) var rows: SupersededRows
        /// Nil where no column holds a handle.
        let heads: Heads?
        /// The tables whose records are noted.
        let sources: [Lookups]
        /// Nil where records have keys of their own.
        let lines: Lines?

        init(_ rows: consuming SupersededRows, _ heads: Heads?, _ sources: [Lookups], _ lines: Lines?) {
            self.rows = rows
            self.heads = heads
            self.sources = sources
            self.lines = lines
        }
    }

    private struct Lookups {
        /// Reads rows with names of products.
        let heads: RowLookup
        /// Reads rows of a SKU before the last.
        let former: RowLookup
    }

    private final class Heads {
        @exclusivity(unchecked) var rows: GroupHeads

        init(_ rows: consuming GroupHeads) {
            self.rows = rows
        }
    }

    private final class Lines {
        @exclusivity(unchecked) var numbers: LineNumbers

        init(_ numbers: consuming LineNumbers) {
            self.numbers = numbers
        }
    }

    /// A table whose records are noted.
    package struct Source {
        package var table: ImportTable
        var columns: ImportColumns
        var currency: Currency
        /// What kind of file it is.
        var kind: ImportSource
        var references = ReferenceStores.none

        package init(
            table: ImportTable,
            columns: ImportColumns,
            currency: Currency,
            kind: ImportSource,
            references: ReferenceStores = .none
        ) {
            (self.table, self.columns, self.currency) = (table, columns, currency)
            (self.kind, self.references) = (kind, references)
        }
    }

    package init(_ record: ImportRecord, _ options: ImportOptions) {
        self.record = record
        self.options = options
        keys = KeyReader(options.target)
        kept = KeptValues(fields: options.target.fields.count)
    }

    /// Whether equal lines are counted: they have no key, and the file does not number them.
    var countsLines: Bool { options.target.numberField.map { record.columns.positions[$0] == nil } ?? false }

    /// What the line that was read last has in common with its equals, see `LineKey`.
    var lineDigest: String { keys.digest }

    /// How many records another one replaces.
    var superseded: Int64 { options.duplicates == .reject ? 0 : pass?.rows.count ?? 0 }

    // MARK: The key pass

    /// Whether it is known which rows belong together.
    var hasKeys: Bool { pass != nil }

    /// Whether rows that a plan applies may have something from others.
    package func needsKeys(_ counts: PlanCounts, _ columns: ImportColumns) -> Bool {
        guard options.mode != .delete else { return false }
        return columns.group != nil || options.duplicates == .last && counts[reason: .superseded] > 0
    }

    /// Begins to look for records of one SKU, and for those with the names of products.
    /// - Parameters:
    ///   - folder: for temporary files.
    ///   - sources: the tables of the records that will be noted, the import's own first.
    package func beginKeys(folder: String?, _ sources: [Source]) throws {
        let bytes = sources.first?.table.byteCount ?? 0
        let isGrouped = sources.contains { $0.columns.group != nil }
        func lookup(_ source: Source) -> RowLookup {
            let record = ImportRecord(
                source.columns,
                source.currency,
                blank: options.blank,
                source.kind,
                source.references
            )
            return RowLookup(source.table, record)
        }
        pass = KeyPass(
            try SupersededRows(folder: folder, fileBytes: bytes, rule: options.duplicates),
            isGrouped ? Heads(try GroupHeads(folder: folder, fileBytes: bytes)) : nil,
            sources.map { Lookups(heads: lookup($0), former: lookup($0)) },
            countsLines ? Lines(try LineNumbers(folder: folder, fileBytes: bytes)) : nil
        )
    }

    /// Notes the SKU of a record, and its handle; rows ascend.
    /// - Parameters:
    ///   - reader: reads records of other columns; nil for those that `read` gets.
    ///   - source: which of the tables it stands in; the second one has corrections.
    ///   - isRight: whether nothing is wrong with the record, where that is known.
    package func noteKey(
        _ raw: CSVRecord,
        readBy reader: ImportRecord? = nil,
        source: Int64 = 0,
        isRight: Bool? = nil
    ) throws {
        let reader = reader ?? record
        guard let pass, !reader.isContinuation(raw) else { return }
        let row = raw.position.row
        let place = raw.position.byteOffset << 1 | source
        if let handle = reader.handle(raw) {
            try pass.heads?.rows.add(handle, row: row, place: place, hasName: !reader.lacksName(raw))
        }
        if case .key(_, let key) = keys.read(raw, reader) {
            if let lines = pass.lines {
                let rank: LineNumbers.Rank = source == 0 ? .right : .correction
                let isRight = isRight ?? self.isRight(raw, reader)
                return try lines.numbers.add(key, row: row, isRight ? rank : .wrong)
            }
            try pass.rows.add(key, row: row, place: place, tag: reader.keyTag)
        }
    }

    /// Finds the records that belong together, after the last `noteKey`.
    package func resolveKeys() throws {
        try pass?.rows.resolve()
        try pass?.lines?.numbers.resolve()
        // What the key pass has read is read again.
        if pass?.lines != nil { _ = record.takeDecimalMarks() }
        try pass?.heads?.rows.resolve()
    }

    /// Notes a line that was corrected before, of which its content is known.
    func noteCorrected(_ digest: String) throws {
        var digest = digest
        try digest.withUTF8 { try pass?.lines?.numbers.add($0, row: 0, .corrected) }
    }

    /// Whether nothing is wrong with a line, whatever is stored.
    private func isRight(_ raw: CSVRecord, _ reader: ImportRecord) -> Bool {
        guard !reader.isHeader(raw), reader.structuralFault(raw) == nil else { return false }
        guard options.mode != .delete else { return true }
        var faults: [ImportRecord.Fault] = []
        reader.read(raw, keyText: nil, &faults)
        return faults.isEmpty && reader.lackedField(creates: createsRecords) == nil
    }

    /// Whether the fields of a key are read like all others, which says what is wrong with a cell.
    private var namesBadCells: Bool { options.target.numberField != nil }

    private var createsRecords: Bool { options.mode == .upsert || options.mode == .create }

    // MARK: The record

    /// What a record says. Records that are only looked up again may come in any order, all others as in the file.
    /// - Parameter isChosen: whether it is known already that the record is applied itself.
    package func read(_ raw: CSVRecord, isChosen: Bool = false) throws -> Reading {
        if record.isContinuation(raw) { return .continuation }
        if record.isHeader(raw) { return .header }
        if let fault = record.structuralFault(raw) { return .faulty([fault], key: nil) }
        var key: UnsafeBufferPointer<UInt8>?
        var text: UnsafeBufferPointer<UInt8>?
        var bad: Int?
        var faults: [ImportRecord.Fault] = []
        switch keys.read(raw, record) {
        case .key(let own, let bytes): (text, key) = (own, bytes)
        case .blank(let field): faults.append(record.blankKey(field))
        case .bad(let field) where namesBadCells: bad = field
        case .bad(let field): faults.append(record.badKey(field, raw))
        }
        if key != nil, !isChosen, let verdict = try pass?.rows.verdict(of: raw.position.row) {
            switch verdict {
            case .superseded(let other): return .superseded(by: other)
            case .refused: faults.append(record.keyFault("duplicate_\(options.target.keyName)"))
            case .clash: faults.append(record.keyFault("ambiguous_identity"))
            }
        }
        // Who deletes needs nothing but the SKU.
        if options.mode != .delete {
            record.read(raw, keyText: text, &faults)
            try fill(raw, &faults)
        }
        if let bad, !faults.contains(where: { record.isAbout(bad, $0) }) { faults.append(record.badKey(bad, raw)) }
        guard countsLines else {
            guard faults.isEmpty, let key else { return .faulty(faults, key: key) }
            return .good(key: key)
        }
        return try readLine(raw, faults)
    }

    /// Which record a line is. One that is wrong is none.
    private func readLine(_ raw: CSVRecord, _ faults: [ImportRecord.Fault]) throws -> Reading {
        var faults = faults
        if options.mode != .delete, let field = record.lackedField(creates: createsRecords),
            !faults.contains(where: { record.isAbout(field, $0) })
        {
            faults.append(record.missing(field))
        }
        let number = try pass?.lines?.numbers.number(of: raw.position.row)
        if let number, let field = options.target.numberField { record.values[field] = .integer(number) }
        guard faults.isEmpty, let key = keys.key(number: number ?? 1) else { return .faulty(faults, key: nil) }
        return .good(key: key)
    }

    /// Takes from other rows what this one has from them.
    private func fill(_ raw: CSVRecord, _ faults: inout [ImportRecord.Fault]) throws {
        guard let pass else { return }
        let row = raw.position.row
        if let place = try pass.heads?.rows.place(for: row) {
            let head = pass.sources[Int(place & 1)].heads
            _ = try head.read(at: place >> 1)
            record.takeProduct(from: head.record, raw, into: kept)
            if let fault = record.takePrice(from: head.record, raw) { faults.append(fault) }
        }
        guard try pass.rows.record(before: row) != nil, record.isOpen else { return }
        try takeFormer(row, pass)
    }

    private func takeFormer(_ row: Int64, _ pass: KeyPass) throws {
        var present = row
        while let former = try pass.rows.record(before: present) {
            let lookup = pass.sources[Int(former.place & 1)].former
            // A row that is wrong gives nothing, as if it had been imported alone.
            let isGood = try lookup.read(at: former.place >> 1)
            if isGood, !record.takeOpen(from: lookup.record, into: kept) { return }
            present = former.row
        }
    }

    /// The key that stands in the SKU's column of a record whose form is broken. It is not relied on to change a
    /// product, but it is enough to spare one.
    func doubtfulKey(_ raw: CSVRecord) -> UnsafeBufferPointer<UInt8>? {
        guard let column = record.keyColumn, column < raw.count,
            case .key(_, let key) = keys.read(record.keyCell(raw, in: column))
        else { return nil }
        return key
    }
}
