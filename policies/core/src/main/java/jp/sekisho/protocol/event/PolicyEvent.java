package jp.sekisho.protocol.event;

import java.util.List;
import java.util.Map;
import jp.sekisho.protocol.Refusal;

/** Signed policies as the service handles them. */
public sealed interface PolicyEvent extends AuditEvent {

  /**
   * Files that officers and delegates signed were imported at the console.
   *
   * @param layers scope, version and hash of each layer that counts now, one space between
   */
  record Imported(
      long rootVersion,
      String rootHash,
      long policyVersion,
      String policyHash,
      List<String> layers,
      boolean trial)
      implements PolicyEvent {
    /** Copies the list. */
    public Imported {
      layers = List.copyOf(layers);
    }

    @Override
    public String type() {
      return "policy.imported";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of(
          "rootVersion",
          rootVersion,
          "rootHash",
          rootHash,
          "policyVersion",
          policyVersion,
          "policyHash",
          policyHash,
          "layers",
          layers,
          "trial",
          trial);
    }
  }

  /** An import was refused; nothing changed. */
  record ImportRefused(Refusal reason) implements PolicyEvent {
    @Override
    public String type() {
      return "policy.import-refused";
    }
  }

  /** The online key signed a new roster or current; versions are Unix seconds. */
  record Renewed(String file, long version, String hash) implements PolicyEvent {
    @Override
    public String type() {
      return "policy.renewed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("file", file, "version", version, "hash", hash);
    }
  }
}
