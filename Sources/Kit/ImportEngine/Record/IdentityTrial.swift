import Money
import Support
import Tables

/// What a choice of what identifies the products makes of the records of a file.
struct IdentityTrial {
    private let identity: ImportIdentity
    private let columns: [String]
    private var examples: [IdentityProposal.Example] = []
    private var rows = 0
    /// Whether all rows were looked at; nil where only the first were to be.
    private var isWhole: Bool?
    /// Rows that have a SKU of their own, and those for which one is made.
    private(set) var (own, made) = (0, 0)
    private var skus = MadeSKUs()

    private static let nanoseconds: UInt64 = 2_000_000_000

    /// - Parameter isWhole: whether to read not only the first records but, where most of these have no SKU of their
    ///   own, all others too for which there is time.
    /// - Returns: nil where the choice names no columns of the file.
    init?(
        _ table: ImportTable,
        _ head: ImportHead,
        _ options: ImportOptions,
        _ identity: ImportIdentity,
        isWhole: Bool
    ) throws {
        let columns = try? ImportColumns(
            headers: head.headers,
            mapping: options.mapping,
            identify: identity,
            target: options.target
        )
        guard let columns, let source = columns.identity else { return nil }
        self.identity = identity
        self.columns = source.all.map { head.headers[$0] }
        let record = ImportRecord(columns, .euro, blank: .keep, ImportSource(head.format, columns))
        let keys = KeyReader(options.target)
        let end = monotonicNanoseconds() + Self.nanoseconds
        var reader = table.reader()
        _ = try reader.next()
        var known: Set<ByteText> = []
        if isWhole { self.isWhole = false }
        while !skus.isFull {
            guard try reader.next() else {
                if isWhole { self.isWhole = table.isWhole(after: rows) }
                break
            }
            rows += 1
            let raw = reader.record
            if !record.isContinuation(raw), case .key(let sku?, let key) = keys.read(raw, record) {
                if record.keyTag == 0, source.keepsOwn { own += 1 } else { made += 1 }
                skus.add(key, tag: record.keyTag, line: raw.position.line, isGood: true)
                if rows <= IdentityProposal.rows { note(sku, record, source, raw, &known) }
            }
            if rows == IdentityProposal.rows, !isWhole || own * 2 >= own + made { break }
            if rows & 0xFF == 0, monotonicNanoseconds() >= end { break }
        }
    }

    private mutating func note(
        _ sku: UnsafeBufferPointer<UInt8>,
        _ record: ImportRecord,
        _ source: ImportColumns.Identity,
        _ raw: CSVRecord,
        _ known: inout Set<ByteText>
    ) {
        let sku = String(decoding: sku, as: UTF8.self)
        let isNew = known.insert(ByteText(sku.caseFolded)).inserted
        guard isNew, record.keyTag != 0 || !source.keepsOwn else { return }
        let texts = source.all.map { raw.text($0).trimmed }.filter { !SKUMaker.isBlankOption($0) }
        examples.append(IdentityProposal.Example(sku: sku, texts: texts))
    }

    /// Nil where no SKU is made.
    consuming func proposal() -> IdentityProposal? {
        guard !examples.isEmpty else { return nil }
        // Those with the most parts show best how it is done.
        let best = examples.enumerated().sorted {
            ($1.element.texts.count, $0.offset) < ($0.element.texts.count, $1.offset)
        }
        var check: IdentityProposal.Check?
        if let isWhole {
            let clashes = skus.takeClashes().lines.count
            check = IdentityProposal.Check(rows: rows, isWhole: isWhole, own: own, clashes: clashes)
        }
        return IdentityProposal(
            identity: identity,
            columns: columns,
            examples: best.prefix(3).map(\.element),
            check: check
        )
    }
}
