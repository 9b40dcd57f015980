package jp.sekisho.policy.source;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import jp.sekisho.policy.source.Problem.Code;
import jp.sekisho.policy.source.Problem.Position;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A YAML document as a JSON tree that remembers where each value stood.
 *
 * <p>Built from parser events, so nothing is ever constructed from a tag or expanded from an alias;
 * both are refused, as are merge keys, repeated keys and further documents. Plain {@code true},
 * {@code false} and whole numbers have their types, everything else is text, so {@code off} is the
 * text off. One instance per document, not thread-safe.
 */
final class YamlSource {
  /** Largest source, in code points. */
  static final int MAX_CODE_POINTS = 256 * 1024;

  private static final int MAX_DEPTH = 16;
  private static final int MAX_VALUES = 20_000;
  private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,17})");
  private static final Pattern NULL = Pattern.compile("~|null|Null|NULL|");

  /** What was read, or why not. */
  sealed interface Outcome {
    /**
     * A document.
     *
     * @param positions by JSON pointer
     */
    record Read(JsonNode root, Map<String, Position> positions) implements Outcome {
      /** Where the value at {@code pointer} stands, or else what holds it. */
      Position at(String pointer) {
        for (String path = pointer; ; path = path.substring(0, path.lastIndexOf('/'))) {
          Position position = positions.get(path);
          if (position != null) {
            return position;
          }
          if (path.isEmpty()) {
            return Position.UNKNOWN;
          }
        }
      }
    }

    /** No document. */
    record Refused(Problem problem) implements Outcome {}
  }

  private static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Problem problem;

    RefusedException(Problem problem) {
      super(problem.code().name());
      this.problem = problem;
    }
  }

  private final Iterator<Event> events;
  private final Map<String, Position> positions = new HashMap<>();
  private int values;

  private YamlSource(Iterator<Event> events) {
    this.events = events;
  }

  static Outcome read(String text) {
    if (text.codePointCount(0, text.length()) > MAX_CODE_POINTS) {
      String limit = MAX_CODE_POINTS / 1024 + " KiB";
      return new Outcome.Refused(Problem.of(Code.YAML_TOO_LARGE, Position.UNKNOWN, "", limit));
    }
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(MAX_CODE_POINTS * 4).build();
    try {
      YamlSource source = new YamlSource(new Parse(settings).parseString(text).iterator());
      JsonNode root = source.document();
      return new Outcome.Read(root, Map.copyOf(source.positions));
    } catch (RefusedException e) {
      return new Outcome.Refused(e.problem);
    } catch (MarkedYamlEngineException e) {
      // The parser's own text would quote the file; the place is enough.
      return new Outcome.Refused(Problem.of(Code.YAML_SYNTAX, position(e.getProblemMark()), ""));
    } catch (YamlEngineException e) {
      return new Outcome.Refused(Problem.of(Code.YAML_SYNTAX, Position.UNKNOWN, ""));
    }
  }

  private JsonNode document() throws RefusedException {
    events.next(); // stream start
    Event first = events.next();
    if (first.getEventId() == Event.ID.StreamEnd) {
      throw refused(Code.YAML_SYNTAX, first, "");
    }
    JsonNode root = value(events.next(), "", 0);
    events.next(); // document end
    Event last = events.next();
    if (last.getEventId() != Event.ID.StreamEnd) {
      throw refused(Code.YAML_FORBIDDEN, last, "", "---");
    }
    return root;
  }

  private JsonNode value(Event event, String path, int depth) throws RefusedException {
    if (depth > MAX_DEPTH || ++values > MAX_VALUES) {
      throw refused(Code.YAML_TOO_LARGE, event, path, MAX_DEPTH + " / " + MAX_VALUES);
    }
    positions.putIfAbsent(path, position(event.getStartMark()));
    refuseReferences(event, path);
    if (event instanceof ScalarEvent scalar) {
      return scalar(scalar, path);
    }
    return event instanceof MappingStartEvent ? object(path, depth) : array(path, depth);
  }

  private static void refuseReferences(Event event, String path) throws RefusedException {
    if (event instanceof AliasEvent alias) {
      throw refused(Code.YAML_FORBIDDEN, event, path, "*" + alias.getAlias());
    }
    Optional<Anchor> anchor = ((NodeEvent) event).getAnchor();
    if (anchor.isPresent()) {
      throw refused(Code.YAML_FORBIDDEN, event, path, "&" + anchor.get());
    }
    Optional<String> tag =
        event instanceof ScalarEvent scalar
            ? scalar.getTag()
            : ((CollectionStartEvent) event).getTag();
    if (tag.isPresent()) {
      throw refused(Code.YAML_FORBIDDEN, event, path, tag.get());
    }
  }

  private static JsonNode scalar(ScalarEvent scalar, String path) throws RefusedException {
    String text = scalar.getValue();
    JsonNodeFactory json = JsonNodeFactory.instance;
    if (!scalar.isPlain()) {
      return json.stringNode(text);
    }
    if (NULL.matcher(text).matches()) {
      throw refused(Code.TYPE_WRONG, scalar, path, "text | 12 | [a, b] | {a: b}");
    }
    if (text.equals("true") || text.equals("false")) {
      return json.booleanNode(text.equals("true"));
    }
    return INTEGER.matcher(text).matches()
        ? json.numberNode(Long.parseLong(text))
        : json.stringNode(text);
  }

  private JsonNode array(String path, int depth) throws RefusedException {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    Event event = events.next();
    while (event.getEventId() != Event.ID.SequenceEnd) {
      array.add(value(event, path + "/" + array.size(), depth + 1));
      event = events.next();
    }
    return array;
  }

  private JsonNode object(String path, int depth) throws RefusedException {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    Event event = events.next();
    while (event.getEventId() != Event.ID.MappingEnd) {
      refuseReferences(event, path);
      if (!(event instanceof ScalarEvent key)) {
        throw refused(Code.YAML_FORBIDDEN, event, path, "?");
      }
      String name = key.getValue();
      if (name.equals("<<") && key.isPlain()) {
        throw refused(Code.YAML_FORBIDDEN, event, path, "<<");
      }
      String member = path + "/" + pointerPart(name);
      if (object.has(name)) {
        throw refused(Code.KEY_REPEATED, event, member, name);
      }
      positions.put(member, position(event.getStartMark()));
      object.set(name, value(events.next(), member, depth + 1));
      event = events.next();
    }
    return object;
  }

  /** A name as RFC 6901 writes it in a pointer. */
  static String pointerPart(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  private static RefusedException refused(Code code, Event at, String path, String... arguments) {
    return new RefusedException(
        new Problem(code, position(at.getStartMark()), path, List.of(arguments)));
  }

  private static Position position(Optional<Mark> mark) {
    return mark.map(m -> new Position(m.getLine() + 1, m.getColumn() + 1)).orElse(Position.UNKNOWN);
  }
}
