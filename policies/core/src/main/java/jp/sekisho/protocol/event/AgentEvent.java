package jp.sekisho.protocol.event;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What a terminal's agent saw; travels in {@link DeviceRecord}s and is logged by the service as it
 * came.
 */
public sealed interface AgentEvent extends AuditEvent
    permits AgentEvent.Started,
        AgentEvent.Stopped,
        AgentEvent.LoginRefused,
        AgentEvent.Answered,
        AgentEvent.Vouched,
        AgentEvent.CardRemoved,
        AgentEvent.SeatLost,
        AgentEvent.Unwatched,
        ClipboardEvent,
        TrustEvent,
        AgentEvent.Alarm,
        AgentEvent.LogSucceeded,
        ExportEvent,
        ImportEvent,
        EmergencyEvent,
        OfflineEvent,
        UsbEvent {

  /** The agent started; the first record of every boot. */
  record Started(String version, boolean enforcing) implements AgentEvent {
    @Override
    public String type() {
      return "agent.started";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("version", version, "enforcing", enforcing);
    }
  }

  /** The agent stopped in order; a start without it before means it was killed. */
  record Stopped() implements AgentEvent {
    @Override
    public String type() {
      return "agent.stopped";
    }
  }

  /**
   * A login could not be answered at the terminal: no card, wrong PIN, foreign origin or process …
   *
   * @param transaction the transaction; null when none was named or it is not known
   * @param triesLeft PIN tries left; null when not known
   * @param count null for one refusal; else how many more of that reason there were within a
   *     minute, without their transactions: so that no program can fill the log
   */
  record LoginRefused(
      @Nullable String transaction,
      @Nullable Integer triesLeft,
      @Nullable Integer count,
      Refusal reason)
      implements AgentEvent {
    @Override
    public String type() {
      return "agent.login-refused";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      if (transaction != null) {
        data.put("transaction", transaction);
      }
      if (triesLeft != null) {
        data.put("triesLeft", triesLeft);
      }
      if (count != null) {
        data.put("count", count);
      }
      return data;
    }
  }

  /** The terminal answered a transaction with a card's signature. */
  record Answered(String transaction, String purpose) implements AgentEvent {
    @Override
    public String type() {
      return "agent.answered";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("transaction", transaction, "purpose", purpose);
    }
  }

  /** The terminal vouched for a transaction before a passkey answers it. */
  record Vouched(String transaction, String purpose) implements AgentEvent {
    @Override
    public String type() {
      return "agent.vouched";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("transaction", transaction, "purpose", purpose);
    }
  }

  /**
   * A card left its reader: the session of each transaction that it answered since it came is
   * suspended.
   */
  record CardRemoved(List<String> transactions) implements AgentEvent {
    public CardRemoved {
      transactions = List.copyOf(transactions);
    }

    @Override
    public String type() {
      return "agent.card-removed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("transactions", transactions);
    }
  }

  /**
   * The seat's session process fell silent for five seconds, or another user came to the screen:
   * the same effect as a removed card.
   */
  record SeatLost(List<String> transactions) implements AgentEvent {
    public SeatLost {
      transactions = List.copyOf(transactions);
    }

    @Override
    public String type() {
      return "agent.seat-lost";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("transactions", transactions);
    }
  }

  /**
   * A card answered more often without leaving than the terminal keeps in mind: it no longer
   * watches the card for the oldest transaction, whose session, if it is still under it, is
   * suspended.
   */
  record Unwatched(List<String> transactions) implements AgentEvent {
    public Unwatched {
      transactions = List.copyOf(transactions);
    }

    @Override
    public String type() {
      return "agent.unwatched";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("transactions", transactions);
    }
  }

  /**
   * Something is wrong with the terminal's chain of records itself.
   *
   * @param reason ACK_MISMATCH, SPOOL_TORN, SERVER_REGRESSED or LOG_FORK
   * @param numbers {@code seq} of the acknowledgement; {@code bytes} cut off; {@code had} and
   *     {@code has}, what the service acknowledged and what it holds; {@code held} and {@code
   *     shown}, the sizes of the two checkpoints
   */
  record Alarm(Refusal reason, Map<String, Long> numbers) implements AgentEvent {
    public Alarm {
      numbers = Map.copyOf(numbers);
    }

    @Override
    public String type() {
      return "agent.alarm";
    }

    @Override
    public Map<String, Object> data() {
      return Map.copyOf(numbers);
    }
  }

  /**
   * The log of the service goes on in a later generation, for which the officers' root has a key:
   * the terminal now keeps that one's checkpoint.
   *
   * @param from generation of the checkpoint kept until now
   * @param to generation of the one kept from now on
   * @param held entries under the former
   * @param root its root hash, base64: entry 0 of the later generation must know as much
   */
  record LogSucceeded(long from, long to, long held, String root) implements AgentEvent {
    @Override
    public String type() {
      return "agent.log-succeeded";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("from", from, "to", to, "held", held, "root", root);
    }
  }
}
