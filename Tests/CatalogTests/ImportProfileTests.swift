import Database
import Identity
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite("Import profiles")
struct ImportProfileTests {
    private func context(_ house: CatalogHouse) -> WriteContext { house.house.context }

    private func profile(_ name: String, _ headers: [String], _ mapping: ImportMapping) -> ImportProfile {
        var profile = ImportProfile(name: name, mapping: mapping, target: .products)
        profile.headers = headers
        return profile
    }

    @Test func aHeaderIsTheSameHoweverItIsWritten() {
        let one = ImportProfile.fingerprint(["SKU", "Product Name"])
        #expect(one == ImportProfile.fingerprint([" s_k-u", "productname "]))
        #expect(one != ImportProfile.fingerprint(["Product Name", "SKU"]))
        #expect(one != ImportProfile.fingerprint(["SKU", "Product", "Name"]))
        #expect(ImportProfile.fingerprint([]) == nil)
    }

    @Test func theLastOneThatAHeaderUsedIsRemembered() throws {
        let house = try CatalogHouse()
        let store = ImportProfileStore(house.database, ImportTargets(.products))
        let first = try store.insert(profile("First", ["Ref", "Was"], ["Ref": "sku"]), context(house))
        let second = try store.insert(profile("Second", ["ref", "WAS"], ["Was": "sku"]), context(house))
        try house.database.write {
            try store.noteUse(first.id, at: house.house.clock.now)
            try store.noteUse(second.id, at: Timestamp(milliseconds: 1))
        }
        #expect(try store.find(headers: ["REF", "was"], of: .products)?.name == "First")
        #expect(try store.find(first.id)?.version == 1, "using it is no edit")
        #expect(try store.find(name: "FIRST ")?.id == first.id)
        #expect(throws: ImportProfileStore.Refusal.nameTaken(existingID: first.id)) {
            try store.insert(profile("first", [], [:]), context(house))
        }
        // Saved again under its name, for the same header: the same profile. For another header: not.
        let saving = try store.saving(profile("First", ["Ref", "Was"], ["Was": "name", "Ref": "sku"]))
        let saved = try house.database.write { try store.save(saving, context(house)) }
        #expect(saved.id == first.id && saved.version == 2 && saved.mapping.columns.count == 2)
        #expect(throws: RecordChanged.self, "it is not as it was") {
            try house.database.write { try store.save(saving, context(house)) }
        }
        #expect(throws: ImportProfileStore.Refusal.nameTaken(existingID: first.id)) {
            try store.saving(profile("First", ["Other"], [:]))
        }
    }

    @Test func whichProfileHolds() throws {
        let house = try CatalogHouse()
        let store = ImportProfileStore(house.database, ImportTargets(.products))
        let choice = ImportProfileChoice(house.database, .products)
        let shopify = try #require(BuiltInProfiles.products.named("shopify")).mapping.columns.map(\.name)
        func use(_ headers: [String], _ name: String? = nil) throws -> String? {
            try choice.resolve(headers, profile: name, mapping: [:]).use
                .map { "\($0.profile.name) \($0.reason.rawValue)" }
        }
        #expect(try use(shopify) == "Shopify recognised")
        #expect(try use(shopify, "none") == nil)
        #expect(try use(["sku", "name"]) == nil)
        let own = try store.insert(profile("Own", shopify, ["SKU": "sku", "Title": "description"]), context(house))
        #expect(try use(shopify) == "Own remembered")
        #expect(try use(["sku"], "OWN") == "Own chosen")
        #expect(try use(["sku"], String(own.id)) == "Own chosen")
        #expect(try use(["sku"], "WooCommerce") == "WooCommerce chosen")
        #expect(throws: WebError.self) { try use(["sku"], "nobody") }
        // What the caller says of a field wins over the profile's column for it.
        let outcome = try choice.resolve(shopify, profile: nil, mapping: ["Vendor": "sku"])
        let columns = try ImportColumns(headers: shopify, mapping: outcome.mapping)
        #expect(columns.used.contains { $0 == ("Vendor", "sku") } && !columns.used.contains { $0 == ("SKU", "sku") })
    }

    @Test func builtInProfilesMapTheHeadersTheyAreFor() throws {
        let woo = [
            "ID", "Type", "SKU", "GTIN, UPC, EAN, or ISBN", "Name", "Published", "Is featured?",
            "Visibility in catalog", "Short description", "Description", "Sale price", "Regular price", "Categories",
            "Brands",
        ]
        let recognised = try #require(BuiltInProfiles.products.recognised(woo))
        let columns = try ImportColumns(headers: woo, mapping: recognised.mapping.restricted(to: woo))
        #expect(
            columns.used.map(\.field) == [
                "sku", "name", "brand", "description", "price", "upc", "published", "short_description", "sale_price",
            ]
        )
        for entry in BuiltInProfiles.products.all {
            #expect(BuiltInProfiles.products.recognised(entry.signature)?.name == entry.profile.name)
            #expect(
                ImportProfile.isName(entry.profile.name, of: .products) == false,
                "nobody can save one of this name"
            )
        }
    }

    @Test("The API keeps the conventions")
    func api() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        let made = try client.json(
            .post,
            "/api/import-profiles",
            ["name": "Acme", "mapping": ["Ref": "sku", "Notes": nil], "headers": ["Ref", "Notes"], "blank": "clear"]
        )
        #expect(made.status == 201 && made.headers["Location"] == "/api/import-profiles/1")
        #expect(made.headers["ETag"] == "\"1-1\"")
        #expect(made.json?["mapping"] == ["Ref": "sku", "Notes": nil])
        #expect(try client.get("/api/import-profiles/1").text == made.text)
        for name in ["Beta", "alpha", "Gamma"] {
            #expect(
                try client.json(.post, "/api/import-profiles", ["name": .string(name), "mapping": [:]]).status == 201
            )
        }
        var names: [String] = []
        var next: String? = "/api/import-profiles?limit=2&include=total"
        while let path = next {
            let page = try client.get(path).json
            names += (page?["items"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
            #expect(page?["total"] == 4)
            next = page?["next"]?.stringValue
        }
        #expect(names == ["Acme", "alpha", "Beta", "Gamma"])
        func codes(_ body: JSON, _ method: Web.Method = .post, _ path: String = "/api/import-profiles") throws
            -> [String]
        {
            let answer = try client.json(method, path, body)
            return ["\(answer.status)"]
                + (answer.json?["errors"]?.arrayValue ?? []).compactMap { $0["code"]?.stringValue }
        }
        #expect(try codes(["name": "ACME", "mapping": [:]]) == ["409", "name_taken"])
        #expect(try codes(["mapping": [:]]) == ["422", "required"])
        #expect(try codes(["name": "12", "mapping": [:]]) == ["422", "bad_name"])
        #expect(try codes(["name": "Shopify", "mapping": [:]]) == ["422", "bad_name"])
        #expect(
            try codes(["name": "x", "mapping": ["a": "colour"], "x": 1]) == ["422", "unknown_field", "unknown_field"]
        )
        #expect(try codes(["id": 5], .patch, "/api/import-profiles/1") == ["422", "read_only"])
        #expect(try codes(["mode": "all"], .patch, "/api/import-profiles/1") == ["422", "bad_option"])
        #expect(
            try client.json(
                .patch,
                "/api/import-profiles/1",
                ["mode": "update"],
                headers: .headers(["If-Match": "\"1-7\""])
            )
            .status == 412
        )
        let put = try client.json(.put, "/api/import-profiles/1", try #require(made.json))
        #expect(put.status == 200 && put.headers["ETag"] == "\"1-1\"", "GET, then PUT, changes nothing")
        let viewer = try house.client([.readJobs])
        #expect(try viewer.get("/api/import-profiles").status == 200)
        #expect(try viewer.json(.post, "/api/import-profiles", ["name": "x", "mapping": [:]]).status == 403)
        #expect(try client.send(Call(.delete, "/api/import-profiles/1")).status == 204)
        #expect(try client.get("/api/import-profiles/1").status == 404)
    }

    /// A profile that deletes products is changed and removed by those only who may delete them.
    @Test func aProfileThatDeletesIsNotForEverybodyToRemove() throws {
        let house = try CatalogHouse()
        let mighty = try house.client()
        let profile: JSON = ["name": "Clear out", "mapping": ["sku": "sku"], "mode": "delete"]
        let made = try mighty.json(.post, "/api/import-profiles", profile)
        #expect(made.status == 201, "\(made.text)")
        let id = try #require(made.json?["id"]?.intValue)
        let path = "/api/import-profiles/\(id)"
        let importer = try house.client([.runImports, .readJobs])
        #expect(try importer.json(.patch, path, ["name": "Mine"]).status == 403)
        #expect(try importer.json(.patch, path, ["mode": "update"]).status == 403)
        #expect(try importer.send(Call(.delete, path)).status == 403)
        #expect(try importer.form("/imports/profiles/\(id)/delete", [:]).status == 403)
        #expect(try mighty.get(path).status == 200)
        #expect(try mighty.send(Call(.delete, path)).status == 204)
    }
}
