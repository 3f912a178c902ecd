import Money
import Records
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// What cells mean, one by one: what real files have, and what is right.
@Suite struct CellMeaningTests {
    enum Answer: Equatable, CustomStringConvertible {
        case text(String)
        case amount(Int64)
        case blank
        /// Whatever the product has stays.
        case kept
        case refused(String)

        var description: String {
            switch self {
            case .text(let text): text.debugDescription
            case .amount(let amount): "\(amount)"
            case .blank: "blank"
            case .kept: "kept"
            case .refused(let code): code
            }
        }
    }

    struct Reading: Equatable {
        var answer: Answer
        var warning: ImportWarning?
    }

    static func read(
        _ field: String,
        _ text: String,
        _ currency: Currency = .euro,
        _ source: ImportSource = ImportSource(),
        flag: ImportColumns.Flag? = nil,
        isNumber: Bool = false
    ) throws -> Reading {
        let reader = ImportCellReader(try #require(ProductFields.table.field(field)), currency, source, flag: flag)
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBufferPointer { cell in
            do throws(ImportFault) {
                switch try reader.read(cell, isNumber: isNumber) {
                case .text(let bytes):
                    let text = String(decoding: bytes, as: UTF8.self)
                    return Reading(answer: .text(text), warning: reader.warning)
                case .integer(let amount): return Reading(answer: .amount(amount), warning: reader.warning)
                case .none: return Reading(answer: .blank, warning: reader.warning)
                case .absent, .attributes: return Reading(answer: .kept, warning: reader.warning)
                }
            } catch {
                return Reading(answer: .refused(error.code))
            }
        }
    }

    // MARK: Amounts

    private static let bad = Answer.refused("bad_price")
    private static let unclear = Answer.refused("ambiguous_price")

    static let euros: [(String, Answer)] = [
        // Zeros at the end of a fraction.
        ("10.0000", .amount(1000)), ("9.9900", .amount(999)), ("9.9950", bad), ("12.5000", .amount(1250)),
        ("10,00000000", .amount(1000)), ("1,234.5000", .amount(123_450)), ("1'234,5000", .amount(123_450)),
        // What may be thousands.
        ("0,500", .amount(50)), ("0.990", .amount(99)), ("1234,500", .amount(123_450)), ("12.500", unclear),
        ("1,234", unclear), ("999.000", unclear), ("012.500", .amount(1250)), ("0000,500", .amount(50)),
        ("0.125", bad), ("1234.567", bad), ("0,123.45", bad), ("1.234.567", .amount(123_456_700)),
        // A dash instead of decimals.
        ("12,-", .amount(1200)), ("12.-", .amount(1200)), ("12,– €", .amount(1200)), ("12.— €", .amount(1200)),
        ("12,--", .amount(1200)), ("€ 1.234,-", .amount(123_400)), ("1'234.–", .amount(123_400)),
        ("12:-", .amount(1200)),
        ("12,−", .amount(1200)), ("12-", bad), ("-", bad), (",-", bad), ("12,---", bad), ("5.00-", bad),
        // No digit before the mark.
        (".50", .amount(50)), (",50", .amount(50)), (".5", .amount(50)), (",500", .amount(50)), (".", bad),
        (".125", bad),
        ("€ ,50", .amount(50)),
        // The currency's own words.
        ("Euro 12,00", .amount(1200)), ("12,00 Euro", .amount(1200)), ("Eur. 12,00", .amount(1200)),
        ("12 euros", .amount(1200)), ("EUR12", .amount(1200)), ("€12,50\u{A0}", .amount(1250)),
        ("12,50€", .amount(1250)),
        ("12,50\u{202F}€", .amount(1250)), ("€\u{200E}12,50", .amount(1250)), ("12,50 &euro;", .amount(1250)),
        ("$ 12", bad), ("US$12.50", bad), ("12.50 zł", bad), ("Fr. 12.–", bad), ("￥12", bad), ("12 円", bad),
        // Full width.
        ("２５．００", .amount(2500)), ("１，２３４．５０", .amount(123_450)), ("１２，－", .amount(1200)),
        ("ＥＵＲ１２", .amount(1200)),
        // Blanks and apostrophes between thousands.
        ("1 234,50", .amount(123_450)), ("1\u{A0}234,50 €", .amount(123_450)), ("1\u{2009}234.50", .amount(123_450)),
        ("1\u{202F}234", .amount(123_400)), ("1\u{3000}234", .amount(123_400)), ("1’234.50", .amount(123_450)),
        ("1‘234.50", .amount(123_450)), ("1´234.50", .amount(123_450)), ("1 234 567,89", .amount(123_456_789)),
        ("1 23", bad), ("1 2345", bad), ("12 34 567", bad),
        // What nobody sees, and what guards numbers.
        ("\u{200B}12,50", .amount(1250)), ("\u{FEFF}12.50\u{200B} ", .amount(1250)), ("'12.50", .amount(1250)),
        ("=\"12.50\"", .amount(1250)), ("=\"12,50 €\"", .amount(1250)),
        // The noise of binary fractions.
        ("19.990000000000002", .amount(1999)), ("0.30000000000000004", .amount(30)), ("12.345000000000001", bad),
        ("0.3333333333333333", bad), ("12.4999999999999", bad),
        // Words, negatives and other things.
        ("ab 12,50", bad), ("auf Anfrage", bad), ("on request", bad), ("n/a", bad), ("-5.00", bad), ("(5.00)", bad),
        ("−5", bad), ("+12.50", bad), ("12.", bad), ("12.50/Stk", bad), ("12,50 €/m", bad),
        ("12.50 EUR inkl. MwSt", bad),
        ("12,50€*", bad), ("1e2", bad), ("1.5E+3", bad), ("12€50", bad), ("1,23,456.00", bad), ("0", .amount(0)),
        (" ", .blank), ("\u{A0}", .blank), ("\u{FEFF}", .blank), ("''12", bad),
    ]

    @Test(arguments: euros) func amountsInEuros(text: String, answer: Answer) throws {
        let reading = try Self.read("price", text)
        #expect(reading.answer == answer, "\(text)")
        #expect(try Self.read("compare_at_price", text) == reading)
    }

    static let abroad: [(String, Int, String, Answer)] = [
        ("JPY", 0, "1,200", .amount(1200)), ("JPY", 0, "12,800", .amount(12_800)), ("JPY", 0, "￥1,200", .amount(1200)),
        ("JPY", 0, "¥1,200", .amount(1200)), ("JPY", 0, "1200円", .amount(1200)), ("JPY", 0, "1,200 円", .amount(1200)),
        ("JPY", 0, "￥１，２００", .amount(1200)), ("JPY", 0, "1.200", .amount(1200)), ("JPY", 0, "1200.00", .amount(1200)),
        ("JPY", 0, "1,234,567.0", .amount(1_234_567)), ("JPY", 0, "1200,-", .amount(1200)), ("JPY", 0, "12.5", bad),
        ("JPY", 0, "0.990", bad), ("JPY", 0, ".50", bad), ("JPY", 0, "1,20", bad), ("JPY", 0, "1200円(税込)", bad),
        ("JPY", 0, "€1", bad), ("KRW", 0, "￦12,800", .amount(12_800)), ("KRW", 0, "12,800원", .amount(12_800)),
        ("VND", 0, "125.000 ₫", .amount(125_000)), ("VND", 0, "1.250.000đ", .amount(1_250_000)),
        ("CLP", 0, "$ 12.990", .amount(12_990)), ("HUF", 0, "12 990 Ft", .amount(12_990)),
        ("KWD", 3, "12.500", .amount(12_500)), ("KWD", 3, "1,234", .amount(1234)),
        ("KWD", 3, "1,234.500", .amount(1_234_500)),
        ("KWD", 3, "12.5 KD", .amount(12_500)), ("KWD", 3, "12.5000", .amount(12_500)), ("KWD", 3, "0.0005", bad),
        ("TND", 3, "12,500 DT", .amount(12_500)), ("BHD", 3, ".250", .amount(250)),
        ("CHF", 2, "Fr. 12.–", .amount(1200)), ("CHF", 2, "SFr. 1'234.50", .amount(123_450)),
        ("CHF", 2, "12.50 Franken", .amount(1250)), ("PLN", 2, "12,50 zł", .amount(1250)),
        ("PLN", 2, "12,50 ZŁ", .amount(1250)),
        ("CZK", 2, "1 234,50 Kč", .amount(123_450)), ("CZK", 2, "12,- Kč", .amount(1200)),
        ("SEK", 2, "12:- kr", .amount(1200)),
        ("DKK", 2, "kr. 12,50", .amount(1250)), ("RUB", 2, "1 234,50 руб.", .amount(123_450)),
        ("RUB", 2, "12 РУБ", .amount(1200)),
        ("UAH", 2, "12,50 грн", .amount(1250)), ("TRY", 2, "₺12,50", .amount(1250)),
        ("TRY", 2, "12,50 TL", .amount(1250)),
        ("USD", 2, "＄12.50", .amount(1250)), ("USD", 2, "US$ 12.50", .amount(1250)),
        ("USD", 2, "12 dollars", .amount(1200)),
        ("GBP", 2, "￡12.50", .amount(1250)), ("CNY", 2, "12.50元", .amount(1250)), ("CNY", 2, "￥12.50", .amount(1250)),
        ("BRL", 2, "R$ 1.234,50", .amount(123_450)), ("INR", 2, "₹1,23,456.00", .amount(12_345_600)),
        ("INR", 2, "Rs. 12,34,567", .amount(123_456_700)), ("INR", 2, "1,23,45.00", bad), ("INR", 2, "1,234", unclear),
        ("INR", 2, "1,234,567.50", .amount(123_456_750)), ("ISK", 0, "12.990 kr", .amount(12_990)),
        ("XXX", 4, "12.5000", .amount(125_000)), ("XXX", 4, "12.500", unclear), ("XXX", 1, "12.50", .amount(125)),
    ]

    @Test(arguments: abroad) func amountsElsewhere(code: String, exponent: Int, text: String, answer: Answer) throws {
        #expect(
            try Self.read("price", text, Currency(code: code, exponent: exponent)).answer == answer,
            "\(code) \(text)"
        )
    }

