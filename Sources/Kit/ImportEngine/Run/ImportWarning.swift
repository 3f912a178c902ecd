import Records

/// What is odd about a value that was taken all the same. The texts for people stand in `ImportMessages`.
package enum ImportWarning: String, Sendable, CaseIterable {
    /// `8.4E+12`: a spreadsheet has eaten the digits.
    case scientificIdentifier = "scientific_identifier"
    /// A GTIN that checks with zeros in front, which were put back.
    case strippedZeros = "stripped_zeros"
    case badCheckDigit = "bad_check_digit"
    /// A weight or a length without its unit, which was left out.
    case noUnit = "no_unit"
    /// `InStock` where a count is expected; the count that is stored stays.
    case wordForCount = "word_for_count"
    /// Points and commas both stand before decimals in one column.
    case mixedDecimalMarks = "mixed_decimal_marks"
    /// Invisible characters stood around it, or around a column's name, and were left out.
    case invisibleCharacters = "invisible_characters"
    /// Control characters, line breaks or tabs became blanks.
    case controlCharacter = "control_character"
    /// Of the whole file: its text could be in several encodings, and the caller has not said in which.
    case guessedEncoding = "guessed_encoding"
    /// Of whole rows: they end before the header does, and what is missing counts as blank.
    case missingCells = "missing_cells"
    /// Of whole rows: empty cells too many at their ends.
    case surplusCells = "surplus_cells"
    /// Of the whole file: rows that cannot be read may name products, so those that no row names were left alone.
    case missingUnknown = "missing_unknown"
    /// Of the whole file: it has another length than when it was opened.
    case fileChanged = "file_changed"
    /// Rows with one SKU have different names.
    case differentNames = "different_names"
    /// No product has the brand; noted once for each, and only while a plan is made.
    case newBrand = "new_brand"
    /// No category is at the path; the product keeps the one that it has.
    case unknownCategory = "unknown_category"
}
