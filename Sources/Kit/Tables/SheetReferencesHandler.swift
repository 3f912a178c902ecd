/// Finds the highest shared text that the first rows of a sheet refer to.
final class SheetReferencesHandler: XMLHandler {
    /// -1 when they refer to none.
    private(set) var highest = -1
    private let records: Int64
    private var rows: Int64 = 0
    private var isShared = false
    private var isValue = false
    private var hasValue = false
    private var digits: [UInt8] = []

    init(records: Int64) { self.records = records }

    override func start(_ name: XMLName, _ attributes: XMLAttributes) {
        switch name {
        case "row": hasValue = false
        case "c": isShared = attributes["t"].map { $0.elementsEqual("s".utf8) } ?? false
        case "v":
            isValue = true
            hasValue = true
            digits.removeAll(keepingCapacity: true)
        case "is": hasValue = true
        default: break
        }
    }

    override func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        if isShared && isValue && digits.count < 16 { digits += bytes.prefix(16) }
    }

    override func end(_ name: XMLName) {
        switch name {
        case "v":
            isValue = false
            if isShared, let index = digits.withUnsafeBufferPointer(decimalNumber) { highest = max(highest, index) }
        case "row":
            if hasValue { rows += 1 }
            isDone = rows >= records
        case "sheetData": isDone = true
        default: break
        }
    }
}
