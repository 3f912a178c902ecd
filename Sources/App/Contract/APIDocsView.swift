import AdminKit
import Identity
import Markup
import Support
import Web

/// `/api/docs`: every operation and every schema, folded, so that the page is an index first.
struct APIDocsView {
    private let contract: APIContract

    init(_ contract: APIContract) {
        self.contract = contract
    }

    func html(in shell: Shell) -> HTML {
        Page(
            "API",
            meta: "Version \(contract.version). For programs: <a href=\"/api/openapi.json\">the OpenAPI document</a>.",
            content: """
                \(contents)
                \(each: APIProse.all, prose)
                \(each: contract.groups, group)
                \(codes)
                \(events)
                <section class="stack api" aria-labelledby="schemas"><h2 id="schemas">Schemas</h2>
                \(each: contract.schemas, schema)
                </section>
                """
        ).html(in: shell)
    }

    private var contents: HTML {
        """
        <nav class="api-contents" aria-label="On this page"><ul class="chips">
        \(each: contract.groups, { group in
            "<li><a href=\"#\(anchor(group.title))\">\(group.title)</a></li>"
        })
        <li><a href="#codes">Codes</a></li>
        <li><a href="#events">Published events</a></li>
        <li><a href="#schemas">Schemas</a></li>
        </ul></nav>
        """
    }

    private func prose(_ part: (title: String, text: String)) -> HTML {
        "<section class=\"stack api-prose\"><h2>\(part.title)</h2><p>\(Self.marked(part.text))</p></section>"
    }

