package jp.sekisho.agent.grant;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import jp.sekisho.agent.enforce.MediaGate;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.enforce.ReadableMedium;
import jp.sekisho.agent.enforce.WriteOutcome;
import jp.sekisho.agent.heartbeat.BootClock;
import jp.sekisho.agent.intake.ClerkFolder;
import jp.sekisho.agent.intake.ContentCheck;
import jp.sekisho.agent.intake.ImportOutcome;
import jp.sekisho.agent.intake.NotImported;
import jp.sekisho.agent.intake.Quarantine;
import jp.sekisho.agent.intake.Quarantine.Held;
import jp.sekisho.agent.intake.Scanner;
import jp.sekisho.agent.login.Attempts;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.grant.ImportKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.ImportEvent;
import jp.sekisho.protocol.statement.ExportGrant;
import org.jspecify.annotations.Nullable;

/**
 * Takes the files of a medium in for a clerk (媒体の取込み). Whether and for how long, {@link GrantDesk}
 * says; this copies them to quarantine, has the medium shut, and lets each out by itself: scanned,
 * of a kind that the signed policy lets in, counted and recorded, durably, and only then handed to
 * the clerk's own process. Thread-safe; one import at a time.
 */
public final class ImportDesk {
  /** Questions of one user within {@link #WINDOW}: each may be a record. */
  static final int MOST_ASKED = 30;

  static final Duration WINDOW = Duration.ofMinutes(10);

  private static final System.Logger LOG = System.getLogger(ImportDesk.class.getName());

  private final GrantDesk grants;
  private final Records records;
  private final ExportCounts.Kept counts;
  private final Path quarantine;
  private final Scanner scanner;
  private final IntFunction<Optional<Seat>> seats;
  private final Attempts attempts;
  private final AtomicBoolean running = new AtomicBoolean();

  /**
   * @param grants the desk of the same terminal
   * @param quarantine a directory for nothing else
   * @param seats the seat of a user who is at the screen
   */
  public ImportDesk(
      GrantDesk grants,
      Records records,
      ExportCounts.Kept counts,
      Path quarantine,
      Scanner scanner,
      BootClock clock,
      IntFunction<Optional<Seat>> seats) {
    this.grants = grants;
    this.records = records;
    this.counts = counts;
    this.quarantine = quarantine;
    this.scanner = scanner;
    this.seats = seats;
    this.attempts = new Attempts(clock, MOST_ASKED, WINDOW);
  }

  /** Removes what an earlier process left in quarantine; to be called before anything is asked. */
  public void emptyLeft() {
    try {
      Quarantine.empty(quarantine);
    } catch (IOException e) {
      // It is tried again before the next import, which is refused while it fails.
      LOG.log(System.Logger.Level.ERROR, "files of an earlier import stay in quarantine", e);
    }
  }

