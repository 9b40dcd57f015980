package jp.sekisho.policy.source;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import jp.sekisho.policy.source.Problem.Code;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A JSON Schema of a source, and its findings as {@link Problem}s with a place. Immutable. */
final class PolicySchema {
  /** Of policies. */
  static final PolicySchema POLICY = new PolicySchema("policy.schema.json");

  /** Of the cases beside a policy. */
  static final PolicySchema CASES = new PolicySchema("cases.schema.json");

  private final String resource;
  private final Schema schema;
  private final JsonNode tree;

  private PolicySchema(String resource) {
    this.resource = resource;
    this.schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(text(), InputFormat.JSON);
    this.tree = JsonMapper.builder().build().readTree(text());
  }

  /** The schema itself, for editors. */
  String text() {
    try (InputStream in = PolicySchema.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("missing " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is wrong with {@code source}, in the order of the file; empty when nothing is. */
  List<Problem> check(YamlSource.Outcome.Read source) {
    List<Problem> problems = new ArrayList<>();
    for (Error error : schema.validate(source.root())) {
      Problem problem = problem(error, source);
      if (!problems.contains(problem)) {
        problems.add(problem);
      }
    }
    problems.sort(
        Comparator.comparingInt((Problem p) -> p.position().line())
            .thenComparingInt(p -> p.position().column()));
    return problems;
  }

  private Problem problem(Error error, YamlSource.Outcome.Read source) {
    String path = pointer(error.getInstanceLocation());
    String property = error.getProperty() == null ? "" : error.getProperty();
    String member = path + "/" + YamlSource.pointerPart(property);
    return switch (error.getKeyword()) {
      case "additionalProperties" ->
          Problem.of(Code.KEY_UNKNOWN, source.at(member), member, property);
      case "required" -> Problem.of(Code.KEY_MISSING, source.at(path), path, property);
      case "type" ->
          Problem.of(Code.TYPE_WRONG, source.at(path), path, allowed(error.getSchemaNode()));
      case "enum", "const" ->
          Problem.of(Code.VALUE_NOT_ALLOWED, source.at(path), path, allowed(error.getSchemaNode()));
      case "pattern" -> Problem.of(Code.FORM_WRONG, source.at(path), path, expected(error));
      case "minimum", "maximum" ->
          Problem.of(Code.NUMBER_OUT_OF_BOUNDS, source.at(path), path, bounds(error));
      default -> Problem.of(Code.SIZE_WRONG, source.at(path), path, expected(error));
    };
  }

  /** What the schema says should stand there, in both languages; the pattern without a word. */
  private String expected(Error error) {
    NodePath location = error.getSchemaLocation().getFragment();
    JsonNode at = tree;
    for (int i = 0; i < location.getNameCount() - 1; i++) {
      String name = String.valueOf(location.getElement(i));
      at = at.isArray() ? at.path(Integer.parseInt(name)) : at.path(name);
    }
    String description = at.path("description").asString("");
    return description.isEmpty() ? allowed(error.getSchemaNode()) : description;
  }

  private String[] bounds(Error error) {
    NodePath location = error.getSchemaLocation().getFragment();
    JsonNode at = tree;
    for (int i = 0; i < location.getNameCount() - 1; i++) {
      at = at.path(String.valueOf(location.getElement(i)));
    }
    return new String[] {at.path("minimum").asString("0"), at.path("maximum").asString("")};
  }

  private static String allowed(JsonNode values) {
    List<String> words = new ArrayList<>();
    if (values.isArray()) {
      values.forEach(value -> words.add(value.asString()));
    } else {
      words.add(values.asString());
    }
    return String.join(" | ", words);
  }

  private static String pointer(NodePath path) {
    StringBuilder pointer = new StringBuilder();
    for (int i = 0; i < path.getNameCount(); i++) {
      pointer.append('/').append(YamlSource.pointerPart(String.valueOf(path.getElement(i))));
    }
    return pointer.toString();
  }
}
