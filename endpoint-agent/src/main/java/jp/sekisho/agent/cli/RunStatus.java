package jp.sekisho.agent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import jp.sekisho.agent.config.JsonFields;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.heartbeat.Enforcement;
import jp.sekisho.agent.heartbeat.LogMark;
import jp.sekisho.agent.heartbeat.Standing;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.sync.RecordSender;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.MalformedException;
import org.jspecify.annotations.Nullable;

/**
 * {@code status.json}: what a running service knew of itself at its last beat.
 *
 * @param pid of the service
 * @param time when it was written
 * @param reachable whether the service answered the last beat
 * @param lastContact when it last did; null since the start
 * @param serverAheadMillis how far its clock is ahead of ours
 * @param enforcing whether the gates hold
 * @param fault why not; null when they do
 * @param lastSeq highest record number
 * @param depth records not acknowledged
 * @param room what the spool can still take
 * @param halted why sending stopped for good; null while it goes on
 * @param logFork whether the service's log contradicts what is kept of it here
 * @param open granted media that are open
 */
record RunStatus(
    long pid,
    Instant time,
    boolean reachable,
    @Nullable Instant lastContact,
    long serverAheadMillis,
    boolean enforcing,
    @Nullable String fault,
    long lastSeq,
    long depth,
    String room,
    @Nullable String halted,
    boolean logFork,
    List<Open> open) {
  RunStatus {
    open = List.copyOf(open);
  }

  /**
   * A granted medium that was open then.
   *
   * @param until by the service's clock
   */
  record Open(String grant, String medium, String mountPoint, Instant until) {
    private Map<String, Object> fields() {
      return Map.of(
          "grant", grant, "medium", medium, "mountPoint", mountPoint, "until", until.toString());
    }

    @SuppressWarnings("unchecked")
    private static List<Open> parse(@Nullable Object list) throws MalformedException {
      List<Open> all = new ArrayList<>();
      for (Object each : list instanceof List<?> found ? found : List.of()) {
        if (!(each instanceof Map<?, ?> map)) {
          throw new MalformedException("open holds something else than objects");
        }
        JsonFields fields = new JsonFields((Map<String, Object>) map);
        all.add(
            new Open(
                fields.text("grant"),
                fields.text("medium"),
                fields.text("mountPoint"),
                Instant.parse(fields.text("until"))));
      }
      return all;
    }
  }

  /** Begun minutes until {@code open} is closed, by the service's clock as last heard. */
  long minutesLeft(Open open, Instant now) {
    Duration left = Duration.between(now.plusMillis(serverAheadMillis), open.until());
    return Math.max(0, left.plusSeconds(59).toMinutes());
  }

  /** The longest a running service leaves the file as it is: two of its longest intervals. */
  private static final Duration STALE = Duration.ofMinutes(10);

  /** Whether the process that wrote this still runs and still writes. */
  boolean isRunning(Instant now) {
    return time.plus(STALE).isAfter(now)
        && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /** The newest one; empty when no service runs or the file is not readable. */
  static Optional<RunStatus> read(StateDirectory state) {
    try {
      JsonFields fields = new JsonFields(CanonicalJson.read(Files.readAllBytes(state.status())));
      String contact = fields.optionalText("lastContact");
      return Optional.of(
          new RunStatus(
              fields.integer("pid"),
              Instant.parse(fields.text("time")),
              fields.flag("reachable"),
              contact == null ? null : Instant.parse(contact),
              fields.integer("serverAheadMillis"),
              fields.flag("enforcing"),
              fields.optionalText("fault"),
              fields.integer("lastSeq"),
              fields.integer("depth"),
              fields.text("room"),
              fields.optionalText("halted"),
              fields.flag("logFork"),
              Open.parse(fields.map().get("open"))));
    } catch (IOException | MalformedException | java.time.DateTimeException e) {
      return Optional.empty();
    }
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new TreeMap<>();
    fields.put("pid", pid);
    fields.put("time", time.toString());
    fields.put("reachable", reachable);
    put(fields, "lastContact", lastContact == null ? null : lastContact.toString());
    fields.put("serverAheadMillis", serverAheadMillis);
    fields.put("enforcing", enforcing);
    put(fields, "fault", fault);
    fields.put("lastSeq", lastSeq);
    fields.put("depth", depth);
    fields.put("room", room);
    put(fields, "halted", halted);
    fields.put("logFork", logFork);
    fields.put("open", open.stream().<Object>map(Open::fields).toList());
    return fields;
  }

  private static void put(Map<String, Object> fields, String name, @Nullable String value) {
    if (value != null) {
      fields.put(name, value);
    }
  }

  /** Writes the file after each beat; not durable, since it is about the running process. */
  record Writer(
      StateDirectory state,
      Supplier<Enforcement> enforcement,
      Spool spool,
      RecordSender sender,
      Standing standing,
      LogMark mark,
      Supplier<List<Open>> open,
      InstantSource clock) {
    /** Writes what is so now; also when a medium opened or closed, from its thread. */
    synchronized void write() {
      Enforcement gates = enforcement.get();
      RunStatus now =
          new RunStatus(
              ProcessHandle.current().pid(),
              clock.instant(),
              standing.reachable(),
              standing.lastContact(),
              standing.serverAhead().toMillis(),
              gates.enforcing(),
              gates.fault(),
              spool.lastSeq(),
              spool.depth(),
              spool.room().name(),
              sender.halted().orElse(null),
              mark.isForked(),
              open.get());
      Path temporary = state.root().resolve("status.json.new");
      try {
        Files.write(temporary, CanonicalJson.write(now.fields()));
        Files.move(
            temporary,
            state.status(),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        System.getLogger(RunStatus.class.getName())
            .log(System.Logger.Level.WARNING, "status not written", e);
      }
    }

    void remove() throws IOException {
      Files.deleteIfExists(state.status());
    }
  }
}
