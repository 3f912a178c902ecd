import Records
import Support

/// What a cell that should hold a GTIN says, whatever a spreadsheet or the habits of a list have done to it.
enum GTINCell {
    package enum Reading {
        /// Digits; in the given room where they are not the cell's own.
        case code(UnsafeBufferPointer<UInt8>, GTIN.Verdict)
        /// Its zeros at the beginning are back: the check digit says that they were there.
        case restored(UnsafeBufferPointer<UInt8>)
        /// There is none: `N/A`, `0`, `does not apply`.
        case blank
        /// `4.00638E+12`, or what becomes of it when it is saved again: 4006380000000.
        case shortened
        /// Something else, which is kept as it is.
        case text
    }

    /// Longer cells are no GTIN.
    private static let limit = 64
    /// The zeros at the end of a number of which a spreadsheet has kept six digits.
    private static let lostDigits = 5
    private static let lengths: Set<Int> = [7, 8, 11, 12, 13, 14]

    /// - Parameters:
    ///   - cell: without white space at its ends.
    ///   - room: holds digits that are not the cell's own.
    static func read(_ cell: UnsafeBufferPointer<UInt8>, _ room: StableRoom) -> Reading {
        let verdict = GTIN.verdict(cell)
        if verdict == .good, cell[0] != 0x30 || cell.contains(where: { $0 != 0x30 }) { return .code(cell, .good) }
        guard cell.count <= limit, let text = String(validating: cell, as: UTF8.self) else { return .text }
        let plain = unified(text)
        var digits = plain.filter { $0 != 0x20 && $0 != 0x2D }
        dropZeroFraction(&digits)
        guard digits.allSatisfy(isDigit) else { return worded(text, plain, room) }
        if digits.allSatisfy({ $0 == 0x30 }) { return .blank }
        let isParted = plain.contains { $0 == 0x20 || $0 == 0x2D }
        guard !isParted || lengths.contains(digits.count) else { return .text }
        return reading(of: digits, room)
    }

    private static func reading(of digits: [UInt8], _ room: StableRoom) -> Reading {
        let verdict = digits.withUnsafeBufferPointer { GTIN.verdict($0) }
        switch verdict {
        case .strippedZeros: return .restored(kept([0x30] + digits, room))
        case .bad where digits.count >= 12 && digits.suffix(lostDigits).allSatisfy { $0 == 0x30 }: return .shortened
        case .good, .bad: return .code(kept(digits, room), verdict)
        }
    }

    private static func worded(_ text: String, _ plain: [UInt8], _ room: StableRoom) -> Reading {
        if plain.withUnsafeBufferPointer(ImportText.isScientific) {
            guard let digits = expanded(plain), digits.withUnsafeBufferPointer({ GTIN.verdict($0) }) == .good else {
                return .shortened
            }
            return .code(kept(digits, room), .good)
        }
        let key = WordKey.of(text)
        return key.isEmpty || words.contains(key) ? .blank : .text
    }

    private static func kept(_ digits: [UInt8], _ room: StableRoom) -> UnsafeBufferPointer<UInt8> {
        let target = room.room(digits.count)
        for (index, digit) in digits.enumerated() { target.initializeElement(at: index, to: digit) }
        return UnsafeBufferPointer(rebasing: target[..<digits.count])
    }

    /// Full-width signs as ASCII, every blank and dash the ASCII one, nothing invisible, no apostrophe in front.
    private static func unified(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars where !scalar.isInvisible {
            switch scalar.value {
            case 0x27, 0x2018, 0x2019: if !bytes.isEmpty { bytes.append(0x27) }
            case 0xFF01...0xFF5E: bytes.append(UInt8(scalar.value - 0xFEE0))
            case 0x2010...0x2015, 0x2212: bytes.append(0x2D)
            case _ where scalar.properties.isWhitespace || scalar.value < 0x20: bytes.append(0x20)
            default: bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
        }
        return bytes
    }

    /// `4006381333931.0`: what becomes of a number with a decimal point.
    private static func dropZeroFraction(_ digits: inout [UInt8]) {
        guard let mark = digits.lastIndex(where: { $0 == 0x2E || $0 == 0x2C }), mark > 0, mark < digits.count - 1,
            digits[(mark + 1)...].allSatisfy({ $0 == 0x30 })
        else { return }
        digits.removeSubrange(mark...)
    }

    /// All digits of `4.006381333931E+12`; nil where some of them are lost.
    private static func expanded(_ text: [UInt8]) -> [UInt8]? {
        guard let mark = text.firstIndex(where: { $0 | 0x20 == 0x65 }),
            let power = Int(String(decoding: text[(mark + 1)...].filter(isDigit), as: UTF8.self))
        else { return nil }
        let digits = text[..<mark].filter(isDigit)
        // One zero at the end may have gone as one that says nothing.
        guard digits.count <= power + 1, digits.count >= power, power < 14 else { return nil }
        return digits + [UInt8](repeating: 0x30, count: power + 1 - digits.count)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    /// How lists say that there is no number, as `WordKey` compares.
    private static let words = Set(
        """
        n/a, none, no, null, nil, nan, nothing, undefined, unknown, missing, empty, blank, unavailable, exempt, \
        not applicable, not available, not provided, does not apply, doesn't apply, no ean, no upc, no gtin, \
        no barcode, no code, without, tbd, tba, tbc, gtin exempt, \
        kein, keine, keiner, keines, keine ean, keine gtin, kein barcode, ohne, ohne ean, nicht zutreffend, entfällt, \
        trifft nicht zu, nicht vorhanden, nicht verfügbar, unbekannt, fehlt, leer, k.A., \
        aucun, aucune, sans, sans ean, sans objet, s/o, néant, neant, non applicable, non disponible, n/d, n/c, \
        ne s'applique pas, non renseigné, inconnu, \
        ninguno, ninguna, no aplica, no aplicable, no disponible, no procede, sin, sin ean, sin código, desconocido, \
        nessuno, nessuna, non applicabile, non disponibile, senza, senza ean, sconosciuto, assente, \
        brak, brak ean, nie dotyczy, nieznany, bez ean, geen, geen ean, niet van toepassing, n.v.t., onbekend, \
        niet beschikbaar, nenhum, nenhuma, não aplicável, nao aplicavel, não se aplica, nao se aplica, sem, sem gtin, \
        sem ean, não disponível, desconhecido, нет, не применимо, не применяется, отсутствует, неизвестно, н/д, н/п, \
        без штрихкода, немає, не застосовується, відсутній, відсутнє, невідомо, yok, geçerli değil, uygulanamaz, \
        bilinmiyor, なし, 無し, 無, 該当なし, 未定, 不明, 无, 没有, 沒有, 不适用, 不適用, 未知, 暂无, 暫無, 空
        """.split(separator: ",").map { WordKey.of(String($0)) }
    )
}
