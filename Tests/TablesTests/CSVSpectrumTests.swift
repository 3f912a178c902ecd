import Glibc
import Support
import Tables
import Testing

/// csv-spectrum: eleven files with the objects that a reader should make of them.
@Suite struct CSVSpectrumTests {
    @Test(.enabled(if: spectrum != nil, "csv-spectrum is not there: set BODEGA_SHARED_DATA"))
    func allFiles() throws {
        let folder = try #require(spectrum)
        let names = Files.names(in: "\(folder)/csvs").map { String($0.dropLast(4)) }
        #expect(names.count == 11)
        for name in names {
            let expected = try JSON.parse(try Files.read("\(folder)/json/\(name).json"))
            let fixture = try CSVFixture(try Files.read("\(folder)/csvs/\(name).csv"))
            let records = try readAll(fixture.reader()).records
            let header = try #require(records.first).texts
            #expect(records.allSatisfy { $0.problems == 0 && $0.cells.count == header.count }, "\(name)")
            let objects = records.dropFirst().map { record in
                JSON.object(zip(header, record.texts).map { JSON.Member($0, .string($1)) })
            }
            #expect(JSON.array(objects) == expected, "\(name)")
        }
    }
}

private var spectrum: String? {
    let given = getenv("BODEGA_SHARED_DATA").map { String(cString: $0) }
    let folder = "\(given ?? "../shared/data")/csv-spectrum"
    return Files.exists(folder) ? folder : nil
}
