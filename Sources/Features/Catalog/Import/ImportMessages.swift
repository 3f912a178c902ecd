/// What a code of a refused row means, and what to do about it.
package struct ImportMessage: Sendable, Equatable {
    /// What is wrong, in one sentence.
    package var text: String
    /// What makes the row importable.
    package var cure: String

    package init(_ text: String, cure: String) {
        self.text = text
        self.cure = cure
    }

    /// The message of a code; a code that is not in the table says its own name.
    package init(code: String) {
        self =
            Self.all[code]
            ?? ImportMessage("The row was refused (\(code)).", cure: "Correct the row and import it again.")
    }

    /// Every code that a record can be refused with, or warned of.
    package static let all: [String: ImportMessage] = [
        "record_too_long": ImportMessage(
            "The row is longer than 1 MiB.",
            cure: "Shorten it. Often a quote that is opened above and never closed joins many rows into one."
        ),
        "unclosed_quote": ImportMessage(
            "A quote is opened here and not closed before the end of the file.",
            cure: "Close it, or write a quote inside a quoted value twice: \"\"."
        ),
        "bad_quote": ImportMessage(
            "Text follows a closing quote.",
            cure: "Put the delimiter right after the quote, or write a quote inside a quoted value twice: \"\"."
        ),
        "ragged_row": ImportMessage(
            "The row has more or fewer cells than the header.",
            cure: "Make the number of cells equal; put a value that holds the delimiter between quotes."
        ),
        "no_sku": ImportMessage("The SKU is empty.", cure: "Give the row a SKU; it names the product."),
        "bad_sku": ImportMessage(
            "The SKU is longer than 128 characters or holds control characters.",
            cure: "Use 1 to 128 printable characters, without tabs and line breaks."
        ),
        "duplicate_sku": ImportMessage(
            "Another row of the file has the same SKU.",
            cure: "Keep one of the rows, or let the first or the last one count when you import."
        ),
        "no_name": ImportMessage(
            "The name is empty, and a new product needs one.",
            cure: "Give the row a name. An existing product may leave it out."
        ),
        "bad_price": ImportMessage(
            "The price is not an amount in the shop's currency.",
            cure: """
                Write digits with . or , before the decimals, as in 12.50: no minus, no exponent, no other currency's \
                sign, and no more decimals than the shop's currency has.
                """
        ),
        "ambiguous_price": ImportMessage(
            "The price can be read in two ways: the mark may stand for thousands or for decimals.",
            cure: "Write 1234 or 1234.00 for the greater amount, 1.23 for the lesser one."
        ),
        "bad_status": ImportMessage(
            "The status is not known.",
            cure: "Write active, draft or archived; yes, on and published mean active, no, off and hidden mean draft."
        ),
        "bad_boolean": ImportMessage(
            "The value is neither yes nor no.",
            cure: "Write yes or no, true or false, 1 or 0."
        ),
        "bad_attributes": ImportMessage(
            "The custom attributes are not a JSON object of texts.",
            cure: #"Write them like {"Colour": "red"}, with names of at most \#(CustomAttributes.maxName) characters."#
        ),
        "too_many_attributes": ImportMessage(
            "With those of the file the product would have too many custom attributes.",
            cure: """
                A product may have \(CustomAttributes.maxCount) of them, and \(CustomAttributes.maxBytes >> 10) KiB \
                together. Take some away, or put several into one text.
                """
        ),
        "attributes_too_long": ImportMessage(
            "The custom attributes are too long together.",
            cure: """
                A product may have \(CustomAttributes.maxBytes >> 10) KiB of them. Shorten the texts, or move the long \
                ones to the description.
                """
        ),
        "scientific_identifier": ImportMessage(
            "The value looks like a number that a spreadsheet has shortened, and digits are lost.",
            cure: "Format the column as text in the spreadsheet before you save the file, and enter it again."
        ),
        "stripped_zeros": ImportMessage(
            "Zeros at the beginning of the number seem to be missing.",
            cure: "Format the column as text in the spreadsheet: with the zeros in front the check digit is right."
        ),
        "bad_check_digit": ImportMessage(
            "The value is not a GTIN: its length or its check digit is wrong.",
            cure: "Compare it with the number under the bar code: 8, 12, 13 or 14 digits."
        ),
        "mixed_decimal_marks": ImportMessage(
            "The column has amounts with a decimal point and amounts with a decimal comma.",
            cure: "Each was read as it is written. Check that no mark for thousands was meant."
        ),
        "new_brand": ImportMessage(
            "No product has this brand yet.",
            cure: "Check that it is not another spelling of a brand that you have."
        ),
        "too_long": ImportMessage(
            "The value is longer than its field.",
            cure: "Shorten it to the length that the field allows."
        ),
        "not_utf8": ImportMessage(
            "The value is not written in UTF-8.",
            cure: "Save the file as UTF-8; spreadsheets offer it as “CSV UTF-8”."
        ),
        "control_character": ImportMessage(
            "The value holds a control character.",
            cure: "Remove it; it is often invisible and comes from copying."
        ),
    ]
}
