/// A worksheet: `row` and `c` elements become records. Hidden rows are rows; of a formula the value that was last
/// calculated counts. Cells that have none that could be relied on say so (``CellFault``).
final class SheetHandler: XMLHandler {
    private enum Kind { case number, shared, inline, boolean, text, error }

    private var rows: SheetRows
    private let formats: CellFormats
    private let strings: SharedStrings
    private let limits: TableLimits
    private var kind = Kind.number
    private var style = 0
    private var column = -1
    private var value: [UInt8] = []
    private var inline = WorkbookText()
    private var isValue = false
    private var hasFormula = false
    private var hasValue = false
    /// All rows were read; what follows describes them.
    private(set) var isBehindRows = false
    private let looksBehindRows: Bool
    /// Those that stand behind the rows.
    private(set) var merges: MergedCells

    /// - Parameter acrossBelow: the row of the header, where merged cells are wanted; they are looked for behind the
    /// rows unless `rows` has them.
    init(
        _ rows: SheetRows,
        _ formats: CellFormats,
        _ strings: SharedStrings,
        limits: TableLimits,
        looksBehindRows: Bool,
        acrossBelow: Int64?
    ) {
        self.looksBehindRows = looksBehindRows
        merges = MergedCells(acrossBelow: acrossBelow)
        self.rows = rows
        self.formats = formats
        self.strings = strings
        self.limits = limits
    }

    override func start(_ name: XMLName, _ attributes: XMLAttributes) throws {
        guard !isBehindRows else {
            guard name == "mergeCell", let range = attributes["ref"].flatMap(MergedCells.Range.init) else { return }
            return merges.add(range)
        }
        switch name {
        case "c": try startCell(attributes)
        case "v":
            isValue = true
            hasValue = true
        case "f": hasFormula = true
        case "row":
            column = -1
            try rows.begin(attributes.number("r"))
        default:
            if kind == .inline { inline.start(name) }
        }
    }

    override func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        if isValue {
            value += bytes.prefix(max(0, limits.record + 1 - value.count))
        } else if kind == .inline {
            inline.append(bytes)
        }
    }

    override func end(_ name: XMLName) throws {
        guard !isBehindRows else {
            isDone = name == "mergeCells"
            return
        }
        switch name {
        case "v": isValue = false
        case "c": try endCell()
        case "row":
            try rows.end()
            isDone = rows.isFull
        case "sheetData":
            isBehindRows = true
            isDone = !looksBehindRows
        default:
            if kind == .inline { inline.end(name) }
        }
    }

    private func startCell(_ attributes: XMLAttributes) throws {
        value.removeAll(keepingCapacity: true)
        hasFormula = false
        hasValue = false
        style = attributes.number("s") ?? 0
        kind = attributes["t"].map(Self.kind) ?? .number
        if kind == .inline { inline.clear() }
        guard let reference = attributes["r"] else {
            column += 1
            return
        }
        let found = Self.column(reference)
        guard found > column else {
            throw TableError.refused(.damaged(format: "XLSX", detail: "its cells are not in the order of columns"))
        }
        column = found
    }

    private static func kind(_ name: UnsafeBufferPointer<UInt8>) -> Kind {
        if name.elementsEqual("s".utf8) { return .shared }
        if name.elementsEqual("inlineStr".utf8) { return .inline }
        if name.elementsEqual("b".utf8) { return .boolean }
        if name.elementsEqual("e".utf8) { return .error }
        // str: a formula's text; d: a date in ISO 8601.
        return name.elementsEqual("n".utf8) ? .number : .text
    }

    /// The column of a reference as `AB12`, from 0; -1 when it names none.
    static func column(_ reference: UnsafeBufferPointer<UInt8>) -> Int {
        var column = 0
        for byte in reference.prefix(4) {
            let letter = byte & 0xDF
            guard letter >= UInt8(ascii: "A"), letter <= UInt8(ascii: "Z"), byte >= 0x40 else { break }
            column = column * 26 + Int(letter - UInt8(ascii: "A")) + 1
        }
        return column - 1
    }

    private func endCell() throws {
        defer { kind = .number }
        switch kind {
        case .number where value.isEmpty: if hasFormula { try put(CellFault.noValue.marked([])) }
        case .number:
            let shown = formats.text(value, style: style)
            try put(shown.text, isNumber: shown.isNumber)
        case .boolean: if !value.isEmpty { try put(Array((value == [0x31] ? "TRUE" : "FALSE").utf8)) }
        case .error: try put(CellFault.errorValue.marked(value))
        case .text where hasFormula && !hasValue: try put(CellFault.noValue.marked([]))
        case .text: try put(WorkbookText.unescaped(value))
        case .inline: try put(inline.finished())
        case .shared:
            guard let index = value.withUnsafeBufferPointer(decimalNumber) else { return }
            guard let text = try strings.text(index) else {
                throw TableError.refused(
                    .damaged(format: "XLSX", detail: "a cell refers to text \(index), which is missing")
                )
            }
            try rows.cell(column, text)
        }
    }

    private func put(_ bytes: [UInt8], isNumber: Bool = false) throws {
        try bytes.withUnsafeBufferPointer { try rows.cell(column, $0, isNumber: isNumber) }
    }
}
