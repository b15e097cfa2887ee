package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class StatusCommandTest {
    @Test
    void sharesAndTimesArePrintedToThreeDigits() {
        ObjectNode status = Json.MAPPER.createObjectNode().put("role", "protect").put("pid", 1).put("uptimeSeconds",
                86_412);
        status.putArray("sessions").addObject().put("sendLoss", 0.012345678901234567).put("rttMs", 44.65).put("loss",
                0.0).put("bytesIn", 123_456_789_012L).put("excess", 1.0 / 3e6).put("address", "127.0.0.1:4500");
        StringWriter out = new StringWriter();
        StatusCommand.print(new PrintWriter(out, true), status);
        assertThat(out.toString()).contains("uptimeSeconds: 86412", "sendLoss 0.0123,", "rttMs 44.7,", "loss 0,",
                "bytesIn 123456789012,", "excess 0.000000333,", "address 127.0.0.1:4500");
    }
}
