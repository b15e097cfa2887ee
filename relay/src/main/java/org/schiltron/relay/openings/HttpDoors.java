package org.schiltron.relay.openings;

import java.util.function.LongSupplier;

/**
 * What the connections of one entrance for HTTP have in common.
 *
 * @param byName       its doors
 * @param epochSeconds the time of day, for what expires
 * @param slow         where passwords are checked
 */
record HttpDoors(Doors byName, LongSupplier epochSeconds, SlowRulings slow) {
}
