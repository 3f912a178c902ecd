import Database
import Money
import Support
import Web

/// Applies the lines of a bulk change, each on its own. Nothing is written for a line that is refused.
///
/// A part of the lines is read, looked up, checked and made ready first; then the writer gate is taken for as long as
/// their rows take to write, or until others have waited long enough. A product that another request has changed in
/// between is made ready once more. So what stands in the lines decides how long this takes, but not how long others
/// wait.
struct ProductBulk {
    struct Line {
        /// From 1, blank lines counted.
        var number: Int
        var bytes: ArraySlice<UInt8>
    }

    /// A line as far as it can be told without writing.
    private struct Ready {
        var line: Line
        var base: Base
        /// Why it is refused; empty for one that is written.
        var problems: [Problem] = []
        /// The product that it names, and the SKU as it was sent.
        var current: Product?
        var sku: String?
        /// Nil for a line that is refused.
        var change: ProductChange?

        /// About how many bytes it takes, with the product as it stands.
        var weight: Int64 { Int64(line.bytes.count) + (current?.bytes ?? 0) }
    }

    /// What became of a line.
    private struct Outcome {
        var line: Line
        var status: Int
        var problems: [Problem] = []
        var product: Product?
        var sku: String?
        /// Whether its product is another one than before.
        var isChanged = false

        var json: JSON {
            [
                "line": .int(line.number), "status": .int(status), "id": .optional(product?.id),
                "sku": .optional(product?.sku ?? sku?.shortened(to: 128)), "errors": .array(problems.map(\.json)),
            ]
        }
    }

    /// What a change was made of.
    private enum Base {
        /// There is no product with its SKU.
        case nothing
        case stored
        /// The product as another line of the same part leaves it, by its place in the part.
        case line(Int)
    }

    /// Lines, and bytes of them and of their products, that are made ready at once.
    private static let partLines = 500
    private static let partBytes: Int64 = 2 << 20
    /// For how long the gate is held at one go, apart from the commit.
    private static let holdNanoseconds: UInt64 = 50_000_000

    private let connection: Connection
    private let store: ProductStore
    private let currency: Currency
    private let context: WriteContext
    private let lines: [Line]
    private var next = 0
    private var results: [JSON] = []
    private var isTold = false
    /// Why nothing more is written, after something was.
    private var refusal: (status: Int, problem: Problem)?

    init(_ connection: Connection, _ currency: Currency, _ context: WriteContext, _ lines: [Line]) {
        self.connection = connection
        store = ProductStore(connection)
        self.currency = currency
        self.context = context
        self.lines = lines
    }

    /// - Returns: what became of each line, as the API says it.
    mutating func run() throws -> [JSON] {
        while next < lines.count {
            try ProductIndexStore(connection).prepareKey()
            let part = try connection.read { try makeReady() }
            results += try write(part).map(\.json)
            if let refusal {
                results += lines[next...].map {
                    Outcome(line: $0, status: refusal.status, problems: [refusal.problem]).json
                }
                break
            }
        }
        ProductSearch.indexAfterCommit(connection)
        return results
    }

    // MARK: Making ready

    /// The next lines, as far as they can be made ready without writing any.
    private func makeReady() throws -> [Ready] {
        var part: [Ready] = []
        var bytes: Int64 = 0
        // Where in the part each product was changed last.
        var changed: [ByteText: Int] = [:]
        for line in lines[next...] {
            guard part.count < Self.partLines, bytes < Self.partBytes,
                let ready = try makeReady(line, part, changed)
            else { break }
            bytes += ready.weight
            if let change = ready.change { changed[ByteText(change.key)] = part.count }
            part.append(ready)
        }
        return part
    }

    /// - Returns: nil when what the lines before it write must be known first.
    private func makeReady(_ line: Line, _ part: [Ready], _ changed: [ByteText: Int]) throws -> Ready? {
        let body: JSON
        do {
            body = try JSON.parse(Array(line.bytes), isForeign: true)
        } catch {
            let problem = Problem("", "not_json", "The line is \(error).")
            return Ready(line: line, base: .nothing, problems: [problem])
        }
        let sku = body["sku"]?.stringValue
        let (current, base) = try find(sku, part, changed)
        if case .line = base, ProductBody.readOnly.contains(where: { body[$0] != nil }) { return nil }
        let purpose: ProductBody.Purpose = current == nil ? .create : .merge
        let draft = ProductBody(purpose: purpose, currency: currency).draft(body, onto: current)
        var ready = Ready(line: line, base: base, problems: draft.problems, current: current, sku: sku)
        if draft.problems.isEmpty { ready.change = ProductChange(from: current, to: draft.product) }
        return ready
    }

