import Catalog
import Glibc
import ImportEngine
import Jobs
import Process
import Support

/// Whether there is a terminal, or something that stands for one: root's command hands none on, and says where it was.
func isTerminal(_ descriptor: Int32) -> Bool {
    isatty(descriptor) != 0 || environmentVariable("BODEGA_TERMINAL")?.contains("\(descriptor)") ?? false
}

/// One line on a terminal that shows how far an import is; nothing elsewhere.
final class ImportProgress {
    private let isLive = isTerminal(2)
    private var last: UInt64 = 0

    private static let nanoseconds: UInt64 = 100_000_000
    private static let width: Int64 = 40

    func show(_ state: JobRun.State) {
        let now = monotonicNanoseconds()
        guard isLive, now - last > Self.nanoseconds else { return }
        last = now
        put("\r\u{1B}[K\(Self.line(state))")
    }

    func end() {
        if isLive { put("\r\u{1B}[K") }
    }

    /// `Checking [####....] 12,000 of 50,000 rows, 8000 rows/s`.
    static func line(_ state: JobRun.State) -> String {
        let (books, total) = (state.books, state.books.total)
        let rate = state.rowsPerSecond.map { ", \(Int64($0)) rows/s" } ?? ""
        switch state.stage {
        case "counting": return "Counting rows: \(total)"
        case "validating":
            // Checking is so great a share of the whole.
            let share = min(100, (state.progress ?? 0) * 100 / ImportJob.checkingShare)
            return "Checking \(bar(share)) \(share) % of \(total) rows\(rate)"
        case "indexing": return "Making searchable \(bar(100))"
        default:
            let share = total > 0 ? books.processed * 100 / total : 0
            return "Importing \(bar(share)) \(books.processed) of \(total) rows\(rate)"
        }
    }

    private static func bar(_ percent: Int64) -> String {
        let full = max(0, min(width, percent * width / 100))
        return "[\(String(repeating: "#", count: Int(full)))\(String(repeating: ".", count: Int(width - full)))]"
    }

    private func put(_ text: String) {
        try? Files.writeAll(Array(text.utf8), to: 2, "the terminal")
    }
}
