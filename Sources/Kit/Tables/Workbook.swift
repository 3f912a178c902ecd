/// An XLSX workbook (ECMA-376): which sheets it has and how its cells are shown.
struct Workbook {
    /// A worksheet in the order of the tabs.
    struct Sheet: Equatable {
        var name: String
        /// The part that holds it.
        var part: String
        var isHidden: Bool
    }

    let sheets: [Sheet]
    private let directory: ZipDirectory
    private let limits: TableLimits
    private let parts: Parts
    private let usesDates1904: Bool

    private struct Parts {
        var strings: String?
        var styles: String?
    }

    /// An archive with the part list that all Office documents have, and a workbook in it.
    static func isWorkbook(_ directory: ZipDirectory) -> Bool {
        directory.entries.contains { $0.name == "[Content_Types].xml" }
            && directory.entries.contains { $0.name.lowercased().hasSuffix("workbook.xml") }
    }

    init(_ directory: ZipDirectory, limits: TableLimits) throws(TableError) {
        self.directory = directory
        self.limits = limits
        let root = try Self.read(directory, "_rels/.rels", RelationshipsHandler(folder: ""), limits)
        let main = root.relationships.first { $0.type == "officeDocument" }?.target ?? "xl/workbook.xml"
        let folder = main.lastIndex(of: "/").map { String(main[...$0]) } ?? ""
        let name = String(main.dropFirst(folder.count))
        let list = try Self.read(directory, main, WorkbookHandler(), limits)
        let related = try Self.read(
            directory,
            "\(folder)_rels/\(name).rels",
            RelationshipsHandler(folder: folder),
            limits
        )
        let targets = Dictionary(related.relationships.map { ($0.id, $0) }) { first, _ in first }
        sheets = list.sheets.compactMap { sheet in
            guard let target = targets[sheet.relationship], target.type == "worksheet" else { return nil }
            return Sheet(name: sheet.name, part: target.target, isHidden: sheet.isHidden)
        }
        usesDates1904 = list.usesDates1904
        parts = Parts(
            strings: related.relationships.first { $0.type == "sharedStrings" }?.target,
            styles: related.relationships.first { $0.type == "styles" }?.target
        )
    }

    /// The sheet of that name, without case when none is written so; the first that is not hidden for nil.
    func sheet(named name: String?) throws(TableError) -> Sheet {
        guard let name else {
            if let sheet = sheets.first(where: { !$0.isHidden }) ?? sheets.first { return sheet }
            throw .refused(.damaged(format: "XLSX", detail: "it has no worksheet"))
        }
        let folded = name.lowercased()
        if let sheet = sheets.first(where: { $0.name == name })
            ?? sheets.first(where: { $0.name.lowercased() == folded })
        {
            return sheet
        }
        throw .refused(.noSuchSheet(name, sheets: sheets.map(\.name)))
    }

    /// A sheet of at most so many bytes is read to its end for a preview too, because its merged cells stand there.
    private static let previewBytes: Int64 = 16 << 20

    /// Writes the rows of a sheet.
    /// - Parameters:
    ///   - header: the row with the names of the columns, where it is known.
    ///   - decimals: numbers are not rounded to fewer than these.
    func convert(sheet name: String?, to sink: TableSink, scratch: String, header: Int64?, decimals: Int) throws {
        let sheet = try sheet(named: name)
        let styles = try Self.read(directory, parts.styles, StylesHandler(), limits)
        let strings = try SharedStrings(scratch: scratch, limits: limits)
        if let part = parts.strings, let entry = entry(part) {
            let wanted = try sink.wantedRecords == .max ? nil : stringsOfHead(sheet, sink.wantedRecords)
            let handler = SharedStringsHandler(strings, stopAfter: wanted)
            try XMLReader.read(try directory.open(entry, limits: limits), part: part, handler, pumped: sink.noteRead)
            try strings.seal()
        }
        let formats = CellFormats(styles, usesDates1904: usesDates1904, decimals: decimals)
        func read(_ merges: MergedCells?, looksBehindRows: Bool) throws -> MergedCells {
            let handler = SheetHandler(
                SheetRows(sink, limits: limits, merges: merges),
                formats,
                strings,
                limits: limits,
                looksBehindRows: looksBehindRows,
                acrossBelow: header
            )
            do {
                try XMLReader.read(try open(sheet.part), part: sheet.part, handler, pumped: sink.noteRead)
            } catch let error as TableError where handler.isBehindRows && error.fault?.code == "damaged_file" {
                // The rows are whole, and what stands behind them is not needed.
            }
            var found = handler.merges
            found.seal()
            return found
        }
        if sink.wantedRecords < .max {
            _ = try read(try mergesOfPreview(sheet, header: header), looksBehindRows: false)
            return
        }
        // Most sheets have no merged cells, and so are read once.
        let merges = try read(nil, looksBehindRows: true)
        guard !merges.isEmpty else { return }
        try sink.restart()
        _ = try read(merges, looksBehindRows: false)
    }

