package org.schiltron.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;

/** The list of customers changes under those that are enrolled. */
class CustomerListTest {
    private static final Identity CAROL = Identity.generate(new SeededRandom(4));

    private final Rig rig = new Rig();
    private final TestCustomer alice = TestCustomer.enrolled(rig, Rig.ALICE, 0x0a000001);
    private final TestCustomer bob = TestCustomer.enrolled(rig, Rig.BOB, 0x0b000001);

    private void list(PublicKey... keys) {
        CustomerKeys made = CustomerKeys.of(Rig.RING, List.of(keys));
        rig.command(nowNs -> rig.node.setCustomers(nowNs, made));
    }

    @Test
    void whoIsAddedMayEnrolAndNobodyNoticesElse() {
        TestCustomer carol = new TestCustomer(CAROL, Path.ofIpv4(0x0c000001, 5_000), 3);
        assertThat(rig.in(carol.path, carol.enrolMessage(carol.cookie(rig)))).isEmpty();
        list(Rig.ALICE.publicKey(), Rig.BOB.publicKey(), CAROL.publicKey());
        carol.enrol(rig);
        assertThat(carol.ping(rig)).hasSize(1);
        assertThat(alice.ping(rig)).hasSize(1);
        assertThat(bob.ping(rig)).hasSize(1);
        assertThat(rig.node.listed()).isEqualTo(3);
    }

    @Test
    void whoIsRemovedIsDroppedAtOnceAndTheOthersRequestsStay() {
        for (TestCustomer customer : List.of(alice, bob)) {
            customer.grant(rig, Rig.MAILBOX);
            rig.in(customer.path, customer.out(Rig.MAILBOX, TestCustomer.get(1, 2)));
        }
        rig.events.clear();
        list(Rig.BOB.publicKey());
        assertThat(rig.events).containsExactly(new RingEvent.Left(alice.number));
        assertThat(rig.node.customers()).isEqualTo(1);
        assertThat(rig.in(Rig.MAILBOX, alice.data(1))).isEmpty();
        assertThat(alice.ping(rig)).isEmpty();
        assertThat(rig.drops(Drop.WRONG_CUSTOMER)).isEqualTo(2);
        assertThat(rig.in(alice.path, alice.enrolMessage(alice.cookie(rig)))).isEmpty();
        assertThat(rig.drops(Drop.NOT_ENROLLED)).isEqualTo(1);
        assertThat(rig.in(Rig.MAILBOX, bob.data(1))).hasSize(1);
        assertThat(rig.in(bob.path, bob.out(Rig.MAILBOX, TestCustomer.get(3)))).as("grants stay too").hasSize(1);
    }

    @Test
    void aCustomerWhoComesBackHasNothingLeftFromBefore() {
        alice.grant(rig, Rig.MAILBOX);
        rig.in(alice.path, alice.out(Rig.MAILBOX, TestCustomer.get(1)));
        list(Rig.BOB.publicKey());
        list(Rig.ALICE.publicKey(), Rig.BOB.publicKey());
        alice.enrol(rig);
        alice.ping(rig);
        assertThat(rig.in(Rig.MAILBOX, alice.data(1))).isEmpty();
        assertThat(rig.drops(Drop.UNREQUESTED)).isEqualTo(1);
    }

    /** Or reading a file again and again would be a way round the budget. */
    @Test
    void theBudgetForHandshakesIsKept() {
        int enrolled = 0;
        for (int i = 0; i < 40; i++) {
            list(Rig.BOB.publicKey(), Rig.ALICE.publicKey());
            enrolled += rig.in(alice.path, alice.enrolMessage(alice.cookie(rig))).size();
        }
        assertThat(enrolled).isLessThan(20);
        assertThat(rig.drops(Drop.ENROL_FULL)).isPositive();
    }

    @Test
    void aListEndsTheWaitForWhoeverComesFirst() {
        Rig open = new Rig(List.of(), RingConfig::withEnrolFirst, 5);
        CustomerKeys keys = CustomerKeys.of(Rig.RING, List.of(Rig.BOB.publicKey()));
        open.command(nowNs -> open.node.setCustomers(nowNs, keys));
        TestCustomer first = new TestCustomer(Rig.ALICE, Path.ofIpv4(0x7f000001, 5_000), 3);
        assertThat(open.in(first.path, first.enrolMessage(first.cookie(open)))).isEmpty();
        assertThat(open.drops(Drop.NOT_ENROLLED)).isEqualTo(1);
        TestCustomer.enrolled(open, Rig.BOB, 0x0b000001);
        assertThat(open.node.customers()).isEqualTo(1);
    }

    @Test
    void thereIsNoEmptyList() {
        CustomerKeys none = CustomerKeys.of(Rig.RING, List.of());
        assertThatThrownBy(() -> rig.node.setCustomers(rig.nowNs, none))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(alice.ping(rig)).hasSize(1);
    }
}
