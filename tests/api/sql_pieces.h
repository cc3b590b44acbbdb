// sql_pieces.h - pieces of SQL that would tell, were what is sent ever part of a statement; and the words only a database says. Include after
// asking.h.
#pragma once

static const char *const payloads[] = {
    "'", "''", "\"", "`", "\\", ";", "--", "/*", "') OR ('1'='1", "' OR 1=1 --", "1 OR 1=1", "1; DROP TABLE building; --", "'; DELETE FROM actor; --",
    "' UNION SELECT hash FROM password --", "1) UNION ALL SELECT name FROM actor --", "(SELECT sql FROM sqlite_master)", "' || (SELECT csrf FROM session) || '",
    "$1", "?1", ":a", "@a", "%", "_", "[a-z]*", "' AND load_extension('x') --", "' AND 1=randomblob(1000000000) --", "' COLLATE NOCASE --", "\xe2\x80\x98 OR 1=1",
    "0x27", "CAST('1' AS INTEGER)", "name\" FROM building; --", "name, (SELECT 1)", "-name; DROP TABLE lead", "1e400", "NaN", "-0", "9223372036854775808",
};
enum { PAYLOADS = sizeof payloads / sizeof *payloads };

static inline bool tells_of_sql(const char *text)
{
    static const char *const words[] = { "syntax error", "no such column", "no such table", "SQLITE", "sqlite3", "unrecognized token", "incomplete input", "near \\\"" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(text, words[i]) != NULL)
            return true;
    return false;
}
