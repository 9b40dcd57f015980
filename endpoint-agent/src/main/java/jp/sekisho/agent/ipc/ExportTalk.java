package jp.sekisho.agent.ipc;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import jp.sekisho.agent.export.ClerkFiles;
import jp.sekisho.agent.export.NotExported;
import jp.sekisho.agent.export.Passphrase;
import jp.sekisho.agent.export.WrittenPart;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;

/**
 * The files of a process at the other end of the socket. It speaks only when it is asked, one
 * answer to one question: so what it can make this process hold is one frame. One thread asks,
 * another hands answers in.
 */
final class ExportTalk implements ClerkFiles {
  /** A person takes a passphrase down, a slow share gives a piece: beyond it nobody does. */
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
  ExportTalk(Consumer<Frame> channel) {
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

  /** Asks, and waits for the one answer; the caller closes it. */
  private Frame ask(Frame question) throws NotExported {
    synchronized (this) {
      if (gone) {
        throw new NotExported(Refusal.EXPORT_SOURCE);
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
      throw new NotExported(Refusal.EXPORT_SOURCE);
    }
    return answer;
  }

  @Override
  public boolean show(Passphrase passphrase) {
    Frame question = new Frame(FrameType.PASSPHRASE, passphrase.bytes());
    try (Frame answer = ask(question)) {
      return answer.type() == FrameType.NOTED
          && answer.payload().length == 1
          && answer.payload()[0] == 1;
    } catch (NotExported e) {
      return false;
    } finally {
      // It was sent, or nobody sends it any more.
      question.close();
    }
  }

  @Override
  public Optional<Offered> next() throws IOException {
    try (Frame answer = ask(Frame.of(FrameType.NEXT))) {
      if (answer.type() != FrameType.FILE) {
        throw new NotExported(Refusal.EXPORT_SOURCE);
      }
      return answer.read(Messages.OfferedFile.class).check();
    } catch (MalformedException e) {
      throw new NotExported(Refusal.EXPORT_SOURCE, e);
    }
  }

  @Override
  public byte[] piece() throws IOException {
    // Not closed: the piece itself is given on.
    Frame answer = ask(Frame.of(FrameType.MORE));
    if (answer.type() != FrameType.DATA) {
      answer.close();
      throw new NotExported(Refusal.EXPORT_SOURCE);
    }
    return answer.payload();
  }

  @Override
  public void written(WrittenPart part) {
    channel.accept(Frame.of(FrameType.WRITTEN, Messages.Written.of(part)));
  }

  @Override
  public synchronized void breakOff() {
    gone = true;
    asked = false;
    var unused = answers.offer(GONE);
  }
}
