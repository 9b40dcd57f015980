package jp.sekisho.protocol.event;

import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What a terminal did with a medium whose files are taken in (媒体の取込み). That the medium was shut
 * again is {@link ExportEvent.Closed}.
 */
public sealed interface ImportEvent extends AgentEvent {

  /**
   * A medium is about to be opened for the agent alone to read it; durable before it is.
   *
   * @param grant id of the grant
   * @param person staff number of who has its files taken in
   * @param fingerprint of what is plugged in; it need not be registered
   * @param port the kernel's name of the port
   * @param approval base64url of the SHA-256 of the approver's card statement
   * @param until ISO-8601 UTC by the service's clock: the end at the latest
   */
  record Opened(
      String grant, String person, String fingerprint, String port, String approval, String until)
      implements ImportEvent {
    @Override
    public String type() {
      return "import.opened";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of(
          "grant", grant,
          "person", person,
          "fingerprint", fingerprint,
          "port", port,
          "approval", approval,
          "until", until);
    }
  }

  /**
   * A file was scanned, found to be of a kind that the policy lets in, and leaves quarantine for
   * the person's own process; durable before the first byte does. Neither its name nor what is in
   * it is said.
   *
   * @param file which of the grant's files: 1 for the first
   * @param bytes of its content; counts against the grant's bytes
   * @param sha256 base64url of the SHA-256 of these bytes
   * @param name base64url of the HMAC-SHA-256 of the file's name under a key of this grant alone
   * @param kind the policy's word for what its content is
   * @param scanner which scanner with which signatures found nothing
   */
  record Released(
      String grant, int file, long bytes, String sha256, String name, String kind, String scanner)
      implements ImportEvent {
    @Override
    public String type() {
      return "import.released";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of(
          "grant", grant,
          "file", file,
          "bytes", bytes,
          "sha256", sha256,
          "name", name,
          "kind", kind,
          "scanner", scanner);
    }
  }

  /**
   * A medium was not opened, or a file of it does not leave quarantine.
   *
   * @param grant id; null when no single grant is meant
   * @param fingerprint of the plugged medium; null when none is meant
   * @param name as of {@link Released}; null when no single file is meant
   * @param found what the scanner calls it; null when it found nothing
   */
  record Refused(
      @Nullable String grant,
      @Nullable String fingerprint,
      @Nullable String name,
      @Nullable String found,
      Refusal reason)
      implements ImportEvent {
    @Override
    public String type() {
      return "import.refused";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      put(data, "grant", grant);
      put(data, "fingerprint", fingerprint);
      put(data, "name", name);
      put(data, "found", found);
      return data;
    }

    private static void put(Map<String, Object> data, String key, @Nullable String value) {
      if (value != null) {
        data.put(key, value);
      }
    }
  }

  /**
   * An import ended before all of it was taken in, or a released file did not arrive as it was
   * released; what arrived before stays.
   *
   * @param file which of the grant's files; 0 when it was none
   */
  record Failed(String grant, int file, Refusal reason) implements ImportEvent {
    @Override
    public String type() {
      return "import.failed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "file", file);
    }
  }
}
