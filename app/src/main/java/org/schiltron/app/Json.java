package org.schiltron.app;

import tools.jackson.databind.json.JsonMapper;

/** JSON as every command reads and writes it. */
final class Json {
    static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {
    }
}
