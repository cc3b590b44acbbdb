// spatialite_pages.h - SQLite's cache of pages, that need not be searched through at every commit.
//
// At a commit SQLite drops what its cache holds past the end of the file, and looks for it whenever a page of so high a number was
// ever there. When it puts the halves of a full page in order it gives one of them a number no page of the file can have (that of the
// locking page, a gigabyte away) for a moment. So after nearly every commit of moves half of a cache of thousands of pages was walked
// through to find nothing. This asks the cache to look only when there may be something to find.
#pragma once

struct sqlite3_pcache_methods2;
void spatialite_pages_over(const struct sqlite3_pcache_methods2 *inner, struct sqlite3_pcache_methods2 *out);  // inner: SQLite's own, which stays
void spatialite_pages_teach(void);                 // before SQLite's first use, for all that use it in this program
