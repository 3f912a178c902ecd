package import Markup

/// What is wrong with a page, in words; empty for a sound one. Knows what a browser would forgive and our rules do
/// not: what the content security policy refuses, forms without their CSRF field, labels and descriptions that
/// point nowhere, ids given twice, tags that do not nest.
package func faults(in page: HTML) -> [String] {
    let tags = scanTags(page.text)
    var faults = nestingFaults(tags)
    var ids: [String] = []
    var references: [String] = []
    for tag in tags where !tag.isClosing {
        for attribute in tag.attributes {
            if attribute.name == "style" || attribute.name.hasPrefix("on") {
                faults.append("the policy refuses \(attribute.name) on <\(tag.name)>")
            }
            if attribute.name == "id" { ids.append(attribute.value) }
            if ["for", "aria-describedby", "aria-labelledby"].contains(attribute.name) {
                references += attribute.value.split(separator: " ").map(String.init)
            }
            if attribute.value.lowercased().hasPrefix("javascript:") { faults.append("a script in \(attribute.name)") }
        }
        if tag.name == "style" || tag.name == "b" { faults.append("<\(tag.name)> must not be there") }
        if tag.name == "script", !tag.attributes.contains(where: { $0.name == "src" }) {
            faults.append("inline script")
        }
    }
    for id in Set(ids) where ids.filter({ $0 == id }).count > 1 { faults.append("the id \(id) stands twice") }
    for reference in references where !ids.contains(reference) { faults.append("nothing has the id \(reference)") }
    return faults + formFaults(tags)
}

private func formFaults(_ tags: [Tag]) -> [String] {
    var faults: [String] = []
    var needsToken = false
    for tag in tags {
        func has(_ name: String, _ value: String) -> Bool {
            tag.attributes.contains { $0.name == name && $0.value == value }
        }
        if tag.name == "form" {
            if tag.isClosing, needsToken { faults.append("a form that posts has no CSRF field") }
            needsToken = !tag.isClosing && has("method", "post")
        }
        if tag.name == "input", has("name", "csrf_token") { needsToken = false }
    }
    return faults
}

private func nestingFaults(_ tags: [Tag]) -> [String] {
    let void: Set<String> = [
        "!doctype", "meta", "link", "input", "br", "img", "path", "circle", "hr", "use", "rect",
    ]
    var open: [String] = []
    for tag in tags where !void.contains(tag.name) {
        guard tag.isClosing else {
            open.append(tag.name)
            continue
        }
        guard open.popLast() == tag.name else { return ["</\(tag.name)> closes something else"] }
    }
    return open.isEmpty ? [] : ["not closed: \(open.joined(separator: ", "))"]
}

private struct Tag {
    var name: String
    var isClosing: Bool
    var attributes: [(name: String, value: String)]
}

/// Our own markup is regular: every attribute's value stands in double quotes.
private func scanTags(_ text: String) -> [Tag] {
    var tags: [Tag] = []
    var rest = Substring(text)
    while let start = rest.firstIndex(of: "<") {
        rest = rest[rest.index(after: start)...]
        var tag = Tag(name: "", isClosing: false, attributes: [])
        if rest.first == "/" {
            tag.isClosing = true
            rest = rest.dropFirst()
        }
        tag.name = take(&rest) { !$0.isWhitespace && $0 != ">" && $0 != "/" }.lowercased()
        while let next = rest.first, next != ">" {
            guard !next.isWhitespace, next != "/" else {
                rest = rest.dropFirst()
                continue
            }
            let name = take(&rest) { !$0.isWhitespace && $0 != "=" && $0 != ">" }
            guard rest.first == "=" else {
                tag.attributes.append((name, ""))
                continue
            }
            rest = rest.dropFirst(2)
            tag.attributes.append((name, take(&rest) { $0 != "\"" }))
            rest = rest.dropFirst()
        }
        tags.append(tag)
    }
    return tags
}

private func take(_ rest: inout Substring, while accepts: (Character) -> Bool) -> String {
    let part = rest.prefix(while: accepts)
    rest = rest[part.endIndex...]
    return String(part)
}
