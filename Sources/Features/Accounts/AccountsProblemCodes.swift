import Web

extension ProblemCode {
    /// Those of logging in, users, tokens, settings and the audit trail.
    static let accounts: [ProblemCode] = [
        ProblemCode("bad_boolean", "The value is neither true nor false."),
        ProblemCode("bad_category", "There is no such heading of settings."),
        ProblemCode("bad_credentials", "The name or the password is not right."),
        ProblemCode("bad_expiry", "The token cannot end then."),
        ProblemCode("bad_grace", "`grace_hours` takes 0 to 24."),
        ProblemCode("bad_number", "The parameter takes a whole number."),
        ProblemCode("bad_scope", "There is no such scope."),
        ProblemCode("bad_state", "The parameter takes one of a few states."),
        ProblemCode("dead_token", "The token is expired or revoked."),
        ProblemCode("email_taken", "Another user has this email address."),
        ProblemCode("inactive", "The user is deactivated."),
        ProblemCode("last_admin", "There must be an administrator left who may log in."),
        ProblemCode("no_version", "The form does not say which version it was made from."),
        ProblemCode("not_an_object", "The value is a JSON object."),
        ProblemCode("not_the_same", "The two passwords differ."),
        ProblemCode("not_yours", "The token is another user's."),
        ProblemCode("overridden", "The setting is fixed by a variable or a flag."),
        ProblemCode("read_only", "The member is given by Bodega: leave it out, or send it as it is."),
        ProblemCode("scope_not_yours", "You do not have this scope to give."),
        ProblemCode("too_many_attempts", "Too many wrong passwords: wait as long as Retry-After says."),
        ProblemCode("too_many_tokens", "The user has as many tokens as one may have."),
        ProblemCode("unknown_field", "There is no such member or field."),
        ProblemCode("unreadable", "The setting cannot be read just now."),
        ProblemCode("username_taken", "Another user has this username."),
        ProblemCode("wrong_password", "This is not your current password."),
    ]
}
