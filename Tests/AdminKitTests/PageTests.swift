import AdminKit
import AdminKitTestSupport
import Markup
import Support
import Testing
import Web

@Suite struct PageTests {
    @Test func marksThePlaceAndHidesWhatIsNotAllowed() {
        var shell = Shell.mock(path: "/products/17")
        shell.permissions = [.readProducts]
        let page = Page("A product", content: "<p>x</p>").html(in: shell)
        #expect(faults(in: page) == [])
        #expect(page.text.contains("<a href=\"/products\" aria-current=\"page\" data-go=\"p\"><svg"))
        #expect(page.text.contains("<a href=\"/\" data-go=\"h\"><svg"), "/ is not the start of every path")
        #expect(page.text.contains("<span>Products</span>") && page.text.contains("<span>Home</span>"))
        #expect(!page.text.contains("Imports"))
        #expect(!page.text.contains("http-equiv"))
    }

    @Test func escapesWhatTheShellCarries() {
        var shell = Shell.mock(path: "/", user: .init(name: hostile("user"), role: hostile("role")))
        shell.version = hostile("version")
        shell.csrf.token = hostile("token")
        shell.flashes = [Flash(.success, hostile("flash"), link: Link(hostile("link"), hostile("path")))]
        shell.navigation = [
            NavigationEntry(
                hostile("entry"),
                path: hostile("target"),
                group: hostile("group"),
                permission: .readProducts
            )
        ]
        let page = Page(hostile("title"), parent: Link(hostile("parent"), "/"), content: "").html(in: shell)
        let names = [
            "user", "role", "version", "token", "flash", "link", "path", "entry", "target", "group", "title", "parent",
        ]
        #expect(missing(names, in: page) == [])
        #expect(faults(in: page) == [])
    }

    @Test func messagesAreReadOutAndCanBePutAwayWithoutScript() {
        var shell = Shell.mock(path: "/products/17")
        shell.flashes = [Flash(.success, "Saved."), Flash(.danger, "Not saved.")]
        let page = Page("A product", content: "").html(in: shell)
        #expect(page.text.contains("<div class=\"toast tone-success\" role=\"status\" data-toast>"))
        #expect(page.text.contains("<div class=\"toast tone-danger\" role=\"alert\" data-toast>"))
        #expect(page.text.contains("<a class=\"toast-close\" href=\"/products/17\">"))
        #expect(faults(in: page) == [])
        #expect(!Page("A product", content: "").html(in: .mock(path: "/")).text.contains("toasts"))
    }

    @Test func theKeysAreListedOnceWithThoseOfTheNavigation() {
        let page = Page("Home", content: "").html(in: .mock(path: "/"))
        #expect(page.text.contains("<dialog id=\"shortcuts\""))
        #expect(page.text.contains("<kbd>i</kbd></dt><dd>Imports</dd>"))
        #expect(page.text.contains("<a href=\"/shortcuts\" data-opens=\"shortcuts\">"))
        var shell = Shell.mock(path: ShortcutList.path)
        shell.permissions = [.readProducts]
        let own = Page("Keys", content: ShortcutList(shell).html).html(in: shell)
        #expect(!own.text.contains("<dialog"), "the page itself needs no second list")
        #expect(!own.text.contains("<dd>Imports</dd>"), "nobody is led to what they may not see")
        #expect(faults(in: page) == [] && faults(in: own) == [])
    }

    @Test func strangersSeeTheShopsNameAndNoVersion() {
        let page = Page.bare("Log in", of: hostile("shop"), assets: StaticAssets(prefix: "/static/0"), content: "")
        #expect(missing(["shop"], in: page) == [])
        #expect(faults(in: page) == [])
    }

    @Test func errorsShowInTheWindowsTitle() {
        let page = Page("New product", errors: "<p>e</p>", content: "").html(in: .mock(path: "/"))
        #expect(page.text.contains("<title>Error: New product – Bodega</title>"))
    }
}

@Suite struct ConfirmPageTests {
    private func page(_ count: Int, error: String? = nil) -> HTML {
        ConfirmPage(
            hostile("title"),
            parent: Link("Products", "/products"),
            count: count,
            noun: Noun("product", "products"),
            consequence: hostile("consequence"),
            action: "/products/delete?q=a",
            error: error
        ).html(in: .mock(path: "/products"))
    }

    @Test func manyThingsAskForTheirNumber() {
        let html = page(1234)
        #expect(html.text.contains("data-confirm=\"1234\""))
        #expect(html.text.contains("Type 1234 to confirm"))
        #expect(html.text.contains(">Delete 1,234 products</button>"))
        #expect(html.text.contains("action=\"/products/delete?q=a\""))
        #expect(missing(["title", "consequence"], in: html) == [])
        #expect(faults(in: html) == [])
    }

    @Test func oneThingNeedsNoTyping() {
        let html = page(1)
        #expect(html.text.contains("<input type=\"hidden\" name=\"confirm\" value=\"1\">"))
        #expect(!html.text.contains("data-confirm"))
        #expect(html.text.contains(">Delete product</button>"))
    }

    @Test func aWrongNumberIsSaid() {
        let html = page(1234, error: hostile("error"))
        #expect(html.text.contains("<li><a href=\"#field-confirm\">"))
        #expect(missing(["error"], in: html) == [])
    }
}

@Suite struct ErrorPageTests {
    @Test func standsInTheShellForThoseWhoAreLoggedIn() {
        let model = ErrorPageModel(status: 404, detail: hostile("detail"), requestID: hostile("request"))
        let inside = ErrorPageView.html(model, in: .mock(path: "/nowhere"))
        #expect(inside.text.contains("<nav class=\"menu-nav\" aria-label=\"Main\">"))
        #expect(missing(["detail", "request"], in: inside) == [])
        #expect(faults(in: inside) == [])
        let outside = ErrorPageView.html(model, in: .mock(path: "/nowhere", user: nil))
        #expect(!outside.text.contains("<nav"))
        #expect(missing(["detail", "request"], in: outside) == [])
        #expect(faults(in: outside) == [])
    }

    @Test func showsItself() {
        let missing = ErrorPageModel(
            status: 404,
            detail: "There is no product with this number. It may have been deleted.",
            requestID: "3f1c9a7be2d04c55"
        )
        render("error-404", ErrorPageView.html(missing, in: .mock(path: "/products/9")))
        let busy = ErrorPageModel(status: 503, detail: "Another change is being written. Try again in a few seconds.")
        render(
            "error-503",
            ErrorPageView.bare(busy, assets: StaticAssets(prefix: "/static/0a1b2c3d"))
        )
    }
}
