import Support

/// Schedules: whose time has come, and whose run before has ended.
extension JobRunner {
    private static let everyNanoseconds: UInt64 = 500_000_000
    private static let healSeconds: UInt64 = 60

    /// One schedule that cannot be read or run keeps no other from its time.
    func askForDueJobs() throws {
        let now = monotonicNanoseconds()
        guard now >= nextSchedules else { return }
        nextSchedules = now + Self.everyNanoseconds
        let schedules = ScheduleStore(connection)
        if now >= nextScheduleCheck {
            nextScheduleCheck = now + Self.healSeconds * 1_000_000_000
            attempt("schedules could not be put right") { try schedules.heal(at: environment.now()) }
        }
        for id in try schedules.due(at: environment.now()) {
            attempt("schedule \(id) could not be run") {
                for job in try schedules.fire(id, kinds, environment, at: { failpoints.die(at: $0) }) {
                    log.info("a schedule has asked for a job", ["job_id": job.publicID, "schedule_id": "\(id)"])
                }
            }
        }
        try schedules.fireWaiting(kinds, environment)
    }
}
