import AdminKit
import Identity
import Markup
import Support
import Web

/// One text of the help: a page below `/help`, and what `bodega manual NAME` prints.
struct HelpTopic: Sendable {
    /// Names it in addresses and on the command line.
    let name: String
    let title: String
    /// For whom it is, in a line.
    let summary: String
    /// In Markdown.
    let text: String

    static let all = [users, operators, programs]
}

/// The pages of help, for everybody who is logged in.
enum HelpPages {
    static let routes: [AppRoute] = [
        AppRoute(.get, "/help", access: .login, .page("What there is to read about Bodega"), handler: list),
        AppRoute(.get, "/help/{topic}", access: .login, .page("One text of the help"), handler: show),
    ]

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        return .page(
            Page(
                "Help",
                content: """
                    <ul class="rows">\(each: HelpTopic.all, { topic in
                        """
                        <li><div class="grow"><p>\(Link(topic.title, "/help/\(topic.name)").html)</p>\
                        <p>\(topic.summary)</p></div></li>
                        """
                    })
                    <li><div class="grow"><p>\(Link("API", "/api/docs").html)</p>\
                    <p>Every address, what it takes and what it answers</p></div></li>
                    <li><div class="grow"><p>\(Link("Keyboard shortcuts", ShortcutList.path).html)</p>\
                    <p>Shorter ways by single keys</p></div></li></ul>
                    """
            ).html(in: try context.shell())
        )
    }

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let name = try context.parameters.string("topic")
        guard let topic = HelpTopic.all.first(where: { $0.name == name }) else { throw WebError.notFound }
        let text = Markdown(topic.text)
        let contents = text.headings.filter { $0.level < 4 }
        return .page(
            Page(
                topic.title,
                parent: Link("Help", "/help"),
                content: """
                    <div class="cols"><article class="card prose">\(text.html)</article>
                    <nav class="card prose" aria-label="On this page"><ul>\(each: contents, { heading in
                        "<li>\(Link(heading.title, "#\(heading.id)").html)</li>"
                    })</ul></nav></div>
                    """
            ).html(in: try context.shell())
        )
    }
}

/// `bodega manual`: the same texts in a terminal.
enum HelpCommand {
    static func run(_ arguments: inout Arguments, out: (String) -> Void) throws -> Int32 {
        let name = arguments.nextOptional()
        try arguments.finish()
        guard let name else {
            for topic in HelpTopic.all { out("\(topic.name)  \(topic.summary)") }
            return 0
        }
        guard let topic = HelpTopic.all.first(where: { $0.name == name }) else {
            let names = HelpTopic.all.map(\.name).joined(separator: ", ")
            throw UsageError("There is no text '\(name)'. There are \(names).")
        }
        out(topic.text)
        return 0
    }
}
