package jp.sekisho.agent.ipc;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import jp.sekisho.agent.intake.ClerkFolder;
import jp.sekisho.agent.intake.ImportOutcome;
import jp.sekisho.protocol.MalformedException;

/**
 * Takes the files of a medium from the agent's service into a folder of the user; the service
 * itself makes none of them.
 */
public final class ImportCall {
  private ImportCall() {}

  /**
   * What a person is told.
   *
   * @param help whom to call; empty where that is not known
   */
  public record Told(ImportOutcome outcome, String help) {}

  /**
   * Asks, does what the service asks for, and waits for what comes of it. Whoever ends this process
   * breaks the import off.
   *
   * @throws IOException when there is no service, or it ended
   */
  public static Told ask(Path socket, PeerUsers peers, String grant, ClerkFolder folder)
      throws IOException {
    try (SocketChannel channel = ServiceSocket.connect(socket, peers)) {
      FrameChannel frames = new FrameChannel(channel);
      frames.write(Frame.of(FrameType.IMPORT, new Messages.Import(Messages.VERSION, grant)));
      while (true) {
        try (Frame frame = frames.read()) {
          switch (frame.type()) {
            case PING -> frames.write(Frame.of(FrameType.PONG));
            case STAGE -> folder.stage(frame.read(Messages.Stage.class).check());
            case OFFER -> {
              Messages.Offer offer = frame.read(Messages.Offer.class);
              frames.write(begun(folder, offer));
            }
            case PIECE -> frames.write(kept(folder, frame.payload()));
            case LEFT_OUT -> {
              folder.leftOut(frame.read(Messages.LeftOut.class).check());
              frames.write(Frame.of(FrameType.READY));
            }
            case TAKEN -> folder.taken(frame.read(Messages.Taken.class).check());
            case IMPORT_ENDED -> {
              Messages.ImportEnded ended = frame.read(Messages.ImportEnded.class);
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
                READY,
                KEPT,
                UNKEPT,
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

  private static Frame begun(ClerkFolder folder, Messages.Offer offer) throws MalformedException {
    try {
      folder.begin(offer.check(), offer.bytes());
      return Frame.of(FrameType.READY);
    } catch (IOException e) {
      return Frame.of(FrameType.UNKEPT);
    }
  }

  private static Frame kept(ClerkFolder folder, byte[] piece) {
    try {
      if (piece.length == 0) {
        return Frame.of(FrameType.KEPT, new Messages.Kept(folder.end()));
      }
      folder.piece(piece);
      return Frame.of(FrameType.READY);
    } catch (IOException e) {
      return Frame.of(FrameType.UNKEPT);
    }
  }
}
