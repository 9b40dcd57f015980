package jp.sekisho.agent.offline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.agent.config.AtomicFile;
import jp.sekisho.agent.heartbeat.BootClock;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.OnlineLogin;
import jp.sekisho.protocol.OnlineLogins;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Keeps {@link LastContact} true and durable, and says what time it is without the service: by the
 * wall clock, which must never have gone back, stood still or jumped while the boot clock, which
 * nobody can set, says otherwise. Thread-safe; the lock is held over the disk.
 *
 * <p>A file that another boot than the newest record's wrote is an older one put back, or one whose
 * newest version got lost: it counts as none. What the terminal's root can put back is all of its
 * disk at once, and then the wall clock has gone on.
 */
public final class Contacts {
  /** How far two clocks may differ before they contradict each other: as far as elsewhere. */
  static final Duration NEAR = Duration.ofMinutes(10);

  /** Between two writes while nothing happens. */
  static final Duration MARK = Duration.ofMinutes(1);

  /** No offline login asks for an older one; the policy's bound. */
  private static final Duration OLDEST_LOGIN = Duration.ofDays(15);

  private static final System.Logger LOG = System.getLogger(Contacts.class.getName());

  private final Path file;
  private final String boot;
  private final BootClock bootClock;
  private final InstantSource wallClock;

  // All below is guarded by this.
  private @Nullable LastContact last;

  /** When {@link #last} was written; null when what is on the disk is not it. */
  private @Nullable Duration written;

  private Contacts(Path file, String boot, BootClock bootClock, InstantSource wallClock) {
    this.file = file;
    this.boot = boot;
    this.bootClock = bootClock;
    this.wallClock = wallClock;
  }

  /** What is known without the service. */
  sealed interface Now {
    /**
     * The time, and what happened since the last contact.
     *
     * @param at the time, by the wall clock and what the service said of it then
     */
    record Known(
        Instant at,
        Instant contact,
        Duration powered,
        int boots,
        Map<String, LastContact.Login> logins)
        implements Now {}

    /**
     * Nothing that counts.
     *
     * @param reason OFFLINE_UNKNOWN or OFFLINE_CLOCK
     */
    record Unknown(Refusal reason) implements Now {}
  }

  /**
   * Goes on from what an earlier process kept; a new boot is counted, durably.
   *
   * @param boot this boot, base64url of 16 bytes
   * @param lastRecorded boot of the newest record before this process; empty without a record
   */
  public static Contacts open(
      Path file,
      String boot,
      Optional<String> lastRecorded,
      BootClock bootClock,
      InstantSource wallClock) {
    Contacts contacts = new Contacts(file, boot, bootClock, wallClock);
    contacts.resume(lastRecorded);
    return contacts;
  }

  private synchronized void resume(Optional<String> lastRecorded) {
    Optional<LastContact> kept = read();
    if (kept.isEmpty()) {
      return;
    }
    LastContact before = kept.get();
    if (lastRecorded.filter(before.boot()::equals).isEmpty()) {
      LOG.log(System.Logger.Level.ERROR, "offline.json is not of the newest record's boot; unused");
      return;
    }
    last = before;
    if (!before.boot().equals(boot)) {
      // Off for a time that only the wall clock knows; on since this boot began.
      last =
          new LastContact(
              before.server(),
              before.wall(),
              before.powered().plus(bootClock.sinceBoot()),
              before.boots() + 1,
              boot,
              bootClock.sinceBoot(),
              wallClock.instant(),
              before.highest(),
              before.doubtful(),
              before.logins());
    }
    mark();
  }

