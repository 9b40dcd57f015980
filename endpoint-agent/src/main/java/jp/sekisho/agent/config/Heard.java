package jp.sekisho.agent.config;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.MalformedException;

/**
 * {@code heard.json}: what the service last said about this terminal; survives a restart, so that a
 * revoked terminal stays revoked while the line is cut.
 *
 * <p>Canonical JSON: {@code {"checkpoint":"…","helpLine":"内線
 * 1234","origins":["https://…"],"state":"active","v":1}}. Another or no {@code v} stops the agent
 * ({@code STATE_MALFORMED}).
 *
 * @param state {@code pending}, {@code active} or {@code revoked}
 * @param origins page origins whose transactions may be answered
 * @param checkpoint newest signed checkpoint of the terminal's log; empty before the first
 * @param helpLine whom a refusal tells people to call
 */
public record Heard(String state, List<String> origins, String checkpoint, String helpLine) {
  public static final String PENDING = "pending";
  public static final String ACTIVE = "active";
  public static final String REVOKED = "revoked";

  private static final int VERSION = 1;

  public Heard {
    origins = List.copyOf(origins);
  }

  /** The file's bytes. */
  public byte[] bytes() {
    Map<String, Object> fields = new TreeMap<>();
    fields.put("v", VERSION);
    fields.put("state", state);
    fields.put("origins", origins);
    fields.put("checkpoint", checkpoint);
    fields.put("helpLine", helpLine);
    return CanonicalJson.write(fields);
  }

  /** What stands in a file that is exactly {@code bytes}. */
  public static Heard parse(byte[] bytes) throws MalformedException {
    JsonFields fields = new JsonFields(CanonicalJson.read(bytes));
    fields.version(VERSION);
    return new Heard(
        fields.text("state"),
        fields.texts("origins"),
        fields.text("checkpoint"),
        fields.text("helpLine"));
  }
}
