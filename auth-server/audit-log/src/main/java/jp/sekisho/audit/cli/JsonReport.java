package jp.sekisho.audit.cli;

import java.util.stream.Collectors;
import jp.sekisho.audit.StrictBase64;
import jp.sekisho.audit.bundle.Verification;
import jp.sekisho.audit.bundle.Verification.Invalid;
import jp.sekisho.audit.bundle.Verification.Verified;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Witnessing;

/**
 * An outcome for programs: one line of ASCII JSON.
 *
 * <pre>
 * {"result":"verified","origin":…,"size":…,"root":base64,"witnesses":[{"name":…,"at":ISO 8601}]}
 * {"result":"invalid","reason":…,"entry":index or null,"detail":…}
 * {"result":"error","code":…,"detail":…}
 * </pre>
 */
final class JsonReport {
  private JsonReport() {}

  static String of(Verification outcome) {
    return outcome.fold(JsonReport::verified, JsonReport::invalid);
  }

  static String error(String code, String detail) {
    return "{\"result\":\"error\",\"code\":" + string(code) + ",\"detail\":" + string(detail) + "}";
  }

  private static String verified(Verified verified) {
    String witnesses =
        verified.witnessedBy().stream()
            .map(JsonReport::witness)
            .collect(Collectors.joining(",", "[", "]"));
    return "{\"result\":\"verified\",\"origin\":"
        + string(verified.origin())
        + ",\"size\":"
        + verified.size()
        + ",\"root\":"
        + string(StrictBase64.encode(verified.root().bytes()))
        + ",\"witnesses\":"
        + witnesses
        + "}";
  }

  private static String witness(Witnessing witness) {
    return "{\"name\":"
        + string(witness.name())
        + ",\"at\":"
        + string(witness.at().toString())
        + "}";
  }

  private static String invalid(Invalid invalid) {
    String entry =
        invalid.entryIndex().isPresent() ? Long.toString(invalid.entryIndex().getAsLong()) : "null";
    return "{\"result\":\"invalid\",\"reason\":"
        + string(invalid.reason().name())
        + ",\"entry\":"
        + entry
        + ",\"detail\":"
        + string(invalid.detail())
        + "}";
  }

  private static String string(String value) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
