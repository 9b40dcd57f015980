package jp.sekisho.server.authn;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.EntryReceipt;
import org.jspecify.annotations.Nullable;

/**
 * The questions that wait for an answer, in memory only.
 *
 * <p>Why not in the database: anybody who reaches the page may ask, every change of the database
 * carries a log entry, and so whoever asks often enough could flood the log. Nothing is lost with
 * the process that a person would miss: a restart within the 90 seconds means pressing the button
 * again. What must outlive the process, that a question was answered, is a row of {@code
 * login_transaction}, written in the unit that logs the answer ({@link UsedTransactions}). Several
 * nodes would need either affinity of browser and terminal to a node or a table; there is one node
 * now.
 *
 * <p>Bounds: {@link Limits#perSource} new questions a minute from one address, {@link Limits#held}
 * in all. A question that no terminal fetched is forgotten when it expires, and the oldest of them
 * makes room when there is none: a page hands its question to the terminal at once, so whoever asks
 * for the sake of asking pushes out questions of his own, and nobody's login waits for them. One
 * that was fetched, which takes a terminal of ours, is remembered {@link #MEMORY} longer, so that a
 * late answer is told that it is late. One that was answered is remembered as long, but makes room
 * before any other: the table knows it too, and a rush of logins must not be its own end. All
 * methods are atomic and thread-safe.
 */
public final class OpenTransactions {
  /** How long a question that was fetched is remembered after it expired. */
  static final Duration MEMORY = Duration.ofMinutes(5);

  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final InstantSource clock;
  private final Limits limits;
  // Both in order of creation, which is the order of expiry, or nearly; guarded by this.
  private final LinkedHashMap<String, Held> unfetched = new LinkedHashMap<>();
  private final LinkedHashMap<String, Held> fetched = new LinkedHashMap<>();
  // In the order of their answers; guarded by this.
  private final LinkedHashMap<String, Held> answered = new LinkedHashMap<>();
  private final Map<String, Integer> asked = new HashMap<>();
  private Instant windowStart = Instant.MIN;

  /**
   * How much unauthenticated browsers may ask.
   *
   * @param perSource questions per address and minute
   * @param held questions in memory, a few hundred bytes each
   */
  public record Limits(int perSource, int held) {
    /** Each terminal has its own address. */
    public static final Limits DIRECT = new Limits(60, 50_000);

    /** A whole building comes from one address: one busy machine must not spend its number. */
    public static final Limits BEHIND_NAT = new Limits(30_000, 50_000);
  }

  /** A new question and the secret that its browser must show again. */
  public record Asked(OpenTransaction transaction, Token cookie) {}

  /**
   * The session that a question is about, and what for.
   *
   * @param session hash of its token
   * @param shown hash of the cookie with which the browser asked to unlock it; null otherwise
   * @param terminal its terminal, which alone may fetch
   * @param matter what is approved in it; null otherwise
   * @param action what is to be done in it; null otherwise; neither means to unlock it
   */
  @SuppressWarnings("ArrayRecordComponent") // identity is not asked for
  public record About(
      byte[] session,
      byte @Nullable [] shown,
      String terminal,
      @Nullable Matter matter,
      @Nullable String action) {
    Purpose purpose() {
      if (matter != null) {
        return Purpose.APPROVE;
      }
      return action == null ? Purpose.UNLOCK : Purpose.STEP_UP;
    }
  }

  private record Held(OpenTransaction transaction, boolean used) {}

  public OpenTransactions(InstantSource clock, Limits limits) {
    this.clock = clock;
    this.limits = limits;
  }

  /**
   * A question for the browser at {@code source}; refused TOO_MANY over the source's limit, or when
   * terminals have fetched as many as may be held and did not answer them.
   *
   * @param about the session it is about; null for a login
   */
  public Verdict<Asked> ask(String origin, String source, @Nullable About about) {
    return ask(origin, source, about, null);
  }

  /** A login for a relying service's session: its secret stays with that service. */
  Verdict<Asked> askFor(RelyingLogin relying, String origin, String source) {
    return ask(origin, source, null, relying);
  }

