import Support
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite struct ImportOptionsTests {
    @Test func comeBackFromTheJob() throws {
        for mode in ImportOptions.Mode.allCases {
            for blank in ImportOptions.Blank.allCases {
                for duplicates in ImportOptions.Duplicates.allCases {
                    var options = ImportOptions()
                    (options.mode, options.blank, options.duplicates) = (mode, blank, duplicates)
                    options.mapping = ["Wine \"ID\"": "sku", "Name, full": "name"]
                    #expect(ImportOptions(json: try JSON.parse(options.json.text)) == options)
                }
            }
        }
        #expect(ImportOptions(json: [:]) == ImportOptions())
        var options = ImportOptions()
        (options.review, options.isGuarded, options.onError, options.missing) = (true, false, .stop, .deactivate)
        #expect(ImportOptions(json: try JSON.parse(options.json.text)) == options)
    }

    @Test func areReadFromAForm() throws {
        var fields = Fields()
        for (name, value) in [
            ("mode", "create"), ("review", "1"), ("guard", "off"), ("on_error", "stop"), ("missing", "deactivate"),
            ("duplicates", "reject"),
        ] { fields.append(name, value) }
        let options = try ImportOptions(fields)
        #expect(options.mode == .create && options.review && !options.isGuarded)
        #expect(options.onError == .stop && options.missing == .deactivate && options.duplicates == .reject)
    }

    @Test(arguments: [
        ("review", "yes"), ("guard", "1"), ("on_error", "maybe"), ("missing", "delete"), ("mode", "x"),
        ("ragged", "cut"),
    ])
    func whatTheyDoNotTakeIsNamed(name: String, value: String) {
        var fields = Fields()
        fields.append(name, value)
        let error = #expect(throws: WebError.self) { try ImportOptions(fields) }
        #expect(error?.status == 422 && error?.problems.first?.field == name)
    }

    @Test func deletingAndDeactivatingExcludeEachOther() {
        var fields = Fields()
        fields.append("mode", "delete")
        fields.append("missing", "deactivate")
        #expect(throws: WebError.self) { try ImportOptions(fields) }
    }
}
