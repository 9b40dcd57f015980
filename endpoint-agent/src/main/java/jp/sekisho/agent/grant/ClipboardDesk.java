package jp.sekisho.agent.grant;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.agent.enforce.clipboard.CopyGrants;
import jp.sekisho.agent.login.Attempts;
import jp.sekisho.agent.login.Bindings;
import jp.sekisho.agent.login.LivePresence;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.protocol.GrantList;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.ClipboardEvent;
import jp.sekisho.protocol.event.ExportEvent;
import jp.sekisho.protocol.event.ExportEvent.Cause;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import org.jspecify.annotations.Nullable;

/**
 * Lets one person at a time copy over the boundaries of the clipboard under a grant, while
 * everything it needs holds: the rule is that of {@link GrantDesk}, without a medium. Every paste
 * asks for it again, every event and a tick twice a second apply it.
 *
 * <p>Nobody's copies go by themselves: the person asks for it, at the terminal, and it ends when
 * they say so. Thread-safe. The lock is not held over the network or a measuring of the gates; it
 * is over the durable count of a paste, which must not be passed by another.
 */
public final class ClipboardDesk implements CopyGrants, AutoCloseable {
  /** Questions of one user within {@link #WINDOW}: each may be a record. */
  static final int MOST_ASKED = 30;

  static final Duration WINDOW = Duration.ofMinutes(10);

  /** Pastes under a grant in a minute; each is a record of its own. */
  static final int MOST_COPIES = 120;

  private static final Duration LOOK = Duration.ofMillis(200);
  private static final System.Logger LOG = System.getLogger(ClipboardDesk.class.getName());

  /** The process that asked. */
  public interface Asker {
    /** From now on. */
    void open(int minutes, long bytes);

    /** Whether it is gone. */
    boolean gone();
  }

  /**
   * What came of it.
   *
   * @param refusal why it was not begun; null when it was
   * @param cause why it ended; null when it was not begun
   */
  public record Outcome(@Nullable Refusal refusal, @Nullable Cause cause, int copies, long bytes) {}

  /** The one use. Guarded by the desk. */
  private static final class Open {
    final ApprovedGrant grant;
    final LivePresence presence;
    Activation.@Nullable Answer activation;
    boolean isOpen;
    @Nullable Cause cause;
    int copies;
    long bytes;

    Open(ApprovedGrant grant, LivePresence presence) {
      this.grant = grant;
      this.presence = presence;
    }
  }

  private final GrantDesk.Parts parts;
  private final GrantDesk.Clocks clocks;
  private final Activations store;
  private final ApprovalCheck check;
  private final Activator activator;
  private final Path counting;
  private final SecureRandom random;
  private final Attempts attempts;
  private final Attempts copies;
  private final Runnable changed;
  private volatile boolean gatesHold;

  // Guarded by this.
  private List<GrantOffer> offers = List.of();

  /** How often the list was asked for, and which of the questions {@link #offers} answers. */
  private long asked;

  private long taken;
  private @Nullable ExportCounts counts;
  private @Nullable Open use;
  private boolean stopped;

  /**
   * @param parts those of the desk of media; their gate is not used
   * @param activations where activations are kept
   * @param counting where is kept how much was copied
   * @param changed called, without the lock, when {@link #inUse} says something else
   */
  public ClipboardDesk(
      GrantDesk.Self self,
      GrantDesk.Parts parts,
      GrantDesk.Clocks clocks,
      Path activations,
      Path counting,
      SecureRandom random,
      Runnable changed) {
    this.parts = parts;
    this.clocks = clocks;
    this.store = GrantDesk.openStore(activations);
    this.check = new ApprovalCheck(self.terminal(), self.organ(), parts.origins());
    this.activator =
        new Activator(
            self.boot(),
            parts.calls(),
            store,
            clocks.boot(),
            clocks.server(),
            clocks.wall(),
            random);
    this.counting = counting;
    this.random = random;
    this.attempts = new Attempts(clocks.boot(), MOST_ASKED, WINDOW);
    this.copies = new Attempts(clocks.boot(), MOST_COPIES, Duration.ofMinutes(1));
    this.changed = changed;
  }

  /** Records the end of what an earlier process left open, then listens. */
  public void start(@Nullable Bindings bindings) {
    for (Activation left : store.all()) {
      if (left.open()) {
        record(new ClipboardEvent.Closed(left.grant(), Cause.AGENT_KILLED, 0, 0));
        markOpen(left.grant(), false);
      }
    }
    if (bindings != null) {
      bindings.onChange(
          new Bindings.Listener() {
            @Override
            public void came(LivePresence presence) {}

            @Override
            public void went(LivePresence presence, boolean cardGone) {
              gone(presence, cardGone ? Cause.CARD_REMOVED : Cause.SEAT_LOST);
            }
          });
    }
  }

