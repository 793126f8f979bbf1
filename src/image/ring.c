/* SPDX-License-Identifier: Apache-2.0 */
/* Mutex and condition variables: one hand-over per 256 KiB makes their cost invisible. */
#include "image/ring.h"

#include <pthread.h>
#include <stdlib.h>

struct cm_ring {
        pthread_mutex_t mutex;
        pthread_cond_t changed;
        size_t head; /* next to fill */
        size_t tail; /* next to read */
        bool closed;
        bool abandoned;
        size_t lens[CM_RING_BLOCKS];
        char *blocks;
};

struct cm_ring *cm_ring_new(void)
{
        struct cm_ring *ring = calloc(1, sizeof(*ring));
        CM_ASSERT(ring != NULL);
        ring->blocks = malloc((size_t)CM_RING_BLOCKS * CM_RING_BLOCK_BYTES);
        CM_ASSERT(ring->blocks != NULL);
        pthread_mutex_init(&ring->mutex, NULL);
        pthread_cond_init(&ring->changed, NULL);
        return ring;
}

struct cm_ring *cm_ring_free(struct cm_ring *ring)
{
        if (ring == NULL)
                return NULL;
        pthread_mutex_destroy(&ring->mutex);
        pthread_cond_destroy(&ring->changed);
        free(ring->blocks);
        free(ring);
        return NULL;
}

char *cm_ring_acquire(struct cm_ring *ring)
{
        pthread_mutex_lock(&ring->mutex);
        while (ring->head - ring->tail == CM_RING_BLOCKS && !ring->abandoned)
                pthread_cond_wait(&ring->changed, &ring->mutex);
        char *block = ring->abandoned ? NULL
                                      : ring->blocks + (ring->head % CM_RING_BLOCKS) *
                                                               (size_t)CM_RING_BLOCK_BYTES;
        pthread_mutex_unlock(&ring->mutex);
        return block;
}

void cm_ring_publish(struct cm_ring *ring, size_t len)
{
        CM_ASSERT(len <= CM_RING_BLOCK_BYTES);
        pthread_mutex_lock(&ring->mutex);
        ring->lens[ring->head % CM_RING_BLOCKS] = len;
        ring->head++;
        pthread_cond_broadcast(&ring->changed);
        pthread_mutex_unlock(&ring->mutex);
}

void cm_ring_close(struct cm_ring *ring)
{
        pthread_mutex_lock(&ring->mutex);
        ring->closed = true;
        pthread_cond_broadcast(&ring->changed);
        pthread_mutex_unlock(&ring->mutex);
}

bool cm_ring_next(struct cm_ring *ring, const char **ret, size_t *ret_len)
{
        pthread_mutex_lock(&ring->mutex);
        while (ring->head == ring->tail && !ring->closed)
                pthread_cond_wait(&ring->changed, &ring->mutex);
        bool any = ring->head != ring->tail;
        size_t at = ring->tail % CM_RING_BLOCKS;
        if (any) {
                *ret = ring->blocks + at * (size_t)CM_RING_BLOCK_BYTES;
                *ret_len = ring->lens[at];
        }
        pthread_mutex_unlock(&ring->mutex);
        return any;
}

void cm_ring_release(struct cm_ring *ring)
{
        pthread_mutex_lock(&ring->mutex);
        ring->tail++;
        pthread_cond_broadcast(&ring->changed);
        pthread_mutex_unlock(&ring->mutex);
}

void cm_ring_abandon(struct cm_ring *ring)
{
        pthread_mutex_lock(&ring->mutex);
        ring->abandoned = true;
        pthread_cond_broadcast(&ring->changed);
        pthread_mutex_unlock(&ring->mutex);
}
