import Database
import Jobs
import Support

/// What an undo does with the product of one revision.
enum UndoDecision: Equatable {
    /// The job created it: it goes.
    case delete(Product)
    /// The job changed it: the old values come back.
    case restore(Product, over: Product)
    /// The job deleted it: it comes back with its old id.
    case putBack(Product, version: Int64)
    /// The product is as it was before the job already.
    case unchanged
    /// It stays as it is, and is listed.
    case keep(Kept)
    /// Another revision of the same product decides.
    case other
}

extension UndoDecision {
    /// About how many bytes it writes.
    var bytes: Int64 {
        switch self {
        case .delete(let product), .putBack(let product, _): product.bytes
        case .restore(let product, let current): product.bytes + current.bytes
        case .unchanged, .keep, .other: 0
        }
    }
}

/// A product that an undo leaves alone.
struct Kept: Sendable, Equatable {
    enum Reason: String, Sendable, CaseIterable {
        /// Somebody changed it after the job.
        case edited
        /// Another product has its SKU now.
        case skuTaken = "sku_taken"
    }

    var productID: Int64
    var sku: String
    var reason: Reason
    /// Who stands in the way, as `Actor.description`.
    var actor: String
    var jobID: Int64?
    var at: Timestamp
}

/// Decides, revision by revision. The preview and the job ask the same.
struct UndoDecisions {
    let scope: UndoScope
    private let products: ProductStore
    private let revisions: RevisionStore
    private let undo: ProductUndoStore

    init(_ connection: Connection, _ scope: UndoScope) {
        self.scope = scope
        products = ProductStore(connection)
        revisions = RevisionStore(connection)
        undo = ProductUndoStore(connection)
    }

    /// - Parameter id: a revision of the job.
    func decide(_ id: Int64, of productID: Int64) throws -> UndoDecision {
        // The job's changes since anybody else's; the newest change of all when that is another's, or not this one.
        var run: [Revision] = []
        try revisions.walk(productID) { revision in
            guard run.isEmpty || scope.contains(revision) else { return false }
            run.append(revision)
            return run[0].id == id
        }
        guard let newest = run.first else { return .other }
        if newest.id == id { return try takeBack(run, newest) }
        // A job has several revisions of a product only when it was restarted; the newest one speaks for all.
        if try scope.contains(newest) || undo.hasLater(scope, productID, after: id) { return .other }
        return .keep(try kept(productID, .edited, newest))
    }

    private func takeBack(_ run: [Revision], _ newest: Revision) throws -> UndoDecision {
        let current = newest.change == .delete ? nil : try products.find(newest.productID)
        var past = ProductPast(newest.productID, present: current)
        for revision in run { past.takeBack(revision) }
        switch (past.product, current) {
        case (nil, nil): return .unchanged
        case (nil, let current?): return .delete(current)
        case (let wanted?, let current?):
            if ProductFields.all.allSatisfy({ $0.read(wanted) == $0.read(current) }) { return .unchanged }
            return try taken(wanted) ?? .restore(wanted, over: current)
        case (var wanted?, nil):
            if let kept = try taken(wanted) { return kept }
            wanted.createdAt = try revisions.firstMoment(wanted.id) ?? newest.at
            return .putBack(wanted, version: newest.version + 1)
        }
    }

    private func taken(_ wanted: Product) throws -> UndoDecision? {
        guard let other = try products.find(sku: wanted.sku), other.id != wanted.id else { return nil }
        let newest = try revisions.newest(other.id)
        return .keep(
            Kept(
                productID: wanted.id,
                sku: wanted.sku,
                reason: .skuTaken,
                actor: newest?.actor ?? Actor.system.description,
                jobID: newest?.jobID,
                at: newest?.at ?? other.updatedAt
            )
        )
    }

    private func kept(_ productID: Int64, _ reason: Kept.Reason, _ by: Revision) throws -> Kept {
        let sku = try products.find(productID)?.sku ?? by.before?["sku"]?.stringValue ?? ""
        return Kept(
            productID: productID,
            sku: sku,
            reason: reason,
            actor: by.actor,
            jobID: by.jobID,
            at: by.at
        )
    }
}
