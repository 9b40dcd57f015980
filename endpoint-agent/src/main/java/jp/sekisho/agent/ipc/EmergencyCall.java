package jp.sekisho.agent.ipc;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import jp.sekisho.agent.emergency.EmergencyOutcome;
import jp.sekisho.agent.emergency.Talk;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.BreakGlass.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Asks the agent's service for an 緊急時の例外措置 and hears what to do, as the user at the screen. It
 * carries no PIN, no key and no signature: those go the way of every card.
 */
public final class EmergencyCall {
  private EmergencyCall() {}

  /**
   * Asks and waits for what comes of it; whoever stops waiting ends it.
   *
   * @param told of each step, with why it is the same again
   * @throws IOException when there is no service, or it ended
   */
  public static EmergencyOutcome ask(
      Path socket,
      PeerUsers peers,
      int minutes,
      Reason reason,
      BiConsumer<Talk.Step, @Nullable Refusal> told)
      throws IOException {
    try (SocketChannel channel = ServiceSocket.connect(socket, peers)) {
      FrameChannel frames = new FrameChannel(channel);
      frames.write(
          Frame.of(
              FrameType.EMERGENCY,
              new Messages.Emergency(Messages.VERSION, minutes, reason.text())));
      while (true) {
        try (Frame frame = frames.read()) {
          switch (frame.type()) {
            case PING -> frames.write(Frame.of(FrameType.PONG));
            case STEP -> {
              Messages.Step step = frame.read(Messages.Step.class);
              told.accept(step.check(), step.problem());
            }
            case ENDED -> {
              return frame.read(Messages.Ended.class).check();
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
                IMPORT_ENDED,
                CLIPBOARD,
                CLIPBOARD_STANDING,
                CROSSING,
                CROSSING_ANSWER,
                CLIPBOARD_USE,
                CLIPBOARD_OPEN,
                CLIPBOARD_ENDED ->
                throw new MalformedException(frame.type() + " is not the service's to send here");
          }
        }
      }
    } catch (MalformedException e) {
      throw new IOException("the service at " + socket + " answers something else", e);
    }
  }
}