    /// Numbers of JSON and of workbooks are never ambiguous.
    static let numbers: [(Int, String, Answer)] = [
        (2, "1e2", .amount(10_000)), (2, "1E+2", .amount(10_000)), (2, "1.5e3", .amount(150_000)),
        (2, "1e-2", .amount(1)),
        (2, "10.0000", .amount(1000)), (2, "19.990000000000002", .amount(1999)), (2, "1234.500", .amount(123_450)),
        (2, "12.500", .amount(1250)), (2, "12.345", bad), (2, "1.999", bad), (2, "-5.0", bad), (2, "1e400", bad),
        (2, "€ 12.500", .amount(1250)), (2, "12.500 EUR", .amount(1250)), (2, "1'234.500", .amount(123_450)),
        (2, "$12.50", bad), (2, "13.5%", bad), (2, "2023-03.15", bad), (0, "1.200", bad), (0, "1200.0", .amount(1200)),
        (0, "1e3", .amount(1000)), (3, "1.2", .amount(1200)), (3, "1.2345", bad),
    ]

    @Test(arguments: numbers) func numbersOfPrograms(exponent: Int, text: String, answer: Answer) throws {
        let currency = Currency(code: "EUR", exponent: exponent)
        #expect(try Self.read("price", text, currency, isNumber: true).answer == answer, "\(text)")
    }

