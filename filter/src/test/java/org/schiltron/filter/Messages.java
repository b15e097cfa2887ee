package org.schiltron.filter;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.schiltron.machine.SipHash;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Data;
import org.schiltron.wire.First;
import org.schiltron.wire.Get;
import org.schiltron.wire.Post;

/** Messages between a service and its mailboxes, about nonces that go by numbers. */
final class Messages {
    private static final List<String> KINDS = List.of("get", "untake", "answer", "post", "first", "cookie-request",
            "cookie");
    private static final int LIFETIME_MS = 4_000;
    private static final int BODY = 20;

    private Messages() {
    }

    static boolean isMessage(Map<String, String> keys) {
        return KINDS.stream().anyMatch(keys::containsKey);
    }

    static byte[] of(Map<String, String> keys) {
        String kind = KINDS.stream().filter(keys::containsKey).findFirst().orElseThrow();
        int[] numbers = Stream.of(keys.getOrDefault(kind, "").split(",")).mapToInt(Integer::parseInt).toArray();
        MemorySegment s = MemorySegment.ofArray(new byte[2_000]);
        int length = switch (kind) {
            case "get" -> get(s, LIFETIME_MS, numbers);
            case "untake" -> get(s, 0, numbers);
            case "post" -> post(s, numbers);
            case "cookie-request" -> CookieRequest.write(s, 0, 0, 1, high(numbers[0]), low(numbers[0]));
            case "cookie" -> Cookie.write(s, 0, 0, 1, high(numbers[0]), low(numbers[0]), 5, 60, 1, 0, LIFETIME_MS);
            case "first" -> {
                First.write(s, 0, 0, 1, high(numbers[0]), low(numbers[0]));
                yield First.CONTENT + BODY;
            }
            default -> {
                Data.write(s, 0, 0, 0, 1, high(numbers[0]), low(numbers[0]));
                yield Data.BODY + BODY;
            }
        };
        return Arrays.copyOf((byte[]) s.heapBase().orElseThrow(), length);
    }

    private static int get(MemorySegment s, int lifetimeMs, int[] numbers) {
        long[] image = new long[2];
        for (int i = 0; i < numbers.length; i++) {
            SipHash.image(high(numbers[i]), low(numbers[i]), image, 0);
            Get.putImage(s, 0, i, image[0], image[1]);
        }
        return Get.write(s, 0, 0, 1, 5, lifetimeMs, 1_000, numbers.length);
    }

    private static int post(MemorySegment s, int[] numbers) {
        int length = Post.write(s, 0, 1, 5, 6, 7, LIFETIME_MS, numbers.length, 1, 50, false, 0);
        for (int i = 0; i < numbers.length; i++)
            Post.putNonce(s, 0, i, high(numbers[i]), low(numbers[i]));
        return length;
    }

    private static long high(int number) {
        return 0x9e37_79b9_7f4a_7c15L * (number + 1);
    }

    private static long low(int number) {
        return 0xc2b2_ae3d_27d4_eb4fL * (number + 3);
    }
}
