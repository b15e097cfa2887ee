/**
 * A scenario in real time. {@link org.schiltron.lab.Lab} makes the namespaces and runs the network; one lab at a time on a
 * machine.
 */
package org.schiltron.lab;
