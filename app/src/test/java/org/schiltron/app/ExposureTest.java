package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.schiltron.app.Exposure.Listener;
import org.schiltron.app.Exposure.Upstream;

class ExposureTest {
    private static final List<Listener> WEB = List
            .of(new Listener("tcp", InetSocketAddress.createUnresolved("0.0.0.0", 80)));

    @ParameterizedTest
    @CsvSource(textBlock = """
            # embedded, rings, upstream, firewall, listener, name, level, protected
            true,  4, ON_PATH_RING, true,  false, false, none,                       false
            false, 2, ON_PATH_RING, false, true,  true,  on-path ring,               true
            false, 2, FILTER,       false, true,  true,  upstream filter,            true
            false, 2, NOTHING,      false, false, false, 'address hidden, unverified', true
            false, 2, NOTHING,      true,  false, false, 'address hidden, unverified', true
            false, 2, NOTHING,      true,  true,  false, host firewall only,         false
            false, 2, NOTHING,      false, true,  false, none,                       false
            false, 2, NOTHING,      false, false, true,  none,                       false
            false, 0, NOTHING,      true,  false, false, host firewall only,         false
            false, 0, NOTHING,      false, false, false, none,                       false
            """)
    void neverClaimsMoreThanIsKnown(boolean embedded, int rings, Upstream upstream, boolean firewall, boolean listener,
            boolean name, String level, boolean isProtected) {
        Exposure exposure = Exposure.judge(embedded, rings, upstream, firewall, listener ? WEB : List.of(),
                name ? List.of("shop.example.org") : List.of());
        assertThat(exposure.level().title()).isEqualTo(level);
        assertThat(exposure.level().isProtected()).isEqualTo(isProtected);
        assertThat(exposure.warnings()).hasSize(embedded ? 0 : (listener ? 1 : 0) + (name ? 1 : 0));
    }

    @Test
    void findsListenersThatOthersCanReach() {
        String tcp = """
                  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
                   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
                   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2
                   2: 050200C0:0016 060200C0:C000 01 00000000:00000000 00:00000000 00000000     0        0 3
                """;
        String udp6 = """
                  sl  local_address                         remote_address                        st tx_queue
                   0: B80D0120000000000000000001000000:0035 00000000000000000000000000000000:0000 07 00000000
                   1: 00000000000000000000000000000000:D431 00000000000000000000000000000000:0000 07 00000000
                """;
        assertThat(Listeners.parse("tcp", tcp)).hasToString("[tcp 0.0.0.0:80]");
        assertThat(Listeners.parse("udp", udp6)).hasToString("[udp [2001:db8::1]:53]");
    }

    @Test
    void findsNamesThatPointHere() throws UnknownHostException {
        Set<InetAddress> ours = Set.of(InetAddress.getByName("192.0.2.7"));
        assertThat(Exposure.pointingHere(List.of("192.0.2.7", "192.0.2.8"), ours)).containsExactly("192.0.2.7");
    }

    @Test
    void knowsAFirewallThatDrops() {
        assertThat(HostFirewall.dropsInput("chain input { type filter hook input priority filter; policy drop; }"))
                .isTrue();
        assertThat(HostFirewall.dropsInput("chain input {\n\ttype filter hook input priority 0; policy accept;\n}"))
                .isFalse();
    }
}
