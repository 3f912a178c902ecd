import Web

extension ProblemCode {
    static let customers: [ProblemCode] = [
        ProblemCode("bad_country", "There is no such country."),
        ProblemCode("bad_customer_code", "The code holds control characters."),
        ProblemCode("bad_language", "There is no such language."),
        ProblemCode("bad_phone", "The value is no number to call."),
        ProblemCode("customer_code_taken", "Another customer has this code; see `existing_id`."),
        ProblemCode("no_such_record", "The field names a record that is not there."),
    ]
}
