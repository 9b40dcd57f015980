package jp.sekisho.server.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.protocol.Problem;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * The OpenAPI 3.1 description of every route ({@code docs/openapi.json}), made of {@link ApiRoutes}
 * and of the wire records themselves.
 */
final class OpenApi {
  static final Path FILE = Path.of("..", "..", "docs", "openapi.json");

  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

  private final Map<String, Object> schemas = new TreeMap<>();

  private OpenApi() {}

  /** The document as it must stand in the file. */
  static String document() {
    return new OpenApi().text();
  }

  /** Routes of the people's port in the file, as {@code METHOD path}. */
  static Set<String> peoplesRoutes() throws IOException {
    Set<String> routes = new TreeSet<>();
    MAPPER
        .readTree(Files.readString(FILE))
        .get("paths")
        .properties()
        .forEach(path -> {
          if (!path.getKey().startsWith("/agent/")) {
            path.getValue()
                .fieldNames()
                .forEachRemaining(
                    method -> routes.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey()));
          }
        });
    return routes;
  }

  /** A path of the router as OpenAPI writes it: a rest of several segments is one parameter. */
  static String path(String template) {
    return template.replace("{+", "{");
  }

  private String text() {
    Map<String, Object> paths = new TreeMap<>();
    for (ApiRoutes.Route route : ApiRoutes.all()) {
      @SuppressWarnings("unchecked")
      Map<String, Object> methods =
          (Map<String, Object>) paths.computeIfAbsent(route.path(), _ -> new TreeMap<>());
      methods.put(route.method().toLowerCase(Locale.ROOT), operation(route));
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("openapi", "3.1.0");
    document.put(
        "info",
        map(
            "title", "Sekisho",
            "version", "1",
            "description",
                "Every route of the people's and of the agents' port; docs/protocol.md says what"
                    + " they mean. Kept equal to the code by OpenApiTest."));
    document.put(
        "servers",
        List.of(
            map("url", "https://auth.city.example:8443", "description", "people"),
            map("url", "https://auth.city.example:8444", "description", "agents and services")));
    document.put("paths", paths);
    ref(Problem.class);
    Map<String, Object> components = new LinkedHashMap<>();
    components.put("schemas", schemas);
    components.put("responses", Map.of("Refusal", refusal()));
    components.put(
        "securitySchemes",
        map(
            "session", map("type", "apiKey", "in", "cookie", "name", "__Host-sekisho-session"),
            "setup", map("type", "apiKey", "in", "cookie", "name", "__Host-sekisho-setup"),
            "device", map("type", "mutualTLS"),
            "service", map("type", "mutualTLS")));
    document.put("components", components);
    try {
      return MAPPER.writeValueAsString(document) + "\n";
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private Map<String, Object> operation(ApiRoutes.Route route) {
    Map<String, Object> operation = new LinkedHashMap<>();
    operation.put("summary", route.summary());
    operation.put(
        "security",
        route.who() == ApiRoutes.Who.ANYBODY
            ? List.of()
            : List.of(Map.of(route.who().name().toLowerCase(Locale.ROOT), List.of())));
    List<Object> parameters = new ArrayList<>();
    Matcher named = PARAMETER.matcher(route.path());
    while (named.find()) {
      parameters.add(parameter(named.group(1), "path", true));
    }
    route.query().forEach(name -> parameters.add(parameter(name, "query", false)));
    route.headers().forEach(name -> parameters.add(parameter(name, "header", false)));
    if (!parameters.isEmpty()) {
      operation.put("parameters", parameters);
    }
    if (route.takes() != null) {
      operation.put("requestBody", map("required", true, "content", content(route.takes())));
    }
    Map<String, Object> responses = new TreeMap<>();
    responses.put(
        String.valueOf(route.status()),
        route.gives() == null
            ? map("description", "done")
            : map("description", "the answer", "content", content(route.gives())));
    if (route.headers().contains("If-None-Match")) {
      responses.put("304", map("description", "what the tag named is still all of it"));
    }
    responses.put("default", Map.of("$ref", "#/components/responses/Refusal"));
    operation.put("responses", responses);
    return operation;
  }

  private static Map<String, Object> parameter(String name, String in, boolean required) {
    return map("name", name, "in", in, "required", required, "schema", map("type", "string"));
  }

  private static Map<String, Object> refusal() {
    return map(
        "description",
        "a refusal: its HTTP status is that of its code (RFC 9457)",
        "content",
        Map.of(
            "application/problem+json",
            Map.of("schema", Map.of("$ref", "#/components/schemas/Problem"))));
  }

  private Map<String, Object> content(Object body) {
    return body instanceof Class<?> type
        ? Map.of("application/json", Map.of("schema", ref(type)))
        : Map.of(String.valueOf(body), Map.of());
  }

  private Map<String, Object> ref(Class<?> type) {
    String name = type.getSimpleName();
    if (!schemas.containsKey(name)) {
      schemas.put(name, Map.of()); // one that names itself ends here
      schemas.put(name, schema(type));
    }
    return Map.of("$ref", "#/components/schemas/" + name);
  }

  private Object schema(Class<?> type) {
    if (type == Refusal.class) {
      // Not a list: codes are added, and who reads them has to expect one that is newer.
      return map(
          "type",
          "string",
          "pattern",
          "^[A-Z][A-Z_]*$",
          "description",
          "a code of Refusal; who meets an unknown one goes by the status and shows the text");
    }
    if (type.isEnum()) {
      return map(
          "type",
          "string",
          "enum",
          Arrays.stream(type.getEnumConstants()).map(one -> ((Enum<?>) one).name()).toList());
    }
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (RecordComponent part : type.getRecordComponents()) {
      properties.put(part.getName(), of(part.getGenericType()));
      if (!part.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
        required.add(part.getName());
      }
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    return schema;
  }

  private Map<String, Object> of(Type type) {
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      return map("type", "array", "items", of(list.getActualTypeArguments()[0]));
    }
    if (type == String.class) {
      return map("type", "string");
    }
    if (Set.<Type>of(int.class, long.class, Integer.class, Long.class).contains(type)) {
      return map("type", "integer");
    }
    if (type == boolean.class || type == Boolean.class) {
      return map("type", "boolean");
    }
    if (type instanceof Class<?> named && (named.isRecord() || named.isEnum())) {
      return ref(named);
    }
    throw new AssertionError("a wire record with a part that this does not describe: " + type);
  }

  private static Map<String, Object> map(Object... parts) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < parts.length; i += 2) {
      map.put((String) parts[i], parts[i + 1]);
    }
    return map;
  }
}
