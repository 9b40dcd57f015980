package jp.sekisho.server.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.CheckpointOpening;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Witnessing;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.note.NoteSignature;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.note.VerifierKey;
import jp.sekisho.audit.tree.ConsistencyProof;
import jp.sekisho.audit.witness.WitnessClient;
import jp.sekisho.audit.witness.WitnessClient.Answer;
import jp.sekisho.audit.witness.WitnessRequest;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.LogEvent;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cosignatures of witnesses outside under this installation's checkpoints: asked for, verified,
 * and kept beside the keys as {@code log-<log>.cosigned}, the newest checkpoint that a witness
 * cosigned. A witness that holds another past than ours is an entry ({@code log.witness-refused});
 * one that does not answer is asked again the next time. Thread-safe.
 */
public final class Cosignatures {
  private static final Logger LOG = LoggerFactory.getLogger(Cosignatures.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final AuditLogs logs;
  private final Transactions transactions;
  private final List<OutsideWitness> witnesses;

  /** More than any log has; a witness may claim more. */
  private static final long MOST = (1L << 53) - 1;

  private final InstantSource clock;
  private final Duration patience;
  private final WitnessClient client;

  /** Held while witnesses are asked, one after the other; exports do not wait for long. */
  private final ReentrantLock asking = new ReentrantLock();

  /** What each witness holds of each log, as far as it is known; guarded by {@code asking}. */
  private final Map<String, Long> held = new HashMap<>();

  /** What was written about a witness last, and when; guarded by {@code asking}. */
  private final Map<String, LocalDate> told = new HashMap<>();

  public Cosignatures(
      AuditLogs logs,
      Transactions transactions,
      List<OutsideWitness> witnesses,
      InstantSource clock) {
    this(logs, transactions, witnesses, clock, PATIENCE);
  }

  /**
   * @param patience with each answer of a witness, and with those who are asking already
   */
  Cosignatures(
      AuditLogs logs,
      Transactions transactions,
      List<OutsideWitness> witnesses,
      InstantSource clock,
      Duration patience) {
    this.patience = patience;
    this.client = new WitnessClient(patience);
    this.clock = clock;
    this.logs = logs;
    this.transactions = transactions;
    this.witnesses = List.copyOf(witnesses);
  }

  /** The latest time at which one of them saw one of the logs, by its own clock; 1970 if none. */
  public static Instant seen(AuditLogs logs, List<OutsideWitness> witnesses) {
    List<VerifierKey> keys = witnesses.stream().map(OutsideWitness::key).toList();
    return logs.names().stream()
        .flatMap(organ ->
            logs.cosigned(organ).stream()
                .map(note -> new TrustedKeys(logs.verifierKey(organ), keys).open(note)))
        .flatMap(opening ->
            opening.fold(opened -> opened.witnesses().stream(), _ -> Stream.<Witnessing>empty()))
        .map(Witnessing::at)
        .max(Instant::compareTo)
        .orElse(Instant.EPOCH);
  }

  /**
   * Asks each witness that has not cosigned the log's newest checkpoint; false if one did not.
   *
   * @throws TamperedException when what a witness has to be shown was edited in the database
   * @throws LogIntegrityException when what was signed is damaged
   */
  public boolean ask(String organ) {
    asking.lock();
    try {
      return askEach(organ);
    } finally {
      asking.unlock();
    }
  }

  private boolean askEach(String organ) {
    if (witnesses.isEmpty()) {
      return true;
    }
    AuditLogs.Signed newest = logs.signed(organ);
    if (newest.size() == 0) {
      return true; // nothing anybody could rewrite yet
    }
    SignedNote note = newest.note();
    SignedNote kept = logs.cosigned(organ).orElse(note);
    if (kept.text().equals(note.text())) {
      note = kept;
    }
    boolean all = true;
    for (OutsideWitness witness : witnesses) {
      if (isCosigned(note, newest.key(), witness.key())) {
        continue;
      }
      Optional<SignedNote> more = ask(organ, newest, note, witness);
      if (more.isPresent()) {
        note = more.get();
        logs.keepCosigned(organ, note, clock.instant());
      } else {
        all = false;
      }
    }
    return all;
  }

  /**
   * The log for taking away, under a checkpoint that witnesses cosigned now if they answer soon: at
   * least all entries that were published when this was called.
   *
   * @throws TamperedException as {@link #ask}
   * @throws LogIntegrityException as {@link #ask}
   */
  public LogBundle bundle(String name) {
    if (witnesses.isEmpty() || name.indexOf('@') >= 0) {
      return logs.bundle(name);
    }
    LogBundle now = logs.bundle(name);
    askSoon(name);
    return logs.cosigned(name)
        .flatMap(note -> logs.bundle(name, note, now.size()))
        .filter(cosigned -> cosigned.first() == now.first()) // else it may lack log.pruned
        .orElseGet(() -> logs.bundle(name));
  }

  /** Asks, unless others are being asked and do not answer: then what is kept must do. */
  private void askSoon(String organ) {
    try {
      if (asking.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          boolean _ = askEach(organ);
        } finally {
          asking.unlock();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<SignedNote> ask(
      String organ, AuditLogs.Signed newest, SignedNote note, OutsideWitness witness) {
    String who = witness.key().name();
    String key = newest.log() + " " + who;
    try {
      for (int attempt = 0; attempt < 2; attempt++) {
        long from = held.getOrDefault(key, 0L);
        ConsistencyProof proof = logs.proof(newest, from);
        Answer answer =
            client.ask(witness.url(), WitnessRequest.of(from, proof.path(), newest.note()));
        if (answer instanceof Answer.Cosigned(SignedNote lines)) {
          return take(newest, note, lines, witness, key);
        }
        if (answer instanceof Answer.Refused(int status)) {
          refused(organ, who, newest.size(), -1, status);
          return Optional.empty();
        }
        long size = ((Answer.Holds) answer).size();
        if (size > newest.size() || size == from) {
          if (size > newest.size() && size <= logs.signed(organ).size()) {
            // Another process of ours asked in the meantime; the next round shows it more.
            held.put(key, size);
            return Optional.empty();
          }
          // It saw more than we have, or another root of this very size.
          held.remove(key);
          refused(organ, who, newest.size(), size, 409);
          return Optional.empty();
        }
        held.put(key, size);
      }
    } catch (TamperedException | LogIntegrityException e) {
      throw e; // ours, not the witness's: an alarm
    } catch (IOException | FormatException | RuntimeException e) {
      LOG.warn("witness {} could not be asked about log {}: {}", who, organ, e.toString());
    }
    return Optional.empty();
  }

  /** Adds the one line that this witness really signed. */
  private Optional<SignedNote> take(
      AuditLogs.Signed newest,
      SignedNote note,
      SignedNote answered,
      OutsideWitness witness,
      String key)
      throws FormatException {
    for (NoteSignature line : answered.signatures()) {
      SignedNote candidate = newest.note().with(line);
      if (line.name().equals(witness.key().name())
          && isCosigned(candidate, newest.key(), witness.key())) {
        held.put(key, newest.size());
        return Optional.of(note.with(line));
      }
    }
    LOG.warn("witness {} sent no cosignature of its key", witness.key().name());
    return Optional.empty();
  }

  private static boolean isCosigned(SignedNote note, VerifierKey log, VerifierKey witness) {
    return new TrustedKeys(log, List.of(witness)).open(note)
            instanceof CheckpointOpening.Opened opened
        && !opened.witnesses().isEmpty();
  }

  /** Once a day, whatever it says: the log grows by each entry, and the witness may say much. */
  private void refused(String organ, String who, long size, long heldThere, int status) {
    LOG.error(
        "witness {} does not cosign log {} of {} entries: status {}, it holds {}",
        who,
        organ,
        size,
        status,
        heldThere);
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    String key = organ + " " + who + " " + (status == 409);
    if (today.equals(told.get(key))) {
      return;
    }
    Entry.Subject subject = PendingEntries.subject(organ);
    EntryReceipt _ =
        transactions.write(change ->
            change.record(
                subject,
                new LogEvent.WitnessRefused(who, size, Math.min(heldThere, MOST), status)));
    told.put(key, today); // not before it is written: else it would be tried again only tomorrow
  }

  /** The text of a log's newest checkpoint, with the cosignatures it has by now. */
  public byte[] checkpoint(String name) {
    String newest = logs.newest(name).checkpoint();
    return logs.cosigned(name)
        .map(SignedNote::toBytes)
        .filter(note -> new String(note, StandardCharsets.UTF_8).startsWith(newest))
        .orElseGet(() -> newest.getBytes(StandardCharsets.UTF_8));
  }
}
