package org.schiltron.app;

import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code schiltron status}. */
@Command(name = "status", description = "Shows the roles running on this machine: exposure, sessions, paths, drops.", footer = {
        "", "Examples:", "  schiltron status", "  schiltron status protect",
        "  schiltron status --json | jq '.roles[] | select(.role == \"protect\") | .exposure'"})
final class StatusCommand implements Callable<Integer> {
    private static final MathContext THREE_DIGITS = new MathContext(3);

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "ROLE", description = "only roles of this kind: mailbox, ring, protect, connect, edge, landing, lab")
    private @Nullable String role;

    @Option(names = "--json", description = "one JSON object: {\"roles\":[...]}")
    private boolean json;

    @Override
    public Integer call() {
        List<ObjectNode> answers = ControlClient.askAll(ControlDirectory.ofUser(), role,
                ControlClient.request("status"));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ArrayNode roles = Json.MAPPER.createArrayNode();
            answers.forEach(roles::add);
            out.println(Json.MAPPER.createObjectNode().set("roles", roles));
        } else {
            answers.forEach(answer -> print(out, answer));
        }
        return Exit.OK.code();
    }

    /** Plain fields as {@code name: value}, objects of numbers on one line each, arrays of objects as a table. */
    static void print(PrintWriter out, ObjectNode status) {
        out.println(status.path("role").asString("?") + " (process " + status.path("pid").asString("?") + ")");
        for (Map.Entry<String, JsonNode> field : status.properties()) {
            JsonNode value = field.getValue();
            if (field.getKey().equals("role") || field.getKey().equals("pid"))
                continue;
            if (value.isArray() && !value.isEmpty() && value.get(0).isObject())
                table(out, field.getKey(), value);
            else
                out.println("  " + field.getKey() + ": " + line(value));
        }
    }

    private static String line(JsonNode value) {
        if (value.isObject())
            return value.isEmpty()
                    ? "none"
                    : String.join(", ",
                            value.properties().stream().map(f -> f.getKey() + " " + line(f.getValue())).toList());
        if (value.isArray())
            return value.isEmpty() ? "none" : String.join(", ", value.valueStream().map(StatusCommand::line).toList());
        if (value.isFloatingPointNumber())
            return new BigDecimal(value.asString()).round(THREE_DIGITS).stripTrailingZeros().toPlainString();
        return value.asString();
    }

    private static void table(PrintWriter out, String name, JsonNode rows) {
        out.println("  " + name + " (" + rows.size() + "):");
        for (JsonNode row : rows)
            out.println("    " + line(row));
    }
}
