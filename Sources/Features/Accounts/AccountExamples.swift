import Support

/// Answers about users, sessions and tokens, as a server gave them; the secrets are worth nothing.
enum AccountExamples {
    /// An editor who was just added.
    static let user: JSON = [
        "id": 2, "email": "anna@example.com", "username": nil, "first_name": "Anna", "last_name": nil, "role": "editor",
        "is_active": true, "is_admin": false, "verified_at": nil, "last_login_at": nil, "failed_logins": 0,
        "locked_until": nil, "version": 1, "created_at": "2026-11-24T17:03:50.790Z",
        "updated_at": "2026-11-24T17:03:50.790Z",
    ]

    static let userAdded: JSON = [
        "id": 2, "email": "anna@example.com", "username": nil, "first_name": "Anna", "last_name": nil, "role": "editor",
        "is_active": true, "is_admin": false, "verified_at": nil, "last_login_at": nil, "failed_logins": 0,
        "locked_until": nil, "version": 1, "created_at": "2026-11-24T17:03:50.790Z",
        "updated_at": "2026-11-24T17:03:50.790Z",
        "reset_link": [
            "url": "https://bodega.example/reset/YujjPQZ66wmNVeDbYB--tKuRISurR2TLe6scRe6C5Aw",
            "expires_at": "2026-11-30T12:52:50.790Z",
        ],
    ]

    static let resetLink: JSON = [
        "url": "https://bodega.example/reset/YujjPQZ66wmNVeDbYB--tKuRISurR2TLe6scRe6C5Aw",
        "expires_at": "2026-11-30T12:52:50.790Z",
    ]

    static let statistics: JSON = [
        "total": 4, "active": 3, "inactive": 1, "verified": 2, "by_role": ["admin": 1, "editor": 2, "viewer": 1],
        "last_login": ["within_day": 2, "within_week": 1, "within_30_days": 0, "longer_ago": 0, "never": 1],
    ]

    static let me: JSON = [
        "user": [
            "id": 1, "email": "anna@example.com", "username": nil, "first_name": "Anna", "last_name": nil,
            "role": "editor",
        ], "csrf_token": "IEAwFuFVmb4WcOaW9zkMDv3vl4a9ElkU4dPOjMVJsuA",
        "scopes": ["read:products", "write:products", "read:jobs", "run:imports", "manage:account"],
    ]

    static let ownSession: JSON = [
        "id": 1, "device": "Firefox on Linux",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "ip": "127.0.0.1",
        "current": true, "created_at": "2026-11-24T17:03:50.319Z", "last_seen_at": "2026-11-24T17:03:50.319Z",
        "expires_at": "2026-12-29T12:52:50.319Z",
    ]

    static let token: JSON = [
        "id": 1, "user_id": 1, "name": "Nightly import", "prefix": "bodega_B_fLtQ",
        "scopes": ["read:jobs", "run:imports"], "state": "valid", "last_used_at": nil, "expires_at": nil,
        "revoked_at": nil, "previous_until": nil, "created_at": "2026-11-24T17:03:50.775Z",
        "updated_at": "2026-11-24T17:03:50.775Z",
    ]

    static let tokenSecret: JSON = [
        "id": 1, "user_id": 1, "name": "Nightly import", "prefix": "bodega_B_fLtQ",
        "scopes": ["read:jobs", "run:imports"], "state": "valid", "last_used_at": nil, "expires_at": nil,
        "revoked_at": nil, "previous_until": nil, "created_at": "2026-11-24T17:03:50.775Z",
        "updated_at": "2026-11-24T17:03:50.775Z", "secret": "bodega_B_fLtQgYuVoivJFLLO8JXQAk8CcGv87cSENB7pGswB8",
    ]
}