  /**
   * Takes in what is on the plugged medium. Blocks until the medium is shut and quarantine empty.
   *
   * @param uid user who asks, as the kernel says
   * @param grant id
   */
  public ImportOutcome take(int uid, String grant, ClerkFolder folder) {
    Optional<Seat> seat = seats.apply(uid);
    switch (attempts.add(seat.isEmpty() ? Attempts.WITHOUT_SEAT : uid)) {
      case GOOD -> {}
      case FIRST_TOO_MANY -> {
        return refuse(Refusal.TOO_MANY);
      }
      case TOO_MANY -> {
        return new ImportOutcome(Refusal.TOO_MANY, 0, 0);
      }
    }
    if (seat.isEmpty()) {
      return refuse(Refusal.PEER_FOREIGN);
    }
    if (!running.compareAndSet(false, true)) {
      return refuse(Refusal.IMPORT_RUNNING);
    }
    try {
      Run run = new Run(folder, counts.counts());
      Refusal refusal = grants.carry(grant, uid, run);
      return new ImportOutcome(refusal, run.files, run.leftOut);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "counts of imports are not readable", e);
      return refuse(Refusal.IMPORT_COUNTS);
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "an import failed unexpectedly", e);
      return refuse(Refusal.INTERNAL);
    } finally {
      running.set(false);
    }
  }

  private ImportOutcome refuse(Refusal reason) {
    if (records.room() == Room.PLENTY) {
      var unused = record(new ImportEvent.Refused(null, null, null, null, reason));
    }
    return new ImportOutcome(reason, 0, 0);
  }

  private boolean record(ImportEvent event) {
    try {
      records.append(event);
      return true;
    } catch (SpoolException e) {
      LOG.log(System.Logger.Level.ERROR, event.type() + " is not recorded", e);
      return false;
    }
  }

  /** One import. */
  private final class Run implements Taking {
    private final ClerkFolder folder;
    private final ExportCounts known;
    private final Set<ImportKind> kinds = new HashSet<>();
    private @Nullable ExportGrant text;
    private String engine = "";
    private String fingerprint = "";
    private int files;
    private int leftOut;

    /** Which of the grant's files is being handed over; 0 when none is. */
    private int file;

    Run(ClerkFolder folder, ExportCounts known) {
      this.folder = folder;
      this.known = known;
    }

    @Override
    public @Nullable Refusal prepare(ApprovedGrant grant, GrantTrust trust) {
      text = grant.text();
      kinds.addAll(kinds(trust));
      Scanner.Condition condition = scanner.condition();
      if (condition instanceof Scanner.Condition.Unfit unfit) {
        return unfit.reason();
      }
      engine = ((Scanner.Condition.Fit) condition).engine();
      return null;
    }

    private static List<ImportKind> kinds(GrantTrust trust) {
      return trust.policy().more().value(GrantSettings.IMPORT_TYPES);
    }

    @Override
    public boolean isFor(GrantTrust trust) {
      return kinds.equals(Set.copyOf(kinds(trust)));
    }

    @Override
    public Carried carry(MediaGate gate, PluggedMedium medium, BooleanSupplier wanted) {
      fingerprint = medium.fingerprint();
      Refusal reason;
      try (Quarantine held = open()) {
        folder.stage(ClerkFolder.Stage.COPYING);
        Quarantine.Copied copied = copy(held, gate, medium, wanted);
        folder.stage(ClerkFolder.Stage.CHECKING);
        for (ClerkFolder.LeftOut out : copied.leftOut()) {
          goOn(wanted);
          leaveOut(out);
        }
        for (Held one : copied.held()) {
          goOn(wanted);
          look(one, wanted);
        }
        return new Carried(null, true);
      } catch (NotImported e) {
        LOG.log(System.Logger.Level.WARNING, "not taken in", e);
        reason = e.reason();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "nobody takes files any more", e);
        reason = Refusal.IMPORT_TARGET;
      }
      if (!wanted.getAsBoolean()) {
        reason = Refusal.IMPORT_BROKEN_OFF;
      }
      boolean recorded = record(new ImportEvent.Failed(granted().request(), file, reason));
      return new Carried(reason, recorded);
    }

    private Quarantine open() throws NotImported {
      try {
        return Quarantine.open(quarantine);
      } catch (IOException e) {
        throw new NotImported(Refusal.IMPORT_SPACE, e);
      }
    }

    /** The medium is shut when this returns. */
    private Quarantine.Copied copy(
        Quarantine held, MediaGate gate, PluggedMedium medium, BooleanSupplier wanted)
        throws NotImported {
      ExportCounts.Left left = known.left(granted());
      if (left == null) {
        throw new NotImported(Refusal.GRANT_CAPABILITY);
      }
      Quarantine.Bounds bounds =
          new Quarantine.Bounds(left.files(), left.bytes(), scanner.largest());
      AtomicReference<Quarantine.@Nullable Copied> copied = new AtomicReference<>();
      AtomicReference<@Nullable NotImported> failed = new AtomicReference<>();
      WriteOutcome outcome =
          gate.read(medium, from -> copy(held, from, bounds, wanted, copied, failed));
      NotImported failure = failed.get();
      if (failure != null) {
        throw failure;
      }
      if (outcome instanceof WriteOutcome.Failed no) {
        throw new NotImported(no.reason());
      }
      return Objects.requireNonNull(copied.get());
    }

    private static void copy(
        Quarantine held,
        ReadableMedium from,
        Quarantine.Bounds bounds,
        BooleanSupplier wanted,
        AtomicReference<Quarantine.@Nullable Copied> copied,
        AtomicReference<@Nullable NotImported> failed)
        throws NotImported {
      try {
        copied.set(held.copy(from, bounds, wanted));
      } catch (NotImported e) {
        failed.set(e);
        throw e;
      }
    }

    private void look(Held one, BooleanSupplier wanted) throws IOException {
      Scanner.Verdict verdict = scanner.scan(one.place(), wanted);
      if (verdict instanceof Scanner.Verdict.Found found) {
        leaveOut(new ClerkFolder.LeftOut(one.shown(), Refusal.IMPORT_VIRUS, found.name()));
      } else if (verdict instanceof Scanner.Verdict.Clean) {
        String name = one.path().get(one.path().size() - 1);
        ContentCheck.Outcome outcome = ContentCheck.of(one.place(), name, kinds);
        if (outcome instanceof ContentCheck.Outcome.Good good) {
          goOn(wanted);
          release(one, good.kind(), wanted);
        } else {
          leaveOut(one, ((ContentCheck.Outcome.Bad) outcome).reason());
        }
      } else {
        leaveOut(one, Refusal.IMPORT_UNSCANNED);
      }
      // What was looked at is not needed any more, whatever came of it.
      Files.deleteIfExists(one.place());
    }

    private void leaveOut(Held one, Refusal reason) throws NotImported {
      leaveOut(new ClerkFolder.LeftOut(one.shown(), reason, null));
    }

    /** Recorded, then said. */
    private void leaveOut(ClerkFolder.LeftOut out) throws NotImported {
      boolean durable =
          record(
              new ImportEvent.Refused(
                  granted().request(),
                  fingerprint,
                  nameInLog(out.shown()),
                  out.found(),
                  out.reason()));
      if (!durable) {
        throw new NotImported(Refusal.RECORDS_FULL);
      }
      leftOut++;
      folder.leftOut(out);
    }

    private String nameInLog(String shown) throws NotImported {
      try {
        return known.nameInLog(granted(), shown);
      } catch (IOException e) {
        throw new NotImported(Refusal.IMPORT_COUNTS, e);
      }
    }

    /** Not a byte of it before it is counted and recorded. */
    private void release(Held one, ImportKind kind, BooleanSupplier wanted) throws IOException {
      try {
        folder.begin(one.path(), one.bytes());
      } catch (NotImported e) {
        leaveOut(one, e.reason());
        return;
      }
      file = count(one);
      boolean durable =
          record(
              new ImportEvent.Released(
                  granted().request(),
                  file,
                  one.bytes(),
                  one.sha256(),
                  nameInLog(one.shown()),
                  kind.text(),
                  engine));
      if (!durable) {
        throw new NotImported(Refusal.RECORDS_FULL);
      }
      try (InputStream in = Files.newInputStream(one.place())) {
        byte[] buffer = new byte[ClerkFolder.LARGEST_PIECE];
        for (int n = in.readNBytes(buffer, 0, buffer.length);
            n > 0;
            n = in.readNBytes(buffer, 0, buffer.length)) {
          goOn(wanted);
          folder.piece(Arrays.copyOf(buffer, n));
        }
      }
      if (!folder.end().equals(one.sha256())) {
        throw new NotImported(Refusal.IMPORT_MISMATCH);
      }
      folder.taken(new ClerkFolder.Taken(one.path(), one.bytes(), one.sha256(), kind.text()));
      files++;
      file = 0;
    }

    private int count(Held one) throws NotImported {
      int number;
      try {
        number = known.begin(granted(), one.bytes());
      } catch (IOException e) {
        throw new NotImported(Refusal.IMPORT_COUNTS, e);
      }
      if (number == 0) {
        throw new NotImported(Refusal.IMPORT_OVER);
      }
      return number;
    }

    private ExportGrant granted() {
      return Objects.requireNonNull(text, "taken in before it was prepared");
    }

    @Override
    public jp.sekisho.protocol.event.ExportEvent.Cause cause(boolean all) {
      return Taking.super.cause(all && leftOut == 0);
    }

    @Override
    public void breakOff() {
      folder.breakOff();
    }
  }

  private static void goOn(BooleanSupplier wanted) throws NotImported {
    if (!wanted.getAsBoolean()) {
      throw new NotImported(Refusal.IMPORT_BROKEN_OFF);
    }
  }
}
