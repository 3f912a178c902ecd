/// What happens to a job: what a user orders, and what its worker or the runner notes.
enum JobEvent: Hashable, Sendable {
    /// A user has to answer before the first attempt.
    case hold
    /// A user lets it go on with what it has prepared.
    case confirm
    /// The same, by a caller that does the work itself.
    case confirmAndClaim
    /// What it has prepared is dropped, to be prepared anew.
    case startOver
    /// A user has it go on that has failed or was cancelled.
    case retry
    /// A user takes a job that is over up again, for a follow-up.
    case reopen
    /// It is cancelled while no worker is at it.
    case cancel
    /// A worker takes it.
    case claim
    /// Its worker ends this attempt with a question to a user.
    case ask
    /// It waits for something that passes by itself.
    case postpone
    /// Its worker was stopped on purpose; the next goes on.
    case handOn
    /// Its worker has died; the next goes on.
    case lose
    /// Its worker, or that one's last death, ends it.
    case end(Ending)
    /// Its follow-up is given up: the job is again what it was.
    case giveUp(Ending)

    /// How a job can be over.
    enum Ending: CaseIterable, Sendable {
        case completed, failed, cancelled

        var status: Job.Status {
            switch self {
            case .completed: .completed
            case .failed: .failed
            case .cancelled: .cancelled
            }
        }

        /// Nil for a status that is no end.
        init?(_ status: Job.Status) {
            guard let ending = Self.allCases.first(where: { $0.status == status }) else { return nil }
            self = ending
        }
    }

    static let all: [JobEvent] =
        [
            .hold, .confirm, .confirmAndClaim, .startOver, .retry, .reopen, .cancel, .claim, .ask, .postpone, .handOn,
            .lose,
        ] + Ending.allCases.map(JobEvent.end) + Ending.allCases.map(JobEvent.giveUp)
}

/// What an event does to a job: the only table of the states of jobs. `JobStore.move` carries it out.
struct JobTransition: Sendable {
    /// In which states the event can happen.
    let from: Set<Job.Status>
    /// The state behind it; nil when that stays.
    let to: Job.Status?
    /// What else of the job it changes.
    let effects: Effects

    struct Effects: OptionSet, Sendable {
        let rawValue: Int

        /// It stands in line, from the given moment on, and its deaths are forgotten.
        static let queues = Effects(rawValue: 1)
        /// What it waited for is over.
        static let answers = Effects(rawValue: 2)
        /// Its present step has not begun.
        static let clearsStage = Effects(rawValue: 4)
        /// It is no longer over.
        static let reopens = Effects(rawValue: 8)
        /// What it has prepared is gone.
        static let forgets = Effects(rawValue: 16)
        /// No worker is at it, and none has a lease.
        static let leaves = Effects(rawValue: 32)
        /// A worker that may still be at it finds its attempt gone.
        static let fences = Effects(rawValue: 64)
        /// A worker is at it, as the next attempt.
        static let claims = Effects(rawValue: 128)
        /// It is over.
        static let ends = Effects(rawValue: 256)
        /// How fast it was is forgotten.
        static let slows = Effects(rawValue: 512)
    }

    private static let running: Set<Job.Status> = [.processing, .validating]
    private static let open: Set<Job.Status> = [.pending, .processing, .validating, .awaitingConfirmation]
    private static let over: Set<Job.Status> = [.completed, .failed, .cancelled]

    private init(_ from: Set<Job.Status>, _ to: Job.Status?, _ effects: Effects) {
        (self.from, self.to, self.effects) = (from, to, effects)
    }

    init(_ event: JobEvent) {
        switch event {
        case .hold: self.init([.pending], .awaitingConfirmation, [])
        case .confirm: self.init([.awaitingConfirmation], .pending, [.queues, .answers, .clearsStage])
        case .confirmAndClaim: self.init([.awaitingConfirmation], .processing, [.claims, .answers, .clearsStage])
        case .startOver: self.init([.awaitingConfirmation], .pending, [.queues, .answers, .clearsStage, .forgets])
        case .retry: self.init([.failed, .cancelled], .pending, [.queues, .answers, .clearsStage, .reopens])
        case .reopen: self.init(Self.over, .pending, [.queues, .answers, .clearsStage, .reopens])
        case .cancel: self.init(Self.open, .cancelled, [.ends, .answers, .leaves, .fences])
        case .claim: self.init(Self.running.union([.pending]), .processing, [.claims, .answers])
        case .ask: self.init(Self.running, .awaitingConfirmation, [.leaves, .slows])
        case .postpone: self.init(Self.running, .pending, [.queues, .answers, .leaves, .slows])
        case .handOn: self.init(Self.running, nil, [.queues, .leaves])
        case .lose: self.init(Self.running, nil, [.leaves])
        case .end(let ending): self.init(Self.running, ending.status, [.ends, .answers, .leaves])
        case .giveUp(let ending): self.init(Self.open, ending.status, [.ends, .answers, .leaves, .fences, .slows])
        }
    }
}

extension Job.Status {
    /// The state behind an event; nil when that cannot happen in this one.
    func after(_ event: JobEvent) -> Job.Status? {
        let transition = JobTransition(event)
        return transition.from.contains(self) ? transition.to ?? self : nil
    }
}
