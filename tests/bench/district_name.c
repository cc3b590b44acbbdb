// Names that sound real and belong to nobody: syllables put together by chance.
#include "core/base/date.h"
#include "core/base/status.h"
#include "tests/bench/district.h"
#include <stdio.h>

static const char *const FIRST[] = { "永", "新", "兴", "长", "东", "南", "安", "和", "金", "锦", "云", "青", "平", "福", "瑞", "景", "清", "宁", "泰", "双" };
static const char *const SECOND[] = { "江", "桥", "港", "园", "林", "湖", "渡", "塘", "沙", "圩", "庄", "泽", "溪", "浦", "岸", "台", "坊", "田", "洲", "墩" };
static const char *const TRADE[] = { "建材", "置业", "五金", "纺织", "食品", "物流", "机电", "家居", "环境", "传媒" };
static const char *const SURNAME[] = { "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "朱", "马", "胡", "郭" };
static const char *const GIVEN[] = { "建", "国", "明", "华", "志", "强", "秀", "英", "海", "燕", "文", "军", "春", "梅", "玉", "平" };
enum { SYLLABLES = 20, TRADES = 10, SURNAMES = 16, GIVENS = 16 };
_Static_assert(sizeof FIRST / sizeof *FIRST == SYLLABLES && sizeof SECOND / sizeof *SECOND == SYLLABLES, "pairs are counted by it");
_Static_assert(COMMUNITY_NAMES == SYLLABLES * SYLLABLES, "as many as there are pairs");

enum { NAME_STREET = 101, NAME_COMMUNITY, NAME_LINE, NAME_COMPANY, NAME_PERSON };

// Pair n of all pairs in an order of chance: 7919 is prime to their number, so no pair comes twice.
static void pair(uint64_t seed, int kind, uint32_t n, char out[16])
{
    uint32_t at = (uint32_t)((n * 7919u + random_of(seed, (uint64_t)kind, 0)) % COMMUNITY_NAMES);
    snprintf(out, 16, "%s%s", FIRST[at / SYLLABLES], SECOND[at % SYLLABLES]);
}

void name_street(uint64_t seed, uint32_t n, bool town, char out[MADE_NAME])
{
    char two[16];
    pair(seed, NAME_STREET, n, two);
    snprintf(out, MADE_NAME, "%s%s", two, town ? "镇" : "街道");
}

void name_community(uint64_t seed, uint32_t n, bool village, char out[MADE_NAME])
{
    char two[16];
    pair(seed, NAME_COMMUNITY, n, two);
    snprintf(out, MADE_NAME, "%s%s", two, village ? "村" : "社区");
}

void name_line(uint64_t seed, uint32_t n, const char *ending, char out[MADE_NAME])
{
    char two[16];
    pair(seed, NAME_LINE, n, two);
    snprintf(out, MADE_NAME, "%s%s", two, ending);
}

void name_company(uint64_t seed, uint32_t n, const char *ending, char out[MADE_NAME])
{
    char two[16];
    uint64_t chance = random_of(seed, NAME_COMPANY, n);
    pair(seed, NAME_COMPANY, (uint32_t)(chance % COMMUNITY_NAMES), two);
    snprintf(out, MADE_NAME, "%s%s%s", two, TRADE[(chance >> 32) % TRADES], ending);
}

void name_person(uint64_t seed, uint32_t n, char out[MADE_NAME])
{
    uint64_t chance = random_of(seed, NAME_PERSON, n);
    const char *second = (chance >> 60) < 5 ? "" : GIVEN[(chance >> 8) % GIVENS];
    snprintf(out, MADE_NAME, "%s%s%s", SURNAME[(chance >> 16) % SURNAMES], GIVEN[(chance >> 24) % GIVENS], second);
}

void made_date(const char *from, int days, char out[MADE_DATE])
{
    struct date d;
    must(date_read(from, &d));
    date_write(date_of_day(date_to_day(d) + days), out);
}
