package jp.sekisho.agent.ipc;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** Asks the agent's service to let its user copy over boundaries under a grant. */
public final class ClipboardCall {
  private ClipboardCall() {}

  /** Told when copies may go. */
  @FunctionalInterface
  public interface Open {
    void open(int minutes, long bytes);
  }

  /**
   * What a person is told in the end.
   *
   * @param refusal why it was not begun; null when it was
   * @param cause why it ended; null when it was not begun
   * @param help whom to call; empty where that is not known
   */
  public record Told(
      @Nullable Refusal refusal, @Nullable String cause, int copies, long bytes, String help) {}

  /**
   * Asks, and waits until it is over. Whoever ends this process ends it.
   *
   * @throws IOException when there is no service, or it ended
   */
  public static Told ask(Path socket, PeerUsers peers, String grant, Open open) throws IOException {
    try (SocketChannel channel = ServiceSocket.connect(socket, peers)) {
      FrameChannel frames = new FrameChannel(channel);
      frames.write(Frame.of(FrameType.CLIPBOARD_USE, new Messages.Export(Messages.VERSION, grant)));
      while (true) {
        try (Frame frame = frames.read()) {
          if (frame.type() == FrameType.PING) {
            frames.write(Frame.of(FrameType.PONG));
          } else if (frame.type() == FrameType.CLIPBOARD_OPEN) {
            Messages.ClipboardOpen opened = frame.read(Messages.ClipboardOpen.class);
            open.open(opened.minutes(), opened.bytes());
          } else if (frame.type() == FrameType.CLIPBOARD_ENDED) {
            Messages.ClipboardEnded ended = frame.read(Messages.ClipboardEnded.class);
            return new Told(
                ended.refusal(),
                ended.cause(),
                ended.copies(),
                ended.bytes(),
                ended.help() == null ? "" : ended.help());
          } else {
            throw new MalformedException(frame.type() + " is not the service's to send here");
          }
        }
      }
    } catch (MalformedException e) {
      throw new IOException("the service at " + socket + " answers something else", e);
    }
  }
}
