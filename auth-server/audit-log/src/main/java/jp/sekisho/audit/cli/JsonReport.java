package jp.sekisho.audit.cli;

import java.util.stream.Collectors;
import jp.sekisho.audit.StrictBase64;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Witnessing;
import jp.sekisho.audit.copy.Deletion;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.copy.Verification.Invalid;
import jp.sekisho.audit.copy.Verification.Seen;
import jp.sekisho.audit.copy.Verification.Stamp;
import jp.sekisho.audit.copy.Verification.Verified;

/**
 * An outcome for programs: one line of ASCII JSON.
 *
 * <pre>
 * {"result":"verified","origin":…,"size":…,"root":base64,"witnesses":[{"name":…,"at":ISO 8601}]}
 *   and, if entries were deleted after their term, "deletedBelow":…,"deletion":
 *   {"origin":…,"entry":index,"at":ISO 8601,"before":ISO 8601,"years":…,
 *   and, if somebody outside bears the age out, "seen":{"size":…,"at":ISO 8601,"by":…}}
 *   and, with --tsa-anchor, "stamp":{"size":…,"at":ISO 8601}
 * {"result":"invalid","reason":…,"entry":index or null,"detail":…}
 * {"result":"error","code":…,"detail":…}
 * </pre>
 */
final class JsonReport {
  private JsonReport() {}

  static String of(Verification outcome) {
    return outcome.fold(verified -> verified(verified).end(), JsonReport::invalid);
  }

  static String error(String code, String detail) {
    return new Json().text("result", "error").text("code", code).text("detail", detail).end();
  }

  /** Returns a line to which a command may add what else it found. */
  static Json verified(Verified verified) {
    String witnesses =
        verified.witnessedBy().stream()
            .map(JsonReport::witness)
            .collect(Collectors.joining(",", "[", "]"));
    Json report =
        new Json()
            .text("result", "verified")
            .text("origin", verified.origin())
            .number("size", verified.size())
            .text("root", StrictBase64.encode(verified.root().bytes()))
            .raw("witnesses", witnesses);
    Stamp stamp = verified.stamp();
    if (stamp != null) {
      report =
          report.raw(
              "stamp",
              new Json().number("size", stamp.size()).text("at", stamp.at().toString()).end());
    }
    Deletion deletion = verified.deletion();
    if (deletion == null) {
      return report;
    }
    Json said =
        new Json()
            .text("origin", deletion.origin())
            .number("entry", deletion.entry().index())
            .text("at", deletion.entry().time().toString())
            .text("before", deletion.entry().before().toString())
            .number("years", deletion.entry().years());
    Seen age = verified.age();
    if (age != null) {
      said =
          said.raw(
              "seen",
              new Json()
                  .number("size", age.size())
                  .text("at", age.at().toString())
                  .text("by", age.by())
                  .end());
    }
    return report.number("deletedBelow", verified.deletedBelow()).raw("deletion", said.end());
  }

  private static String witness(Witnessing witness) {
    return new Json().text("name", witness.name()).text("at", witness.at().toString()).end();
  }

  private static String invalid(Invalid invalid) {
    String entry =
        invalid.entryIndex().isPresent() ? Long.toString(invalid.entryIndex().getAsLong()) : "null";
    return new Json()
        .text("result", "invalid")
        .text("reason", invalid.reason().name())
        .raw("entry", entry)
        .text("detail", invalid.detail())
        .end();
  }
}
