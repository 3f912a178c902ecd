import Web

/// Every address of the pages of schedules, for routes and links alike.
enum SchedulePath {
    static let list: PathPattern = "/schedules"
    static let new: PathPattern = "/schedules/new"
    static let one: PathPattern = "/schedules/{id:int}"
    static let run: PathPattern = "/schedules/{id:int}/run"
    static let delete: PathPattern = "/schedules/{id:int}/delete"
}
