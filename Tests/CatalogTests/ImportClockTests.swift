import Jobs
import Support
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// What is asked is whether something was changed since, never when.
@Suite struct ImportClockTests {
    @Test func whatTheFileDoesNotNameIsDeactivatedAlthoughTheClockWentBack() throws {
        let fixture = try ImportFixture()
        try fixture.run("sku,name\nA,Alder\nB,Birch\nC,Cedar\n")
        fixture.clock.advance(seconds: -3600)
        var options = ImportOptions()
        options.missing = .deactivate
        options.isGuarded = false
        let job = try fixture.run("sku,name\nA,Alder\n", options)
        #expect(job.status == .completed)
        #expect(try fixture.table().mapValues(\.status.rawValue) == ["a": "active", "b": "draft", "c": "draft"])
    }

    @Test func aChangeIsNeverOlderThanTheOneBeforeIt() throws {
        let fixture = try ImportFixture()
        try fixture.run("sku,name\nA,Alder\nB,Birch\nC,Cedar\n")
        let made = try fixture.table().mapValues(\.updatedAt)
        fixture.clock.advance(seconds: -3600)
        try fixture.edit("A") { $0.name = "Apple" }
        var options = ImportOptions()
        (options.missing, options.isGuarded) = (.deactivate, false)
        try fixture.run("sku,name\nA,Ash\nB,Beech\n", options)
        let changed = try fixture.table()
        #expect(changed.mapValues(\.version) == ["a": 3, "b": 2, "c": 2])
        #expect(changed.mapValues(\.updatedAt) == made)
    }
}
