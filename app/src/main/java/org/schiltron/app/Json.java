package org.schiltron.app;

import tools.jackson.databind.json.JsonMapper;

/** JSON as every command reads and writes it. */
final class Json {
    static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {
    }

    /** Has loaded what it needs, files of the JDK among it: later there may be no file descriptor to open them with. */
    static void touch() {
        MAPPER.readTree(MAPPER.writeValueAsString(MAPPER.createObjectNode().put("x", 1.5)));
    }
}