  private synchronized Verdict<Asked> ask(
      String origin, String source, @Nullable About about, @Nullable RelyingLogin relying) {
    Instant now = clock.instant();
    forget(now);
    if (now.isBefore(windowStart) || !now.isBefore(windowStart.plus(WINDOW))) {
      windowStart = now;
      asked.clear();
    }
    if (asked.merge(source, 1, Integer::sum) > limits.perSource()
        || fetched.size() >= limits.held()) {
      return Verdict.refused(Refusal.TOO_MANY);
    }
    if (unfetched.size() + fetched.size() + answered.size() >= limits.held()
        && answered.pollFirstEntry() == null) {
      unfetched.pollFirstEntry();
    }
    Token cookie = Token.random();
    OpenTransaction question =
        new OpenTransaction(
            id(now),
            random(32),
            about == null ? Purpose.LOGIN : about.purpose(),
            origin,
            cookie.hash(),
            source,
            now,
            about == null ? null : about.terminal(),
            null,
            about == null ? null : about.session(),
            about == null ? null : about.shown(),
            about == null ? null : about.matter(),
            about == null ? null : about.action(),
            relying);
    unfetched.put(question.id(), new Held(question, false));
    return Verdict.passed(new Asked(question, cookie));
  }

  /** Binds a question to the first terminal that fetches it; the same terminal may fetch again. */
  public synchronized Verdict<OpenTransaction> fetch(String id, String terminal, String address) {
    Held held = held(id);
    if (held == null) {
      return Verdict.refused(Refusal.TRANSACTION_UNKNOWN);
    }
    OpenTransaction question = held.transaction();
    if (held.used()) {
      return Verdict.refused(Refusal.TRANSACTION_USED);
    }
    if (!clock.instant().isBefore(question.expires())) {
      return Verdict.refused(Refusal.TRANSACTION_EXPIRED);
    }
    if (question.terminal() != null && !question.terminal().equals(terminal)) {
      return Verdict.refused(Refusal.TRANSACTION_BOUND);
    }
    OpenTransaction bound = question.fetchedBy(terminal, address);
    unfetched.remove(id);
    fetched.put(id, new Held(bound, false));
    return Verdict.passed(bound);
  }

  /**
   * Takes a question for its one answer. With the right cookie it is used from here on, whatever
   * becomes of the answer: there is no second guess. Without it nothing changes, so that knowing an
   * id does not allow burning another browser's question.
   */
  synchronized Verdict<OpenTransaction> take(String id, @Nullable Token cookie) {
    Held held = held(id);
    if (held == null) {
      return Verdict.refused(Refusal.TRANSACTION_UNKNOWN);
    }
    OpenTransaction question = held.transaction();
    if (held.used()) {
      return Verdict.refused(Refusal.TRANSACTION_USED);
    }
    if (cookie == null || !cookie.matches(question.cookieHash())) {
      return Verdict.refused(Refusal.PRELOGIN_COOKIE);
    }
    if (!clock.instant().isBefore(question.expires())) {
      return Verdict.refused(Refusal.TRANSACTION_EXPIRED);
    }
    fetched.remove(id);
    unfetched.remove(id);
    answered.put(id, new Held(question, true));
    return Verdict.passed(question);
  }

  private @Nullable Held held(String id) {
    for (Map<String, Held> questions : List.of(fetched, answered, unfetched)) {
      Held held = questions.get(id);
      if (held != null) {
        return held;
      }
    }
    return null;
  }

  private void forget(Instant now) {
    forget(unfetched, now);
    forget(fetched, now.minus(MEMORY));
    forget(answered, now.minus(MEMORY));
  }

  private static void forget(Map<String, Held> questions, Instant now) {
    Iterator<Held> oldestFirst = questions.values().iterator();
    while (oldestFirst.hasNext() && !now.isBefore(oldestFirst.next().transaction().expires())) {
      oldestFirst.remove();
    }
  }

  /** Ids of questions in the order in which they were asked, as {@link EntryReceipt#id}. */
  private static String id(Instant now) {
    byte[] bytes = new byte[EntryReceipt.ID_BYTES];
    RANDOM.nextBytes(bytes);
    return Base64Url.encode(EntryReceipt.id(now, bytes));
  }

  private static String random(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return Base64Url.encode(bytes);
  }
}