  private Optional<LastContact> read() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (var in = Files.newInputStream(file)) {
      return Optional.of(LastContact.parse(in.readNBytes(LastContact.LARGEST + 1)));
    } catch (IOException | MalformedException e) {
      LOG.log(System.Logger.Level.ERROR, "offline.json counts as none", e);
      return Optional.empty();
    }
  }

  /** The service answered just now, and said that it is {@code server}. */
  public synchronized void heard(Instant server) {
    Instant wall = wallClock.instant();
    LastContact before = last;
    boolean first = before == null || before.boots() > 0 || before.doubtful();
    last =
        new LastContact(
            server,
            wall,
            Duration.ZERO,
            0,
            boot,
            bootClock.sinceBoot(),
            wall,
            wall,
            Duration.between(server, wall).abs().compareTo(NEAR) > 0,
            before == null ? Map.of() : before.logins());
    if (first || isDue()) {
      var unused = write();
    }
  }

  /** The service did not answer: time goes by; made durable now and then. */
  public synchronized void silent() {
    if (isDue()) {
      var unused = mark();
    }
  }

  private boolean isDue() {
    return written == null || bootClock.sinceBoot().minus(written).compareTo(MARK) >= 0;
  }

  /** Who is logged in online here, as the service said just now. */
  public synchronized void logins(OnlineLogins now) {
    LastContact before = last;
    if (before == null || now.logins().size() > OnlineLogins.MOST) {
      return;
    }
    Map<String, LastContact.Login> logins = new LinkedHashMap<>(before.logins());
    for (OnlineLogin one : now.logins()) {
      login(one)
          .ifPresent(login -> {
            logins.remove(one.spki());
            logins.put(one.spki(), login);
          });
    }
    logins.values().removeIf(login -> login.at().isBefore(before.server().minus(OLDEST_LOGIN)));
    var oldest = logins.keySet().iterator();
    while (logins.size() > OnlineLogins.MOST) {
      oldest.next();
      oldest.remove();
    }
    if (!logins.equals(before.logins())) {
      last =
          new LastContact(
              before.server(),
              before.wall(),
              before.powered(),
              before.boots(),
              before.boot(),
              before.sinceBoot(),
              before.marked(),
              before.highest(),
              before.doubtful(),
              logins);
      var unused = write();
    }
  }

  private static Optional<LastContact.Login> login(OnlineLogin one) {
    try {
      Base64Url.decode(one.spki(), 32);
      Instant at = Instant.parse(one.at());
      return Names.isPerson(one.person())
          ? Optional.of(new LastContact.Login(one.person(), at))
          : Optional.empty();
    } catch (MalformedException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /**
   * Makes durable what the clocks say now.
   *
   * @return false when it is not durable, or there was no contact yet
   */
  public synchronized boolean mark() {
    LastContact before = last;
    if (before == null) {
      return false;
    }
    Instant wall = wallClock.instant();
    Duration sinceBoot = bootClock.sinceBoot();
    Duration powered = powered(before, sinceBoot);
    last =
        new LastContact(
            before.server(),
            before.wall(),
            powered,
            before.boots(),
            before.boot(),
            sinceBoot,
            wall,
            wall.isAfter(before.highest()) ? wall : before.highest(),
            before.doubtful() || contradicts(before, wall, sinceBoot),
            before.logins());
    return write();
  }

  private static Duration powered(LastContact since, Duration sinceBoot) {
    return since.powered().plus(sinceBoot.minus(since.sinceBoot()));
  }

  /** Whether the wall clock went otherwise than the boot clock, by more than clocks differ. */
  private static boolean contradicts(LastContact since, Instant wall, Duration sinceBoot) {
    Duration elapsed = Duration.between(since.marked(), wall);
    boolean jumped = elapsed.minus(sinceBoot.minus(since.sinceBoot())).abs().compareTo(NEAR) > 0;
    boolean back = wall.plus(NEAR).isBefore(since.highest());
    Duration sinceContact = Duration.between(since.wall(), wall);
    boolean slow = sinceContact.plus(NEAR).compareTo(powered(since, sinceBoot)) < 0;
    return jumped || back || slow;
  }

  /** What can be known now. */
  synchronized Now now() {
    LastContact since = last;
    if (since == null || written == null) {
      return new Now.Unknown(Refusal.OFFLINE_UNKNOWN);
    }
    Instant wall = wallClock.instant();
    Duration sinceBoot = bootClock.sinceBoot();
    if (since.doubtful() || wall.isBefore(since.highest()) || contradicts(since, wall, sinceBoot)) {
      return new Now.Unknown(Refusal.OFFLINE_CLOCK);
    }
    return new Now.Known(
        wall.plus(Duration.between(since.wall(), since.server())),
        since.server(),
        powered(since, sinceBoot),
        since.boots(),
        since.logins());
  }

  /** The time without the service; empty where it cannot be known. */
  public Optional<Instant> time() {
    return now() instanceof Now.Known known ? Optional.of(known.at()) : Optional.empty();
  }

  private boolean write() {
    LastContact now = last;
    if (now == null) {
      return false;
    }
    try {
      AtomicFile.write(file, now.bytes());
      written = bootClock.sinceBoot();
      return true;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "offline.json is not written", e);
      written = null;
      return false;
    }
  }
}
