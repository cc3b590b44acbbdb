// http_keeper.h - keeps the time of connections: who is idle, who is late, who is gone (连接看护).
//
// libmicrohttpd's own clock is started anew by every byte (a byte a second lasts for ever), stands still for a connection that waits
// aside, and calls a reader idle while the system's buffer drains slowly. So a thread of ours looks at all connections every
// quarter of a second: what TCP itself has counted in both directions, and whose turn it is. It ends a connection by
// shutting its socket down; libmicrohttpd sees that like a client that left.
//
// It also reads on behind a connection's end where the client was still sending: closed at once, TCP would reset the connection, and
// the reset overtakes the answer (lingering close).
#pragma once
#include "api/http_inside.h"

struct keeper *keeper_open(struct http *h);
void keeper_close(struct keeper *k);                        // joins; sockets that linger are closed; NULL is fine

struct peer *keeper_add(struct keeper *k, int socket, const char *address);
void keeper_remove(struct keeper *k, struct peer *p);       // just before its socket is closed; frees the peer
void keeper_count(struct keeper *k, int64_t *requests, int *met);   // so far; under way
void keeper_end_idle(struct keeper *k);                     // from now on: connections without a request

// For the listener: whose turn it is. Only reading can be ended under its hands.
bool peer_claim(struct peer *p);                            // reading -> busy; false: the keeper has ended it
void peer_turn(struct peer *p, enum phase phase);           // from any but reading, which is claimed first
void peer_due(struct peer *p, int seconds);                 // so many from now for what is read
