package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.protocol.event.SessionEvent;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Faults;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.StorageException;

/**
 * Lets every storage call of a unit, of the sequencer and of its recovery fail in turn, and looks
 * at the log that comes of it: each acknowledged entry once, at the place that was said; one tree
 * under all that was ever signed.
 */
final class CrashMatrix implements AutoCloseable {
  private static final Entry.Subject CLERK = Entry.Subject.person("mayor", "S1001");
  private static final int MOST_CALLS = 400;

  private final Function<Faults, OpenStorage> opening;
  private final Faults faults = new Faults();

  /** Entries whose unit returned, with the row that was written beside each. */
  private final Map<EntryReceipt, String> acknowledged = new LinkedHashMap<>();

  /** Entries said to be published. */
  private final Map<EntryReceipt, CompletableFuture<Published>> awaited = new HashMap<>();

  private final List<String> signed = new ArrayList<>();
  private final List<String> failedAt = new ArrayList<>();
  private OpenStorage storage;
  private int refused;
  private int failedPasses;

  CrashMatrix(Function<Faults, OpenStorage> opening) {
    this.opening = opening;
    this.storage = opening.apply(faults);
  }

  /** The process goes on after each failure; the calls that failed. */
  List<String> failures(Faults.How how) throws FormatException {
    boolean met = true;
    for (int n = 1; met; n++) {
      storage.logs.integrateNow(); // what the loop does half a second later
      // Every round begins with the same open connections.
      EntryReceipt _ =
          storage.transactions.write(c -> c.record(Entry.Subject.NONE, new ServiceEvent.Stopped()));
      storage.logs.integrateNow();
      arm(n, how, false);
      unit(how + "-" + n);
      pass();
      met = met();
    }
    verify();
    return List.copyOf(failedAt);
  }

  /** The process ends at each call of unit and pass; the calls at which it did. */
  List<String> ends(Faults.How how) throws FormatException {
    boolean met = true;
    for (int n = 1; met; n++) {
      integrateAfterStart();
      arm(n, how, true);
      unit(how + "-" + n);
      pass();
      met = met();
      startAgain();
    }
    verify();
    return List.copyOf(failedAt);
  }

  /**
   * The process ends at each call of the recovery, which finds entries that are committed and
   * entries that are integrated and not signed; the calls at which it did.
   */
  List<String> endsInRecovery(Faults.How how) throws FormatException {
    boolean met = true;
    for (int n = 1; met; n++) {
      integrateAfterStart();
      unit("published-" + n);
      storage.logs.integrateNow();
      unit("integrated-" + n);
      integrateOnly();
      unit("pending-" + n);
      startAgain();
      arm(n, how, true);
      pass();
      met = met();
      startAgain();
    }
    verify();
    return List.copyOf(failedAt);
  }

  private void arm(int n, Faults.How how, boolean deadly) {
    assertTrue(n < MOST_CALLS, "the fault is met at last");
    faults.arm(n, how, deadly);
  }

  /** A change with two entries; whoever is refused relies on nothing. */
  private void unit(String organ) {
    try {
      EntryReceipt receipt =
          storage.transactions.write(c -> {
            c.handle().execute("insert into organ (id, name) values (?, ?)", organ, organ);
            EntryReceipt _ = c.record(CLERK, new SessionEvent.Resumed());
            return c.record(CLERK, new SessionEvent.Ended("logout"));
          });
      acknowledged.put(receipt, organ);
      awaited.put(receipt, storage.logs.published(receipt).toCompletableFuture());
    } catch (StorageException e) {
      refused++;
    }
  }

  /** A pass of the sequencer as its loop makes it: what fails is logged and repeated. */
  private void pass() {
    try {
      storage.logs.integrateNow();
    } catch (LogIntegrityException e) {
      throw new AssertionError("a failure taken for tampering: " + faults.at(), e);
    } catch (RuntimeException e) {
      failedPasses++;
    }
  }

  /** Whether there was a call left to fail. */
  private boolean met() {
    boolean met = faults.met();
    if (met) {
      failedAt.add(faults.at());
    }
    faults.disarm();
    return met;
  }

