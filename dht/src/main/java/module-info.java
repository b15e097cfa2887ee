/** Optional: records in the BitTorrent Mainline DHT, through libtorrent. */
@org.jspecify.annotations.NullMarked module org.schiltron.dht {
    requires transitive org.jspecify;
    requires transitive org.schiltron.host;
    requires libtorrent4j;

    provides org.schiltron.host.Dht.Provider with org.schiltron.dht.MainlineDhtProvider;
}
