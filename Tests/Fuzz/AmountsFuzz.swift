/// An input is a byte that tells the currency, and a text.
func checkAmounts(_ input: UnsafeBufferPointer<UInt8>) {
    guard let first = input.first else { return }
    let codes = ["EUR", "JPY", "KWD", "INR", "XXX"]
    let currency = Currency(code: codes[Int(first) % codes.count], exponent: Int(first) / codes.count % 5)
    let text = UnsafeBufferPointer(rebasing: input[1...])
    let amounts = WrittenAmount(currency)
    let read = answer { () throws(Currency.AmountError) in try amounts.read(text) }
    let number = answer { () throws(Currency.AmountError) in try amounts.read(number: text) }
    for amount in [read.value, number.value].compactMap({ $0 }) { checkWritten(amount, amounts, currency) }
    // What has more digits than binary numbers may be their noise, which the reference does not know.
    let isPlain = text.count <= 16 && text.allSatisfy { "0123456789.,'".utf8.contains($0) }
    guard isPlain, currency.code != "INR" else { return }
    let expected = AmountReference.read(String(decoding: text, as: UTF8.self), currency.exponent)
    guard read == expected else { fatalError("\(Array(text)) \(currency): \(read), not \(expected)") }
}

private func answer(_ read: () throws(Currency.AmountError) -> WrittenAmount.Value) -> AmountReference {
    do throws(Currency.AmountError) {
        return AmountReference(value: try read().minorUnits)
    } catch {
        return AmountReference(isUnclear: error == .ambiguous)
    }
}

/// What was read is written and read again.
private func checkWritten(_ amount: Int64, _ amounts: WrittenAmount, _ currency: Currency) {
    var text = currency.text(amount)
    let again = text.withUTF8 { bytes in answer { () throws(Currency.AmountError) in try amounts.read(bytes) } }
    guard amount >= 0, again.value == amount else { fatalError("\(amount) \(currency) is \(text) and \(again)") }
}
