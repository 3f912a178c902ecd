extension OperationProse {
    /// `/api/schedules`, `/api/job-lanes`, and what is done with jobs beside stopping them.
    static let schedules: [Text] = [
        (
            "getSchedules",
            """
            By name. `next_run_at` is null for one that is off or cannot run; `problem` then says why.
            """
        ),
        (
            "postSchedules",
            """
            `cron` is read as Debian's cron reads it: where day of the month and day of the week are both named, \
            either is enough, and where one begins with `*` both must fit. It is the wall clock of `time_zone`: a \
            named time that a change of the clocks leaves out comes at the change, one that is shown twice comes \
            once; times with `*` go by what clocks show. Each time asks for one job, whatever dies in between. It \
            takes what it takes to ask for such a job by hand; its jobs are those of who saved it last.
            """
        ),
        ("getSchedulesById", "One schedule, with its next time and its last job."),
        (
            "patchSchedulesById",
            """
            JSON Merge Patch (RFC 7396). A change of `cron`, `time_zone` or `enabled` sets the next time anew: from \
            now on. With `If-Match` the change is refused (412) when another request was faster.
            """
        ),
        ("putSchedulesById", "Replaces everything that can be written; what is left out is as in a new schedule."),
        ("deleteSchedulesById", "Removes it with its history. The jobs that it asked for stay."),
        (
            "postSchedulesByIdRun",
            """
            Asks for a job now, whether or not one is under way and whether or not the schedule is on. Its times \
            stay as they are.
            """
        ),
        (
            "getSchedulesByIdRuns",
            """
            What came of each time: a job, or why there is none. A schedule keeps the newest 500.
            """
        ),
        (
            "getSchedulesPreview",
            """
            Says when an expression would run, before it is saved, and refuses one that is wrong with its place.
            """
        ),
        (
            "patchJobsById",
            """
            Of jobs that wait the one with the smallest `priority` begins first; null is 100, as in a job for which \
            nothing was said. 409 for a job that is over.
            """
        ),
        (
            "deleteJobsById",
            """
            Removes a job that is over, with its problems and attempts; its upload goes within two days. What it \
            changed stays. 409 `needed_for_undo` as long as that can be taken back, `wrong_state` for one that is \
            not over.
            """
        ),
        (
            "postJobsByIdRerun",
            """
            A new job of the same kind with the same parameters; the old one stays as it is. For kinds that can be \
            scheduled; 409 `not_repeatable` for others. An import is started again by `restart`.
            """
        ),
        ("getJobsByIdAttempts", "Each worker that was at it: since when, how long, how it ended, and its memory."),
        (
            "postJobsBulk",
            """
            Acts on the jobs named, or on all that match a filter; on those only in whose state the action can be \
            done, and on whose kind you may act. Without `confirm` nothing happens and 428 tells the number in \
            `count`; send that as `confirm`. At most 10,000 at a time.
            """
        ),
        (
            "getJobLanes",
            """
            Jobs of one lane keep no job of another from beginning. `waiting` and `running` count the jobs of each.
            """
        ),
        (
            "postJobLanesNamePause",
            """
            From now on no job of the lane begins or goes on, until it is resumed; those under way end. It takes the \
            permissions of all its kinds.
            """
        ),
        ("postJobLanesNameResume", "Jobs of the lane begin again, in their order."),
    ]
}
