import AdminKit
import Identity
import Support
import Testing
import Web

@testable import App

/// Who may do what, seen by trying: every route as nobody, as each role, and with a token of each single scope.
@Suite struct AccessTests {
    /// Every route has its line in `AccessTable`, and lets in whom the line names and nobody else. A change of access
    /// shows as a change of that file.
    @Test func everyRouteLetsInWhomTheTableNames() throws {
        let expected = Set(AccessTable.lines)
        #expect(expected.count == AccessTable.lines.count, "a line stands twice")
        let matrix = try AccessMatrix()
        var found: Set<String> = []
        for route in Composition.routes {
            let line = try matrix.line(route)
            found.insert(line)
            if !expected.contains(line) { Issue.record("not in AccessTable.swift: \(line)") }
        }
        for line in AccessTable.lines where !found.contains(line) { Issue.record("no route is so any more: \(line)") }
        #expect(found.count > 70)
    }

    /// A topic is heard by whom the table names; there is none beside those of the table.
    @Test func everyTopicIsHeardByWhomTheTableNames() throws {
        let matrix = try AccessMatrix()
        for (topics, who) in AccessTable.topics {
            #expect(try matrix.who(.get, "/api/events?topics=\(topics)") == who, "\(topics)")
        }
        let named = AccessTable.topics.map(\.what)
        for topic in Composition.topics.all { #expect(named.contains { $0.hasPrefix(topic.name) }, "\(topic.name)") }
        let route = Composition.routes.first { $0.path == "/api/events" }
        #expect(route?.access == .anyOf(Set(Composition.topics.all.map(\.permission))))
    }

    /// The navigation shows an entry to those who may open it.
    @Test func theNavigationAsksForWhatItsRoutesAskFor() throws {
        #expect(Composition.navigation.count >= 4)
        for entry in Composition.navigation {
            let path = PathPattern(stringLiteral: entry.path)
            let route = Composition.routes.first { $0.method == .get && $0.path == path }
            guard let route else {
                Issue.record("no route answers GET \(entry.path) of the navigation")
                continue
            }
            if case .permission(let permission) = route.access {
                #expect(entry.permission == permission, "\(entry.path)")
            } else {
                #expect(route.access == .login, "\(entry.path)")
            }
        }
    }

    /// A scope that no role holds could never be used; an admin may do everything.
    @Test func everyScopeBelongsToARole() {
        #expect(Role.admin.permissions == Set(Permission.all))
        #expect(Role.editor.permissions.isSuperset(of: Role.viewer.permissions))
        for route in Composition.routes {
            for permission in route.access.permissions {
                #expect(Permission.all.contains(permission), "\(route.path) asks for \(permission.rawValue)")
            }
        }
    }

    /// Only pages that ask before something is changed need a right to change for GET, which a link or an image sends.
    @Test func nothingThatChangesIsAskedForByGET() {
        for route in Composition.routes where route.method == .get {
            for permission in route.access.permissions {
                let verb = permission.rawValue.split(separator: ":").first ?? ""
                let changes = ["write", "delete", "run", "undo"].contains(verb)
                #expect(!changes || route.operation.isPage, "GET \(route.path) needs \(permission.rawValue)")
            }
        }
    }
}

extension Access {
    /// Those of which one is needed.
    var permissions: Set<Permission> {
        switch self {
        case .open, .login, .gathered: []
        case .permission(let permission): [permission]
        case .anyOf(let some): some
        }
    }
}
