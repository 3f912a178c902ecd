import Glibc
import Support
import Tables
import Testing

/// A third opinion: Python's csv module reads the same random files, malformed ones included, because its way to go on
/// after a bad quote is ours too.
@Suite struct PythonCSVTests {
    @Test(.enabled(if: system("python3 -c 'import csv' 2>/dev/null") == 0, "there is no python3"))
    func sameCells() throws {
        let folder = "/tmp/bodega-python-csv-\(getpid())"
        try Files.makeFolder(folder)
        defer { system("rm -rf \(folder)") }
        var expected: [String] = []
        for seed in 0..<1000 {
            var random = SeededRandom(state: UInt64(40_000 + seed))
            let bytes = randomTable(&random)
            try Files.replace("\(folder)/\(seed).csv", with: bytes)
            let fixture = try CSVFixture(bytes)
            // What is blank and broken at once is a record of ours, to be told of.
            for record in try readAll(fixture.reader(readSize: 16)).records
            where !record.cells.allSatisfy(ReferenceCSV.isBlank) {
                expected.append("\(seed) \(record.cells.map { hexadecimal($0) }.joined(separator: ","))")
            }
        }
        try Files.replace("\(folder)/read.py", with: Array(script.utf8))
        #expect(system("python3 \(folder)/read.py \(folder) 1000 > \(folder)/out") == 0)
        let answer = String(decoding: try Files.read("\(folder)/out"), as: UTF8.self)
        let actual = answer.split(separator: "\n").map(String.init)
        #expect(actual.count == expected.count)
        let differing = zip(actual, expected).first { $0 != $1 }
        #expect(differing == nil, "Python, ours")
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private let script = """
        import csv, sys
        for number in range(int(sys.argv[2])):
            with open(f"{sys.argv[1]}/{number}.csv", encoding="latin-1", newline="") as file:
                if file.read(3) != "\\xef\\xbb\\xbf":
                    file.seek(0)
                for record in csv.reader(file):
                    if any(cell.encode("latin-1").decode("utf-8", "surrogateescape").strip() for cell in record):
                        print(number, ",".join(cell.encode("latin-1").hex() for cell in record))
        """
}
