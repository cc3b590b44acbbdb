// config.h - settings of the service that nobody wants to type each time (配置): the options of serve, from files and the environment.
//
// What is said later in this list goes before what was said earlier: what is usual, /etc/gridpatrol/gridpatrol.conf,
// STATION/gridpatrol.conf, the environment (GRIDPATROL_PUBLIC_URL for --public-url), options. A file has a line "name = value" for each
// setting; # begins a comment. A name nobody knows and a value that cannot be are refused with file and line: a misspelt limit is none.
#pragma once
#include "api/options.h"

extern const char CONFIG_OF_MACHINE[];                         // /etc/gridpatrol/gridpatrol.conf
struct config;
// station: folder; NULL: that of the machine and the environment alone. Fills settings; what it holds lives until config_close.
enum status config_open(const struct option *table, const char *station, void *settings, struct config **out, struct err *e);
void config_close(struct config *c);                           // NULL is fine
const char *config_source(const struct config *c, const struct option *o);     // "FILE:LINE", the variable's name; NULL: nobody said anything
bool config_takes(const struct option *o);                     // a setting, and no option of a single run