    /// Words between backticks are code.
    private static func marked(_ text: String) -> HTML {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false)
        return parts.enumerated().map { index, part -> HTML in
            index % 2 == 1 ? "<code>\(String(part))</code>" : HTML(escaping: String(part))
        }.joined()
    }

    private func anchor(_ title: String) -> String {
        "about-\(title.lowercased().split(separator: " ").joined(separator: "-"))"
    }

    // MARK: Operations

    private func group(_ group: (title: String, routes: [AppRoute])) -> HTML {
        """
        <section class="stack api" aria-labelledby="\(anchor(group.title))">
        <h2 id="\(anchor(group.title))">\(group.title)</h2>
        <p>\(Self.marked(APIGroup.named(group.title)?.text ?? ""))</p>
        \(each: group.routes, operation)
        </section>
        """
    }

    private func operation(_ route: AppRoute) -> HTML {
        """
        <details class="operation" id="\(route.operationID)">
        <summary><code class="method">\(route.method.rawValue)</code> <code>\(route.template)</code> \
        <span>\(Self.marked(route.operation.summary))</span></summary>
        <div class="stack">
        <p>\(Self.marked(OperationProse.all[route.operationID] ?? ""))</p>
        <p>\(needs(route))</p>
        \(parameters(route))
        \(body(route))
        \(answers(route))
        </div></details>
        """
    }

    private func needs(_ route: AppRoute) -> HTML {
        switch route.access {
        case .open: return "Open to everybody."
        case .login: return "For everybody who is logged in, and every token."
        case .permission(let permission): return scopes([permission], route)
        case .anyOf(let some): return scopes(some, route)
        case .gathered: return scopes([], route)
        }
    }

    private func scopes(_ any: Set<Permission>, _ route: AppRoute) -> HTML {
        let roles = route.access.roles.map(\.rawValue).joined(separator: ", ")
        let names = any.inOrder.map { "<code>\($0.rawValue)</code>" as HTML }.joined(separator: " or ")
        let more: HTML? = route.needs.map { ", and \($0.words)" }
        return "Scope \(names)\(more); roles: \(roles)."
    }

    private struct Line {
        var name: String
        var place: String
        var type: HTML
        var text: HTML
    }

    private func parameters(_ route: AppRoute) -> HTML {
        var lines = route.pathParameters.map { name, schema, description in
            Line(name: name, place: "path", type: type(schema.json), text: Self.marked(description))
        }
        lines += route.operation.parameters.map { parameter in
            Line(
                name: parameter.name,
                place: parameter.place.rawValue,
                type: type(parameter.schema.json),
                text: Self.marked(parameter.description)
            )
        }
        if route.takesIdempotencyKey {
            let text: HTML = "makes a repetition harmless"
            lines.append(Line(name: "Idempotency-Key", place: "header", type: "text, 1 to 255 characters", text: text))
        }
        if route.isVersioned {
            let name = route.method == .get ? "If-None-Match" : "If-Match"
            lines.append(Line(name: name, place: "header", type: "entity tags", text: "the version that you know"))
        }
        guard !lines.isEmpty else { return .empty }
        return Table(
            "Parameters of \(route.method.rawValue) \(route.template)",
            columns: [
                Column("Parameter", isRowHeading: true) { "<code>\($0.name)</code>" }, Column("In") { "\($0.place)" },
                Column("Value") { $0.type }, Column("Meaning") { $0.text },
            ],
            rows: lines,
            style: "api-table"
        ).html
    }

    private func body(_ route: AppRoute) -> HTML {
        guard !route.operation.request.isEmpty else { return .empty }
        return """
            <h3>Body</h3>
            <ul>\(each: route.operation.request, { "<li>\(content($0))</li>" })</ul>
            \(example(contract.example(of: route.operation.request[0].schema)))
            """
    }

    private func answers(_ route: AppRoute) -> HTML {
        let named = route.operation.responses.sorted { $0.key < $1.key }
        let refusals = route.refusals.map { String($0) }.joined(separator: ", ")
        return """
            <h3>Answers</h3>
            <ul>\(each: named, { status, contents in
                "<li>\(status) \(statusTitle(status))\(each: contents, content)</li>"
            })<li>\(refusals): \(link("Problem"))</li></ul>
            """
    }

    private func content(_ content: Operation.Content) -> HTML {
        " <code>\(content.mediaType)</code>: \(link(content.schema))"
    }

    // MARK: Codes

    private var codes: HTML {
        """
        <section class="stack api" aria-labelledby="codes"><h2 id="codes">Codes</h2>
        <p>The words that <code>code</code> may be in a refusal and in its <code>errors</code>. A later version may \
        add some: take one that you do not know by the status.</p>
        <details class="operation" id="all-codes">
        <summary>\(Composition.problemCodes.count) codes</summary>
        \(Table(
            "Codes of refusals",
            columns: [
                Column("Code", isRowHeading: true) { "<code>\($0.name)</code>" },
                Column("Meaning") { Self.marked($0.meaning) },
            ],
            rows: Composition.problemCodes,
            style: "api-table"
        ).html)
        </details></section>
        """
    }

    // MARK: Events

    private var events: HTML {
        """
        <section class="stack api" aria-labelledby="events"><h2 id="events">Published events</h2>
        <p>What happens, each event once and under a type of its own. A later version may add members; the version of \
        a type grows when one is removed or changes its meaning. Watchers of its topic see an event at once.</p>
        \(each: contract.events, event)
        </section>
        """
    }

    private func event(_ event: EventType) -> HTML {
        let topic: HTML? = event.topic.map { ", topic <code>\($0)</code>" }
        return """
            <details class="operation" id="event-\(event.name)">
            <summary><code>\(event.name)</code> <span>\(event.summary)</span></summary>
            <div class="stack"><p>Version \(String(event.version))\(topic).</p>
            \(members(NamedSchema(event.name, event.schema)))
            \(example(event.schema.json["examples"]?.arrayValue?.first))</div></details>
            """
    }

    // MARK: Schemas

    private func schema(_ named: NamedSchema) -> HTML {
        let about = named.schema.json["description"]?.stringValue ?? ""
        return """
            <details class="operation" id="schema-\(named.name)">
            <summary><code>\(named.name)</code> <span>\(about)</span></summary>
            <div class="stack">\(members(named))\(example(contract.example(of: named.name)))</div></details>
            """
    }

    private func members(_ named: NamedSchema) -> HTML {
        let schema = named.schema.json
        guard let properties = schema["properties"]?.members else { return "<p>\(type(schema))</p>" }
        let required = Set((schema["required"]?.arrayValue ?? []).compactMap(\.stringValue))
        let lines = properties.map { member in
            Line(
                name: member.name,
                place: required.contains(member.name) ? "always" : "optional",
                type: type(member.value),
                text: Self.marked(member.value["description"]?.stringValue ?? "")
            )
        }
        return Table(
            "Members of \(named.name)",
            columns: [
                Column("Member", isRowHeading: true) { "<code>\($0.name)</code>" }, Column("There") { "\($0.place)" },
                Column("Value") { $0.type }, Column("Meaning") { $0.text },
            ],
            rows: lines,
            style: "api-table"
        ).html
    }

    /// What is no JSON at its place, such as the lines of a file, is shown as it is sent.
    private func example(_ example: JSON?) -> HTML {
        guard let example else { return .empty }
        return "<h3>Example</h3><pre class=\"log\"><code>\(example.stringValue ?? example.text)</code></pre>"
    }

    /// The schema in words, with links to those that it names.
    private func type(_ schema: JSON) -> HTML {
        let words = SchemaWords(schema: schema)
        guard let name = words.references.first else { return HTML(escaping: words.text) }
        let parts = words.text.split(separator: name, maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return HTML(escaping: words.text) }
        return "\(parts[0])\(link(name))\(parts[1])"
    }

    private func link(_ name: String) -> HTML {
        contract.schema(name) == nil ? "\(name)" : "<a href=\"#schema-\(name)\">\(name)</a>"
    }
}