  private synchronized void gone(LivePresence presence, Cause cause) {
    Open open = use;
    if (open != null && open.presence.equals(presence)) {
      end(open, cause);
    }
  }

  /**
   * Lets a person copy over boundaries until it is over; blocks until then.
   *
   * @param uid user who asks, as the kernel says
   * @param grant id, base64url of 16 bytes
   */
  public Outcome use(int uid, String grant, Asker asker) {
    boolean here = parts.presences().get().stream().anyMatch(p -> p.uid() == uid);
    switch (attempts.add(here ? uid : Attempts.WITHOUT_SEAT)) {
      case GOOD -> {}
      case FIRST_TOO_MANY -> {
        return refuse(null, Refusal.TOO_MANY);
      }
      case TOO_MANY -> {
        return new Outcome(Refusal.TOO_MANY, null, 0, 0);
      }
    }
    if (!here) {
      // Nobody without a login has this terminal ask the service.
      return refuse(grant, Refusal.GRANT_NO_SESSION);
    }
    Reply<GrantList> reply = list();
    gatesHold = parts.enforcing().getAsBoolean();
    Optional<Refusal> away =
        reply.fold(
            list -> Optional.empty(),
            refused -> Optional.of(refused.refusal()),
            none -> Optional.of(Refusal.SERVER_UNREACHABLE));
    if (away.isPresent()) {
      return refuse(grant, away.get());
    }
    Open open;
    synchronized (this) {
      Wish wish = wish(grant, uid);
      if (wish instanceof Wish.No no) {
        return refuse(grant, no.reason());
      }
      open = ((Wish.Yes) wish).use();
      use = open;
    }
    Refusal failure = Refusal.INTERNAL;
    try {
      failure = begin(open);
    } finally {
      if (failure != null) {
        forget(open);
      }
    }
    return failure == null ? goOn(open, asker) : refuse(grant, failure);
  }

  /** Said to who asked, and recorded: whoever tries the grants of others is seen. */
  private Outcome refuse(@Nullable String grant, Refusal reason) {
    if (parts.records().room() == Room.PLENTY) {
      String known = grant != null && GrantDesk.isId(grant) ? grant : null;
      var unused = record(new ExportEvent.Refused(known, null, reason));
    }
    return new Outcome(reason, null, 0, 0);
  }

  /** Asks for the list and takes what is answered, unless a later question was answered first. */
  private Reply<GrantList> list() {
    long number;
    synchronized (this) {
      number = ++asked;
    }
    Reply<GrantList> reply = parts.calls().grants();
    synchronized (this) {
      if (number > taken) {
        take(number, reply);
      }
    }
    return reply;
  }

  private void take(long number, Reply<GrantList> reply) {
    if (reply instanceof Reply.Ok<GrantList> ok) {
      taken = number;
      offers = ok.value().grants();
    } else if (reply instanceof Reply.Refused<GrantList> no
        && (no.refusal() == Refusal.TERMINAL_REVOKED || no.refusal() == Refusal.TERMINAL_PENDING)) {
      taken = number;
      offers = List.of();
    }
    // Anything else is as if the line were cut: what is in use goes on.
  }

  /** Whether somebody can use a grant now. */
  private sealed interface Wish {
    record Yes(Open use) implements Wish {}

    record No(Refusal reason) implements Wish {}
  }

  private Wish wish(String grant, int uid) {
    GrantTrust trust = trust();
    if (stopped || trust == null) {
      return new Wish.No(stopped ? Refusal.INTERNAL : Refusal.POLICY_EXPIRED);
    }
    List<GrantOffer> named = offers.stream().filter(o -> o.grant().equals(grant)).toList();
    if (named.size() != 1) {
      return new Wish.No(Refusal.GRANT_UNKNOWN);
    }
    ApprovalCheck.Outcome outcome = check.check(named.get(0), trust);
    if (!(outcome instanceof ApprovalCheck.Outcome.Good good)) {
      return new Wish.No(
          outcome instanceof ApprovalCheck.Outcome.Bad bad
              ? bad.reason()
              : Refusal.GRANT_UNCONFIRMED);
    }
    ApprovedGrant found = good.grant();
    List<LivePresence> present = parts.presences().get();
    Optional<LivePresence> asking = present.stream().filter(p -> p.uid() == uid).findFirst();
    Refusal obstacle =
        found.text().capability() != Capability.CLIPBOARD
            ? Refusal.GRANT_CAPABILITY
            : !gatesHold
                ? Refusal.NOT_ENFORCING
                : asking.isEmpty()
                    ? Refusal.GRANT_NO_SESSION
                    : use != null ? Refusal.EXPORT_RUNNING : obstacle(found, present, trust);
    return obstacle == null && asking.isPresent()
        ? new Wish.Yes(new Open(found, asking.get()))
        : new Wish.No(obstacle == null ? Refusal.GRANT_NO_SESSION : obstacle);
  }

