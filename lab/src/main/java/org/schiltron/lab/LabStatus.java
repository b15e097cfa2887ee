package org.schiltron.lab;

import org.schiltron.scenario.Result;

/**
 * How a lab is doing.
 *
 * @param upNs       since it is up
 * @param lateNs     how long after its time what was due first happened: median
 * @param lateP99Ns  the same: 99th percentile
 * @param lateMostNs the same: the most
 * @param result     of the scenario so far
 */
public record LabStatus(long upNs, long lateNs, long lateP99Ns, long lateMostNs, Result result) {
}
