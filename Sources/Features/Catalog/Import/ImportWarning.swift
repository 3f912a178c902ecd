/// What is odd about a value that was taken all the same. The texts for people stand in `ImportMessages`.
package enum ImportWarning: String, Sendable, CaseIterable {
    /// `8.4E+12`: a spreadsheet has eaten the digits.
    case scientificIdentifier = "scientific_identifier"
    /// A GTIN that checks once the zeros in front are put back.
    case strippedZeros = "stripped_zeros"
    case badCheckDigit = "bad_check_digit"
    /// Points and commas both stand before decimals in one column.
    case mixedDecimalMarks = "mixed_decimal_marks"
    /// No product has the brand; noted once for each, and only while a plan is made.
    case newBrand = "new_brand"
}
