/* The slice as a plain C loop: one pass over all people, one branch after another, as one writes it first. */
#include "philox.h"
#include <stdlib.h>

enum { IN_DECISION = 1, AWAITING_HOME = 5, DEPARTING = 6, NO_ROW = -1, MONTHS = 4096, BEFORE = 1024 };

typedef struct {
    int64_t people, municipalities, capacity;
    double granted, moves, leaves;
    const double *cumulative, *offered;
    const uint64_t *identity, *lottery;
    int8_t *stage;
    int16_t *since, *place, *town, *moved;
    double *homes;
    int64_t *occupancy;
    uint32_t seed_low, seed_high, grant, move, leave; /* addresses of luck */
} Slice;

static int16_t town_of(const double *cumulative, int64_t n, double chance) {
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (chance < cumulative[middle]) high = middle; else low = middle + 1;
    }
    return (int16_t)low;
}

/* Order rows so that the `count` smallest lottery numbers come first (quickselect). */
static void smallest_first(int32_t *rows, const uint64_t *lottery, int64_t n, int64_t count) {
    int64_t left = 0, right = n - 1;
    while (left < right) {
        uint64_t pivot = lottery[rows[(left + right) / 2]];
        int64_t i = left, j = right;
        while (i <= j) {
            while (lottery[rows[i]] < pivot) i++;
            while (lottery[rows[j]] > pivot) j--;
            if (i <= j) { int32_t row = rows[i]; rows[i++] = rows[j]; rows[j--] = row; }
        }
        if (count - 1 <= j) right = j; else if (count - 1 >= i) left = i; else return;
    }
}

static int64_t decide(Slice *s, int32_t *rows, int month, int64_t *granted) {
    int64_t waiting[MONTHS] = {0}, n = 0, first = 0, last;
    int cut = 0;
    for (int64_t i = 0; i < s->people; i++)
        if (s->stage[i] == IN_DECISION && s->since[i] < month) waiting[s->since[i] + BEFORE]++;
    while (cut < MONTHS && first + waiting[cut] <= s->capacity) first += waiting[cut++];
    int32_t *equals = rows + s->people; /* those of the month in which the capacity runs out */
    for (int64_t i = 0, m = 0; i < s->people; i++)
        if (s->stage[i] == IN_DECISION && s->since[i] < month) {
            if (s->since[i] + BEFORE < cut) rows[n++] = (int32_t)i;
            else if (s->since[i] + BEFORE == cut) equals[m++] = (int32_t)i;
        }
    last = cut < MONTHS ? s->capacity - first : 0;
    if (last > 0) smallest_first(equals, s->lottery, waiting[cut], last);
    for (int64_t i = 0; i < last; i++) rows[n++] = equals[i];
    for (int64_t k = 0; k < n; k++) {
        int32_t i = rows[k];
        double chance = uniform(s->identity[i], month, s->grant, s->seed_low, s->seed_high);
        s->since[i] = (int16_t)month;
        if (chance < s->granted) {
            s->stage[i] = AWAITING_HOME;
            s->town[i] = town_of(s->cumulative, s->municipalities, chance / s->granted);
            ++*granted;
        } else s->stage[i] = DEPARTING;
    }
    return n;
}

/* Longest waiting first per municipality: as many as there are homes, kept in order while looking at everybody. */
static int64_t house(Slice *s, int month) {
    int64_t towns = s->municipalities, housed = 0, room = 0;
    int64_t *start = malloc((towns + 1) * sizeof *start), *count = calloc(towns, sizeof *count);
    for (int64_t t = 0; t < towns; t++) {
        s->homes[t] += s->offered[t];
        start[t] = room, room += (int64_t)s->homes[t];
    }
    start[towns] = room;
    uint64_t *best = malloc((room + 1) * sizeof *best);
    int32_t *row = malloc((room + 1) * sizeof *row);
    for (int64_t i = 0; i < s->people; i++) {
        if (s->stage[i] != AWAITING_HOME || s->since[i] >= month) continue;
        int64_t t = s->town[i], from = start[t], k = from + count[t], size = start[t + 1] - from;
        uint64_t key = (uint64_t)(s->since[i] + BEFORE) << 52 | s->lottery[i];
        if (count[t] == size) {
            if (size == 0 || key > best[k - 1]) continue;
            k--;
        } else count[t]++;
        for (; k > from && best[k - 1] > key; k--) best[k] = best[k - 1], row[k] = row[k - 1];
        best[k] = key, row[k] = (int32_t)i;
    }
    for (int64_t t = 0; t < towns; t++) {
        for (int64_t k = start[t]; k < start[t] + count[t]; k++) {
            s->stage[row[k]] = IN_DECISION, s->since[row[k]] = (int16_t)month, s->town[row[k]] = NO_ROW;
            s->homes[t] -= 1;
        }
        housed += count[t];
    }
    free(start), free(count), free(best), free(row);
    return housed;
}

/* One month; counts: decided, granted, moved, left, housed. rows: room for 2 x people. */
void month(Slice *s, int32_t *rows, int month, int64_t *counts) {
    for (int c = 0; c < 5; c++) counts[c] = 0;
    counts[0] = decide(s, rows, month, &counts[1]);
    for (int64_t t = 0; t < s->municipalities; t++) s->occupancy[t] = 0;
    for (int64_t i = 0; i < s->people; i++) {
        double chance = uniform(s->identity[i], month, s->move, s->seed_low, s->seed_high);
        if (chance < s->moves) {
            s->place[i] = town_of(s->cumulative, s->municipalities, chance / s->moves);
            s->moved[i]++, counts[2]++;
        }
        s->occupancy[s->place[i]]++;
        if (s->stage[i] == DEPARTING && s->since[i] < month
            && uniform(s->identity[i], month, s->leave, s->seed_low, s->seed_high) < s->leaves) {
            s->stage[i] = IN_DECISION, s->since[i] = (int16_t)month, counts[3]++;
        }
    }
    counts[4] = house(s, month);
}
