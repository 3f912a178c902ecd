/// A heading of the contract: a tag of the document, with what it is about and the chapter in which it stands.
struct APIGroup {
    var title: String
    var chapter: String
    var text: String

    /// In the order of the chapters. A test names the headings that are not here.
    static let all: [APIGroup] = [
        APIGroup(
            title: "Products",
            chapter: "Catalogue",
            text: "The catalogue: lists by filter, single records by id or SKU, many at once, history and files."
        ),
        APIGroup(
            title: "Imports",
            chapter: "Catalogue",
            text: "Files that become products, and how files of one kind are read."
        ),
        APIGroup(
            title: "Jobs",
            chapter: "Catalogue",
            text: "What runs and what ran: progress, errors, plans, undo, and the streams of events."
        ),
        APIGroup(title: "Session", chapter: "Access", text: "Logging in and out, and who one is."),
        APIGroup(title: "Sessions", chapter: "Access", text: "Where you are logged in."),
        APIGroup(title: "Tokens", chapter: "Access", text: "Secrets for programs that act as a user."),
        APIGroup(title: "Users", chapter: "Access", text: "Who may come in, and as what."),
        APIGroup(
            title: "Audit log",
            chapter: "Installation",
            text: "Who did what, in a chain that shows when an entry was changed."
        ),
        APIGroup(title: "System log", chapter: "Installation", text: "What the processes of Bodega say."),
        APIGroup(title: "Configuration", chapter: "Installation", text: "What an administrator may choose."),
        APIGroup(title: "System", chapter: "Installation", text: "This document, and whether everything works."),
    ]

    static func named(_ title: String) -> APIGroup? { all.first { $0.title == title } }
}
