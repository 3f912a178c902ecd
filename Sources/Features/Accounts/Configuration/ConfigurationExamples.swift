import Support

/// A setting as a server gave it.
enum ConfigurationExamples {
    static let entry: JSON = [
        "key": "imports.guard_count", "category": "imports", "title": "Changes that never ask",
        "description":
            "Fewer deletions, deactivations or repriced products than this never wait, however small the file is.",
        "data_type": "integer", "value": 5, "is_set": true, "source": "default",
        "variable": "BODEGA_IMPORTS_GUARD_COUNT", "default": 5, "is_required": true, "is_encrypted": false,
        "validation_regex": nil, "minimum": 1, "maximum": 1000000, "choices": nil, "applies": "now", "version": 0,
        "updated_at": nil,
    ]
}
