import Identity
import Testing
import Web

@Suite struct UserValidationTests {
    @Test(arguments: ["a@b", "Ada.Lovelace+shop@Example.com", "admin@localhost", "grüße@müller.example", " a@b.c "])
    func goodEmail(text: String) {
        #expect(UserValidation.email(text) == nil)
    }

    @Test(arguments: [
        "", "a", "@b", "a@", "a@b@c", "a b@c", "a@.b", "a@b.", "a@b..c", "a\u{7}@b",
        "\(String(repeating: "a", count: 250))@b.example",
    ])
    func badEmail(text: String) {
        #expect(UserValidation.email(text)?.code == "bad_email")
    }

    /// Characters are Unicode scalars in every limit, whatever they look like and however many bytes they have.
    @Test func charactersAreCountedAlikeEverywhere() {
        let accents = String(repeating: "\u{301}", count: 12)
        #expect(UserValidation.password("e\(accents)zqv")?.code != "too_short")
        #expect(UserValidation.email("\(String(repeating: "é", count: 200))@b.example") == nil, "400 bytes")
        let long = UserValidation.email("\(String(repeating: "é", count: 250))@b.example")
        #expect(long?.detail == "An email address has at most 254 characters.")
        #expect(UserValidation.username(String(repeating: "👩‍🚀", count: 22))?.code == "bad_username", "66 scalars")
    }

    @Test func emailsAreFolded() {
        #expect(UserValidation.foldedEmail(" Ada@EXAMPLE.com ") == "ada@example.com")
        #expect(UserValidation.foldedEmail("STRASSE@x") == UserValidation.foldedEmail("Straße@x"))
    }

    @Test func passwordsHaveALengthAndNothingElse() {
        #expect(UserValidation.password("elevenchars")?.code == "too_short")
        #expect(UserValidation.password("twelve chars") == nil)
        #expect(UserValidation.password(String(repeating: "x", count: 1025))?.code == "too_long")
    }

    @Test func usernamesAreNoAddresses() {
        #expect(UserValidation.username("ada") == nil)
        for bad in ["", " ada", "a@b", "a\u{0}b", String(repeating: "x", count: 65)] {
            #expect(UserValidation.username(bad)?.code == "bad_username", "\(bad)")
        }
    }

    @Test func everyProblemIsNamed() {
        let user = NewUser(email: "x", username: "a@b", role: .viewer, password: "short")
        #expect(UserValidation.problems(of: user).map(\.field) == ["email", "username", "password"])
    }
}
