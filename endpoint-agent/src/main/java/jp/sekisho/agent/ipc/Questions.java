package jp.sekisho.agent.ipc;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import jp.sekisho.protocol.MalformedException;

/**
 * Questions to a process at the other end of the socket. It speaks only when it is asked, one
 * answer to one question: so what it can make this process hold is one frame. One thread asks,
 * another hands answers in.
 */
final class Questions {
  /** A person takes a passphrase down, a slow share gives or takes a piece: beyond it none does. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  /** In place of an answer: there will be none. */
  private static final Frame GONE = Frame.of(FrameType.PONG);

  private final Consumer<Frame> channel;

  /** An answer and the word that there are no more. */
  private final BlockingQueue<Frame> answers = new ArrayBlockingQueue<>(2);

  // Guarded by this.
  private boolean asked;
  private boolean gone;

  /**
   * @param channel sends a frame; returns at once
   */
  Questions(Consumer<Frame> channel) {
    this.channel = channel;
  }

  /** Takes an answer in. */
  synchronized void answered(Frame frame) throws MalformedException {
    if (!asked) {
      frame.close();
      throw new MalformedException(frame.type() + " without a question");
    }
    asked = false;
    if (!answers.offer(frame)) {
      frame.close();
    }
  }

  /**
   * Asks, and waits for the one answer; the caller closes it.
   *
   * @throws IOException when none comes, in time or any more
   */
  Frame ask(Frame question) throws IOException {
    synchronized (this) {
      if (gone) {
        throw new IOException("nobody answers any more");
      }
      asked = true;
    }
    channel.accept(question);
    Frame answer = null;
    try {
      answer = answers.poll(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (answer == null || answer.type() == FrameType.PONG) {
      breakOff();
      throw new IOException("nobody answers");
    }
    return answer;
  }

  /** Tells something that is not answered. */
  void say(Frame frame) {
    channel.accept(frame);
  }

  /** Lets whoever waits here wait no more; from any thread. */
  synchronized void breakOff() {
    gone = true;
    asked = false;
    var unused = answers.offer(GONE);
  }
}
