import AdminKit

/// The four pages of an import as its steps.
enum ImportSteps {
    private static func steps(_ present: Int) -> Stepper {
        Stepper("Steps of the import", ["Upload", "Columns", "Review", "Done"], present: present)
    }

    /// A file is chosen.
    static let upload = steps(0)
    /// It is said what its columns mean.
    static let columns = steps(1)

    /// Where an import stands.
    static func of(_ model: ImportModel) -> Stepper {
        switch model.state {
        case .completed: steps(4)
        case .awaitingConfirmation: steps(model.plan == nil ? 1 : 2)
        case .processing: steps(3)
        case .failed, .cancelled: steps(model.counts.processed > 0 ? 3 : 2)
        case .pending, .validating: steps(2)
        }
    }
}
