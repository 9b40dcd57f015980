package jp.sekisho.agent.ipc;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import jp.sekisho.agent.export.ClerkFiles;
import jp.sekisho.agent.export.NotExported;
import jp.sekisho.agent.export.Passphrase;
import jp.sekisho.agent.export.WrittenPart;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;

/** The files of a process at the other end of the socket, by {@link Questions}. */
final class ExportTalk implements ClerkFiles {
  private final Questions questions;

  /**
   * @param channel sends a frame; returns at once
   */
  ExportTalk(Consumer<Frame> channel) {
    this.questions = new Questions(channel);
  }

  /** Takes an answer in. */
  void answered(Frame frame) throws MalformedException {
    questions.answered(frame);
  }

  private Frame ask(Frame question) throws NotExported {
    try {
      return questions.ask(question);
    } catch (IOException e) {
      throw new NotExported(Refusal.EXPORT_SOURCE, e);
    }
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
    questions.say(Frame.of(FrameType.WRITTEN, Messages.Written.of(part)));
  }

  @Override
  public void breakOff() {
    questions.breakOff();
  }
}
