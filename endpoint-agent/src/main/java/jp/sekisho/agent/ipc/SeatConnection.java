package jp.sekisho.agent.ipc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jp.sekisho.agent.enforce.clipboard.Answer;
import jp.sekisho.agent.enforce.clipboard.Treatment;
import jp.sekisho.agent.seat.PinOutcome;
import jp.sekisho.agent.seat.PinPrompt;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.seat.TypedPin;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;

/**
 * The service's end of one connection: of a session process, or of one that asks something and
 * wants no seat.
 *
 * <p>A reader thread takes frames in, a writer thread sends them from a bounded queue: a process
 * that stopped reading can block only the writer, never a caller, a ping or the watch. The end, for
 * whatever reason, is always the same: the channel is closed, the reader returns, the open window
 * is settled.
 */
final class SeatConnection implements Seat {
  private static final System.Logger LOG = System.getLogger(SeatConnection.class.getName());
  private static final int QUEUE = 64;

  private final int uid;
  private final FrameChannel channel;
  private final PromptSlot prompts = new PromptSlot();
  private final BlockingQueue<Frame> outgoing = new ArrayBlockingQueue<>(QUEUE);
  private volatile Locale language = Locale.JAPANESE;
  private volatile boolean treated;
  private volatile long lastHeard = System.nanoTime();

  SeatConnection(int uid, FrameChannel channel) {
    this.uid = uid;
    this.channel = channel;
  }

  @Override
  public int uid() {
    return uid;
  }

  @Override
  public Locale language() {
    return language;
  }