  private @Nullable Refusal obstacle(
      ApprovedGrant found, List<LivePresence> present, GrantTrust trust) {
    if (!GrantDesk.onlyOf(found.text().person(), present, trust)) {
      return Refusal.GRANT_OTHER_CARD;
    }
    if (!parts.active().getAsBoolean()) {
      return Refusal.TERMINAL_REVOKED;
    }
    if (parts.records().room() != Room.PLENTY) {
      return Refusal.RECORDS_FULL;
    }
    if (!trust.startsNew()) {
      return Refusal.POLICY_EXPIRED;
    }
    try {
      return counts().bytesLeft(found.text()) > 0 ? null : Refusal.CLIPBOARD_OVER;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "counts of copies are not readable", e);
      return Refusal.EXPORT_COUNTS;
    }
  }

  /** Activates, records and opens; why not, or null. */
  private @Nullable Refusal begin(Open open) {
    Activator.Result result = activator.activate(open.grant, null);
    if (result instanceof Activator.Result.No no) {
      return no.reason();
    }
    Activation.Answer answer = ((Activator.Result.Active) result).answer();
    long left;
    synchronized (this) {
      open.activation = answer;
      Cause cause = open.cause == null ? whyNot(open) : open.cause;
      if (cause != null) {
        return Refusal.GRANT_NO_SESSION;
      }
      try {
        left = counts().bytesLeft(open.grant.text());
      } catch (IOException e) {
        return Refusal.EXPORT_COUNTS;
      }
    }
    boolean durable =
        markOpen(open.grant.id(), true)
            && record(
                new ClipboardEvent.Opened(
                    open.grant.id(),
                    open.grant.text().person(),
                    open.grant.approval(),
                    answer.deadline().toString(),
                    left));
    return durable ? null : Refusal.RECORDS_FULL;
  }

  private synchronized void forget(Open open) {
    if (use == open) {
      use = null;
    }
    if (open.activation != null) {
      markOpen(open.grant.id(), false);
    }
  }

  private Outcome goOn(Open open, Asker asker) {
    int minutes;
    long left = 0;
    synchronized (this) {
      open.isOpen = open.cause == null;
      Activation.Answer active = Objects.requireNonNull(open.activation);
      Duration rest = active.deadlineSinceBoot().minus(clocks.boot().sinceBoot());
      minutes = Math.toIntExact(Math.max(0, rest.plusSeconds(59).toMinutes()));
      try {
        left = counts().bytesLeft(open.grant.text());
      } catch (IOException e) {
        end(open, Cause.FAULT);
      }
    }
    try {
      changed.run();
      asker.open(minutes, left);
      while (true) {
        synchronized (this) {
          if (asker.gone()) {
            end(open, Cause.ENDED);
          }
          if (open.cause != null) {
            break;
          }
          wait(LOOK.toMillis());
        }
        tick();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close(open);
    }
    synchronized (this) {
      return new Outcome(null, open.cause, open.copies, open.bytes);
    }
  }

  private void close(Open open) {
    Cause cause;
    synchronized (this) {
      end(open, Cause.FAULT);
      cause = Objects.requireNonNull(open.cause);
      if (use == open) {
        use = null;
      }
    }
    record(new ClipboardEvent.Closed(open.grant.id(), cause, open.copies, open.bytes));
    markOpen(open.grant.id(), false);
    synchronized (this) {
      notifyAll();
    }
    changed.run();
  }

  /** Ends it for {@code cause}; the first cause counts. */
  private void end(Open open, Cause cause) {
    if (open.cause == null) {
      open.cause = cause;
      open.isOpen = false;
      notifyAll();
    }
  }

  /** Ends what may not go on; to be called twice a second. */
  public void tick() {
    boolean measure;
    synchronized (this) {
      // First what ends: measuring the gates may wait long for their lock, a deadline must not.
      measure = judge();
    }
    if (measure) {
      gatesHold = parts.enforcing().getAsBoolean();
      synchronized (this) {
        var unused = judge();
      }
    }
  }

  private boolean judge() {
    Open open = use;
    if (open == null || !open.isOpen) {
      return false;
    }
    Cause cause = whyNot(open);
    if (cause != null) {
      end(open, cause);
    }
    return cause == null;
  }

  /** Fetches the list while something is in use: a revocation ends it. */
  public void poll() {
    synchronized (this) {
      if (use == null) {
        return;
      }
    }
    var unused = list();
    tick();
  }

  private @Nullable GrantTrust trust() {
    return parts.trust().now() instanceof GrantTrust.Now.InForce now ? now.trust() : null;
  }

  /** Why this use must not go on; null when it may. */
  private @Nullable Cause whyNot(Open open) {
    List<LivePresence> present = parts.presences().get();
    if (stopped) {
      return Cause.AGENT_STOPPED;
    }
    if (!present.contains(open.presence)) {
      return Cause.CARD_REMOVED;
    }
    Activation.Answer active = open.activation;
    if (active != null && clocks.boot().sinceBoot().compareTo(active.deadlineSinceBoot()) >= 0) {
      return active.deadline().equals(open.grant.text().end()) ? Cause.END : Cause.DEADLINE;
    }
    GrantTrust trust = trust();
    if (trust == null) {
      return Cause.POLICY_EXPIRED;
    }
    if (!parts.active().getAsBoolean() || !isOffered(open.grant, trust)) {
      return Cause.REVOKED;
    }
    if (!GrantDesk.onlyOf(open.grant.text().person(), present, trust)) {
      return Cause.SEAT_LOST;
    }
    if (!gatesHold) {
      return Cause.NOT_ENFORCING;
    }
    return parts.records().room() == Room.PLENTY ? null : Cause.RECORDS_FULL;
  }

  private boolean isOffered(ApprovedGrant grant, GrantTrust trust) {
    return offers.stream()
        .filter(offer -> offer.grant().equals(grant.id()))
        .anyMatch(offer ->
            check.check(offer, trust) instanceof ApprovalCheck.Outcome.Good good
                && good.grant().text().equals(grant.text()));
  }

  @Override
  public synchronized Optional<InUse> inUse(int uid) {
    Open open = use;
    return open != null && open.isOpen && open.presence.uid() == uid
        ? Optional.of(new Copying(open))
        : Optional.empty();
  }

  /** What a paste is counted against. */
  private final class Copying implements InUse {
    private final Open open;

    Copying(Open open) {
      this.open = open;
    }

    @Override
    public String grant() {
      return open.grant.id();
    }

    @Override
    public Counted count(long bytes) {
      return ClipboardDesk.this.count(open, bytes);
    }
  }

  private synchronized Counted count(Open open, long bytes) {
    Cause cause = open == use && open.isOpen ? whyNot(open) : Cause.SEAT_LOST;
    if (cause != null) {
      end(open, cause);
      return Counted.NOT;
    }
    if (copies.add(open.presence.uid()) != Attempts.Answer.GOOD) {
      return Counted.NOT;
    }
    try {
      if (!counts().beginCopy(open.grant.text(), bytes)) {
        return Counted.OVER;
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "a copy is not counted, so it does not go", e);
      return Counted.NOT;
    }
    open.copies++;
    open.bytes += bytes;
    return Counted.COUNTED;
  }

  /** The counts, without what is over; damaged ones are tried again at the next question. */
  private ExportCounts counts() throws IOException {
    ExportCounts known = counts;
    if (known == null) {
      known = ExportCounts.open(counting, random);
      counts = known;
      forgetOver(known);
    }
    return known;
  }

  private void forgetOver(ExportCounts known) throws IOException {
    Optional<Instant> server = clocks.server().now();
    Instant wall = clocks.wall().instant();
    if (server.isPresent()) {
      // The earlier of the two: one clock that runs ahead must not make a used grant new.
      Instant now = server.get().isBefore(wall) ? server.get() : wall;
      Set<String> listed = new HashSet<>();
      offers.forEach(offer -> listed.add(offer.grant()));
      store.forgetOver(now, listed);
      // Of what was used the count stays as long as that it was.
      store.all().forEach(used -> listed.add(used.grant()));
      known.forgetOver(now, Set.copyOf(listed));
    }
  }

  private boolean markOpen(String grant, boolean open) {
    try {
      return store
          .change(
              grant,
              known -> known.open() == open ? Optional.empty() : Optional.of(known.withOpen(open)))
          .isPresent();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "activations not stored", e);
      return false;
    }
  }

  private boolean record(AgentEvent event) {
    try {
      parts.records().append(event);
      return true;
    } catch (SpoolException e) {
      LOG.log(System.Logger.Level.ERROR, event.type() + " is not recorded", e);
      return false;
    }
  }

  /** Ends what is in use; nothing begins any more. */
  @Override
  public synchronized void close() {
    stopped = true;
    Open open = use;
    if (open != null) {
      end(open, Cause.AGENT_STOPPED);
    }
  }
}
