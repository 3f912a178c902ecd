extension Job {
    /// How much of what a job did was taken back.
    public enum Undone: Sendable, Equatable {
        case no
        /// An undo, or one that takes the undo back, waits or is at it.
        case underWay
        /// An undo stopped on its way.
        case stopped
        /// An undo took all of it back, and stands.
        case wholly
        /// An undo kept some products, or was itself taken back in part.
        case partly
        /// An undo ended and took nothing back, because everything was changed since.
        case inVain
        /// It was taken back, and that was taken back again.
        case redone
    }

    /// Another job, as far as this one has to know it.
    public struct Reference: Sendable, Equatable {
        public var publicID: String
        public var status: Status
        /// Of an undo: how many products it has taken back, and how many it has kept as they were.
        public var takenBack: Int64
        public var kept: Int64
        /// Of an undo: how many were as they were to be, for example because an earlier undo had taken them back.
        public var unchanged: Int64
        /// How much of it was itself taken back; known of the job that took this one back.
        public var undone: Undone

        public init(
            publicID: String,
            status: Status,
            takenBack: Int64 = 0,
            kept: Int64 = 0,
            unchanged: Int64 = 0,
            undone: Undone = .no
        ) {
            self.publicID = publicID
            self.status = status
            self.takenBack = takenBack
            self.kept = kept
            self.unchanged = unchanged
            self.undone = undone
        }

        /// What became of the job that this one was to take back.
        var effect: Undone {
            guard status.isFinal else { return .underWay }
            guard takenBack > 0 else { return kept > 0 ? .inVain : .no }
            return switch undone {
            case .underWay: .underWay
            // What an earlier undo had taken back did not come with it.
            case .wholly: unchanged > 0 ? .partly : .redone
            case .stopped, .partly: .partly
            case .no, .inVain, .redone: status != .completed ? .stopped : kept > 0 ? .partly : .wholly
            }
        }
    }

    /// A job counts as undone only as long as its undo stands and kept nothing.
    public var undone: Undone { undoneBy?.effect ?? .no }
    /// Whether another job has taken all of this one back.
    public var isUndone: Bool { undone == .wholly }
    /// Whether all that it did stands, as far as undos go.
    public var stands: Bool { undone == .no || undone == .inVain || undone == .redone }
    /// The job that took something of this one back, is at it, or did so before that was taken back.
    public var effectiveUndo: Reference? { undone == .no || undone == .inVain ? nil : undoneBy }
}
