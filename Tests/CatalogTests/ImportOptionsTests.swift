import Support
import Testing
import Web

@testable import Catalog

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
    }
}
