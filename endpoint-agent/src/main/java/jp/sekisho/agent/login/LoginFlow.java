package jp.sekisho.agent.login;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import jp.sekisho.agent.config.DeviceKey;
import jp.sekisho.agent.heartbeat.Standing;
import jp.sekisho.agent.login.CardDesk.Look;
import jp.sekisho.agent.login.CardDesk.Stay;
import jp.sekisho.agent.loopback.LoginResult;
import jp.sekisho.agent.loopback.LoopbackCalls;
import jp.sekisho.agent.loopback.VouchResult;
import jp.sekisho.agent.seat.LocalPresence;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.LoopbackLogin;
import jp.sekisho.protocol.LoopbackStatus;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.TransactionDetails;
import org.jspecify.annotations.Nullable;

/**
 * Answers the loopback port: status, and one login at a time on this terminal.
 *
 * <p>The order of a login: is the seat's user at the screen, may this terminal answer at all, is
 * there room for its records, fetch, check against the page, look for the card, read it, PIN, sign,
 * record, countersign, bind, answer. Each step's refusal is recorded. Thread-safe.
 */
public final class LoginFlow implements LoopbackCalls {
  private static final System.Logger LOG = System.getLogger(LoginFlow.class.getName());

  /**
   * Who signs.
   *
   * @param terminal terminal id
   * @param boot base64url of 16 bytes
   */
  public record Self(String terminal, String boot, DeviceKey key) {}

  private final Self self;
  private final LocalPresence presence;
  private final Standing standing;
  private final TransactionSource transactions;
  private final CardDesk desk;
  private final Spool spool;
  private final RefusalRecords records;
  private final CardTurn turn;
  private final PasskeyTurn passkeys;
  private final OnceOnly coSigned = new OnceOnly();
  private final Glance glance;
  private final MediaView media;

  /** Two seats have one reader: whoever comes second is told so. */
  private final ReentrantLock oneLogin = new ReentrantLock();

  /**
   * @param presence asked at each login: a seat outlives its user's turn at the screen
   * @param readers runs the reading of a shared reader's card beside its open PIN window
   * @param media what a seat is told of its media
   * @param clock tells the minutes in which refusals are recorded
   */
  public LoginFlow(
      Self self,
      LocalPresence presence,
      Standing standing,
      TransactionSource transactions,
      CardDesk desk,
      Spool spool,
      Bindings bindings,
      ExecutorService readers,
      MediaView media,
      InstantSource clock) {
    this(
        self,
        presence,
        standing,
        transactions,
        desk,
        LoginCards.Kinds.STAFF,
        stay -> false,
        spool,
        bindings,
        readers,
        media,
        clock);
  }

  /**
   * As the other, with more kinds of cards than staff cards.
   *
   * @param reserved cards that were put in for something else than a login
   */
  public LoginFlow(
      Self self,
      LocalPresence presence,
      Standing standing,
      TransactionSource transactions,
      CardDesk desk,
      LoginCards.Kinds kinds,
      Predicate<Stay> reserved,
      Spool spool,
      Bindings bindings,
      ExecutorService readers,
      MediaView media,
      InstantSource clock) {
    LoginCards cards = new LoginCards(desk, kinds);
    this.self = self;
    this.presence = presence;
    this.standing = standing;
    this.transactions = transactions;
    this.desk = desk;
    this.spool = spool;
    this.records = new RefusalRecords(spool, clock);
    this.turn =
        new CardTurn(
            self, new CardSigning(cards, readers), reserved, spool, bindings, standing::serverTime);
    this.passkeys = new PasskeyTurn(self, spool, bindings, standing::serverTime);
    this.glance = new Glance(desk, cards);
    this.media = media;
  }

  @Override
  public LoginResult login(Seat seat, String origin, LoopbackLogin request, Locale locale) {
    String transaction = request.transaction();
    if (!isTransaction(transaction)) {
      return refuse(null, Refused.of(Refusal.INPUT_MALFORMED));
    }
    if (!presence.isAtScreen(seat.uid())) {
      return refuse(transaction, Refused.of(Refusal.PEER_FOREIGN));
    }
    if (!oneLogin.tryLock()) {
      return refuse(transaction, Refused.of(Refusal.CARD_BUSY));
    }
    try {
      Turn outcome = attempt(seat, origin, transaction, Boolean.TRUE.equals(request.lastTry()));
      return outcome.fold(LoginResult.Answered::new, refused -> refuse(transaction, refused));
    } catch (RuntimeException e) {
      // The card or the disk may have done anything; the person gets no answer, the log the fact.
      LOG.log(System.Logger.Level.ERROR, "login failed unexpectedly", e);
      return refuse(transaction, Refused.of(Refusal.INTERNAL));
    } finally {
      glance.forget();
      oneLogin.unlock();
    }
  }

