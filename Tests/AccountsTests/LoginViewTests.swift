import AdminKit
import AdminKitTestSupport
import Markup
import Testing

@testable import Accounts

@Suite struct LoginViewTests {
    private let shell = Shell.mock(path: "/login", user: nil)

    @Test func rendersSoundly() {
        let page = LoginView.html(LoginModel(), in: shell)
        #expect(faults(in: page) == [])
        #expect(page.text.contains("<title>Log in – Bodega</title>"))
        #expect(!page.text.contains("<nav"), "the house shows nothing to strangers")
        render("login", page)
    }

    @Test func keepsWhatWasTypedAndSaysWhatWasWrong() {
        let page = LoginView.html(
            LoginModel(next: hostile("next"), email: hostile("email"), error: hostile("error")),
            in: shell
        )
        #expect(faults(in: page) == [])
        #expect(missing(["next", "email", "error"], in: page) == [])
        #expect(page.text.contains("<title>Error: Log in – Bodega</title>"))
        render(
            "login-refused",
            LoginView.html(
                LoginModel(email: "ana@example.com", error: "Email address or password is wrong."),
                in: shell
            )
        )
    }
}
