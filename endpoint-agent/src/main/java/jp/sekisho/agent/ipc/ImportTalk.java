package jp.sekisho.agent.ipc;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import jp.sekisho.agent.intake.ClerkFolder;
import jp.sekisho.agent.intake.NotImported;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;

/**
 * The folder of a process at the other end of the socket, by {@link Questions}: each piece waits
 * until the one before was taken, so a process that stopped reading holds up only its own import.
 */
final class ImportTalk implements ClerkFolder {
  private final Questions questions;

  /**
   * @param channel sends a frame; returns at once
   */
  ImportTalk(Consumer<Frame> channel) {
    this.questions = new Questions(channel);
  }

  /** Takes an answer in. */
  void answered(Frame frame) throws MalformedException {
    questions.answered(frame);
  }

  @Override
  public void stage(Stage stage) {
    questions.say(Frame.of(FrameType.STAGE, Messages.Stage.of(stage)));
  }

  @Override
  public void begin(List<String> path, long bytes) throws IOException {
    ready(Frame.of(FrameType.OFFER, new Messages.Offer(path, bytes)));
  }

  @Override
  public void piece(byte[] piece) throws IOException {
    ready(new Frame(FrameType.PIECE, piece));
  }

  private void ready(Frame question) throws IOException {
    try (Frame answer = questions.ask(question)) {
      if (answer.type() != FrameType.READY) {
        throw new NotImported(Refusal.IMPORT_TARGET);
      }
    }
  }

  @Override
  public String end() throws IOException {
    try (Frame answer = questions.ask(Frame.of(FrameType.PIECE))) {
      if (answer.type() != FrameType.KEPT) {
        throw new NotImported(Refusal.IMPORT_TARGET);
      }
      return answer.read(Messages.Kept.class).check();
    } catch (MalformedException e) {
      throw new NotImported(Refusal.IMPORT_TARGET, e);
    }
  }

  @Override
  public void taken(Taken file) {
    questions.say(Frame.of(FrameType.TAKEN, Messages.Taken.of(file)));
  }

  @Override
  public void leftOut(LeftOut file) {
    // Answered, too: there may be a thousand, and what waits to be sent is bounded.
    try (Frame answer = questions.ask(Frame.of(FrameType.LEFT_OUT, Messages.LeftOut.of(file)))) {
      if (answer.type() != FrameType.READY) {
        questions.breakOff();
      }
    } catch (IOException e) {
      questions.breakOff();
    }
  }

  @Override
  public void breakOff() {
    questions.breakOff();
  }
}
