package org.schiltron.systemtests;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The real programs at both ends. A test that lacks one is skipped and says so. */
final class Programs {
    private Programs() {
    }

    static String curl() {
        return find("curl", "curl");
    }

    static String nginx() {
        return find("nginx", "nginx-light");
    }

    static String wrk() {
        return find("wrk", "wrk");
    }

    static String openssl() {
        return find("openssl", "openssl");
    }

    static String nmap() {
        return find("nmap", "nmap");
    }

    static String hping3() {
        return find("hping3", "hping3");
    }

    static String tcpdump() {
        return find("tcpdump", "tcpdump");
    }

    /** An authoritative name server. */
    static String knotd() {
        return find("knotd", "knot");
    }

    static String keymgr() {
        return find("keymgr", "knot");
    }

    /** A resolver that validates DNSSEC. */
    static String unbound() {
        return find("unbound", "unbound");
    }

    static String gobgpd() {
        return find("gobgpd", "gobgpd");
    }

    static String gobgp() {
        return find("gobgp", "gobgpd");
    }

    static String bird() {
        return find("bird", "bird2");
    }

    static String birdc() {
        return find("birdc", "bird2");
    }

    static String exabgp() {
        return find("exabgp", "exabgp");
    }

    static String ip() {
        return find("ip", "iproute2");
    }

    static String nft() {
        return find("nft", "nftables");
    }

    static String ping() {
        return find("ping", "iputils-ping");
    }

    private static String find(String program, String debianPackage) {
        String path = System.getenv("PATH") + File.pathSeparator + "/usr/sbin";
        var found = Stream.of(path.split(File.pathSeparator, -1)).map(at -> Path.of(at, program))
                .filter(Files::isExecutable).findFirst();
        Assumptions.assumeTrue(found.isPresent(),
                program + " is not installed (Debian: apt-get install " + debianPackage + ")");
        return found.orElseThrow().toString();
    }
}
