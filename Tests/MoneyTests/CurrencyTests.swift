import TestSupport
import Testing

@testable import Money

@Suite struct CurrencyTests {
    private enum Answer: Equatable {
        case value(Int64)
        case bad
        case ambiguous
    }

    private func written(_ text: String, _ exponent: Int) -> Answer {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBufferPointer { bytes in
            do throws(Currency.AmountError) {
                let currency = Currency(code: "XXX", exponent: exponent)
                return .value(try WrittenAmount(currency).read(bytes).minorUnits)
            } catch {
                return error == .ambiguous ? .ambiguous : .bad
            }
        }
    }

    private func plain(_ text: String, _ exponent: Int) -> Answer {
        do throws(Currency.AmountError) {
            return .value(try Currency(code: "XXX", exponent: exponent).minorUnits(text))
        } catch {
            return error == .ambiguous ? .ambiguous : .bad
        }
    }

    @Test func amountsInFilesWithTwoDecimals() {
        let table: [(String, Answer)] = [
            ("0", .value(0)), ("7", .value(700)), ("12.5", .value(1250)), ("12,5", .value(1250)),
            ("12.50", .value(1250)),
            ("0.01", .value(1)), ("00012", .value(1200)), ("1.234,56", .value(123_456)), ("1,234.56", .value(123_456)),
            ("1.234.567,8", .value(123_456_780)), ("1,234,567", .value(123_456_700)),
            ("1.234.567", .value(123_456_700)),
            ("1,234", .ambiguous), ("1.234", .ambiguous), ("12.345", .ambiguous), ("0.125", .bad),
            ("1234,567", .bad), ("999,999", .ambiguous),
            ("", .bad), (".", .bad), (",", .bad), ("5.", .bad), (".5", .value(50)), (",500", .value(50)), ("-1", .bad),
            ("+1", .bad),
            ("1e3", .bad), ("1.5e3", .bad), ("1E3", .bad), ("€ 5", .bad), ("5 €", .bad), ("$5", .bad), ("1,5 $", .bad),
            ("-1.234", .bad), ("1 234", .value(123_400)), ("1'234", .value(123_400)), ("0x1F", .bad), ("NaN", .bad),
            ("1.2345", .bad),
            ("12,34.56", .bad), ("1,23,456.00", .bad), ("1234,567.00", .bad), ("1.2.3", .bad), ("1,,234.00", .bad),
            (",123.00", .bad), ("1,.00", .bad), ("1.234,567", .bad), ("1,234.567", .bad), ("1.234,", .bad), ("٣", .bad),
        ]
        for (text, answer) in table { #expect(written(text, 2) == answer, "\(text)") }
    }

    @Test func decimalsOfOtherCurrencies() {
        let table: [(String, [Answer])] = [
            ("5", [.value(5), .value(50), .value(500), .value(5000), .value(50_000)]),
            ("1.5", [.bad, .value(15), .value(150), .value(1500), .value(15_000)]),
            ("1.25", [.bad, .bad, .value(125), .value(1250), .value(12_500)]),
            ("1.50", [.bad, .value(15), .value(150), .value(1500), .value(15_000)]),
            ("2.00", [.value(2), .value(20), .value(200), .value(2000), .value(20_000)]),
            ("0.125", [.bad, .bad, .bad, .value(125), .value(1250)]),
            ("1,234", [.value(1234), .ambiguous, .ambiguous, .value(1234), .ambiguous]),
            ("0.0125", [.bad, .bad, .bad, .bad, .value(125)]),
            ("1,234.5", [.bad, .value(12_345), .value(123_450), .value(1_234_500), .value(12_345_000)]),
            ("1,234.567", [.bad, .bad, .bad, .value(1_234_567), .value(12_345_670)]),
            ("1,234,567", [1, 10, 100, 1000, 10_000].map { .value(1_234_567 * $0) }),
            ("0", [0, 0, 0, 0, 0].map { .value($0) }),
        ]
        for (text, answers) in table {
            for (exponent, answer) in answers.enumerated() {
                #expect(written(text, exponent) == answer, "\(text) \(exponent)")
            }
        }
    }

    /// Beside a slow reader that tries every mark as the decimal one.
    @Test func agreesWithAllWaysOfReading() {
        var random = SeededRandom(11)
        let signs = Array("0001234567899..,,'")
        for _ in 0..<60_000 {
            let text = String((0..<random.below(11)).map { _ in random.pick(signs) })
            for exponent in 0...4 {
                let answer = written(text, exponent)
                let expected = AmountReference.read(text, exponent)
                guard answer == (expected.isUnclear ? .ambiguous : expected.value.map { .value($0) } ?? .bad) else {
                    Issue.record("\(text) \(exponent): \(answer), not \(expected)")
                    return
                }
            }
        }
    }

    @Test func bigAmounts() {
        #expect(written("90071992547409.91", 2) == .value(9_007_199_254_740_991))
        #expect(written("90071992547409.92", 2) == .bad)
        #expect(written("9223372036854775807", 0) == .bad)
        #expect(written("9223372036854775808", 0) == .bad)
        #expect(written("922337203685477580", 4) == .bad)
        #expect(written(String(repeating: "9", count: 400), 2) == .bad)
        #expect(written(String(repeating: "0", count: 400) + "5", 2) == .value(500))
    }

    @Test func amountsOfTheAPIAreReadWithoutGuessing() {
        let table: [(String, Answer)] = [
            ("12.5", .value(1250)), ("12", .value(1200)), ("12.50", .value(1250)), ("0", .value(0)), ("12.505", .bad),
            ("1.234", .bad), ("12,5", .bad), ("1,234.50", .bad), ("-1", .bad), ("1e3", .bad), ("", .bad), (" 1", .bad),
            ("1.", .bad), (".5", .bad), ("1.2.3", .bad),
        ]
        for (text, answer) in table { #expect(plain(text, 2) == answer, "\(text)") }
        #expect(plain("1.234", 3) == .value(1234))
    }

    @Test func whatIsWrittenIsReadAgain() {
        for exponent in 0...4 {
            let currency = Currency(code: "XXX", exponent: exponent)
            for amount in [0, 1, 9, 10, 99, 100, 12_345, 9_007_199_254_740_991] as [Int64] {
                let text = currency.text(amount)
                #expect(plain(text, exponent) == .value(amount))
                // A catalogue that is exported and imported again does not change.
                #expect(written(text, exponent) == .value(amount), "\(text)")
            }
        }
        #expect(Currency.euro.text(5) == "0.05")
        #expect(Currency.euro.text(-1250) == "-12.50")
        #expect(Currency(code: "JPY", exponent: 0).text(12) == "12")
        #expect(Currency(code: "KWD", exponent: 3).text(1) == "0.001")
    }
}