    /// The product with a SKU as the lines before leave it.
    private func find(_ sku: String?, _ part: [Ready], _ changed: [ByteText: Int]) throws -> (Product?, Base) {
        // A SKU that is too long names no product and is refused.
        guard let sku, sku.utf8.count <= Self.longestSKU else { return (nil, .nothing) }
        let key = Product.skuKey(sku)
        if let index = changed[ByteText(key)], let change = part[index].change {
            return (change.product, .line(index))
        }
        let found = try store.find(key: key)
        return (found, found == nil ? .nothing : .stored)
    }

    /// In bytes: 128 characters with white space around them.
    private static let longestSKU = 4096

    // MARK: Writing

    /// Writes lines until one finds another product than it was made for: that one and those behind it are made ready
    /// once more. Each time that others have waited long enough what is written so far is committed.
    /// - Returns: what became of the lines that are done.
    private mutating func write(_ part: [Ready]) throws -> [Outcome] {
        var outcomes: [Outcome] = []
        var isOvertaken = false
        func take(until end: UInt64) throws {
            repeat {
                guard let outcome = try write(part[outcomes.count], outcomes) else {
                    isOvertaken = true
                    return
                }
                outcomes.append(outcome)
            } while outcomes.count < part.count && monotonicNanoseconds() < end
        }
        while outcomes.count < part.count, !isOvertaken, refusal == nil {
            if isTold, part[outcomes.count...].allSatisfy({ $0.change == nil }) {
                try take(until: .max)
                continue
            }
            let done = outcomes.count
            do {
                try connection.write {
                    try take(until: monotonicNanoseconds() + Self.holdNanoseconds)
                    try audit(outcomes[done...])
                }
                isTold = true
            } catch let error as DatabaseError where isTold && (error.isDiskFull || error.isBusy) {
                // What is committed already is told as such: an answer of 507 or 503 would deny it.
                outcomes.removeSubrange(done...)
                refusal = Self.refusal(error)
            }
        }
        next += outcomes.count
        return outcomes
    }

    private static func refusal(_ error: DatabaseError) -> (status: Int, problem: Problem) {
        guard error.isDiskFull else {
            let detail = "Another change is being written just now: send this line again in a few seconds."
            return (503, Problem("", "busy", detail))
        }
        let detail = "The server's disk is full. Make room there, then send this line again."
        return (507, Problem("", "disk_full", detail))
    }

    /// Inside the transaction, unless nothing is to be written.
    /// - Parameter outcomes: of the lines of this part before it.
    /// - Returns: nil when another product stands there than the one that the line was made ready for.
    private func write(_ ready: Ready, _ outcomes: [Outcome]) throws -> Outcome? {
        var current = ready.current
        if case .line(let index) = ready.base {
            // What the database refused leaves another product than this line was made ready for.
            guard let product = outcomes[index].product, outcomes[index].status < 400 else { return nil }
            current = product
        }
        var outcome = Outcome(line: ready.line, status: 422, problems: ready.problems, product: current, sku: ready.sku)
        guard let change = ready.change else { return outcome }
        guard let current else {
            do {
                outcome.product = try store.add(change, context)
            } catch ProductStore.Refusal.handleTaken(let id) {
                return Self.refused(outcome, id)
            } catch ProductStore.Refusal.noCategory(let id) {
                outcome.problems = [ProductRefusal.noCategory(id)]
                return outcome
            } catch is ProductStore.Refusal {
                // Another request has just added it: then it is this one that the line changes.
                return nil
            }
            outcome.status = 201
            outcome.isChanged = true
            return outcome
        }
        let standing = try store.standing(key: change.key)
        guard let standing, standing.id == current.id, standing.version == current.version else { return nil }
        let stored: Product
        do {
            stored = try store.replace(current, change, context)
        } catch ProductStore.Refusal.handleTaken(let id) {
            return Self.refused(outcome, id)
        } catch ProductStore.Refusal.noCategory(let id) {
            outcome.problems = [ProductRefusal.noCategory(id)]
            return outcome
        }
        outcome.product = stored
        outcome.status = 200
        outcome.isChanged = stored.version != current.version
        return outcome
    }

    private static func refused(_ outcome: Outcome, _ id: Int64) -> Outcome {
        var refused = outcome
        refused.status = 409
        refused.problems = ProductRefusal.handleTaken(id).problems
        return refused
    }

    /// Each transaction names what it has changed, the first one also that there was nothing.
    private func audit(_ outcomes: ArraySlice<Outcome>) throws {
        var changed = ChangedProducts()
        for outcome in outcomes where outcome.isChanged {
            changed.note(outcome.product?.sku ?? "", isNew: outcome.status == 201)
        }
        guard !isTold || !changed.isEmpty else { return }
        let after = JSON.object([JSON.Member("lines", .int(lines.count))] + changed.members)
        let entry = AuditEntry("product.bulk", "product", id: nil, after: after)
        try AuditStore(connection).append(entry, context: context)
    }
}
