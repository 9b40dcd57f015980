package jp.sekisho.protocol.event;

import java.util.List;
import java.util.Map;
import jp.sekisho.protocol.Refusal;

/**
 * The register of media (媒体台帳) of the entry's 機関. On a page the entry's {@code person} did it; of
 * the console it stands in the document named.
 */
public sealed interface MediumEvent extends AuditEvent {

  /**
   * A medium was registered (登録媒体) for the entry's 機関.
   *
   * @param medium its id, such as {@code M-0007}
   * @param fingerprint base64url SHA-256 that recognises it at a port
   */
  record Registered(String medium, String fingerprint) implements MediumEvent {
    @Override
    public String type() {
      return "medium.registered";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("medium", medium, "fingerprint", fingerprint);
    }
  }

  /** A medium was not registered. */
  record Refused(String medium, Refusal reason) implements MediumEvent {
    @Override
    public String type() {
      return "medium.refused";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("medium", medium);
    }
  }

  /**
   * A medium is out of use for good (廃棄).
   *
   * @param reference the document that proves it, such as a 文書番号
   */
  record Disposed(String medium, String reference) implements MediumEvent {
    @Override
    public String type() {
      return "medium.disposed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("medium", medium, "reference", reference);
    }
  }

  /** A disposal, a loss, a check-out or a check-in was refused; the register is as before. */
  record Kept(String medium, Refusal reason) implements MediumEvent {
    @Override
    public String type() {
      return "medium.kept";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("medium", medium);
    }
  }

  /**
   * The media were counted (棚卸); each list has ids in order.
   *
   * @param reference the document of the count
   * @param expected how many are registered and in use
   * @param present how many of these were found
   * @param missing registered, not lent out, and not found
   * @param out not found, but lent out under an exception or at the counter, or handed over
   * @param unreturned found, but their return was never confirmed
   * @param foreign found, but not registered here or disposed of
   */
  record Counted(
      String reference,
      int expected,
      int present,
      List<String> missing,
      List<String> out,
      List<String> unreturned,
      List<String> foreign)
      implements MediumEvent {
    /** Copies the lists. */
    public Counted {
      missing = List.copyOf(missing);
      out = List.copyOf(out);
      unreturned = List.copyOf(unreturned);
      foreign = List.copyOf(foreign);
    }

    @Override
    public String type() {
      return "medium.counted";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of(
          "reference",
          reference,
          "expected",
          expected,
          "present",
          present,
          "missing",
          missing,
          "out",
          out,
          "unreturned",
          unreturned,
          "foreign",
          foreign);
    }
  }

  /**
   * A medium was handed out at the counter (貸出), independent of any exception.
   *
   * @param holder staff number of who has it now
   * @param due the last day, ISO-8601, Japan's
   * @param reference the document of the loan
   */
  record CheckedOut(String medium, String holder, String due, String reference)
      implements MediumEvent {
    @Override
    public String type() {
      return "medium.checked-out";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("medium", medium, "holder", holder, "due", due, "reference", reference);
    }
  }

  /** A medium that was handed out, or handed over under an exception, is back (返却). */
  record CheckedIn(String medium) implements MediumEvent {
    @Override
    public String type() {
      return "medium.checked-in";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("medium", medium);
    }
  }

  /**
   * A medium is lost (紛失): it is not used any more, and each exception that was approved for it
   * ends by an entry of its own.
   *
   * @param reference the document that reports it
   */
  record Lost(String medium, String reference) implements MediumEvent {
    @Override
    public String type() {
      return "medium.lost";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("medium", medium, "reference", reference);
    }
  }
}
