package jp.sekisho.agent.cli;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import jp.sekisho.agent.enforce.clipboard.Answer;
import jp.sekisho.agent.enforce.clipboard.ClipboardRulings;
import jp.sekisho.agent.enforce.clipboard.ClipboardRulings.InForce;
import jp.sekisho.agent.enforce.clipboard.ClipboardWatch;
import jp.sekisho.agent.enforce.clipboard.Crossing;
import jp.sekisho.agent.enforce.clipboard.Hold;
import jp.sekisho.agent.enforce.clipboard.Treatment;
import jp.sekisho.agent.grant.ClipboardDesk;
import jp.sekisho.agent.ipc.ClipboardCalls;
import jp.sekisho.protocol.event.ExportEvent.Cause;
import org.jspecify.annotations.Nullable;

/** The clipboard's parts of a running service, wired: what seats ask, and what is watched. */
final class ClipboardDuty implements ClipboardCalls {
  private final ClipboardRulings rulings;
  private final ClipboardWatch watch;
  private final ClipboardDesk grants;

  // Guarded by this.
  private final Map<Integer, Treatment> told = new HashMap<>();
  private Runnable changed = () -> {};

  /**
   * What it depends on.
   *
   * @param policies what counts; empty before the first, and where nothing is enforced
   * @param grants the desk of exceptions
   * @param nanos a clock that only goes forward
   * @param helpLine whom a refusal tells people to call
   * @param atScreen whether a user is at the screen now
   * @param lock locks the screen
   */
  record Parts(
      Supplier<Optional<InForce>> policies,
      ClipboardDesk grants,
      ClipboardRulings.Recording records,
      LongSupplier nanos,
      Supplier<String> helpLine,
      IntPredicate atScreen,
      Runnable lock) {}

  ClipboardDuty(Parts parts) {
    this.grants = parts.grants();
    this.rulings =
        new ClipboardRulings(
            parts.policies(), parts.grants(), parts.records(), parts.nanos(), parts.helpLine());
    this.watch =
        new ClipboardWatch(
            new ClipboardWatch.Parts(
                rulings::treatment,
                parts.atScreen(),
                parts.lock(),
                parts.records(),
                parts.nanos()));
  }

  /** Calls {@code listener} when a seat is to do something else than it was told. */
  synchronized void onChange(Runnable listener) {
    changed = listener;
  }

  @Override
  public Treatment treatment(int uid) {
    Treatment treatment = rulings.treatment(uid);
    synchronized (this) {
      told.put(uid, treatment);
    }
    return treatment;
  }

  @Override
  public void standing(int uid, Hold hold) {
    watch.reported(uid, hold);
  }

  @Override
  public void lost(int uid, Duration silence) {
    synchronized (this) {
      told.remove(uid);
    }
    watch.lost(uid, silence);
  }

  @Override
  public Answer decide(int uid, Crossing crossing) {
    return rulings.decide(uid, crossing);
  }

  @Override
  public Used use(int uid, String grant, UseTalk talk) {
    ClipboardDesk.Outcome outcome =
        grants.use(
            uid,
            grant,
            new ClipboardDesk.Asker() {
              @Override
              public void open(int minutes, long bytes) {
                talk.open(minutes, bytes);
              }

              @Override
              public boolean gone() {
                return talk.gone();
              }
            });
    Cause cause = outcome.cause();
    return new Used(
        outcome.refusal(), cause == null ? null : cause.text(), outcome.copies(), outcome.bytes());
  }

  /** Why the clipboard is not held; null when it is, or need not be. */
  @Nullable String fault() {
    return watch.fault();
  }

  /** To be called twice a second: also a policy that expires changes what seats do. */
  void tick() {
    boolean other;
    Runnable listener;
    synchronized (this) {
      other =
          told.entrySet().stream()
              .anyMatch(each -> !each.getValue().equals(rulings.treatment(each.getKey())));
      listener = changed;
    }
    if (other) {
      listener.run();
    }
    rulings.tick();
    watch.tick();
  }
}
