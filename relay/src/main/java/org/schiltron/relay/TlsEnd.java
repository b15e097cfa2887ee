package org.schiltron.relay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A client's socket with TLS that ends here. The arithmetic of a handshake is done on other threads, records are opened
 * and sealed on the loop's. Between two turns nothing is kept but an incomplete record, and what the client did not
 * take.
 *
 * <p>Bounds: a handshake has at most {@link #HANDSHAKE_BYTES}; no second handshake on one connection; of records
 * without content (key updates, empty ones) at most {@link #EMPTY_RECORDS} in a row, since each costs us as much as one
 * with content and its sender nothing.
 */
final class TlsEnd implements End, End.Events {
    private static final int HANDSHAKE_BYTES = 128 * 1024;
    private static final int EMPTY_RECORDS = 32;
    private static final long FLUSH_NS = 2_000_000_000L;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final EventLoop loop;
    private final TlsContext context;
    private final SSLEngine engine;
    private final Events events;
    private final TcpEnd socket;

    /** Read from the socket and not opened: a part of a record, or more records than there was room for. */
    private @Nullable ByteBuffer sealedIn;
    /** The rest of an opened record for which there was no room. */
    private @Nullable ByteBuffer openedIn;
    /** Sealed and not taken by the socket. */
    private @Nullable ByteBuffer sealedOut;
    private boolean recordIncomplete = true;
    private boolean established;
    private boolean taskRuns;
    private boolean inputEnded;
    private boolean outputEnds;
    private boolean alertSent;
    private boolean closing;
    private boolean closed;
    private boolean wantsRead;
    private boolean wantsWrite;
    private int handshakeBytes;
    private int emptyRecords;

    private TlsEnd(EventLoop loop, SocketChannel channel, TlsContext context, Events events) throws IOException {
        this.loop = loop;
        this.context = context;
        this.events = events;
        this.engine = context.engine();
        this.socket = TcpEnd.accepted(loop, channel, this);
        engine.beginHandshake();
    }

    /** The handshake goes on by itself once reading was asked for; then {@link End.Events#connected} is told. */
    static TlsEnd accepted(EventLoop loop, SocketChannel channel, TlsContext context, Events events)
            throws IOException {
        return new TlsEnd(loop, channel, context, events);
    }

    // From the socket

    @Override
    public void connected() {
        // an accepted socket is connected from the start
    }

    @Override
    public void readable() {
        if (established)
            events.readable();
        else
            handshake();
    }

    @Override
    public void writable() {
        try {
            if (!flush())
                return;
        } catch (IOException e) {
            fail(established ? EdgeDrop.CLIENT_RESET : EdgeDrop.OPENING_CUT_OFF);
            return;
        }
        if (closing) {
            finishClose();
            return;
        }
        if (!established)
            handshake();
        else if (wantsWrite)
            events.writable();
        watch();
    }

    @Override
    public void failed(EdgeDrop reason) {
        fail(reason);
    }

    private void fail(EdgeDrop reason) {
        if (closing)
            finishClose();
        else if (!closed)
            events.failed(reason);
    }

    // Handshake

    private void handshake() {
        try {
            while (!closed && !taskRuns && sealedOut == null) {
                switch (engine.getHandshakeStatus()) {
                    case NEED_TASK -> runTask();
                    case NEED_WRAP -> seal(NOTHING);
                    case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                        if (!receiveHandshake())
                            return;
                    }
                    case FINISHED, NOT_HANDSHAKING -> {
                        established = true;
                        events.connected();
                        return;
                    }
                }
            }
        } catch (SSLException e) {
            sendAlert();
            fail(EdgeDrop.TLS_HANDSHAKE);
        } catch (IOException e) {
            fail(EdgeDrop.OPENING_CUT_OFF);
        } finally {
            watch();
        }
    }

    private void runTask() {
        Runnable task = engine.getDelegatedTask();
        if (task == null)
            return;
        taskRuns = true;
        try {
            context.tasks().execute(() -> {
                task.run();
                loop.execute(this::taskDone);
            });
        } catch (RejectedExecutionException e) {
            fail(EdgeDrop.TLS_BUSY);
        }
    }

    private void taskDone() {
        taskRuns = false;
        if (closed)
            return;
        if (established) { // a key update's, say
            events.readable();
            watch();
        } else {
            handshake();
        }
    }

    /** Whether the handshake went on; if not, it waits for the socket. */
    private boolean receiveHandshake() throws IOException {
        ByteBuffer sealed = sealedScratch();
        if (recordIncomplete) {
            int count = socket.read(sealed);
            if (count < 0)
                throw new IOException("ends within its handshake");
            handshakeBytes += count;
            if (handshakeBytes > HANDSHAKE_BYTES)
                throw new SSLException("a handshake of more than " + HANDSHAKE_BYTES + " bytes");
        }
        sealed.flip();
        ByteBuffer opened = loop.tls().opened();
        SSLEngineResult.Status status;
        try {
            status = engine.unwrap(sealed, opened).getStatus();
            if (status == SSLEngineResult.Status.CLOSED)
                throw new IOException("closed within its handshake");
            recordIncomplete = status == SSLEngineResult.Status.BUFFER_UNDERFLOW;
        } finally {
            keepSealed(sealed);
        }
        if (opened.position() > 0)
            keepOpened(opened.flip());
        return status == SSLEngineResult.Status.OK;
    }

    /** The loop's buffer, with what was kept of this connection in front. */
    private ByteBuffer sealedScratch() {
        ByteBuffer sealed = loop.tls().sealedIn();
        ByteBuffer before = sealedIn;
        if (before != null) {
            sealed.put(before);
            sealedIn = null;
            loop.pool().give(before);
        }
        return sealed;
    }

    private void keepSealed(ByteBuffer sealed) {
        if (sealed.hasRemaining())
            sealedIn = loop.pool().take(sealed.remaining()).put(sealed).flip();
        else
            recordIncomplete = true;
    }

    private void keepOpened(ByteBuffer opened) {
        openedIn = loop.pool().take(opened.remaining()).put(opened).flip();
    }

    // Established

    /** What the handshake showed. */
    TlsFacts facts() {
        SSLSession session = engine.getSession();
        String name = null;
        if (session instanceof ExtendedSSLSession extended)
            for (SNIServerName asked : extended.getRequestedServerNames())
                if (asked instanceof SNIHostName host)
                    name = host.getAsciiName();
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            for (var certificate : session.getPeerCertificates())
                certificates.add((X509Certificate) certificate);
        } catch (SSLPeerUnverifiedException e) {
            // none was given
        }
        String protocol = engine.getApplicationProtocol();
        return new TlsFacts(name, protocol == null || protocol.isEmpty() ? null : protocol, session.getProtocol(),
                session.getCipherSuite(), certificates);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int before = into.position();
        ByteBuffer rest = openedIn;
        if (rest != null) {
            move(rest, into);
            if (!rest.hasRemaining()) {
                openedIn = null;
                loop.pool().give(rest);
            }
            return into.position() - before;
        }
        if (inputEnded)
            return -1;
        if (taskRuns)
            return 0;
        ByteBuffer sealed = sealedScratch();
        boolean ended = recordIncomplete && socket.read(sealed) < 0;
        sealed.flip();
        recordIncomplete = false;
        try {
            while (!recordIncomplete && !inputEnded && !taskRuns && openedIn == null && into.hasRemaining())
                open(sealed, into);
        } finally {
            keepSealed(sealed);
        }
        if (ended && recordIncomplete)
            inputEnded = true;
        int count = into.position() - before;
        return count == 0 && inputEnded ? -1 : count;
    }

    private static void move(ByteBuffer from, ByteBuffer into) {
        int limit = from.limit();
        from.limit(from.position() + Math.min(from.remaining(), into.remaining()));
        into.put(from);
        from.limit(limit);
    }

    /** One record. */
    private void open(ByteBuffer sealed, ByteBuffer into) throws IOException {
        boolean roomForAny = into.remaining() >= TlsScratch.RECORD;
        ByteBuffer opened = roomForAny ? into : loop.tls().opened();
        int before = opened.position();
        SSLEngineResult result = unwrap(sealed, opened);
        switch (result.getStatus()) {
            case BUFFER_UNDERFLOW -> recordIncomplete = true;
            case CLOSED -> inputEnded = true;
            case BUFFER_OVERFLOW -> throw new IOException("a record longer than TLS allows");
            case OK -> {
                boolean empty = opened.position() == before;
                emptyRecords = empty ? emptyRecords + 1 : 0;
                if (emptyRecords > EMPTY_RECORDS)
                    giveUp(EdgeDrop.TLS_RENEGOTIATION);
                afterRecord(result.getHandshakeStatus());
            }
        }
        if (roomForAny)
            return;
        opened.flip();
        move(opened, into);
        if (opened.hasRemaining())
            keepOpened(opened);
    }

    private SSLEngineResult unwrap(ByteBuffer sealed, ByteBuffer opened) throws IOException {
        try {
            return engine.unwrap(sealed, opened);
        } catch (SSLException e) {
            giveUp(EdgeDrop.TLS_BROKEN);
            throw e;
        }
    }

    /** Whether it was something else than data. */
    private void afterRecord(HandshakeStatus status) throws IOException {
        if (status == HandshakeStatus.NOT_HANDSHAKING || status == HandshakeStatus.FINISHED)
            return;
        if (!engine.getSession().getProtocol().equals("TLSv1.3"))
            giveUp(EdgeDrop.TLS_RENEGOTIATION);
        if (status == HandshakeStatus.NEED_WRAP && flush())
            seal(NOTHING); // says that our keys are new, too
        else if (status == HandshakeStatus.NEED_TASK)
            runTask();
    }

    private void giveUp(EdgeDrop reason) throws IOException {
        sendAlert();
        events.failed(reason);
        throw new IOException(reason.label());
    }

    @Override
    public boolean hasMore() {
        return openedIn != null || sealedIn != null && !recordIncomplete && !taskRuns || inputEnded;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int before = from.position();
        while (from.hasRemaining() && flush())
            seal(from);
        watch();
        return from.position() - before;
    }

    /** As many records as the loop's buffer has room for, and out with them; at least one. */
    private void seal(ByteBuffer from) throws IOException {
        ByteBuffer sealed = loop.tls().sealedOut();
        do {
            SSLEngineResult result = engine.wrap(from, sealed);
            if (result.getStatus() == SSLEngineResult.Status.CLOSED && from.hasRemaining())
                throw new IOException("written after the end");
            if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW)
                break;
        } while (from.hasRemaining() && sealed.remaining() >= TlsScratch.RECORD);
        sealed.flip();
        socket.write(sealed);
        if (sealed.hasRemaining())
            sealedOut = loop.pool().take(sealed.remaining()).put(sealed).flip();
    }

    /** Whether all that was sealed is out. */
    private boolean flush() throws IOException {
        ByteBuffer rest = sealedOut;
        if (rest != null) {
            socket.write(rest);
            if (rest.hasRemaining())
                return false;
            sealedOut = null;
            loop.pool().give(rest);
        }
        if (outputEnds) {
            outputEnds = false;
            socket.endOutput();
        }
        return true;
    }

    @Override
    public void want(boolean readable, boolean writable) {
        wantsRead = readable;
        wantsWrite = writable;
        watch();
    }

    private void watch() {
        if (!closed)
            socket.want((wantsRead || !established) && !taskRuns && !closing, wantsWrite || sealedOut != null);
    }

    @Override
    public void endOutput() throws IOException {
        engine.closeOutbound();
        outputEnds = true;
        if (sealedOut == null)
            seal(NOTHING);
        flush();
        watch();
    }

    /** As far as it goes: a client that does not listen any more misses nothing. */
    private void sendAlert() {
        try {
            engine.closeOutbound();
            if (sealedOut == null)
                seal(NOTHING);
            alertSent = sealedOut == null;
        } catch (IOException e) {
            // it learns it from the end of the connection
        }
    }

    @Override
    public void close() {
        if (closing || closed)
            return;
        if (sealedOut == null) {
            finishClose();
            return;
        }
        closing = true;
        watch();
        loop.after(FLUSH_NS, this::finishClose);
    }

    private void finishClose() {
        release();
        socket.close();
    }

    @Override
    public void reset() {
        release();
        if (alertSent)
            socket.close();
        else
            socket.reset();
    }

    private void release() {
        closed = true;
        sealedIn = give(sealedIn);
        openedIn = give(openedIn);
        sealedOut = give(sealedOut);
    }

    private @Nullable ByteBuffer give(@Nullable ByteBuffer buffer) {
        if (buffer != null)
            loop.pool().give(buffer);
        return null;
    }
}
