/**
 * Scenarios: hosts, links, routers, machines and attackers written down in a TOML file, and run in the simulator.
 *
 * <pre>{@code
 * Scenario scenario = Scenario.read(Path.of("flood.toml"));
 * Result result = new ScenarioRun(scenario, 42).run();
 * }</pre>
 *
 * docs/SCENARIOS.md lists every key.
 */
package org.schiltron.scenario;
