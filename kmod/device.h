/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device /dev/bulkhead.
 */
#ifndef BULKHEAD_DEVICE_H
#define BULKHEAD_DEVICE_H

/**
 * device_init() - Make the device
 *
 * From here on users can call.
 *
 * Context: Process context, module init; everything else is there.
 * Return: 0 or a negative errno.
 */
int device_init(void);

/**
 * device_exit() - Remove the device
 *
 * Context: Process context, module exit.
 */
void device_exit(void);

#endif /* BULKHEAD_DEVICE_H */
