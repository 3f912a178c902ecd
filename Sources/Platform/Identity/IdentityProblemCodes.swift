package import Web

extension ProblemCode {
    /// Those of who may do what, of keys for repetitions, of users and of settings.
    package static let identity: [ProblemCode] = [
        ProblemCode("bad_choice", "The setting takes one of a few words."),
        ProblemCode("bad_email", "This is no email address."),
        ProblemCode("bad_idempotency_key", "Idempotency-Key takes 1 to 255 printable ASCII characters."),
        ProblemCode("bad_name", "The name is too long, blank or holds control characters."),
        ProblemCode("bad_network", "This is no range of addresses, like 10.1.2.0/24."),
        ProblemCode("bad_origin", "This is no origin, like https://shop.example."),
        ProblemCode("bad_role", "There is no such role."),
        ProblemCode("bad_ticket", "The ticket is unknown, too old or for another stream."),
        ProblemCode("bad_token", "The token is unknown, expired or revoked, or its user is not active."),
        ProblemCode("bad_username", "The username is too long or holds an @."),
        ProblemCode("character_run", "The password follows the alphabet, the numbers or the keyboard."),
        ProblemCode("common_password", "The password is made of what is guessed first."),
        ProblemCode("control_characters", "The text holds control characters."),
        ProblemCode("csrf", "The CSRF token is missing or has expired."),
        ProblemCode("forbidden", "The role or the token does not include the permission."),
        ProblemCode("idempotency_answer_not_kept", "It was done before; the answer held a secret, which is not kept."),
        ProblemCode("idempotency_key_reused", "The key was sent with another request within the last 24 hours."),
        ProblemCode("idempotency_running", "The first request with this key is still running."),
        ProblemCode("login_required", "The request has no login: log in or send a token."),
        ProblemCode("not_a_boolean", "The setting takes true or false."),
        ProblemCode("not_a_list", "The setting takes a list."),
        ProblemCode("not_a_number", "The setting takes a number."),
        ProblemCode("not_yours_to_give", "This would give what your role or token does not hold, or for longer."),
        ProblemCode("origin", "The request comes from another site's page."),
        ProblemCode("out_of_range", "The number is too small or too great."),
        ProblemCode("personal_password", "The password is made of the user's or the shop's names."),
        ProblemCode("repeated_characters", "The password repeats a few characters."),
        ProblemCode("required", "A value is missing."),
        ProblemCode("session_expired", "The session has ended."),
        ProblemCode("too_long", "The value is too long."),
        ProblemCode("too_short", "The value is too short."),
        ProblemCode("wrong_type", "The value is of another type than the member takes."),
    ]
}
