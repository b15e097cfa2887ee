package org.schiltron.ring;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.PublicKey;

/**
 * The enrolled processes by number. A number is a slot in its low 12 bits and above them a generation that starts at
 * random and grows with each use of the slot, so that no number comes twice.
 */
final class CustomerTable {
    private static final int SLOT_MASK = RingConfig.MAX_CUSTOMERS - 1;
    /** A process silent for so long makes room for another of the same key: ten pings missed. */
    static final long SILENT_NS = 5_000_000_000L;

    private final RingConfig config;
    private final IntFunction<NonceFilter> filters;
    private final RandomSource random;
    private final List<Customer> slots = new ArrayList<>();
    private int generation;
    private int open;

    CustomerTable(RingConfig config, IntFunction<NonceFilter> filters, RandomSource random) {
        this.config = config;
        this.filters = filters;
        this.random = random;
        this.generation = random.nextInt(1 << 20);
    }

    /** Null if no process has this number. */
    @Nullable
    Customer byNumber(int number) {
        int slot = number & SLOT_MASK;
        if (slot >= slots.size())
            return null;
        Customer customer = slots.get(slot);
        return customer.isOpen() && customer.number() == number ? customer : null;
    }

    @Nullable
    Customer byEnrolHash(long hash) {
        for (Customer customer : slots) {
            if (customer.isOpen() && customer.enrolHash() == hash)
                return customer;
        }
        return null;
    }

    @Nullable
    Customer byInstance(PublicKey key, long instance) {
        for (Customer customer : slots) {
            if (customer.isOpen() && customer.instance() == instance && customer.key().equals(key))
                return customer;
        }
        return null;
    }

    /** The process whose place a new one of this key must take, if any may be taken; the caller closes it. */
    @Nullable
    Customer toReplace(long nowNs, PublicKey key) {
        Customer silent = null;
        int processes = 0;
        for (Customer customer : slots) {
            if (customer.isOpen() && customer.key().equals(key)) {
                processes++;
                if (silent == null || customer.heardNs() < silent.heardNs())
                    silent = customer;
            }
        }
        boolean full = processes >= config.maxProcesses() || open >= config.maxCustomers();
        return full && silent != null && nowNs - silent.heardNs() >= SILENT_NS ? silent : null;
    }

    /** Null if there is no room. */
    @Nullable
    Customer add(long nowNs, PublicKey key, long instance) {
        int processes = 0;
        Customer free = null;
        for (Customer customer : slots) {
            if (!customer.isOpen())
                free = free == null ? customer : free;
            else if (customer.key().equals(key))
                processes++;
        }
        if (processes >= config.maxProcesses() || open >= config.maxCustomers())
            return null;
        if (free == null) {
            free = new Customer(slots.size(), config, filters.apply(config.rememberedRequests()),
                    filters.apply(config.rememberedFirsts()),
                    new CookieRequests(config.cookieRequestsPerSecond(), random), nowNs);
            slots.add(free);
        }
        open++;
        generation++;
        free.open(nowNs, generation << 12 | free.slot, key, instance, config);
        return free;
    }

    void remove(Customer customer) {
        customer.close();
        open--;
    }

    /** Those silent for too long; the caller removes them. */
    List<Customer> idle(long nowNs) {
        List<Customer> idle = new ArrayList<>();
        for (Customer customer : slots) {
            if (customer.isOpen() && nowNs - customer.heardNs() >= config.idleNs())
                idle.add(customer);
        }
        return idle;
    }

    /** Those of keys that do not pass; the caller removes them. */
    List<Customer> not(Predicate<PublicKey> allowed) {
        List<Customer> others = new ArrayList<>();
        for (Customer customer : slots) {
            if (customer.isOpen() && !allowed.test(customer.key()))
                others.add(customer);
        }
        return others;
    }

    int open() {
        return open;
    }

    /** What the filters of all slots made so far hold. */
    long filterBytes() {
        long bytes = 0;
        for (Customer customer : slots)
            bytes += customer.requests.bytes() + customer.firsts.bytes();
        return bytes;
    }
}
