package org.schiltron.internet;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Data by path; what is null is made up. All may be plain, bzip2 or xz.
 *
 * @param asRel     CAIDA serial-1 or serial-2
 * @param addresses AS number, addresses, country
 * @param bots      AS number, two columns, then sightings, added up
 * @param hosting   AS numbers that are no homes: mailboxes go there, bots do not
 * @param uplinks   JSON of uplinks by country
 */
public record WorldFiles(@Nullable Path asRel, @Nullable Path addresses, @Nullable Path bots, @Nullable Path hosting,
        @Nullable Path uplinks) {
    public static final WorldFiles NONE = new WorldFiles(null, null, null, null, null);
}
