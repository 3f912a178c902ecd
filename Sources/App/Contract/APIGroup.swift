import ImportKit

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
            title: "Categories",
            chapter: "Catalogue",
            text: "The tree by which products are sorted: levels, moves, merges, and what stands in a category."
        ),
        APIGroup(
            title: "Metafield definitions",
            chapter: "Catalogue",
            text: "What products have beyond their own fields: its name, its type and its rules."
        ),
        APIGroup(title: "Views", chapter: "Catalogue", text: "Lists of products under a name, with filters and order."),
        APIGroup(
            title: "Catalogue",
            chapter: "Catalogue",
            text: "The catalogue as a whole: every change of products and categories."
        ),
        APIGroup(
            title: "Media",
            chapter: "Catalogue",
            text: "Pictures made for screens, under addresses that never change what they show."
        ),
        APIGroup(
            title: "Imports",
            chapter: "Catalogue",
            text: "Files that become products, and how files of one kind are read."
        ),
        APIGroup(
            title: "Import targets",
            chapter: "Catalogue",
            text: "What files can be imported as: the columns that are known, and what identifies a record."
        ),
        APIGroup(
            title: "Jobs",
            chapter: "Catalogue",
            text: "What runs and what ran: progress, errors, plans, undo, and the streams of events."
        ),
        APIGroup(
            title: "Job lanes",
            chapter: "Catalogue",
            text: "Where jobs run beside each other: what waits and runs, and how to hold a lane back."
        ),
        APIGroup(
            title: "Schedules",
            chapter: "Catalogue",
            text: "Work that is asked for at certain times, and what came of it."
        ),
        APIGroup(
            title: "Customers",
            chapter: "Customers",
            text:
                "People who buy: lists by filter, single records by id or code, their history, all that is held of one."
        ),
        APIGroup(
            title: "Webhooks",
            chapter: "Outgoing",
            text: "Endpoints of other systems, what was sent to them, and what they can be told."
        ),
        APIGroup(title: "Event types", chapter: "Outgoing", text: "What webhooks can be told of."),
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
