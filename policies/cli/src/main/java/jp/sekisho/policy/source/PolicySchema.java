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

/** The JSON Schema of policy sources, and its findings as {@link Problem}s with a place. */
final class PolicySchema {
  private static final String RESOURCE = "policy.schema.json";
  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(text(), InputFormat.JSON);

  private PolicySchema() {}

  /** The schema itself, for editors. */
  static String text() {
    try (InputStream in = PolicySchema.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("missing " + RESOURCE);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is wrong with {@code source}, in the order of the file; empty when nothing is. */
  static List<Problem> check(YamlSource.Outcome.Read source) {
    List<Problem> problems = new ArrayList<>();
    for (Error error : SCHEMA.validate(source.root())) {
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

  private static Problem problem(Error error, YamlSource.Outcome.Read source) {
    String path = pointer(error.getInstanceLocation());
    String property = error.getProperty() == null ? "" : error.getProperty();
    String member = path + "/" + YamlSource.pointerPart(property);
    return switch (error.getKeyword()) {
      case "additionalProperties" ->
          Problem.of(Code.KEY_UNKNOWN, source.at(member), member, property);
      case "required" -> Problem.of(Code.KEY_MISSING, source.at(path), path, property);
      case "type" -> Problem.of(Code.TYPE_WRONG, source.at(path), path);
      case "enum", "const" ->
          Problem.of(Code.VALUE_NOT_ALLOWED, source.at(path), path, allowed(error.getSchemaNode()));
      case "pattern" -> Problem.of(Code.FORM_WRONG, source.at(path), path);
      default -> Problem.of(Code.SIZE_WRONG, source.at(path), path);
    };
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
