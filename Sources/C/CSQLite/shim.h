#pragma once
#include <malloc.h>
#include <sqlite3.h>

// Gives what was freed back to the system.
static inline void bodega_trim_memory(void) { malloc_trim(0); }

/* Variadic C functions are not visible to Swift: these give the few that are needed a fixed form. */
static inline int bodega_sqlite_config_flag(sqlite3 *db, int option, int on) {
    return sqlite3_db_config(db, option, on, (int *)0);
}

/* The destructor constants are casts, which Swift does not import. A null pointer would bind NULL instead of "". */
static inline int bodega_bind_text_static(sqlite3_stmt *s, int i, const char *p, int n) {
    return sqlite3_bind_text(s, i, p ? p : "", n, SQLITE_STATIC);
}
static inline int bodega_bind_text_copy(sqlite3_stmt *s, int i, const char *p, int n) {
    return sqlite3_bind_text(s, i, p ? p : "", n, SQLITE_TRANSIENT);
}
static inline int bodega_bind_blob_copy(sqlite3_stmt *s, int i, const void *p, int n) {
    return sqlite3_bind_blob(s, i, p, n, SQLITE_TRANSIENT);
}
static inline int bodega_sqlite_uncount_memory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
