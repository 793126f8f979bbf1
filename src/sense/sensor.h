/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sensor: BPF programs that are loaded and attached, and what they record. The only user of libbpf
 * beside net/.
 *
 *     r = cm_sensor_open(&sensor, err);
 *     while (r >= 0)
 *             r = cm_sensor_poll(sensor, timeout_ms, on_record, ctx, err);
 *     cm_sensor_close(sensor);
 *
 * Thread:  one.
 */
#pragma once

#include "base/sv.h"
#include "sense/encode.h"

struct cm_sensor;

/*
 * Loads and attaches. Nothing stays in the kernel when this program ends.
 * Errors: CM_E_ENV: not permitted (CAP_BPF, CAP_PERFMON), or the kernel lacks something: the message
 *         has the kernel's words.
 */
CM_MUST_CHECK int cm_sensor_open(struct cm_sensor **ret, struct cm_err *err);
struct cm_sensor *cm_sensor_close(struct cm_sensor *sensor); /* takes NULL */
/* Records nothing more; what is in the rings can still be taken. */
void cm_sensor_detach(struct cm_sensor *sensor);
/* Is a call recorded? All are at the start. */
CM_MUST_CHECK int cm_sensor_want(struct cm_sensor *sensor, uint16_t call, bool is_wanted,
                                 struct cm_err *err);
/*
 * Waits until there are records, `timeout_ms` (-1: for ever) is over, or a signal comes; gives them out,
 * urgent ones first; those of one CPU are in order. What on_record() returns below 0 is forwarded.
 * Returns: 0. Errors: CM_E_ENV.
 */
CM_MUST_CHECK int cm_sensor_poll(struct cm_sensor *sensor, int timeout_ms,
                                 int (*on_record)(void *ctx, struct cm_sv bytes,
                                                  struct cm_err *err),
                                 void *ctx, struct cm_err *err);
/* When the machine was started, since the epoch: record times are counted from there. */
uint64_t cm_sensor_epoch_ns(void);

struct cm_sensor_loss {
        struct cm_sense_loss_key of;
        uint64_t records;
};
/* All losses since the start, exact; the key that is zero has those of too many kinds. */
CM_MUST_CHECK int cm_sensor_losses(struct cm_sensor *sensor,
                                   int (*on_loss)(void *ctx, const struct cm_sensor_loss *loss,
                                                  struct cm_err *err),
                                   void *ctx, struct cm_err *err);