  @Override
  public PinOutcome askPin(PinPrompt prompt, Duration atMost, Runnable shown) {
    PromptSlot.Claim claim = prompts.claim(shown);
    if (claim instanceof PromptSlot.Claim.No no) {
      return new PinOutcome.None(no.reason());
    }
    PromptSlot.Open window = ((PromptSlot.Claim.Yes) claim).window();
    try {
      send(Frame.of(FrameType.PROMPT, Messages.Prompt.of(window.number(), prompt)));
      return window.outcome().get(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return closeWindow(window);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return closeWindow(window);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a window never fails", e);
    } finally {
      prompts.release(window);
    }
  }

  private PinOutcome closeWindow(PromptSlot.Open window) {
    send(Frame.of(FrameType.CLOSE_PROMPT, new Messages.ClosePrompt(window.number())));
    return window.settle(Refusal.PIN_CANCELLED);
  }

  @Override
  public void lock() {
    send(Frame.of(FrameType.LOCK));
  }

  /** Says what to do about the clipboard. */
  void treat(Treatment treatment) {
    treated = true;
    send(Frame.of(FrameType.CLIPBOARD, Messages.Clipboard.of(treatment)));
  }

  /** Asks for a sign of life. */
  void ping() {
    send(Frame.of(FrameType.PING));
  }

  /** How long the process has given no sign of life. */
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - lastHeard);
  }

  /** What a process wants, by its first frame. */
  sealed interface First {
    /** To be its user's seat. */
    record Session() implements First {}

    /** An 緊急時の例外措置. */
    record Emergency(Messages.Emergency asked) implements First {}

    /** A login without the service. */
    record Offline(Messages.Offline asked) implements First {}

    /** To have files exported. */
    record Export(Messages.Export asked) implements First {}

    /** To copy over boundaries under a grant. */
    record Clipboard(Messages.Export asked) implements First {}

    /** To have a medium's files taken in. */
    record Import(Messages.Import asked) implements First {}
  }

  /** Waits for what must come first: HELLO, or what a process asks that wants no seat. */
  First first() throws IOException, MalformedException {
    try (Frame frame = channel.read()) {
      lastHeard = System.nanoTime();
      if (frame.type() == FrameType.EMERGENCY) {
        return new First.Emergency(frame.read(Messages.Emergency.class));
      }
      if (frame.type() == FrameType.OFFLINE) {
        return new First.Offline(frame.read(Messages.Offline.class));
      }
      if (frame.type() == FrameType.EXPORT) {
        return new First.Export(frame.read(Messages.Export.class));
      }
      if (frame.type() == FrameType.IMPORT) {
        return new First.Import(frame.read(Messages.Import.class));
      }
      if (frame.type() == FrameType.CLIPBOARD_USE) {
        return new First.Clipboard(frame.read(Messages.Export.class));
      }
      if (frame.type() != FrameType.HELLO) {
        throw new MalformedException(
            "the first frame is none of HELLO, EMERGENCY, OFFLINE, EXPORT, IMPORT,"
                + " CLIPBOARD_USE");
      }
      language = frame.read(Messages.Hello.class).check();
      return new First.Session();
    }
  }

  /** Waits while what was asked goes on; nothing but signs of life may come. */
  void attend() throws IOException, MalformedException {
    while (true) {
      try (Frame frame = channel.read()) {
        if (frame.type() != FrameType.PONG) {
          throw new MalformedException(frame.type() + " after a question");
        }
        lastHeard = System.nanoTime();
      }
    }
  }

  /** Takes an answer of a process that is asked. */
  @FunctionalInterface
  interface Answers {
    /** Owns the frame from now on. */
    void answered(Frame frame) throws MalformedException;
  }

  /** Takes in what an export's or an import's process answers, until the connection ends. */
  void receive(Answers talk) throws IOException, MalformedException {
    while (true) {
      // Not closed: what it holds is the talk's from now on.
      Frame frame = channel.read();
      lastHeard = System.nanoTime();
      if (frame.type() != FrameType.PONG) {
        talk.answered(frame);
      }
    }
  }

  /** Asks something of such a process, or tells it something. */
  void say(Frame frame) {
    send(frame);
  }

  /** Says what is waited for. */
  void step(Messages.Step step) {
    send(Frame.of(FrameType.STEP, step));
  }

  /** Says what came of an emergency. */
  void ended(Messages.Ended ended) {
    send(Frame.of(FrameType.ENDED, ended));
  }

  /** Says what came of an offline login. */
  void ended(Messages.OfflineEnded ended) {
    send(Frame.of(FrameType.OFFLINE_ENDED, ended));
  }

  /**
   * Takes frames in until the connection ends.
   *
   * @param clipboard answers about the clipboard
   */
  void receive(ClipboardCalls clipboard) throws IOException, MalformedException {
    while (true) {
      try (Frame frame = channel.read()) {
        switch (frame.type()) {
          case SHOWN -> prompts.shown(frame.read(Messages.Shown.class).prompt());
          case PIN -> typed(frame.payload());
          case NO_PIN -> {
            Messages.NoPin none = frame.read(Messages.NoPin.class);
            prompts.none(none.prompt(), none.check());
          }
          case PING -> send(Frame.of(FrameType.PONG));
          case PONG -> lastHeard = System.nanoTime();
          case CLIPBOARD_STANDING -> {
            clipboard.standing(uid, frame.read(Messages.ClipboardStanding.class).check());
            if (!treated) {
              // It still does what a service before this one said.
              treat(clipboard.treatment(uid));
            }
          }
          case CROSSING -> {
            Messages.CrossingAsked asked = frame.read(Messages.CrossingAsked.class);
            Answer answer = clipboard.decide(uid, asked.check());
            send(
                Frame.of(
                    FrameType.CROSSING_ANSWER, Messages.CrossingAnswer.of(asked.number(), answer)));
          }
          case HELLO,
              CLIPBOARD,
              CROSSING_ANSWER,
              CLIPBOARD_USE,
              CLIPBOARD_OPEN,
              CLIPBOARD_ENDED,
              PROMPT,
              LOCK,
              CLOSE_PROMPT,
              EMERGENCY,
              STEP,
              ENDED,
              OFFLINE,
              OFFLINE_ENDED,
              EXPORT,
              NEXT,
              FILE,
              MORE,
              DATA,
              UNREADABLE,
              WRITTEN,
              PASSPHRASE,
              NOTED,
              EXPORT_ENDED,
              IMPORT,
              STAGE,
              OFFER,
              READY,
              PIECE,
              KEPT,
              UNKEPT,
              LEFT_OUT,
              TAKEN,
              IMPORT_ENDED ->
              throw new MalformedException(frame.type() + " is not the session's to send");
        }
      }
    }
  }

  private void typed(byte[] payload) throws MalformedException {
    if (payload.length < Integer.BYTES) {
      throw new MalformedException("PIN without the number of its prompt");
    }
    int number = ByteBuffer.wrap(payload).getInt();
    prompts.typed(number, TypedPin.copyOf(payload, Integer.BYTES, payload.length));
  }

  /** Sends what is queued until the connection ends. */
  void transmit() {
    try {
      while (true) {
        channel.write(outgoing.take());
      }
    } catch (IOException e) {
      close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
    }
  }

  private void send(Frame frame) {
    if (!outgoing.offer(frame)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the session process of uid {0} does not read",
          Integer.toString(uid));
      close();
    }
  }

  /** Ends the connection; the reader and the window notice. */
  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing a session's socket", e);
    }
    prompts.close();
  }

  @Override
  public String toString() {
    return "Seat[uid=" + uid + "]";
  }
}