  private void integrateOnly() {
    LogState state = storage.database.read(h -> LogTables.state(h, "mayor")).orElseThrow();
    List<Integration.Numbered> _ =
        storage
            .database
            .writer()
            .sequence(h -> new Integration(storage.seal).run(h, "mayor", state.frontier()));
  }

  private void startAgain() {
    signed.addAll(signedBy(storage));
    storage.close();
    storage = opening.apply(faults);
    requireEveryEntryOnce();
  }

  /**
   * On PostgreSQL the session of the process that ended, and its lock, may live on for a moment, in
   * which it looks as if another process were at work and did not publish.
   */
  private void integrateAfterStart() {
    try {
      storage.logs.integrateNow();
    } catch (StorageException e) {
      storage.logs.integrateNow();
    }
  }

  private static List<String> signedBy(OpenStorage storage) {
    return storage.replacements().stream()
        .map(note -> new String(note, StandardCharsets.UTF_8))
        .filter(note -> note.startsWith("auth.city.example/log/mayor/1\n"))
        .toList();
  }

  private void requireEveryEntryOnce() {
    Map<String, Integer> times = new HashMap<>();
    boolean _ =
        storage.database.read(h -> {
          LogTables.pending(h, "mayor", Integer.MAX_VALUE)
              .forEach(row -> times.merge(hex(row.entryId()), 1, Integer::sum));
          LogTables.range(h, "mayor", 0, Long.MAX_VALUE)
              .forEach(row -> times.merge(hex(row.entryId()), 1, Integer::sum));
          return true;
        });
    for (EntryReceipt receipt : acknowledged.keySet()) {
      assertEquals(1, times.get(hex(receipt.entryId())), "after " + faults.at());
    }
  }

  private void verify() throws FormatException {
    integrateAfterStart();
    assertTrue(refused + failedPasses > 0, "calls failed");
    signed.addAll(signedBy(storage));
    signed.add(storage.logs.newest("mayor").checkpoint());
    requireEveryEntryOnce();

    List<LogTables.Integrated> rows =
        storage.database.read(h -> LogTables.range(h, "mayor", 0, Long.MAX_VALUE));
    Map<Long, Hash> roots = new TreeMap<>();
    Map<String, Long> places = new HashMap<>();
    Frontier tree = Frontier.empty();
    roots.put(0L, tree.root());
    for (LogTables.Integrated row : rows) {
      assertEquals(tree.size(), row.index());
      places.put(hex(row.entryId()), row.index());
      tree = tree.append(Rfc6962.leaf(row.body()));
      roots.put(tree.size(), tree.root());
    }
    assertEquals(rows.size(), places.size());

    // Change and entries live together; in the order of acknowledgement.
    List<String> organs =
        storage.transactions.read(
            h -> h.createQuery("select id from organ").mapTo(String.class).list());
    assertEquals(2L * organs.size(), tree.size());
    assertTrue(organs.containsAll(acknowledged.values()));
    long before = -1;
    for (EntryReceipt receipt : acknowledged.keySet()) {
      long place = places.getOrDefault(hex(receipt.entryId()), -1L);
      assertTrue(place > before, "order");
      before = place;
    }

    // Whatever was signed is one history, and the newest covers everything.
    long newest = 0;
    for (String note : signed) {
      Checkpoint checkpoint = checkpoint(note);
      assertEquals(roots.get(checkpoint.size()), checkpoint.root(), note);
      newest = Math.max(newest, checkpoint.size());
    }
    assertEquals(tree.size(), newest);

    int published = 0;
    for (var wait : awaited.entrySet()) {
      CompletableFuture<Published> future = wait.getValue();
      if (future.isDone() && !future.isCompletedExceptionally()) {
        Published said = future.join();
        published++;
        assertEquals(places.get(hex(wait.getKey().entryId())), said.index());
        Checkpoint checkpoint = checkpoint(said.checkpoint());
        assertTrue(checkpoint.size() > said.index());
        assertEquals(roots.get(checkpoint.size()), checkpoint.root());
      }
    }
    assertTrue(published > 0, "some were acknowledged under a checkpoint");
  }

  private static Checkpoint checkpoint(String note) throws FormatException {
    return Checkpoint.parse(SignedNote.parse(note.getBytes(StandardCharsets.UTF_8)).text());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public void close() {
    faults.disarm();
    storage.close();
  }
}
