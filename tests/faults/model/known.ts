/** Faults of the service that are known and not mended yet: histories that meet one are let pass. */

/**
 * Known: a copy gives way although no primary is listed, so that no fork can follow. Here until the service asks
 * for the primary first.
 */
export const KNOWN_GIVES_WAY_WITHOUT_PRIMARY: boolean = true;

/**
 * Known: of two copies that count as taken in the same millisecond each of two runs may keep another one. Here
 * until the service puts such twins in one order.
 */
export const KNOWN_TWINS: boolean = true;

/**
 * Known: with too few calls to compare a copy beyond the count, the newest gives way for it, while another run may
 * prune that one at the same moment. Here until a run without calls lets none give way.
 */
export const KNOWN_UNSURE_FREES_NEWEST: boolean = true;

/**
 * Known: with few calls, comparing the copies that the brake keeps leaves none for another cadence, and ticks of
 * the same hours begin with the same cadence each day. Here until the service's turn goes on by the day too.
 */
export const KNOWN_TURN_STANDS_STILL: boolean = true;
