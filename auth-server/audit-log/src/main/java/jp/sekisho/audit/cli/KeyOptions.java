package jp.sekisho.audit.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.note.VerifierKey;
import picocli.CommandLine.Option;

/** The keys an auditor brings along, and whether the operator's word alone will do. */
@SuppressWarnings("NullAway.Init") // picocli sets the required fields before the command runs
final class KeyOptions {
  @Option(
      names = {"--vkey", "--log-key"},
      required = true,
      paramLabel = "VKEY|FILE",
      descriptionKey = "audit.option.log-key")
  private String logKey;

  @Option(
      names = {"--witness", "--witness-key"},
      paramLabel = "VKEY|FILE",
      descriptionKey = "audit.option.witness-key")
  private List<String> witnessKeys = List.of();

  @Option(names = "--allow-unwitnessed", descriptionKey = "audit.option.allow-unwitnessed")
  private boolean allowUnwitnessed;

  /**
   * Reads the keys.
   *
   * @throws IllegalArgumentException if they do not go together
   */
  TrustedKeys read() throws FormatException, IOException {
    return read(logKey);
  }

  /** As the other, with the key of another log or generation. */
  TrustedKeys read(String other) throws FormatException, IOException {
    List<VerifierKey> log = KeyArgument.read(other);
    if (log.size() != 1) {
      throw new IllegalArgumentException("a log has one key");
    }
    List<VerifierKey> witnesses = new ArrayList<>();
    for (String witness : witnessKeys) {
      witnesses.addAll(KeyArgument.read(witness));
    }
    return new TrustedKeys(log.get(0), witnesses);
  }

  boolean unwitnessedAllowed() {
    return allowUnwitnessed;
  }
}
