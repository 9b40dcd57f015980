package jp.sekisho.agent.ipc;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import jp.sekisho.agent.export.ClerkFiles;
import jp.sekisho.agent.export.ExportOutcome;
import jp.sekisho.agent.export.Passphrase;
import jp.sekisho.protocol.MalformedException;

/**
 * Hands the user's files to the agent's service, which writes them to a medium; the service opens
 * none of them itself.
 */
public final class ExportCall {
  /** How long the service waits for an answer: for what was shown to be confirmed, too. */
  public static final Duration PATIENCE = Questions.PATIENCE;

  private ExportCall() {}

  /**
   * What a person is told.
   *
   * @param help whom to call; empty where that is not known
   */
  public record Told(ExportOutcome outcome, String help) {}

  /**
   * Asks, answers what the service asks for, and waits for what comes of it. Whoever ends this
   * process breaks the export off.
   *
   * @param files called on this thread, but {@code show} on one of its own
   * @throws IOException when there is no service, or it ended
   */
  public static Told ask(Path socket, PeerUsers peers, String grant, ClerkFiles files)
      throws IOException {
    ExecutorService window =
        Executors.newSingleThreadExecutor(task -> {
          Thread thread = new Thread(task, "passphrase");
          thread.setDaemon(true);
          return thread;
        });
    try (SocketChannel channel = ServiceSocket.connect(socket, peers)) {
      FrameChannel frames = new FrameChannel(channel);
      frames.write(Frame.of(FrameType.EXPORT, new Messages.Export(Messages.VERSION, grant)));
      while (true) {
        try (Frame frame = frames.read()) {
          switch (frame.type()) {
            case PING -> frames.write(Frame.of(FrameType.PONG));
            case NEXT -> frames.write(file(files));
            case MORE -> piece(frames, files);
            case WRITTEN -> files.written(frame.read(Messages.Written.class).check());
            case PASSPHRASE -> {
              Passphrase shown = Passphrase.copyOf(frame.payload());
              // Apart: signs of life go on while the person writes.
              window.execute(() -> show(frames, files, shown));
            }
            case EXPORT_ENDED -> {
              Messages.ExportEnded ended = frame.read(Messages.ExportEnded.class);
              return new Told(ended.check(), ended.help() == null ? "" : ended.help());
            }
            case HELLO,
                PROMPT,
                PIN,
                NO_PIN,
                PONG,
                LOCK,
                CLOSE_PROMPT,
                SHOWN,
                EMERGENCY,
                STEP,
                ENDED,
                OFFLINE,
                OFFLINE_ENDED,
                EXPORT,
                CLIPBOARD,
                CLIPBOARD_STANDING,
                CROSSING,
                CROSSING_ANSWER,
                CLIPBOARD_USE,
                CLIPBOARD_OPEN,
                CLIPBOARD_ENDED,
                FILE,
                DATA,
                UNREADABLE,
                NOTED,
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
                throw new MalformedException(frame.type() + " is not the service's to send here");
          }
        }
      }
    } catch (MalformedException e) {
      throw new IOException("the service at " + socket + " answers something else", e);
    } finally {
      window.shutdownNow();
    }
  }

  private static Frame file(ClerkFiles files) {
    try {
      Optional<ClerkFiles.Offered> next = files.next();
      return Frame.of(
          FrameType.FILE,
          next.map(file -> new Messages.OfferedFile(file.name(), file.bytes()))
              .orElseGet(() -> new Messages.OfferedFile(null, 0)));
    } catch (IOException e) {
      return Frame.of(FrameType.UNREADABLE);
    }
  }

  private static void piece(FrameChannel frames, ClerkFiles files) throws IOException {
    try (Frame answer = piece(files)) {
      frames.write(answer);
    }
  }

  private static Frame piece(ClerkFiles files) {
    try {
      return new Frame(FrameType.DATA, files.piece());
    } catch (IOException e) {
      return Frame.of(FrameType.UNREADABLE);
    }
  }

  private static void show(FrameChannel frames, ClerkFiles files, Passphrase shown) {
    byte[] noted = new byte[1];
    try (shown) {
      noted[0] = (byte) (files.show(shown) ? 1 : 0);
      frames.write(new Frame(FrameType.NOTED, noted));
    } catch (IOException e) {
      // The service is gone; the thread that reads says so.
      Arrays.fill(noted, (byte) 0);
    }
  }
}
