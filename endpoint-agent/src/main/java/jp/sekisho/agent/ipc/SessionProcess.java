package jp.sekisho.agent.ipc;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jp.sekisho.agent.enforce.clipboard.Hold;
import jp.sekisho.agent.seat.PinOutcome;
import jp.sekisho.agent.seat.PinPrompt;
import jp.sekisho.agent.seat.PinWindow;
import jp.sekisho.protocol.MalformedException;
import org.jspecify.annotations.Nullable;

/**
 * The user's end: stays connected to the service, shows its PIN windows, runs its locks.
 *
 * <p>When the service restarts it connects again, after a pause that doubles up to {@link
 * #LONGEST_PAUSE}. It serves only a service that runs as root or as the same user, so that no other
 * user's program can ask for a PIN.
 *
 * <p>Knows no key, no transaction and no answer. {@link #run} is for one thread; {@link #close} is
 * for any.
 */
public final class SessionProcess implements AutoCloseable {
  static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /** A service that has not pinged for this long is gone, though its socket is open. */
  static final Duration SERVICE_SILENCE = Duration.ofSeconds(10);

  /** The service closes windows itself; this is for one that died. */
  private static final Duration WINDOW_LIMIT = Duration.ofMinutes(2);

  private static final System.Logger LOG = System.getLogger(SessionProcess.class.getName());

  private final Path socket;
  private final PeerUsers peers;
  private final Locale language;
  private final PinWindow window;
  private final Runnable lockCommand;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ExecutorService windows = Executors.newSingleThreadExecutor(SessionProcess::daemon);
  private final Executor locks = Executors.newSingleThreadExecutor(SessionProcess::daemon);
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(SessionProcess::daemon);

  private final SeatClipboard clipboard;

  /** The prompt whose window is open or about to be; 0 for none. */
  private final AtomicInteger wanted = new AtomicInteger();

  private volatile @Nullable SocketChannel connection;

  /**
   * @param lockCommand locks the seat's screen; may take its time
   */
  public SessionProcess(
      Path socket, PeerUsers peers, Locale language, PinWindow window, Runnable lockCommand) {
    this(socket, peers, language, window, lockCommand, new Screen.Without(Hold.YES));
  }

  /**
   * As the other.
   *
   * @param screen what holds the clipboard of this screen
   */
  public SessionProcess(
      Path socket,
      PeerUsers peers,
      Locale language,
      PinWindow window,
      Runnable lockCommand,
      Screen screen) {
    this.clipboard = new SeatClipboard(screen);
    this.socket = socket;
    this.peers = peers;
    this.language = language;
    this.window = window;
    this.lockCommand = lockCommand;
  }

  /** Serves until {@link #close}. */
  public void run() throws InterruptedException {
    Duration pause = FIRST_PAUSE;
    boolean complained = false;
    while (closed.getCount() > 0) {
      long start = System.nanoTime();
      try {
        serveOnce();
      } catch (IOException | MalformedException e) {
        if (closed.getCount() == 0) {
          return;
        }
        // Once per outage: a service that is not installed yet must not fill the journal.
        if (!complained) {
          LOG.log(System.Logger.Level.WARNING, "no agent service: {0}", e.getMessage());
        }
      }
      boolean lasted = System.nanoTime() - start > LONGEST_PAUSE.toNanos();
      pause = lasted ? FIRST_PAUSE : shorter(pause.multipliedBy(2), LONGEST_PAUSE);
      complained = !lasted;
      if (closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    }
  }

  /** Ends {@link #run}: closes the window and the connection. */
  @Override
  public void close() {
    closed.countDown();
    SocketChannel open = connection;
    if (open != null) {
      closeQuietly(open);
    }
    dismiss();
    clipboard.close();
    windows.shutdownNow();
    watch.shutdownNow();
  }

  private void serveOnce() throws IOException, MalformedException {
    try (SocketChannel channel = ServiceSocket.connect(socket, peers)) {
      connection = channel;
      FrameChannel frames = new FrameChannel(channel);
      frames.write(Frame.of(FrameType.HELLO, Messages.Hello.in(language)));
      clipboard.connected(frames);
      receive(channel, frames);
    } catch (EOFException e) {
      throw new IOException(
          "the service ended, or does not take this user in: not at the screen of this terminal",
          e);
    } finally {
      connection = null;
      clipboard.disconnected();
      dismiss();
    }
  }

  private void receive(SocketChannel channel, FrameChannel frames)
      throws IOException, MalformedException {
    while (true) {
      ScheduledFuture<?> alarm =
          watch.schedule(
              () -> closeQuietly(channel), SERVICE_SILENCE.toNanos(), TimeUnit.NANOSECONDS);
      try (Frame frame = frames.read()) {
        switch (frame.type()) {
          case PING -> frames.write(Frame.of(FrameType.PONG));
          case PONG -> {}
          case LOCK -> locks.execute(lockCommand);
          case PROMPT -> {
            Messages.Prompt prompt = frame.read(Messages.Prompt.class);
            open(frames, prompt.prompt(), prompt.check());
          }
          case CLOSE_PROMPT -> close(frame.read(Messages.ClosePrompt.class).prompt());
          case CLIPBOARD -> clipboard.treat(frame.read(Messages.Clipboard.class).check());
          case CROSSING_ANSWER -> clipboard.answered(frame.read(Messages.CrossingAnswer.class));
          case HELLO,
              CLIPBOARD_STANDING,
              CROSSING,
              CLIPBOARD_USE,
              CLIPBOARD_OPEN,
              CLIPBOARD_ENDED,
              PIN,
              NO_PIN,
              SHOWN,
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
              throw new MalformedException(frame.type() + " is not the service's to send");
        }
      } finally {
        alarm.cancel(false);
      }
    }
  }

  private void open(FrameChannel frames, int number, PinPrompt prompt) {
    wanted.set(number);
    windows.execute(() -> {
      try {
        PinOutcome outcome =
            window.ask(
                prompt, WINDOW_LIMIT, () -> wanted.get() == number, () -> shown(frames, number));
        try (Frame answer = answer(number, outcome)) {
          frames.write(answer);
        }
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "nobody waits for this window any more", e);
      }
    });
  }

  private static void shown(FrameChannel frames, int number) {
    try (Frame frame = Frame.of(FrameType.SHOWN, new Messages.Shown(number))) {
      frames.write(frame);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "nobody waits for this window any more", e);
    }
  }

  private static Frame answer(int number, PinOutcome outcome) {
    return outcome.match(
        typed -> {
          byte[] pin = typed.pin().bytes();
          typed.pin().close();
          byte[] payload =
              ByteBuffer.allocate(Integer.BYTES + pin.length).putInt(number).put(pin).array();
          Arrays.fill(pin, (byte) 0);
          return new Frame(FrameType.PIN, payload);
        },
        none -> Frame.of(FrameType.NO_PIN, new Messages.NoPin(number, none.reason())));
  }

  private void close(int number) {
    if (wanted.compareAndSet(number, 0)) {
      window.dismiss();
    }
  }

  private void dismiss() {
    wanted.set(0);
    window.dismiss();
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing the socket", e);
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "session");
    thread.setDaemon(true);
    return thread;
  }
}