  @Override
  public VouchResult vouch(Seat seat, String origin, LoopbackLogin request) {
    String transaction = request.transaction();
    if (!isTransaction(transaction)) {
      return notVouched(null, Refused.of(Refusal.INPUT_MALFORMED));
    }
    if (!presence.isAtScreen(seat.uid())) {
      return notVouched(transaction, Refused.of(Refusal.PEER_FOREIGN));
    }
    try {
      return question(
          origin,
          transaction,
          question ->
              passkeys.run(
                  seat,
                  question,
                  () -> coSigned.take(transaction),
                  refused -> notVouched(transaction, refused)),
          refused -> notVouched(transaction, refused));
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "vouching failed unexpectedly", e);
      return notVouched(transaction, Refused.of(Refusal.INTERNAL));
    }
  }

  private VouchResult notVouched(@Nullable String transaction, Refused refused) {
    return new VouchResult.Refused(
        record(transaction, refused) ? refused.reason() : Refusal.RECORDS_FULL);
  }

  private Turn attempt(Seat seat, String origin, String transaction, boolean lastTry) {
    return question(
        origin,
        transaction,
        question -> answer(seat, question, lastTry, () -> coSigned.take(transaction)),
        refused -> refused);
  }

  /** Fetches the question and checks it against what the page said. */
  private <R> R question(
      String origin, String transaction, Function<Question, R> use, Function<Refused, R> no) {
    Refusal obstacle = obstacle();
    if (obstacle != null) {
      return no.apply(Refused.of(obstacle));
    }
    if (coSigned.isTaken(transaction)) {
      return no.apply(Refused.of(Refusal.TRANSACTION_USED));
    }
    Reply<TransactionDetails> reply = transactions.fetch(transaction);
    return reply.fold(
        details -> {
          Question.Checked checked =
              Question.check(transaction, details, origin, standing.origins());
          return checked instanceof Question.Checked.Bad bad
              ? no.apply(Refused.of(bad.reason()))
              : use.apply(((Question.Checked.Good) checked).question());
        },
        refused -> no.apply(Refused.of(refused.refusal())),
        away -> no.apply(Refused.of(Refusal.SERVER_UNREACHABLE)));
  }

  private Turn answer(Seat seat, Question question, boolean lastTry, BooleanSupplier takeOnce) {
    Look look = desk.look();
    if (look instanceof Look.Absent absent) {
      return new Refused(absent.reason(), OptionalInt.empty(), absent.reader());
    }
    Stay stay = ((Look.Present) look).stay();
    return turn.run(seat, question, stay, lastTry, takeOnce);
  }

  /** What stands in the way of any login now, before its transaction is looked at. */
  private @Nullable Refusal obstacle() {
    return standing
        .obstacle()
        .orElseGet(() -> spool.room() == Room.GONE ? Refusal.RECORDS_FULL : null);
  }

  @Override
  public LoopbackStatus status(Seat seat, Locale locale) {
    Refusal obstacle = presence.isAtScreen(seat.uid()) ? obstacle() : Refusal.PEER_FOREIGN;
    if (obstacle == null && !standing.reachable()) {
      obstacle = Refusal.SERVER_UNREACHABLE;
    }
    Glance.Seen seen = obstacle == null && oneLogin.tryLock() ? glanceAndUnlock() : glance.names();
    Refusal problem = obstacle != null ? obstacle : seen.problem();
    return new LoopbackStatus(
        self.terminal(),
        standing.state(),
        problem,
        seen.reader(),
        seen.triesLeft(),
        media.openFor(seat.uid()),
        media.problem());
  }

  private Glance.Seen glanceAndUnlock() {
    try {
      return glance.look();
    } finally {
      oneLogin.unlock();
    }
  }

  @Override
  public void refused(Refusal reason) {
    record(null, Refused.of(reason));
  }

  private LoginResult refuse(@Nullable String transaction, Refused refused) {
    // Without its record even a refusal says only that records cannot be kept.
    Refusal said = record(transaction, refused) ? refused.reason() : Refusal.RECORDS_FULL;
    Integer tries = refused.triesLeft().isPresent() ? refused.triesLeft().getAsInt() : null;
    return new LoginResult.Refused(said, tries, refused.reader());
  }

  private boolean record(@Nullable String transaction, Refused refused) {
    boolean foreign = refused.reason() == Refusal.UNKNOWN_CARD;
    Integer tries =
        !foreign && refused.triesLeft().isPresent() ? refused.triesLeft().getAsInt() : null;
    return records.add(transaction, tries, refused.reason());
  }

  /** Records the numbers of refusals of the minutes that are over; to be called now and then. */
  public void settle() {
    records.settle();
  }

  /** As {@link #settle}, of the running minutes too: the agent stops. */
  public void stop() {
    records.settleNow();
  }

  private static boolean isTransaction(@Nullable String text) {
    try {
      return text != null && Base64Url.decode(text, 16).length == 16;
    } catch (MalformedException e) {
      return false;
    }
  }

  /** How long a PIN window may stay open at most. */
  static final Duration LONGEST_PROMPT = Duration.ofSeconds(90);
}
