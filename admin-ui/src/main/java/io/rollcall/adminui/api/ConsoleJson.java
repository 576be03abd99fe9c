package io.rollcall.adminui.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.javalin.json.JavalinJackson;

/** The JSON format: names in snake_case as in the proto, instants as ISO-8601, nothing left out. */
public final class ConsoleJson {

    private ConsoleJson() {}

    public static io.javalin.json.JsonMapper mapper() {
        ObjectMapper jackson = JsonMapper.builder()
                .addModule(new JavaTimeModule())
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build();
        return new JavalinJackson(jackson, false);
    }
}
