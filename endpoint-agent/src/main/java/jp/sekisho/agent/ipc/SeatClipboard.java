package jp.sekisho.agent.ipc;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import jp.sekisho.agent.enforce.clipboard.Answer;
import jp.sekisho.agent.enforce.clipboard.ClipboardGuard;
import jp.sekisho.agent.enforce.clipboard.Crossing;
import jp.sekisho.agent.enforce.clipboard.Hold;
import jp.sekisho.agent.enforce.clipboard.Treatment;
import jp.sekisho.protocol.MalformedException;
import org.jspecify.annotations.Nullable;

/**
 * The clipboard's part of a session process: passes what the service says on to what holds the
 * clipboard, and what that asks on to the service. While there is no service what was said last
 * goes on, and nothing crosses a boundary. Thread-safe.
 */
final class SeatClipboard implements ClipboardGuard.Service, AutoCloseable {
  /** Questions that wait for an answer; more are refused at once. */
  private static final int MOST = 64;

  private final Screen screen;

  // Guarded by this.
  private final Map<Integer, Consumer<Answer>> waiting = new HashMap<>();
  private @Nullable ClipboardGuard guard;
  private @Nullable FrameChannel service;
  private @Nullable Hold hold;
  private int numbers;

  SeatClipboard(Screen screen) {
    this.screen = screen;
  }

  /** A service listens there. */
  void connected(FrameChannel frames) {
    synchronized (this) {
      service = frames;
    }
    report();
  }

  /** It is gone: what waits for an answer gets none. */
  void disconnected() {
    List<Consumer<Answer>> left;
    synchronized (this) {
      service = null;
      left = new ArrayList<>(waiting.values());
      waiting.clear();
    }
    left.forEach(each -> each.accept(Answer.NONE));
  }

  /** The service says what to do from now on. */
  void treat(Treatment treatment) {
    ClipboardGuard now;
    synchronized (this) {
      if (guard == null && screen instanceof Screen.With with && treatment.holds()) {
        guard = with.guard().apply(this);
      }
      now = guard;
      if (now == null) {
        hold = screen instanceof Screen.Without none && treatment.holds() ? none.hold() : Hold.YES;
      }
    }
    if (now == null) {
      report();
    } else {
      now.treat(treatment);
    }
  }

  @Override
  public void standing(Hold how) {
    synchronized (this) {
      hold = how;
    }
    report();
  }

  private void report() {
    FrameChannel to;
    Hold how;
    synchronized (this) {
      to = service;
      how = hold;
    }
    if (to != null && how != null) {
      send(to, Frame.of(FrameType.CLIPBOARD_STANDING, new Messages.ClipboardStanding(how.fault())));
    }
  }

  @Override
  public void ask(Crossing crossing, Consumer<Answer> then) {
    FrameChannel to;
    int number;
    synchronized (this) {
      to = waiting.size() < MOST ? service : null;
      number = ++numbers;
      if (to != null) {
        waiting.put(number, then);
      }
    }
    boolean sent =
        to != null
            && send(to, Frame.of(FrameType.CROSSING, Messages.CrossingAsked.of(number, crossing)));
    if (!sent) {
      answer(number, then, Answer.NONE);
    }
  }

  private void answer(int number, Consumer<Answer> then, Answer answer) {
    synchronized (this) {
      waiting.remove(number);
    }
    then.accept(answer);
  }

  /** The service answers a question. */
  void answered(Messages.CrossingAnswer message) throws MalformedException {
    Answer answer = message.check();
    Consumer<Answer> then;
    synchronized (this) {
      then = waiting.remove(message.number());
    }
    if (then == null) {
      throw new MalformedException("CROSSING_ANSWER without a question");
    }
    then.accept(answer);
  }

  private static boolean send(FrameChannel to, Frame frame) {
    try (frame) {
      to.write(frame);
      return true;
    } catch (IOException e) {
      // The thread that reads notices as well.
      return false;
    }
  }

  @Override
  public void close() {
    ClipboardGuard open;
    synchronized (this) {
      open = guard;
      guard = null;
    }
    if (open != null) {
      open.close();
    }
  }
}