    private func mergesOfPreview(_ sheet: Sheet, header: Int64?) throws -> MergedCells? {
        guard let entry = entry(sheet.part), entry.size <= Self.previewBytes else { return nil }
        let handler = MergedCellsHandler(acrossBelow: header)
        do {
            try XMLReader.read(try open(sheet.part), part: sheet.part, handler)
        } catch let error as TableError where error.fault?.code == "damaged_file" {
            // Said where the rows are read.
        }
        var merges = handler.merges
        merges.seal()
        return merges
    }

    /// How many shared texts the first records refer to, so that a preview of a big workbook need not read them all.
    private func stringsOfHead(_ sheet: Sheet, _ records: Int64) throws -> Int {
        let handler = SheetReferencesHandler(records: records)
        try XMLReader.read(try open(sheet.part), part: sheet.part, handler)
        return handler.highest + 1
    }

    private func entry(_ part: String) -> ZipEntry? { Self.entry(directory, part) }

    private func open(_ part: String) throws(TableError) -> any ByteStream {
        guard let entry = entry(part) else {
            throw .refused(.damaged(format: "XLSX", detail: "its part \(part) is missing"))
        }
        return try directory.open(entry, limits: limits)
    }

    private static func entry(_ directory: ZipDirectory, _ part: String) -> ZipEntry? {
        directory.entries.first { $0.name == part }
            ?? directory.entries.first { $0.name.lowercased() == part.lowercased() }
    }

    /// Reads a part that describes the workbook; a part that is not there says nothing.
    private static func read<Handler: XMLHandler>(
        _ directory: ZipDirectory,
        _ part: String?,
        _ handler: Handler,
        _ limits: TableLimits
    ) throws(TableError) -> Handler {
        guard let part, let entry = entry(directory, part) else { return handler }
        var left = limits.part
        do {
            try XMLReader.read(try directory.open(entry, limits: limits), part: part, handler) { count in
                left -= Int64(count)
                guard left >= 0 else { throw TableError.refused(.limit(.part, "\(limits.part >> 20) MiB (\(part))")) }
            }
        } catch let error as TableError {
            throw error
        } catch {
            throw XMLReader.damaged(part, line: 0)
        }
        return handler
    }
}

/// What a part refers to: `_rels/*.rels`.
private final class RelationshipsHandler: XMLHandler {
    struct Relationship {
        var id: String
        /// The last word of the type's address, which is the same in both editions of the standard.
        var type: String
        var target: String
    }

    private(set) var relationships: [Relationship] = []
    private let folder: String

    /// - Parameter folder: the folder of the part that the references belong to, with a slash at its end.
    init(folder: String) { self.folder = folder }

    override func start(_ name: XMLName, _ attributes: XMLAttributes) {
        guard name == "Relationship", let id = attributes.text("Id"), let type = attributes.text("Type"),
            let target = attributes.text("Target"), relationships.count < 10_000
        else { return }
        let last = type.split(separator: "/").last.map(String.init) ?? ""
        relationships.append(Relationship(id: id, type: last, target: resolve(target)))
    }

    /// From the root of the archive, without a slash before it.
    private func resolve(_ target: String) -> String {
        guard !target.hasPrefix("/") else { return String(target.dropFirst()) }
        var parts = folder.split(separator: "/").map(String.init)
        for part in target.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(String(part)) }
        }
        return parts.joined(separator: "/")
    }
}

/// `xl/workbook.xml`.
private final class WorkbookHandler: XMLHandler {
    private(set) var sheets: [(name: String, relationship: String, isHidden: Bool)] = []
    private(set) var usesDates1904 = false

    override func start(_ name: XMLName, _ attributes: XMLAttributes) {
        if name == "workbookPr" {
            // Extensions may bring an element of this name too, and say nothing of dates in it.
            let value = attributes.text("date1904")
            usesDates1904 = usesDates1904 || value == "1" || value == "true"
        }
        guard name == "sheet", let title = attributes.text("name"), let id = attributes.text("id"),
            sheets.count < 10_000
        else { return }
        let state = attributes.text("state")
        sheets.append((title, id, state == "hidden" || state == "veryHidden"))
    }
}
