package jp.sekisho.protocol.event;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** What a terminal did with a granted medium. */
public sealed interface ExportEvent extends AgentEvent {

  /** Why a medium was closed. */
  enum Cause {
    /** The minutes since activation are over. */
    DEADLINE,
    /** The grant's end came. */
    END,
    /** The person's card left its reader. */
    CARD_REMOVED,
    /** The seat's session process is gone, or another person took the terminal over. */
    SEAT_LOST,
    /** The medium was unplugged. */
    UNPLUGGED,
    /** The grant is revoked, no longer offered, or no longer verifies. */
    REVOKED,
    /** The agent stopped in order. */
    AGENT_STOPPED,
    /** Found by the next start: the agent was killed or the power went. */
    AGENT_KILLED,
    /** It could not be opened; {@code export.refused} says why. */
    NOT_OPENED,
    /** No room is left for records. */
    RECORDS_FULL,
    /** The gates no longer hold. */
    NOT_ENFORCING,
    /** The signed policy expired. */
    POLICY_EXPIRED,
    /** The agent could not tell any more whether it may stay open. */
    FAULT,
    /** The agent wrote all that it was handed. */
    WRITTEN,
    /** Not all of it was written; {@code export.failed} says why. */
    NOT_WRITTEN,
    /** The person said that they are done; where no medium has to come back, that is the end. */
    ENDED,
    /** The agent took in all that it was to. */
    TAKEN_IN,
    /** Not all of it was taken in; {@code import.failed} or {@code import.refused} says why. */
    NOT_TAKEN_IN;

    /** The word in the log: {@code card-removed} and so on. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * A granted medium is about to be opened, read-only, or for the agent alone to write to it;
   * durable before it is.
   *
   * @param grant id of the grant
   * @param person staff number of who may read it, or has the agent write
   * @param medium id of the registered medium
   * @param fingerprint of what is plugged in
   * @param port the kernel's name of the port
   * @param approval base64url of the SHA-256 of the approver's card statement
   * @param until ISO-8601 UTC by the service's clock: the end at the latest
   */
  record Opened(
      String grant,
      String person,
      String medium,
      String fingerprint,
      String port,
      String approval,
      String until)
      implements ExportEvent {
    @Override
    public String type() {
      return "export.opened";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of(
          "grant", grant,
          "person", person,
          "medium", medium,
          "fingerprint", fingerprint,
          "port", port,
          "approval", approval,
          "until", until);
    }
  }

  /**
   * A medium that is open may stay open for longer (延長); durable before it does.
   *
   * @param approval base64url of the SHA-256 of the card statement that approved the extension
   * @param until ISO-8601 UTC by the service's clock: the new end at the latest
   */
  record Extended(String grant, String approval, String until) implements ExportEvent {
    @Override
    public String type() {
      return "export.extended";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "approval", approval, "until", until);
    }
  }

  /**
   * A granted medium was closed.
   *
   * @param verified whether it was seen that nothing of it is mounted and the device not authorised
   */
  record Closed(String grant, Cause cause, boolean verified) implements ExportEvent {
    @Override
    public String type() {
      return "export.closed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "cause", cause.text(), "verified", verified);
    }
  }

  /** How what leaves stands on the medium. */
  enum Algorithm {
    /** CMS AuthEnvelopedData, AES-256-GCM, its key encrypted to the recipient's certificates. */
    CMS_CERTIFICATE,
    /** CMS AuthEnvelopedData, AES-256-GCM, its key from a passphrase the terminal made. */
    CMS_PASSPHRASE,
    /** As it was: an export in plain. */
    NONE;

    /** The word in the log: {@code cms-certificate} and so on. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * The agent wrote a file, or one part of it, for a grant, and read it back; nothing else ever
   * writes. Neither its name nor what is in it is said.
   *
   * @param grant id of the grant
   * @param medium id of the registered medium
   * @param file which of the grant's files: 1 for the first
   * @param part which part of it: 1 for the first
   * @param content bytes of the file that are in this part; counts against the grant's bytes
   * @param bytes how many stand on the medium
   * @param sha256 base64url of the SHA-256 of these bytes, as read back from the medium
   * @param name base64url of the HMAC-SHA-256 of the file's name under a key of this grant alone:
   *     the same for all parts of a file
   * @param algorithm how it stands there
   * @param certificates base64url of the SHA-256 of the DER of each certificate it is encrypted to;
   *     empty unless {@link Algorithm#CMS_CERTIFICATE}
   */
  record Written(
      String grant,
      String medium,
      int file,
      int part,
      long content,
      long bytes,
      String sha256,
      String name,
      Algorithm algorithm,
      List<String> certificates)
      implements ExportEvent {
    public Written {
      certificates = List.copyOf(certificates);
    }

    @Override
    public String type() {
      return "export.written";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      data.put("grant", grant);
      data.put("medium", medium);
      data.put("file", file);
      data.put("part", part);
      data.put("content", content);
      data.put("bytes", bytes);
      data.put("sha256", sha256);
      data.put("name", name);
      data.put("algorithm", algorithm.text());
      data.put("certificates", certificates);
      return data;
    }
  }

  /**
   * A part was not written, or not read back as it was written; what may stand of it on the medium
   * counts for nothing. What was written before stays.
   *
   * @param file which of the grant's files; 0 when it failed before the first
   * @param part which part of it; 0 when it failed before the first
   */
  record Failed(String grant, int file, int part, Refusal reason) implements ExportEvent {
    @Override
    public String type() {
      return "export.failed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("grant", grant, "file", file, "part", part);
    }
  }

  /**
   * A medium stays closed although somebody offered a grant or plugged in for one.
   *
   * @param grant id; null when no single grant is meant
   * @param fingerprint of the plugged medium; null when none is
   */
  record Refused(@Nullable String grant, @Nullable String fingerprint, Refusal reason)
      implements ExportEvent {
    @Override
    public String type() {
      return "export.refused";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      if (grant != null) {
        data.put("grant", grant);
      }
      if (fingerprint != null) {
        data.put("fingerprint", fingerprint);
      }
      return data;
    }
  }
}
