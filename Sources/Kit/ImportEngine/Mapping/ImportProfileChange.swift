import Database
import Support

/// What is to become of one profile, made ready outside of the writer gate: its columns in stored form, and what the
/// audit trail says of it.
package struct ImportProfileChange {
    /// The profile that the change was made of; nil for a new one.
    let current: ImportProfile?
    let profile: ImportProfile
    let nameKey: String
    /// JSON.
    let mapping: String
    /// JSON; nil for none.
    let headers: String?
    let fingerprint: String?
    let differences: (before: JSON?, after: JSON?)

    init(from current: ImportProfile?, to wanted: ImportProfile) {
        self.current = current
        var profile = wanted
        (profile.id, profile.version, profile.usedAt) = (current?.id ?? 0, current?.version ?? 0, current?.usedAt)
        profile.createdAt = current?.createdAt ?? profile.createdAt
        profile.updatedAt = current?.updatedAt ?? profile.updatedAt
        self.profile = profile
        nameKey = ImportProfile.nameKey(profile.name)
        mapping = profile.mapping.json.text
        headers = profile.headers.isEmpty ? nil : JSON.array(profile.headers.map(JSON.string)).text
        fingerprint = ImportProfile.fingerprint(profile.headers)
        differences = AuditEntry.differences(current?.audited, profile.audited)
    }

    var isEmpty: Bool { profile == current }

    /// The profile as it stands when this was stored.
    func stored(id: Int64, at now: Timestamp) -> ImportProfile {
        var stored = profile
        (stored.id, stored.version) = (id, profile.version + 1)
        (stored.createdAt, stored.updatedAt) = (current?.createdAt ?? now, now)
        return stored
    }
}
