// station_options.h - the option tables of the commands that work on a station.
#pragma once
#include "api/options.h"

extern const struct option actor_options[], backup_options[], cells_options[], changes_options[], compare_options[], config_options[], init_options[], list_options[], load_options[], report_options[], review_options[], serve_options[], survey_options[], token_options[], verify_options[];
extern const struct option compartment_options[], document_options[], export_options[],
    agency_options[], audit_options[], calendar_options[], case_options[], finding_options[], lead_options[], queue_options[],
    route_options[];
