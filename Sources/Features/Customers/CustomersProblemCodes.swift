import Web

extension ProblemCode {
    static let customers: [ProblemCode] = [
        ProblemCode("already_merged", "The customer is merged already; see `existing_id`."),
        ProblemCode("bad_country", "There is no such country."),
        ProblemCode("bad_customer_code", "The code holds control characters."),
        ProblemCode("bad_language", "There is no such language."),
        ProblemCode("bad_phone", "The value is no number to call."),
        ProblemCode("bad_reason", "The reason is too long, or more than a line."),
        ProblemCode("customer_code_taken", "Another customer has this code; see `existing_id`."),
        ProblemCode("is_merge_root", "Others are merged into the customer."),
        ProblemCode("merge_chain", "The customer that is to stay is merged itself; see `existing_id`."),
        ProblemCode("merged", "The customer is merged, or others are merged into it."),
        ProblemCode("merged_into_itself", "A customer cannot be merged into itself."),
        ProblemCode("no_such_record", "The field names a record that is not there."),
        ProblemCode("not_merged", "The customer is not merged."),
    ]
}
