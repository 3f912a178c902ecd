import Web

extension ProblemCode {
    /// Those of webhooks.
    static let webhooks: [ProblemCode] = [
        ProblemCode("bad_boolean", "The value is neither true nor false."),
        ProblemCode("bad_description", "A description is one short line."),
        ProblemCode("bad_header", "The header cannot be sent along."),
        ProblemCode("bad_number", "The parameter takes a whole number."),
        ProblemCode("bad_port", "A port is a number from 1 to 65535."),
        ProblemCode("bad_rate", "The number of requests in a second is out of range."),
        ProblemCode("bad_scheme", "An address begins with https:// or http://."),
        ProblemCode("bad_state", "The parameter takes one of a few states."),
        ProblemCode("bad_url", "The address cannot be read."),
        ProblemCode("credentials_in_url", "An address holds no user and no password."),
        ProblemCode("delivery_under_way", "A request of the delivery is out just now."),
        ProblemCode("is_test", "A test is not sent again: make another."),
        ProblemCode("no_libcurl", "The library libcurl is not installed."),
        ProblemCode("not_an_object", "The value is a JSON object."),
        ProblemCode("read_only", "The member is given by Bodega: leave it out, or send it as it is."),
        ProblemCode("refused_address", "The address is not public, and its network is not allowed."),
        ProblemCode("too_many", "There are too many of them."),
        ProblemCode("too_many_webhooks", "There are as many webhooks as there may be."),
        ProblemCode("unknown_event", "There is no such type of event."),
        ProblemCode("unknown_field", "There is no such member or field."),
        ProblemCode("webhook_off", "The webhook is switched off."),
    ]
}
