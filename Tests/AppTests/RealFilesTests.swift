import Glibc
import Process
import Support
import TestSupport
import Testing

/// Public product files through `bodega import`, compared with Python's reading of them row by row.
@Suite struct RealFilesTests {
    // What the built-in profiles say, written once more: Python knows nothing of them.
    private static let shopify = [
        "Handle=continues", "Variant SKU=sku", "Title=name", "Body (HTML)=description", "Vendor=brand",
        "Variant Price=price", "Variant Compare At Price=compare_at_price", "Variant Barcode=upc", "Published=status",
        "Option1 Value=option", "Option2 Value=option", "Option3 Value=option", "--handle",
    ]
    private static let woo = [
        "SKU=sku", "Name=name", "Description=description", "Regular price=price", "Sale price=sale", "Published=status",
    ]

    @Test(
        .enabled(if: sharedData != nil, "the public data is not there: set BODEGA_SHARED_DATA"),
        .enabled(if: hasPython, "there is no python3"),
        arguments: [
            ("x-wines/XWines_Slim_1K_wines.csv", ["WineID=sku", "WineName=name"], nil),
            ("x-wines/XWines_Test_100_wines.csv", ["WineID=sku", "WineName=name"], nil),
            ("feeds/woocommerce/sample_products.csv", woo, "WooCommerce"),
            ("feeds/shopify-product-csvs/apparel.csv", shopify, "Shopify (until 2024)"),
            ("feeds/shopify-product-csvs/home-and-garden.csv", shopify, "Shopify (until 2024)"),
            ("feeds/shopify-product-csvs/jewelery.csv", shopify, "Shopify (until 2024)"),
        ] as [(String, [String], String?)]
    )
    func booksAgreeWithPython(file: String, mapping: [String], profile: String?) throws {
        let data = try #require(sharedData)
        let folder = try TemporaryFolder()
        let program = try builtProgram("bodega")
        let path = "\(data)/\(file)"
        #expect(try run([program, "migrate", "up", "--data", folder.path]).status == .exited(0))
        let maps = profile == nil ? mapping.flatMap { ["--map", $0] } : []
        let identify = mapping.contains("--handle") ? ["--identify", "handle"] : []
        let command = [program, "import", path, "--data", folder.path] + maps + identify
        let first = try run(command)
        // 2 where rows fail.
        #expect(first.status == .exited(0) || first.status == .exited(2), "\(first.output)")
        if let profile { #expect(first.output.contains("profile \(profile)"), "\(first.output)") }
        let script = "\(root)/Tests/RealFiles/check_books.py"
        let answer = try run(["/usr/bin/env", "python3", script, folder.file("bodega.db"), path] + mapping)
        #expect(answer.status == .exited(0), "\(answer.output)")
        let again = try run(command)
        #expect(again.status == first.status)
        #expect(again.output.contains("created: 0") && again.output.contains("updated: 0"), "\(again.output)")
    }

    private func run(_ command: [String]) throws -> (status: Process.ExitStatus?, output: String) {
        let folder = try TemporaryFolder()
        let file = try Files.open(folder.file("out"), O_RDWR | O_CREAT)
        let child = try Spawn(
            executable: command[0],
            arguments: command,
            descriptors: [Spawn.Inherited(file.raw, as: 1), Spawn.Inherited(file.raw, as: 2)],
            parentDeathSignal: nil
        ).start()
        let status = child.wait(milliseconds: 60_000)
        if status == nil { child.sendToGroup(SIGKILL) }
        return (status, String(decoding: try Files.read(folder.file("out")), as: UTF8.self))
    }
}

private let hasPython = system("python3 -c 'import csv, sqlite3' 2>/dev/null") == 0
private let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
