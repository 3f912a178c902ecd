/// What the words of a plan mean to people.
package enum PlanMessages {
    package static func title(_ state: PlanState) -> String {
        switch state {
        case .create: "Create"
        case .update: "Update"
        case .delete: "Delete"
        case .unchanged: "Unchanged"
        case .skip: "Skip"
        case .reject: "Reject"
        case .deactivate: "Make draft"
        }
    }

    /// Why a row is skipped, by code.
    package static func text(_ reason: PlanReason, winnerLine: Int64?) -> String? {
        switch reason {
        case .none: nil
        case .superseded:
            winnerLine.map { "Line \($0) has the same SKU and counts." } ?? "Another row has the same SKU."
        case .exists: "The product exists already."
        case .missing: "No product has this SKU."
        case .continuation: "It goes on with the product of the row above."
        case .header: "It names the columns once more."
        }
    }

    /// What a warning says of so many rows, by code.
    package static func warning(_ code: String, _ limits: ImportGuard.Limits) -> String {
        switch code {
        case "price_jump": "The price changes by more than \(limits.pricePercent) %, or goes."
        case "respelt_sku": "The SKU is spelt otherwise than it is stored; it will be stored as the file has it."
        default: code
        }
    }

    /// Brands that the import brings, in a sentence; nil for none.
    package static func text(_ brands: ImportWarningSummary.NewBrands) -> String? {
        guard brands.count > 0 else { return nil }
        let more = brands.count - Int64(brands.names.count)
        let rest = more > 0 ? " and \(more) more" : ""
        return "\(brands.count == 1 ? "new brand" : "new brands"): \(brands.names.joined(separator: ", "))\(rest)"
    }

    /// What tripped the guard.
    package static func text(_ finding: ImportGuard.Finding) -> String {
        let share = finding.percent.map { "\($0) % of the \(finding.rows) rows" } ?? "a file without rows"
        let limit = "more than \(finding.limits.sharePercent) % asks first"
        switch finding.kind {
        case .unreadableRows:
            let rows = finding.count == 1 ? "1 row" : "\(finding.count) rows"
            return """
                \(rows) could not be read, and may name any of the products that would become drafts because the file \
                does not name them.
                """
        case .deletions:
            return "\(finding.count) products would be deleted: \(share) (\(limit))."
        case .deactivations:
            return "\(finding.count) products that the file does not name would become drafts: \(share) (\(limit))."
        case .priceChanges:
            return """
                \(finding.count) prices would change by more than \(finding.limits.pricePercent) %: \(share) (\(limit)).
                """
        }
    }
}
