import Testing

@testable import Tables

/// Tables in gzip and ZIP.
@Suite struct PackedTableTests {
    private static let table = "sku;name\r\nA;\"two\nlines\"\r\n\r\nB;b\r\n"
    private static let cells = [["sku", "name"], ["A", "two\nlines"], ["B", "b"]]

    @Test func gzip() throws {
        let read = try Conversion(Packing.gzip(Array(Self.table.utf8)))
        #expect(read.format.container == .gzip)
        #expect(read.cells == Self.cells)
        #expect(read.records.map(\.line) == [1, 2, 5])
    }

    @Test func gzipOfSeveralMembers() throws {
        let parts = [Self.table, "C;c\n"].flatMap { Packing.gzip(Array($0.utf8)) }
        #expect(try Conversion(parts).cells == Self.cells + [["C", "c"]])
        #expect(try Conversion(parts + [0, 0, 0]).cells.count == 4)
        #expect(refusal(parts + [1]).hasPrefix("damaged_file: The gzip file is damaged: something else follows"))
    }

    @Test func gzipThatIsDamaged() {
        let whole = Packing.gzip(Array(Self.table.utf8))
        for end in [whole.count - 1, whole.count - 8, 30, 11] {
            #expect(refusal(Array(whole[..<end])).hasPrefix("damaged_file"), "\(end)")
        }
        for place in [whole.count - 1, whole.count - 5, 20] {
            var bytes = whole
            bytes[place] ^= 1
            #expect(refusal(bytes).hasPrefix("damaged_file"), "\(place)")
        }
    }

    @Test func zip() throws {
        let file = Packing.File("dir/p.csv", Self.table)
        let clutter = [Packing.File("dir/", ""), .init("__MACOSX/dir/._p.csv", "x"), .init("dir/.DS_Store", "x")]
        let read = try Conversion(Packing.zip(clutter + [file], comment: "a comment"))
        #expect(read.format.container == .zip)
        #expect(read.format.entry == "dir/p.csv")
        #expect(read.cells == Self.cells)
        var stored = file
        stored.method = 0
        #expect(try Conversion(Packing.zip([stored])).cells == Self.cells)
        #expect(try Conversion(Packing.zip([.init("read.me", "x"), file])).format.entry == "dir/p.csv")
        #expect(try Conversion(Packing.zip([.init("products", Self.table)])).cells == Self.cells)
    }

    @Test func zipThatIsRefused() {
        let file = Packing.File("p.csv", Self.table)
        #expect(refusal(Packing.zip([])) == "empty_archive: The ZIP archive holds no file.")
        #expect(
            refusal(Packing.zip([file, .init("q.csv", "x")])) == """
                several_files: The ZIP archive holds 2 files, and which is meant cannot be told: \
                'p.csv', 'q.csv'.
                """
        )
        let inner = Packing.File("p.zip", bytes: Packing.zip([file]))
        #expect(refusal(Packing.zip([inner])).hasPrefix("nested_archive: p.zip is compressed once more"))
        let gzip = Packing.File("p.csv", bytes: Packing.gzip([1]))
        #expect(refusal(Packing.zip([gzip])).hasPrefix("nested_archive"))
        #expect(refusal(Packing.gzip(Packing.zip([file]))).hasPrefix("nested_archive"))
        let locked = Packing.File("p.csv", bytes: [1], flags: 1)
        #expect(refusal(Packing.zip([locked])).hasPrefix("unreadable_archive: p.csv in the ZIP archive cannot be read"))
        let strange = Packing.File("p.csv", bytes: [1], method: 14)
        #expect(refusal(Packing.zip([strange])).hasPrefix("unreadable_archive"))
    }

    @Test func zipThatIsDamaged() {
        let whole = Packing.zip([.init("p.csv", Self.table)])
        for end in [whole.count - 1, whole.count - 22, 40] {
            #expect(refusal(Array(whole[..<end])).hasPrefix("damaged_file"), "\(end)")
        }
        var bytes = whole
        bytes[60] ^= 1
        #expect(refusal(bytes).hasPrefix("damaged_file"))
    }

    @Test func limits() {
        var limits = TableLimits()
        limits.entries = 3
        let many = Packing.zip((0..<4).map { Packing.File("\($0)", "") })
        #expect(refusal(many, limits: limits) == "too_many_entries: The archive lists more entries than 3.")
        limits.bytes = 1 << 20
        let zip = Packing.zip([.init("a.csv", String(repeating: "a,b\n", count: 300_000))])
        #expect(refusal(zip, limits: limits) == "too_large_unpacked: Unpacked, the table is larger than 1 MiB.")
        let gzip = Packing.gzip([UInt8](repeating: 0x61, count: 2 << 20))
        #expect(refusal(gzip, limits: limits).hasPrefix("too_large_unpacked"))
        limits = TableLimits()
        limits.ratio = 1
        limits.ratioFloor = 1_000
        #expect(refusal(bomb, limits: limits).hasPrefix("too_compressed: The file is compressed more than any table"))
    }

    /// What `gzip -9` makes of 40,000 times `a,`.
    private var bomb: [UInt8] {
        let head: [UInt8] = [
            0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 3, 0xED, 0xC2, 0x81, 0x0C, 0, 0, 0, 2, 0x30, 0xA1, 0xA4, 0xF2, 0x97, 8,
            0x20, 0x85, 0xEF, 0x6F, 0x0A,
        ]
        let tail: [UInt8] = [0x67, 0xAB, 0xAB, 0xA7, 0xA7, 0x80, 0x38, 1, 0]
        return head + [UInt8](repeating: 0, count: 77) + tail
    }
}
