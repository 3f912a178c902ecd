import TestSupport
import Testing

@testable import Records

@Suite struct GTINTests {
    @Test(arguments: [
        "96385074", "036000291452", "012345678905", "4006381333931", "5901234123457", "9780306406157",
        "10614141000415", "00000000000000",
    ])
    func good(text: String) { #expect(GTIN.verdict(text) == .good) }

    @Test(arguments: [
        "", "1", "96385075", "036000291453", "4006381333932", "4006381333913", "ABC", "4006381333931 ",
        "400-6381333931",
        "8.4E+12", "123456789012345", "٤٠٠٦٣٨١٣٣٣٩٣١", "0123456", "123456789",
    ])
    func bad(text: String) { #expect(GTIN.verdict(text) == .bad) }

    @Test func strippedZeros() {
        // 036000291452, 0012345678905 and 01234565 as a spreadsheet leaves them.
        #expect(GTIN.verdict("36000291452") == .strippedZeros)
        #expect(GTIN.verdict("1234565") == .strippedZeros)
        #expect(GTIN.verdict("36000291453") == .bad)
    }

    @Test func everySingleWrongDigitIsFound() {
        var random = SeededRandom(7)
        for _ in 0..<2000 {
            let length = random.pick([8, 12, 13, 14])
            var digits = (0..<length - 1).map { _ in random.below(10) }
            // Worked out from the left, as the standard's tables have it.
            let sum = digits.enumerated().reduce(0) {
                $0 + $1.element * ((length - $1.offset).isMultiple(of: 2) ? 3 : 1)
            }
            digits.append((10 - sum % 10) % 10)
            #expect(GTIN.verdict(digits.map(String.init).joined()) == .good)
            let place = random.below(length)
            digits[place] = (digits[place] + 1 + random.below(9)) % 10
            #expect(GTIN.verdict(digits.map(String.init).joined()) == .bad)
        }
    }
}
