/**
 * The simulator: machines in virtual time over links with rate, delay, queue and faults, all decided by a seed.
 *
 * <pre>{@code
 * Simulation simulation = new Simulation(42);
 * Path at = simulation.newAddress(4500);
 * var mailbox = simulation.add("mailbox", new Mailbox(...), at).links(LinkConfig.ofMegabits(20));
 * var client = simulation.add("client", new Client(..., simulation.random()), simulation.newAddress(9000));
 * client.uplink().configure(LinkConfig.ofDelayNs(5_000_000).withLoss(0.05).withDuplicate(0.01));
 * List<Event> events = new ArrayList<>();
 * client.onEvent(events::add);
 * client.command(c -> c.connect(simulation.nowNs(), at));
 * simulation.at(3_000_000_000L, mailbox::kill);
 * simulation.invariant(() -> assertThat(mailbox.machine().stored()).isLessThan(1_000));
 * assertThat(simulation.runUntil(() -> !events.isEmpty(), 10_000_000_000L)).isTrue();
 * }</pre>
 *
 * Every machine runs inside a {@link org.schiltron.machine.ContractCheck}. A failure names seed, event and time
 * ({@link org.schiltron.sim.SimulationFailure}).
 */
package org.schiltron.sim;
