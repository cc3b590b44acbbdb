// rtree_bare STATION-FILE PATHS SECONDS - bare SQLite: the boxes of a file of requests (bbox=w,s,e,n), one R*Tree question each with the rows it
// names, on two threads. Prints questions a second and rows of a question. What pages of serve.sh are held against.
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BOXES_MOST = 100000, THREADS = 2 };
static double box[BOXES_MOST][4];
static int boxes, seconds;
static const char *path;
struct turn { pthread_t id; long questions, rows; };

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *ask(void *ctx)
{
    static const char SQL[] = "SELECT b.id, b.geom, b.standing, b.height_m, b.floors FROM idx_building_geom i JOIN building b ON b.fid = i.pkid "
                              "WHERE i.xmax >= ?1 AND i.ymax >= ?2 AND i.xmin <= ?3 AND i.ymin <= ?4 AND b.valid_to_s IS NULL";
    struct turn *t = ctx;
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
        sqlite3_exec(db, "PRAGMA mmap_size=1073741824; PRAGMA cache_size=-65536", NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, SQL, -1, &q, NULL) != SQLITE_OK) {
        fprintf(stderr, "rtree_bare: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
    for (double end_s = now_s() + seconds; now_s() < end_s; t->questions++) {
        const double *b = box[rand() % boxes];
        for (int i = 0; i < 4; i++)
            sqlite3_bind_double(q, i + 1, b[i]);
        for (; sqlite3_step(q) == SQLITE_ROW; t->rows++)
            (void)sqlite3_column_blob(q, 1);
        sqlite3_reset(q);
    }
    sqlite3_finalize(q);
    sqlite3_close(db);
    return NULL;
}

int main(int argc, char **argv)
{
    struct turn turn[THREADS] = { 0 };
    char line[4096];
    FILE *f = argc == 4 ? fopen(argv[2], "r") : NULL;
    if (f == NULL)
        return 2;
    path = argv[1], seconds = atoi(argv[3]);
    while (boxes < BOXES_MOST && fgets(line, sizeof line, f) != NULL) {
        const char *at = strstr(line, "bbox=");
        double *b = box[boxes];
        boxes += at != NULL && sscanf(at, "bbox=%lf,%lf,%lf,%lf", &b[0], &b[1], &b[2], &b[3]) == 4;
    }
    fclose(f);
    if (boxes == 0)
        return 2;
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&turn[i].id, NULL, ask, &turn[i]) != 0)
            return 1;
    long questions = 0, rows = 0;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(turn[i].id, NULL);
        questions += turn[i].questions, rows += turn[i].rows;
    }
    printf("%.1f %.1f\n", (double)questions / seconds, questions > 0 ? (double)rows / (double)questions : 0);
    return 0;
}
