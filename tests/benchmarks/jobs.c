/* Learning and work as a plain C loop: one pass over all people, one rule after another, as one writes it first. */
#include "philox.h"
#include <math.h>

enum { DEPARTING = 6, HOUSED = 7, NEVER = -16384, NO_ROW = -1, FAST = 1, LIFELONG = -1 };
enum { YOUNG = 25 * 12, OLD = 45 * 12, PRIME = 30 * 12, DECADE = 120 };
static const double WEEKS = 365.25 / 12 / 7, TOP = 5.0, FADING = 0.02;

typedef struct {
    int64_t people;
    uint32_t seed_low, seed_high, ends, finds, subsidised; /* addresses of luck */
    /* learning */
    double per_level[4], slope, young, old, at_work, at_work_dual, informal, pace, kept, idle_allowed, activity;
    /* work */
    double barred_months, work_permit, with_permit, level, idle, years, woman, ageing, in_reception, lock_in,
        lock_in_dual, coaching, at_scale, subsidised_share, subsidy, regulated_diploma, other_diploma, separation,
        settled, hours;
    /* persons */
    const uint64_t *identity;
    const int32_t *household;
    const int8_t *adult, *female, *schooling, *exempt, *integrating, *active, *dual, *regulated;
    const int16_t *born, *recognised;
    const float *talent, *class_hours, *coached;
    int8_t *employed, *work_hours;
    int16_t *hired;
    float *language, *idleness, *experience;
    /* households and places */
    const int8_t *stage, *track;
    const int32_t *location;
    const int16_t *municipality, *applied, *granted;
    const int8_t *location_region, *municipality_region;
    const double *regional; /* what living in a region adds to the odds */
} Jobs;

static double luck(const Jobs *j, int64_t i, int month, uint32_t label) {
    return uniform(j->identity[i], month, label, j->seed_low, j->seed_high);
}

static int8_t region(const Jobs *j, int32_t h) {
    return j->location[h] == NO_ROW ? j->municipality_region[j->municipality[h]] : j->location_region[j->location[h]];
}

static void learn(Jobs *j, int64_t i, int age) {
    double ease = age < YOUNG ? j->young : age >= OLD ? j->old : 1.0;
    double needed = j->per_level[j->schooling[i]] * ease * (1 + j->slope * j->language[i]);
    double worth = j->dual[i] ? j->at_work_dual : j->at_work;
    double level = j->language[i] + (j->class_hours[i] + worth * j->work_hours[i] * WEEKS + j->informal) / needed;
    j->language[i] = (float)(level < TOP ? level : TOP);
}

static void disengage(Jobs *j, int64_t i, int32_t h) {
    if (j->stage[h] < HOUSED && !j->employed[i]) {
        double fill = j->granted[h] == NEVER ? 1.0 : j->idle_allowed;
        if (j->class_hours[i] > 0 || j->active[i]) fill *= 1 - j->activity;
        j->idleness[i] = (float)(j->idleness[i] + (1 - j->idleness[i]) * j->pace * fill);
    } else j->idleness[i] = (float)(j->idleness[i] * j->kept);
}

static double chance(const Jobs *j, int64_t i, int32_t h, int age, int month) {
    double access = 1, search = 1, experience = j->experience[i];
    if (j->granted[h] == NEVER) {
        if (j->track[h] == FAST || j->stage[h] == DEPARTING || month - j->applied[h] < j->barred_months) return 0;
        if (j->work_permit) access = j->with_permit;
    }
    if (j->exempt[i]) return 0;
    if (j->integrating[i]) search = j->dual[i] ? j->lock_in_dual : j->lock_in;
    double z = j->regional[region(j, h)] + j->level * (j->language[i] - 2) - j->idle * j->idleness[i];
    z += j->years * (experience < 2 ? experience : 2) + j->talent[i];
    z += j->at_scale * j->coaching * j->coached[i];
    if (age > PRIME) z += j->ageing * (age - PRIME) / DECADE;
    if (j->female[i]) z += j->woman;
    if (j->location[h] != NO_ROW) z += j->in_reception;
    if (j->recognised[i] != NEVER) z += j->regulated[i] ? j->regulated_diploma : j->other_diploma;
    if (j->subsidised_share > 0 && luck(j, i, LIFELONG, j->subsidised) < j->subsidised_share) z += j->subsidy;
    return access * search / (1 + exp(-z));
}

/* One month; counts: employed, hired, lost, hired with a work permit. */
void month(Jobs *j, int month, int64_t *counts) {
    for (int c = 0; c < 4; c++) counts[c] = 0;
    for (int64_t i = 0; i < j->people; i++) {
        int age = month - j->born[i];
        int32_t h = j->household[i];
        if (!j->adult[i]) continue;
        learn(j, i, age);
        disengage(j, i, h);
        if (j->employed[i]) {
            int lost = luck(j, i, month, j->ends) < j->separation * exp(-j->settled * j->experience[i]);
            j->experience[i] = (float)(j->experience[i] + 1.0 / 12);
            if (lost) j->employed[i] = 0, j->work_hours[i] = 0, counts[2]++;
        } else {
            double found = chance(j, i, h, age, month);
            j->experience[i] = (float)(j->experience[i] * (1 - FADING));
            if (found > 0 && luck(j, i, month, j->finds) < found) {
                j->employed[i] = 1, j->hired[i] = (int16_t)month, j->work_hours[i] = (int8_t)j->hours;
                counts[1]++, counts[3] += j->granted[h] == NEVER && j->work_permit;
            }
        }
        counts[0] += j->employed[i];
    }
}
