package jp.sekisho.agent.ipc;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import jp.sekisho.agent.offline.OfflineOutcome;
import jp.sekisho.protocol.MalformedException;

/**
 * Asks the agent's service for a login without Sekisho's service, as the user at the screen. It
 * carries no PIN, no key and no signature: those go the way of every card.
 */
public final class OfflineCall {
  private OfflineCall() {}

  /**
   * What a person is told.
   *
   * @param help whom to call; empty where that is not known
   */
  public record Told(OfflineOutcome outcome, String help) {}

  /**
   * Asks and waits for what comes of it.
   *
   * @param lastTry the person was told that one PIN try is left and wants to use it
   * @throws IOException when there is no service, or it ended
   */
  public static Told ask(Path socket, PeerUsers peers, boolean lastTry) throws IOException {
    try (SocketChannel channel = ServiceSocket.connect(socket, peers)) {
      FrameChannel frames = new FrameChannel(channel);
      frames.write(Frame.of(FrameType.OFFLINE, new Messages.Offline(Messages.VERSION, lastTry)));
      while (true) {
        try (Frame frame = frames.read()) {
          if (frame.type() == FrameType.OFFLINE_ENDED) {
            Messages.OfflineEnded ended = frame.read(Messages.OfflineEnded.class);
            return new Told(ended.check(), ended.help() == null ? "" : ended.help());
          }
          if (frame.type() != FrameType.PING) {
            throw new MalformedException(frame.type() + " is not the service's to send here");
          }
          frames.write(Frame.of(FrameType.PONG));
        }
      }
    } catch (MalformedException e) {
      throw new IOException("the service at " + socket + " answers something else", e);
    }
  }
}
