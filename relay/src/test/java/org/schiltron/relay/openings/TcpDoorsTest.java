package org.schiltron.relay.openings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.schiltron.edge.Protocol;
import org.schiltron.relay.Backend;
import org.schiltron.relay.EdgeDrop;
import org.schiltron.relay.EdgeServer;
import org.schiltron.relay.Edges;
import org.schiltron.relay.LegAddress;

/** One service by TCP, with and without a look at what is spoken. */
@Timeout(60)
class TcpDoorsTest {
    private static EdgeServer edge(Backend backend, @Nullable Protocol verify) throws IOException {
        return Visits.edge(Openings.tcp(Visits.open("site"), verify, () -> Visits.NOW), null,
                Visits.service("site", backend.address()));
    }

    @Test
    void aBackendThatSpeaksFirstIsHeard() throws Exception {
        try (Backend backend = Backend.start(connection -> connection.getOutputStream().write(Site.text("hello")));
                EdgeServer edge = edge(backend, null);
                Socket client = Edges.connect(edge)) {
            assertThat(Visits.all(client)).isEqualTo("hello");
        }
    }

    @Test
    void queriesPassInAnyPiecesAndGarbageDoesNot() throws Exception {
        byte[] query = Queries.framed(Queries.query(1));
        try (Backend backend = Backend.echo(); EdgeServer edge = edge(backend, Protocol.DNS)) {
            for (int cut = 1; cut < query.length; cut++)
                try (Socket client = Edges.connect(edge)) {
                    Visits.sayInTwo(edge, client, query, cut);
                    client.getOutputStream().write(query);
                    for (int i = 0; i < 2; i++)
                        assertThat(client.getInputStream().readNBytes(query.length)).isEqualTo(query);
                }
            long legs = edge.counters().legsOpened();
            assertThat(legs).isEqualTo(query.length - 1);
            for (byte[] garbage : List.of(Site.text("GET / HTTP/1.1\r\n\r\n"), new byte[64],
                    Queries.framed(Queries.answer(1)), Queries.framed(new byte[40])))
                try (Socket client = Edges.connect(edge)) {
                    client.getOutputStream().write(garbage);
                    assertThat(Edges.wasReset(client)).isTrue();
                }
            assertThat(edge.counters().legsOpened()).as("nothing was dialled for garbage").isEqualTo(legs);
            try (Socket client = Edges.connect(edge)) { // garbage that comes later
                client.getOutputStream().write(query);
                assertThat(client.getInputStream().readNBytes(query.length)).isEqualTo(query);
                client.getOutputStream().write(Queries.framed(Queries.answer(1)));
                assertThat(Edges.wasReset(client)).isTrue();
            }
            assertThat(edge.counters().dropped(EdgeDrop.OPENING_REFUSED)).isEqualTo(4);
            assertThat(edge.counters().dropped(EdgeDrop.EXCHANGE_REFUSED)).isEqualTo(1);
        }
    }

    @Test
    void aVerifiedStreamKeepsItsLegWhenTheAuthenticatorChanges() throws Exception {
        byte[] query = Queries.framed(Queries.query(1));
        try (Backend backend = Backend.echo();
                EdgeServer edge = edge(backend, Protocol.DNS);
                Socket client = Edges.connect(edge)) {
            for (int i = 0; i < 3; i++) {
                client.getOutputStream().write(query);
                assertThat(client.getInputStream().readNBytes(query.length)).isEqualTo(query);
                edge.changeAuthenticator("site", LegAddress.to(backend.address()), Duration.ofMinutes(1));
            }
            assertThat(edge.counters().legsOpened()).isEqualTo(1);
        }
    }

    @Test
    void callsPassAndHttpDoesNot() throws Exception {
        String call = ("OPTIONS sip:a.example SIP/2.0~Via: SIP/2.0/TCP b.example;branch=z9hG4bK1~"
                + "From: <sip:b@b.example>;tag=1~To: <sip:a@a.example>~Call-ID: 1@b.example~"
                + "CSeq: 1 OPTIONS~Max-Forwards: 70~Content-Length: 2~~ok").replace("~", "\r\n");
        try (Backend backend = Backend.echo();
                EdgeServer edge = edge(backend, Protocol.SIP);
                Socket caller = Edges.connect(edge);
                Socket other = Edges.connect(edge)) {
            Visits.say(caller, call + call);
            assertThat(caller.getInputStream().readNBytes(2 * call.length())).isEqualTo(Site.text(call + call));
            Visits.say(other, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(Edges.wasReset(other)).isTrue();
            assertThat(edge.counters().legsOpened()).isEqualTo(1);
        }
    }

    @Test
    void httpIsReadAsStrictlyAsAtItsDoors() throws Exception {
        try (Site site = new Site("site");
                EdgeServer edge = Visits.edge(Openings.tcp(Visits.open("site"), Protocol.HTTP, () -> Visits.NOW), null,
                        Visits.service("site", site.address()));
                Socket client = Edges.connect(edge)) {
            assertThat(Visits.ask(client, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n").body()).isEqualTo("site GET /1 ");
            Visits.say(client, "GET /2 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
            assertThat(Visits.all(client)).startsWith("HTTP/1.1 400 ");
            assertThat(site.seen).hasSize(1);
        }
    }

    @Test
    void protocolsHaveTheirTransport() {
        Door door = Visits.open("x");
        assertThatThrownBy(() -> Openings.tcp(door, Protocol.QUIC, () -> 0)).hasMessageContaining("QUIC");
        for (Protocol protocol : List.of(Protocol.HTTP, Protocol.TLS)) {
            assertThatThrownBy(() -> Openings.udp(door, protocol, () -> 0)).hasMessageContaining("UDP");
            assertThatThrownBy(() -> Openings.proof(protocol)).hasMessageContaining("UDP");
        }
    }
}
