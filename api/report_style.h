// report_style.h - how the report page looks and what it can do: its style sheet and its script, both inside the page.
#pragma once
extern const char report_css[];
extern const char report_js[];
