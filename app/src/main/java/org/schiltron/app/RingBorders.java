package org.schiltron.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.filter.RuleSet;
import org.schiltron.host.Addresses;
import org.schiltron.xdp.Borders;
import org.schiltron.xdp.Readdress;
import org.schiltron.xdp.XdpRing;

/**
 * What a ring is told of its other borders.
 *
 * @param listen resolved; null if nobody tells this border
 * @param peers  resolved; who is told
 * @param secret of all that share; empty if none does
 */
record RingBorders(@Nullable InetSocketAddress listen, List<InetSocketAddress> peers, byte[] secret,
        List<Readdress> readdresses) {
    private static final List<Setting> ALL = List.of(RingSettings.SHARE_LISTEN, RingSettings.SHARE_WITH,
            RingSettings.SHARE_SECRET, RingSettings.READDRESS);

    /** @throws Failure where they are given and nobody heeds them */
    static void checkUse(Settings settings) {
        for (Setting setting : ALL)
            if (settings.isSet(setting) && !settings.flag(RingSettings.XDP))
                throw settings.wrong(setting, "needs --xdp: nothing else remembers or readdresses at a border");
    }

    static RingBorders read(Settings settings, RuleSet rules) {
        List<Readdress> readdresses = new ArrayList<>();
        List<String> texts = settings.texts(RingSettings.READDRESS);
        for (int i = 0; i < texts.size(); i++) {
            try {
                Readdress one = Readdress.parse(texts.get(i));
                String against = Readdress.against(one, readdresses, rules);
                if (!against.isEmpty())
                    throw new IllegalArgumentException(against);
                readdresses.add(one);
            } catch (IllegalArgumentException e) {
                throw settings.wrong(RingSettings.READDRESS, i, String.valueOf(e.getMessage()));
            }
        }
        InetSocketAddress listen = listen(settings);
        List<InetSocketAddress> peers = settings.addresses(RingSettings.SHARE_WITH).stream().map(UdpSettings::resolve)
                .toList();
        Path secret = settings.file(RingSettings.SHARE_SECRET);
        boolean shares = listen != null || !peers.isEmpty();
        if (shares && secret == null)
            throw new Failure(Exit.USAGE,
                    "borders that share need --share-secret FILE, the same at all of them (schiltron key new makes one)");
        if (!shares && secret != null)
            throw settings.wrong(RingSettings.SHARE_SECRET,
                    "for whom? give --share-listen, where other borders tell, or --share-with, who is told");
        if (shares && !rules.watchesRequests())
            throw new Failure(Exit.USAGE,
                    rules.file() + " has no rule with do = \"requested\": there is nothing to share");
        if (shares && !readdresses.isEmpty())
            throw settings.wrong(RingSettings.READDRESS,
                    "answers come back to the border that readdressed their requests: --share-listen and --share-with are for borders that do not");
        return new RingBorders(listen, peers, secret == null ? new byte[0] : KeyFiles.read(secret).seed(),
                readdresses);
    }

    private static @Nullable InetSocketAddress listen(Settings settings) {
        String text = settings.text(RingSettings.SHARE_LISTEN);
        try {
            return text == null ? null : UdpSettings.resolve(Addresses.parse(text));
        } catch (IllegalArgumentException e) {
            throw settings.wrong(RingSettings.SHARE_LISTEN, String.valueOf(e.getMessage()));
        }
    }

    Borders programs() {
        return new Borders(!peers.isEmpty(), listen != null, readdresses);
    }

    /** Begins to tell and to hear; null if this border does neither. */
    @Nullable
    BorderSharing share(XdpRing ring) throws IOException {
        return listen == null && peers.isEmpty() ? null : BorderSharing.open(ring, secret, listen, peers);
    }
}
