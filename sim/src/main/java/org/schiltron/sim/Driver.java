package org.schiltron.sim;

import org.schiltron.machine.Machine;

/** Runs machines in virtual time. */
interface Driver {
    /** Adds a machine to the run. */
    <E> void add(Machine<E> machine);
}
