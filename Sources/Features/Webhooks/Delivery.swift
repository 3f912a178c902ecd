import Support

/// One event for one endpoint, and how far it is.
struct Delivery: Sendable, Equatable {
    let id: Int64
    let webhookID: Int64
    let eventID: String
    let eventType: String
    let subject: String?
    var status: Status
    /// How many attempts were made.
    var attempt: Int64
    /// Nil when none is to come, or one is under way.
    var nextAttemptAt: Timestamp?
    /// Since when a request is out.
    var claimedAt: Timestamp?
    var responseStatus: Int64?
    var responseTime: Int64?
    var error: String?
    var deliveredAt: Timestamp?
    let createdAt: Timestamp
    let updatedAt: Timestamp

    enum Status: String, Sendable, CaseIterable {
        /// Was not tried yet.
        case pending
        case delivered
        /// Was tried and will be tried again.
        case failed
        /// Will not be tried again by itself.
        case exhausted
    }

    /// Of the deliveries that a user has asked for on an endpoint's page.
    static let testType = "webhook.test"
}

/// One attempt at a delivery.
struct Attempt: Sendable, Equatable {
    let number: Int64
    let startedAt: Timestamp
    /// Nil while the request is out.
    let endedAt: Timestamp?
    let responseStatus: Int64?
    let responseTime: Int64?
    /// Where it failed; nil for one that was answered.
    let step: String?
    let error: String?
    /// When which step was over, in milliseconds, by its name.
    let times: JSON
    /// The beginning of a public endpoint's answer.
    let answer: String?
}

/// A delivery whose time has come, with all that sending it takes.
struct DueDelivery: Sendable, Equatable {
    let id: Int64
    let webhookID: Int64
    let eventID: String
    let eventType: String
    let subject: String?
    let body: String
    /// Of the attempt that comes.
    let number: Int64
    /// How many were made in this round: redelivering begins another.
    let tries: Int64
}
