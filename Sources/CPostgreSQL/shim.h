// libpq, as Debian's libpq-dev ships it.
#ifndef LIMEN_CPOSTGRESQL_SHIM_H
#define LIMEN_CPOSTGRESQL_SHIM_H

#include <libpq-fe.h>

// SQLSTATE is a diagnostic field named by a character macro, which Swift does not import.
static inline const char *limen_result_sqlstate(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

// Notices may quote row data, so they are dropped before they reach stderr.
static inline void limen_drop_notice(void *context, const PGresult *result) {
    (void)context;
    (void)result;
}

static inline void limen_drop_notices(PGconn *connection) {
    PQsetNoticeReceiver(connection, limen_drop_notice, 0);
}

#endif
