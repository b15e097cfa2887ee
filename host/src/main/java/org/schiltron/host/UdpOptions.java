package org.schiltron.host;

/**
 * What may be tuned about a set of sockets.
 *
 * @param driver             how datagrams get in and out
 * @param receiveBufferBytes the kernel's receive buffer per socket, asked for; bursts beyond it are lost
 * @param sendBufferBytes    the kernel's send buffer per socket, asked for
 * @param egressTrains       whether successive datagrams of equal size to one destination leave as one (GSO); native
 *                           driver only
 * @param ingressTrains      whether the kernel may hand in such trains whole (GRO); native driver only. Costs 64 KiB per
 *                           slot of the receive batch
 * @param spinNs             how long an idle loop polls before it blocks; 0: it blocks at once
 */
public record UdpOptions(UdpDriver driver, int receiveBufferBytes, int sendBufferBytes, boolean egressTrains,
        boolean ingressTrains, long spinNs) {

    public UdpOptions {
        if (receiveBufferBytes < 4_096 || sendBufferBytes < 4_096)
            throw new IllegalArgumentException("socket buffer below 4096 bytes");
        if (spinNs < 0)
            throw new IllegalArgumentException("negative spin time");
    }

    /** The preferred driver, 4 MiB to receive, 1 MiB to send, trains out but not in, no spinning. */
    public static UdpOptions defaults() {
        return new UdpOptions(UdpDriver.preferred(), 4 << 20, 1 << 20, true, false, 0);
    }

    public UdpOptions withDriver(UdpDriver value) {
        return new UdpOptions(value, receiveBufferBytes, sendBufferBytes, egressTrains, ingressTrains, spinNs);
    }

    public UdpOptions withBuffers(int receiveBytes, int sendBytes) {
        return new UdpOptions(driver, receiveBytes, sendBytes, egressTrains, ingressTrains, spinNs);
    }

    public UdpOptions withTrains(boolean egress, boolean ingress) {
        return new UdpOptions(driver, receiveBufferBytes, sendBufferBytes, egress, ingress, spinNs);
    }

    public UdpOptions withSpinNs(long value) {
        return new UdpOptions(driver, receiveBufferBytes, sendBufferBytes, egressTrains, ingressTrains, value);
    }
}
