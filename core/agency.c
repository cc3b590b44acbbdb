#include "core/agency.h"

#include "core/store/agency_rows.h"
#include "core/store/step_rows.h"
#include "core/told.h"
#include <stdio.h>
#include <string.h>

enum status agency_record(struct work *w, struct agency *a)
{
    char taken[ID_TEXT];
    struct err none = { 0 };
    if (a->key[0] == '\0' || strspn(a->key, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(a->key))
        return err_set(w->e, INVALID, "an agency's key is small letters, digits and _; \"%s\" was given", a->key);
    if (a->name_zh[0] == '\0')
        return err_set(w->e, INVALID, "an agency needs a name");
    if (strcmp(a->part, "executor") != 0 && strcmp(a->part, "receiver") != 0)
        return err_set(w->e, INVALID, "an agency is an executor (handles cases) or a receiver (gets leads); \"%s\" was given", a->part);
    if (agency_id_select(w->db, a->key, taken, &none) == OK)
        return err_set(w->e, CONFLICT, "there is an agency \"%s\" already", a->key);
    a->id = work_id(w);
    enum status s = agency_insert(w->db, a, w->now_s, w->e);
    return s == OK ? told_note(w, &(struct deed){ .verb = "record", .thing = "agency", .thing_id = a->id.text, .note = a->key }, NULL) : s;
}

enum status agency_record_missing(struct work *w, const struct agency_list *list, int64_t *added)
{
    static const char *const parts[] = { [AGENCY_EXECUTOR] = "executor", [AGENCY_RECEIVER] = "receiver" };
    enum status s = OK;
    *added = 0;
    for (size_t i = 0; s == OK && i < list->agencies; i++) {
        const struct agency_entry *entry = &list->agency[i];
        struct agency a = { 0 };
        char id[ID_TEXT];
        struct err none = { .lang = w->e->lang };
        s = agency_id_select(w->db, entry->key, id, &none);
        if (s != NOT_FOUND)
            continue;
        snprintf(a.key, sizeof a.key, "%s", entry->key);
        snprintf(a.name_zh, sizeof a.name_zh, "%s", entry->name_zh);
        snprintf(a.name_en, sizeof a.name_en, "%s", entry->name_en);
        snprintf(a.competence, sizeof a.competence, "%s", entry->competence_zh);
        snprintf(a.part, sizeof a.part, "%s", parts[entry->part]);
        snprintf(a.secrecy, sizeof a.secrecy, "%s", secrecy_word(entry->secrecy));
        s = agency_record(w, &a);
        *added += s == OK;
    }
    return s;
}
