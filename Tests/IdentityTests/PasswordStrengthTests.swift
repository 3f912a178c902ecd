import Identity
import Testing
import Web

@Suite struct PasswordStrengthTests {
    private let known = ["anna.ribera@wineshop.example", "annar", "Anna", "Ribera"]

    private func code(_ password: String) -> String? {
        UserValidation.password(password, knownWords: known)?.code
    }

    @Test(arguments: [
        "correct horse battery", "correct horse battery staple", "twelve chars!", "a long enough one",
        "another long phrase", "x7Kp!mQ2z&Rt", "tr0mbone-lagoon", "ничего не понятно", "kaffeetassenhenkel",
        "!\"?=_-;:,.<>+#", "my cat eats 3 socks", "Zugspitze bei Nebel", "日本語の長いパスワードです",
        "vVh1nZ3rXq0LwPz7-_Ab",
    ])
    func goodOnes(password: String) {
        #expect(code(password) == nil)
    }

    @Test(arguments: [
        ("passwordpassword", "common_password"), ("aaaaaaaaaaaaaaaa", "repeated_characters"),
        ("abcabcabcabcabc", "repeated_characters"), ("121212121212", "repeated_characters"),
        ("aabbaabbccbb", "repeated_characters"), ("123456789012", "character_run"),
        ("abcdefghijklmnop", "character_run"), ("qwertyuiop123", "character_run"),
        ("zyxwvutsrqpo", "character_run"), ("1qaz2wsx3edc", "common_password"), ("!@#$%^&*()!@", "character_run"),
        ("asdfghjklzxcvbnm", "character_run"), ("azertyuiop12345", "character_run"),
        ("password1234", "common_password"), ("P4ssw0rd!2026", "common_password"),
        ("Pa$$w0rd-2026", "common_password"), ("welcome12345", "common_password"),
        ("Summer2026!!", "common_password"), ("letmein-please", "common_password"),
        ("administrator", "common_password"), ("Bodega-Shop-2026", "common_password"),
        ("bodegabodega1", "common_password"), ("monkey dragon sunshine", "common_password"),
        ("correcthorsebatterystaple", "common_password"), ("iloveyou2024!", "common_password"),
        ("anna.ribera@wineshop.example", "personal_password"), ("AnnaRibera1234", "personal_password"),
        ("4nn4_r1b3r4_99", "personal_password"), ("wineshop-annar", "personal_password"),
    ])
    func whatIsGuessedFirst(password: String, expected: String) {
        #expect(code(password) == expected, "\(password)")
    }

    @Test func whatOthersKnowIsLookedAtForThisUserOnly() {
        #expect(UserValidation.password("AnnaRibera-77", knownWords: ["bob@example.com"]) == nil)
        #expect(UserValidation.password("AnnaRibera-77", knownWords: known)?.code == "personal_password")
    }

    @Test func aMessageNamesTheCure() {
        for password in ["passwordpassword", "123456789012", "password1234", "AnnaRibera1234"] {
            let detail = UserValidation.password(password, knownWords: known)?.detail ?? ""
            #expect(detail.contains("four words"), "\(password)")
            #expect(!detail.contains(password))
        }
    }

    @Test func theLongestAllowedIsLookedAtQuickly() {
        let clock = ContinuousClock()
        let long = String(repeating: "monkey1 dragon2 ", count: 64)
        #expect(long.utf8.count == 1024)
        #expect(clock.measure { _ = code(long) } < .seconds(2))
    }

    @Test func everyPermissionHasWords() {
        for permission in Permission.all { #expect(!permission.words.isEmpty, "\(permission.rawValue)") }
    }
}
