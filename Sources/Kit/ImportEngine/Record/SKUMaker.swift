import Crypto
import Support
import Tables

/// Makes SKUs of the cells that identify a product. The same cells make the same SKU in every file: nothing else goes
/// into it, neither the number of the row nor the other rows.
///
/// Texts stand as they are; values of options, and names that stand for a handle, are put as shops put them into the
/// address of a page (`Extra Large` gives `extra-large`), with `-` between all. A SKU that would be longer than one may
/// be is cut, and ends with the beginning of the hash of what it was made of.
final class SKUMaker {
    private let identity: ImportColumns.Identity
    private var parts: [String] = []
    private let kept = StableBytes(capacity: 512)
    /// Whether a SKU is what stands in one column, so that different cells never make the same one.
    private let isPlain: Bool
    /// Tells apart what different cells of the last record made; 0 where only the same cells can.
    private(set) var tag: UInt32 = 1

    /// What Shopify writes for a product without options.
    private static let noOption = "default title"

    /// Scalars in a SKU.
    private let limit: Int

    /// - Parameter limit: scalars in a SKU.
    init(_ identity: ImportColumns.Identity, limit: Int) {
        self.limit = limit
        self.identity = identity
        isPlain = identity.named.count == 1 && !identity.isName && !identity.keepsOwn
    }

    /// The SKU of a record, without bytes where the cells that it is made of are blank; valid until the next call.
    /// - Parameter cell: a cell of the record by its position.
    func sku(_ cell: (Int) -> UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        func text(_ column: Int) -> String { String(decoding: ImportText.trimmed(cell(column)), as: UTF8.self) }
        let named = identity.named.map(text)
        guard named.contains(where: { !$0.isEmpty }) else { return UnsafeBufferPointer(start: nil, count: 0) }
        let options = identity.options.map(text).filter { !Self.isBlankOption($0) }
        parts = named.filter { !$0.isEmpty }.map { identity.isName ? Self.slug($0) : $0 } + options.map(Self.slug)
        let content = (named + options + identity.others.map(text)).map(\.caseFolded).joined(separator: "\u{1F}")
        tag = isPlain ? 0 : Self.tag(content, identity.rest.map { ImportText.trimmed(cell($0)) })
        return kept.keep(bounded(parts.filter { !$0.isEmpty }.joined(separator: "-"), content))
    }

    /// Whether a value of an option says nothing of one variant: Wix lists all of them in the row of the product.
    static func isBlankOption(_ text: String) -> Bool {
        text.isEmpty || text.utf8.contains(UInt8(ascii: ";")) || text.caseFolded == noOption
    }

    /// Letters and digits in lower case, also `.`, `+` and `_`; what stands between them becomes one `-`.
    static func slug(_ text: String) -> String {
        var slug = String.UnicodeScalarView()
        var isGap = false
        for scalar in text.caseFolded.unicodeScalars {
            guard isKept(scalar) else {
                isGap = true
                continue
            }
            if isGap, !slug.isEmpty { slug.append("-") }
            isGap = false
            slug.append(scalar)
        }
        return String(slug)
    }

    private static func isKept(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value) || scalar == "."
                || scalar == "+" || scalar == "_"
        }
        switch scalar.properties.generalCategory {
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format, .dashPunctuation,
            .connectorPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
            .otherPunctuation, .unassigned, .surrogate, .privateUse:
            return false
        default: return true
        }
    }

    private func bounded(_ sku: String, _ content: String) -> String {
        guard sku.unicodeScalars.count > limit else { return sku }
        let end = "-" + String(SHA256.hash(Array(content.utf8)).hex.prefix(16))
        return String(String.UnicodeScalarView(sku.unicodeScalars.prefix(limit - end.utf8.count))) + end
    }

    /// FNV-1a, folded to 23 bits. http://www.isthe.com/chongo/tech/comp/fnv
    private static func tag(_ content: String, _ rest: [UnsafeBufferPointer<UInt8>]) -> UInt32 {
        func adding(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        var hash = content.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325), adding)
        for cell in rest { hash = adding(cell.reduce(hash, adding), 0x1F) }
        return max(1, UInt32(truncatingIfNeeded: hash ^ hash >> 23 ^ hash >> 46) & 0x7F_FFFF)
    }
}
