package org.schiltron.relay.routes;

import org.schiltron.relay.LegAddress;

/**
 * A backend beside a landing.
 *
 * @param address       where it is
 * @param proxyProtocol whether each connection begins with a header that tells who the client is, as the ingress says;
 *                      not if the service's legs begin with one already
 */
public record LandingBackend(LegAddress address, boolean proxyProtocol) {
}
