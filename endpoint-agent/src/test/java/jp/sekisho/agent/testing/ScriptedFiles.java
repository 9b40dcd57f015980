package jp.sekisho.agent.testing;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import jp.sekisho.agent.export.ClerkFiles;
import jp.sekisho.agent.export.Passphrase;
import jp.sekisho.agent.export.WrittenPart;

/** A clerk's process that hands over what a test says, true or not. */
public final class ScriptedFiles implements ClerkFiles {
  private static final class File {
    private final Offered offered;
    private final byte[] content;

    File(Offered offered, byte[] content) {
      this.offered = offered;
      this.content = content;
    }
  }

  private final Deque<File> files = new ArrayDeque<>();

  /** What it was told. */
  public final List<WrittenPart> told = new ArrayList<>();

  /** What it was shown. */
  public final List<String> shown = new ArrayList<>();

  public boolean confirms = true;
  public boolean brokenOff;
  public Runnable atPiece = () -> {};
  public Runnable atNext = () -> {};
  public Runnable atShow = () -> {};
  private byte[] open = new byte[0];
  private int at;

  /** Offers a file. */
  public ScriptedFiles with(String name, byte[] content) {
    return with(name, content.length, content);
  }

  /** Offers a file that says it has {@code bytes}. */
  public ScriptedFiles with(String name, long bytes, byte[] content) {
    files.add(new File(new Offered(name, bytes), content));
    return this;
  }

  @Override
  public boolean show(Passphrase passphrase) {
    atShow.run();
    shown.add(new String(passphrase.chars()));
    return confirms;
  }

  @Override
  public Optional<Offered> next() {
    atNext.run();
    File next = files.poll();
    if (next == null) {
      return Optional.empty();
    }
    open = next.content;
    at = 0;
    return Optional.of(next.offered);
  }

  @Override
  public byte[] piece() throws IOException {
    atPiece.run();
    if (brokenOff) {
      throw new IOException("nobody waits");
    }
    byte[] piece = Arrays.copyOfRange(open, at, Math.min(open.length, at + LARGEST_PIECE));
    at += piece.length;
    return piece;
  }

  @Override
  public void written(WrittenPart part) {
    told.add(part);
  }

  @Override
  public void breakOff() {
    brokenOff = true;
  }
}
