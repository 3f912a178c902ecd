import AdminKit
import Catalog
import Identity
import Money
import Support
import TestSupport
import Testing
import Web

@testable import App

/// What is published is declared, and the contract shows it.
@Suite struct EventTypeTests {
    @Test func everyTypeSaysWhatItsDataHolds() {
        let names = Composition.events.map(\.name)
        #expect(Set(names).count == names.count && !names.isEmpty)
        for event in Composition.events {
            let example = event.schema.json["examples"]?.arrayValue?.first
            #expect(event.version >= 1 && !event.summary.isEmpty, "\(event.name)")
            #expect(example.map { mismatch($0, event.schema.json) } == .some(nil), "the example of \(event.name)")
            if let topic = event.topic {
                #expect(Composition.topics.permission(for: topic) != nil, "\(event.name) names no topic")
            }
        }
    }

    /// A topic without a permission would be heard by all, or by nobody.
    @Test func everyTopicHasOnePermission() {
        let topics = Composition.topics.all
        #expect(Set(topics.map(\.name)).count == topics.count)
        for topic in topics { #expect(Permission.all.contains(topic.permission), "\(topic.name)") }
    }

    @Test func theSourcesPublishWhatIsDeclaredAndNothingElse() throws {
        let call = try Regex(#"(publish|announce)\(\s*"([a-z]+\.[a-z_]+)""#, as: (Substring, Substring, Substring).self)
        var published: Set<String> = []
        for file in try sourceFiles() {
            let text = file.lines.joined(separator: "\n")
            for match in text.matches(of: call) { published.insert(String(match.output.2)) }
        }
        #expect(published == Set(Composition.events.map(\.name)))
    }

    @Test func theDocumentHasThem() throws {
        let document = OpenAPIDocument(Composition.contract(.euro)).json
        let members = try #require(document["x-events"]?.members)
        #expect(members.map(\.name) == Composition.events.map(\.name))
    }
}
