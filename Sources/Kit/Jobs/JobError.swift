/// Why a worker stops before its work is done. None of these is a fault of the program.
public enum JobError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Somebody else claimed the job meanwhile: whatever this worker still holds must not be written.
    case fenced
    /// Somebody asked for it to stop.
    case cancelled
    /// There is less room on the disk than must stay free; the job waits.
    case diskFull
    /// The work cannot be done as it stands; the text says why and what would help.
    case failed(String)

    public var description: String {
        switch self {
        case .fenced: "another worker has taken this job over"
        case .cancelled: "cancelled"
        case .diskFull: "the disk is full"
        case .failed(let reason): reason
        }
    }
}