    // MARK: Texts

    private static let seen = ImportWarning.invisibleCharacters
    private static let controls = ImportWarning.controlCharacter

    static let texts: [(String, String, Answer, ImportWarning?)] = [
        ("name", "'-10% Set", .text("-10% Set"), nil), ("name", "'+Plus", .text("+Plus"), nil),
        ("name", "'=1+1", .text("=1+1"), nil), ("name", "'@home", .text("@home"), nil),
        ("name", "'47 Cap", .text("'47 Cap"), nil), ("name", "'n Sync", .text("'n Sync"), nil),
        ("name", "'", .text("'"), nil),
        ("name", "=\"00123\"", .text("00123"), nil), ("name", "=\"a \"\"b\"\"\"", .text("a \"b\""), nil),
        ("name", "=\"a\"&\"b\"", .text("=\"a\"&\"b\""), nil), ("name", "=\"", .text("=\""), nil),
        ("name", "=\"\"", .blank, nil),
        ("name", "=\" x \"", .text("x"), nil), ("name", "=1+1", .text("=1+1"), nil),
        ("description", "'=1 litre", .text("=1 litre"), nil), ("description", "=\"00123\"", .text("00123"), nil),
        ("brand", "Acme\u{200B}", .text("Acme"), seen), ("brand", "\u{FEFF} Acme", .text("Acme"), seen),
        ("name", "\u{AD}Lamp\u{2060}", .text("Lamp"), seen), ("name", "\u{200B}", .blank, seen),
        ("name", "Lamp\u{200B}shade", .text("Lamp\u{200B}shade"), nil),
        ("name", "നന്\u{200D}", .text("നന്\u{200D}"), nil),
        ("name", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", .text("🏴󠁧󠁢󠁥󠁮󠁧󠁿"), nil),
        ("name", "Lamp\nwhite", .text("Lamp white"), controls), ("name", "Lamp\tblack", .text("Lamp black"), controls),
        ("name", "Lamp\u{B}red", .text("Lamp red"), controls),
        ("name", "Lamp \r\n  white", .text("Lamp white"), controls),
        ("name", "a  b", .text("a  b"), nil), ("name", "\u{1}x\u{7F}", .text("x"), controls),
        ("name", "\u{1}", .blank, controls),
        ("name", "one\u{85}two", .text("one two"), controls), ("name", "one\u{2028}two", .text("one two"), controls),
        ("name", "a\u{0}b", .text("a b"), controls), ("brand", "two\nlines", .text("two lines"), controls),
        ("description", "one\u{B}two", .text("one two"), controls),
        ("description", "one\u{1F}two", .text("one two"), controls),
        ("description", "one\u{85}two\u{2028}three", .text("one two\u{2028}three"), controls),
        ("description", "one\ntwo\tthree\r\n", .text("one\ntwo\tthree\r\n"), nil),
        ("description", "a \u{1} b", .text("a   b"), controls),
    ]

    @Test(arguments: texts) func textsOfFiles(field: String, text: String, answer: Answer, warning: ImportWarning?)
        throws
    {
        #expect(try Self.read(field, text) == Reading(answer: answer, warning: warning), "\(text.debugDescription)")
    }

    /// Our own exports and JSON have no guards; our exports come back to the letter.
    @Test func whereNothingIsGuarded() throws {
        var json = ImportSource()
        json.hasGuards = false
        var ours = json
        ours.hasStrayMarks = false
        for text in ["'=1", "=\"00123\"", "'-5"] {
            #expect(try Self.read("name", text, .euro, json).answer == .text(text))
            #expect(try Self.read("name", text, .euro, ours).answer == .text(text))
        }
        for text in ["\u{FEFF}marked", "a\u{85}b", "\u{202E}right", "a\u{2028}b"] {
            #expect(try Self.read("name", text, .euro, ours).answer == .text(text))
        }
    }

    // MARK: Bar codes

    private static let short = ImportWarning.scientificIdentifier
    private static let wrong = ImportWarning.badCheckDigit

    static let codes: [(String, Answer, ImportWarning?)] = [
        ("4006381333931", .text("4006381333931"), nil), ("036000291452", .text("036000291452"), nil),
        ("'4006381333931", .text("4006381333931"), nil), ("’4006381333931", .text("4006381333931"), nil),
        ("=\"4006381333948\"", .text("4006381333948"), nil), ("4 006381 333931", .text("4006381333931"), nil),
        ("978-3-16-148410-0", .text("9783161484100"), nil), ("4006381\u{2011}333931", .text("4006381333931"), nil),
        ("4006381\u{A0}333931", .text("4006381333931"), nil),
        ("\u{200B}4006381333931\u{FEFF}", .text("4006381333931"), nil),
        ("4006381333931.0", .text("4006381333931"), nil), ("4006381333931,00", .text("4006381333931"), nil),
        ("４００６３８１３３３９３１", .text("4006381333931"), nil), ("4006381333931\t", .text("4006381333931"), nil),
        ("4006381333932", .text("4006381333932"), wrong), ("4 006381 333932", .text("4006381333932"), wrong),
        ("12345", .text("12345"), wrong), ("12 34", .text("12 34"), wrong), ("316148410X", .text("316148410X"), wrong),
        ("4006381333931 4006381333948", .text("4006381333931 4006381333948"), wrong),
        // Zeros that a spreadsheet has taken away.
        ("36000291452", .text("036000291452"), .strippedZeros), ("1234565", .text("01234565"), .strippedZeros),
        ("36000291452.0", .text("036000291452"), .strippedZeros), ("36000291453", .text("36000291453"), wrong),
        // Shortened numbers.
        ("4.00638E+12", .kept, short), ("4,00638E+12", .kept, short), ("4.00638e12", .kept, short),
        ("8.4E+12", .kept, short),
        ("4006380000000", .kept, short), ("4006380000000.0", .kept, short),
        ("4.006381333931E+12", .text("4006381333931"), nil), ("4,006381333931E+12", .text("4006381333931"), nil),
        // No number at all.
        ("N/A", .blank, nil), ("n.a.", .blank, nil), ("#N/A", .blank, nil), ("0", .blank, nil),
        ("0000000000000", .blank, nil),
        ("0.0", .blank, nil), ("-", .blank, nil), ("—", .blank, nil), ("--", .blank, nil), ("?", .blank, nil),
        ("does not apply", .blank, nil), ("Does Not Apply", .blank, nil), ("Doesn’t apply", .blank, nil),
        ("none", .blank, nil),
        ("NULL", .blank, nil), ("nicht zutreffend", .blank, nil), ("Nicht verfügbar", .blank, nil),
        ("k. A.", .blank, nil),
        ("ohne EAN", .blank, nil), ("non applicable", .blank, nil), ("Néant", .blank, nil),
        ("ne s’applique pas", .blank, nil),
        ("No aplica", .blank, nil), ("ninguno", .blank, nil), ("Non applicabile", .blank, nil),
        ("nie dotyczy", .blank, nil),
        ("brak", .blank, nil), ("niet van toepassing", .blank, nil), ("n.v.t.", .blank, nil), ("SEM GTIN", .blank, nil),
        ("Não se aplica", .blank, nil), ("нет", .blank, nil), ("Не применимо", .blank, nil), ("немає", .blank, nil),
        ("YOK", .blank, nil), ("GEÇERLİ DEĞİL", .blank, nil), ("なし", .blank, nil), ("該当なし", .blank, nil),
        ("无", .blank, nil),
        ("不适用", .blank, nil), ("", .blank, nil), ("Regal 7", .text("Regal 7"), wrong),
    ]

    @Test(arguments: codes) func barCodes(text: String, answer: Answer, warning: ImportWarning?) throws {
        #expect(try Self.read("upc", text) == Reading(answer: answer, warning: warning), "\(text.debugDescription)")
    }

    // MARK: Words

    /// By language: yes, no; on sale, being made, put away.
    static let words: [(String, active: [String], draft: [String], archived: [String])] = [
        (
            "en", ["publish", "Published", "TRUE", "1", "1.0", "1,0", "1.00", "Yes", "y", "enabled", "visible"],
            [
                "private", "pending", "Pending Review", "draft", "FALSE", "0", "0.0", "No", "n", "disabled", "hidden",
                "future",
            ],
            ["archived", "Discontinued"]
        ),
        (
            "de", ["Ja", "WAHR", "aktiv", "Veröffentlicht", "j"], ["Nein", "FALSCH", "Entwurf", "inaktiv", "Privat"],
            ["archiviert"]
        ),
        (
            "fr", ["Oui", "VRAI", "actif", "publié", "PUBLIÉ"],
            ["non", "FAUX", "Brouillon", "désactivé", "en attente"], ["Archivé"]
        ),
        (
            "es", ["Sí", "SI", "VERDADERO", "publicado"], ["no", "FALSO", "borrador", "pendiente", "Privado"],
            ["archivado"]
        ),
        (
            "it", ["Sì", "VERO", "pubblicato", "attivo"], ["no", "FALSO", "Bozza", "in attesa", "privato"],
            ["archiviato"]
        ),
        (
            "pl", ["tak", "PRAWDA", "opublikowany", "aktywny"], ["nie", "FAŁSZ", "szkic", "oczekuje"],
            ["zarchiwizowany"]
        ),
        ("nl", ["ja", "WAAR", "gepubliceerd", "actief"], ["nee", "ONWAAR", "concept", "privé"], ["gearchiveerd"]),
        (
            "pt", ["Sim", "VERDADEIRO", "publicado", "ativo"], ["Não", "NÃO", "FALSO", "rascunho", "pendente"],
            ["arquivado"]
        ),
        ("ru", ["Да", "ДА", "ИСТИНА", "Опубликовано", "активен"], ["Нет", "ЛОЖЬ", "черновик", "Скрыт"], ["В архиве"]),
        ("uk", ["Так", "ІСТИНА", "опубліковано"], ["Ні", "ХИБНІСТЬ", "чернетка", "приховано"], ["в архіві"]),
        (
            "tr", ["Evet", "DOĞRU", "AKTİF", "YAYINDA"], ["Hayır", "HAYIR", "YANLIŞ", "taslak", "Devre Dışı"],
            ["arşivlendi"]
        ),
        ("ja", ["はい", "公開", "有効", "販売中"], ["いいえ", "非公開", "下書き", "無効"], ["アーカイブ済み", "廃番"]),
        ("zh", ["是", "上架", "启用", "已發布"], ["否", "下架", "草稿", "停用"], ["已归档", "停产"]),
    ]

    @Test(arguments: words.indices) func wordsOfLanguages(index: Int) throws {
        let row = Self.words[index]
        for (status, words) in [("active", row.active), ("draft", row.draft), ("archived", row.archived)] {
            for word in words {
                for text in [word, " \(word)\u{A0}", "\u{FEFF}\(word)", "'\(word)"] {
                    #expect(try Self.read("status", text).answer == .text(status), "\(row.0) \(text)")
                    #expect(try Self.read("status", text, flag: .published).answer == .text(status), "\(row.0) \(text)")
                }
            }
        }
    }

    @Test func wordsThatAreNotListedAreRefused() throws {
        for word in ["trash", "2", "in stock", "maybe", "activ", "-2", "1.5", "10", "ja nein", "01", "\u{1}", "n/a"] {
            #expect(try Self.read("status", word).answer == .refused("bad_status"), "\(word)")
            #expect(try Self.read("status", word, flag: .active).answer == .refused("bad_boolean"), "\(word)")
        }
        for word in ["'-1", "-1", "-1.0"] {
            #expect(try Self.read("status", word, flag: .published).answer == .text("draft"))
            #expect(try Self.read("status", word).answer == .refused("bad_status"))
        }
    }
}
