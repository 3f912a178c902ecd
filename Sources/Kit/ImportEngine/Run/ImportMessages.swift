import Money
import Records

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
            Self.all[code] ?? Self.ofField(code)
            ?? ImportMessage("The row was refused (\(code)).", cure: "Correct the row and import it again.")
    }

    /// What codes of any field say that have no message of their own.
    private static func ofField(_ code: String) -> ImportMessage? {
        guard let mark = code.firstIndex(of: "_") else { return nil }
        let field = String(code[code.index(after: mark)...].map { $0 == "_" ? " " : $0 })
        switch code[..<mark] {
        case "no": return ImportMessage("The \(field) is empty.", cure: "Fill it in.")
        case "bad": return ImportMessage("The \(field) cannot be read.", cure: "Correct it, or leave it blank.")
        case "duplicate":
            return ImportMessage("The \(field) stands in several rows.", cure: "Keep one of the rows.")
        case "unknown":
            return ImportMessage("There is nothing with this \(field).", cure: "Correct it, or add it first.")
        default: return nil
        }
    }

    static let raggedCode = "ragged_row"

    /// The message of one line with too many or too few values.
    /// - Parameter delimiter: what stands between two values, where people see it.
    init(values: Int, columns: Int, _ delimiter: UInt8?) {
        let mark = delimiter.map { $0 == UInt8(ascii: "\t") ? "tab" : String(UnicodeScalar($0)) }
        let counts = "This line has \(values) \(values == 1 ? "value" : "values"), the header \(columns)"
        if values > columns {
            text = mark.map { "\(counts): usually a \($0) inside a text." } ?? "\(counts)."
            cure = "Put a text that holds a \(mark ?? "delimiter") between quotes, or take the extra value out."
        } else {
            text = "\(counts): usually a line break inside a text, or values that are missing at its end."
            cure = "Put a text with a line break between quotes, or fill in what is missing."
        }
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
        raggedCode: ImportMessage(
            "The line has more or fewer values than the header.",
            cure: "Make the number of values equal; put a text that holds the delimiter between quotes."
        ),
        "missing_cells": ImportMessage(
            "Rows have fewer cells than the header. What is missing at their ends was read as blank.",
            cure: "Look at the first of them: a line break inside a text without quotes looks the same."
        ),
        "surplus_cells": ImportMessage(
            "Rows have more cells than the header. Those too many are empty and were left out.",
            cure: "Nothing is lost. It goes when the header ends with as many delimiters."
        ),
        "missing_unknown": ImportMessage(
            "Rows could not be read, so which products the file leaves out is not known. None was made a draft.",
            cure: """
                Correct the rows that are listed and import the file again; or import it without guard=off, look at \
                the products that would become drafts, and confirm.
                """
        ),
        "no_value": ImportMessage(
            "The cell holds a formula that was never calculated.",
            cure: "Open the workbook in a spreadsheet, save it, and upload it again; or write the value into the cell."
        ),
        "error_value": ImportMessage(
            "The cell shows an error of the spreadsheet instead of a value.",
            cure: "Mend the formula, or write the value into the cell."
        ),
        "imprecise_number": ImportMessage(
            "The cell is a number of more than 15 digits, of which spreadsheets keep only 15.",
            cure: "Format the column as text and enter the number again as it was given."
        ),
        "bad_json": ImportMessage(
            "What stands here is not a JSON object that can be read.",
            cure: "Write it as the lines around it: names and texts in double quotes, numbers plain, null for nothing."
        ),
        "no_sku": ImportMessage("The SKU is empty.", cure: "Give the row a SKU; it names the product."),
        "no_identity": ImportMessage(
            "Nothing stands where the product is identified.",
            cure: "Fill the column that was chosen to identify products, or give the row a SKU of its own."
        ),
        "ambiguous_identity": ImportMessage(
            "Another row of the file gets the same SKU from what identifies it, and is a different product.",
            cure: """
                Say which columns hold the values that tell variants apart (size, colour), choose another column that \
                identifies the products, or give each row a SKU of its own.
                """
        ),
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
                Write digits with . or , before the decimals, as in 12.50: no minus, no words but the shop's currency, \
                no other currency's sign, and no more decimals than the shop's currency has.
                """
        ),
        "ambiguous_price": ImportMessage(
            "The price can be read in two ways: the mark may stand for thousands or for decimals.",
            cure: "Write 1234 or 1234.00 for the greater amount, 1.23 for the lesser one."
        ),
        "bad_status": ImportMessage(
            "The status is not known.",
            cure: """
                Write active, draft or archived; yes, on and publish mean active, no, off, pending and private mean \
                draft.
                """
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
            cure: """
                Format the column as text in the spreadsheet before you save the file, and enter it again. A product \
                keeps the bar code that it has; a new one gets none.
                """
        ),
        "stripped_zeros": ImportMessage(
            "A zero at the beginning of the number was missing. It was put back: with it the check digit is right.",
            cure: "Format the column as text in the spreadsheet, so that zeros stay."
        ),
        "bad_check_digit": ImportMessage(
            "The value is not a GTIN: its length or its check digit is wrong.",
            cure: "Compare it with the number under the bar code: 8, 12, 13 or 14 digits."
        ),
        "bad_email": ImportMessage(
            "The e-mail address cannot be one.",
            cure: "Write it like name@example.com, or leave it blank."
        ),
        "bad_country": ImportMessage(
            "There is no such country.",
            cure: "Write its code of two letters, like PT, or its English name."
        ),
        "bad_language": ImportMessage(
            "There is no such language.",
            cure: "Write its code of two letters, like pt; pt-BR where the country matters."
        ),
        "bad_phone": ImportMessage(
            "The phone number cannot be one.",
            cure: "Write 5 to 15 digits, with + and the country's code before them where you know it."
        ),
        "optout_reversed": ImportMessage(
            "It was said before that no mail is wanted, and a file does not take that back.",
            cure: "Leave the cell blank; or import with allow_optin=1 where people have agreed again."
        ),
        "no_unit": ImportMessage(
            "It is not clear in which unit the value is, so it was left out.",
            cure: """
                Write the unit into the column's name, as in Weight (kg), behind the value, as in 1.5 kg, or into a \
                column weight_unit (\(MeasureUnits.weights.joined(separator: ", "))) or dimension_unit \
                (\(MeasureUnits.lengths.joined(separator: ", "))).
                """
        ),
        "word_for_count": ImportMessage(
            "It says that there are some, not how many, so the count that is stored stays.",
            cure: "Write the number, or leave the column out. Out of stock is read as 0."
        ),
        "seo_handle_taken": ImportMessage(
            "Another product has this handle.",
            cure: "Give each product a handle of its own, or leave it blank."
        ),
        "bad_seo_handle": ImportMessage(
            "The handle holds more than small letters a to z, digits and hyphens.",
            cure: "Write it as in an address: red-shirt-m."
        ),
        "mixed_decimal_marks": ImportMessage(
            "The column has amounts with a decimal point and amounts with a decimal comma.",
            cure: "Each was read as it is written. Check that no mark for thousands was meant."
        ),
        "guessed_encoding": ImportMessage(
            "The encoding of the file is only a guess: letters may be wrong.",
            cure: """
                Look at a few names. If their letters are wrong, undo the import and import the file again with the \
                right encoding; best is to save it as UTF-8.
                """
        ),
        "file_changed": ImportMessage(
            "The file has become longer or shorter since the import began to read it. What came since was not read.",
            cure: """
                Wait until the file is written to its end, then import it again: rows that have not changed are left \
                alone.
                """
        ),
        "different_names": ImportMessage(
            "Several rows have the same SKU and different names, and only one of them counts.",
            cure: "Compare them: if they are different products, give each a SKU of its own."
        ),
        "new_brand": ImportMessage(
            "No product has this brand yet.",
            cure: "Check that it is not another spelling of a brand that you have."
        ),
        "unknown_category": ImportMessage(
            "There is no category of this name, or there are several.",
            cure: """
                The product keeps the category that it has. Write the names from the top down, like Wine > Red wine, \
                or create the category first.
                """
        ),
        "invisible_characters": ImportMessage(
            "Invisible characters stood at the beginning or the end and were left out.",
            cure: "Nothing needs to be done. They come from copying, or from a program that joins files."
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
            "The value held line breaks, tabs or control characters, and blanks have taken their place.",
            cure: "Nothing needs to be done. In the file they are often invisible and come from copying."
        ),
    ]
}
