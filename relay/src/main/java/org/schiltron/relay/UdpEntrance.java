package org.schiltron.relay;
public record UdpEntrance() {}
