package jp.sekisho.agent.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jp.sekisho.agent.intake.ClerkFolder;
import jp.sekisho.agent.intake.NotImported;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;

/** A clerk's folder in memory; scripts may let it fail or lie. */
public final class MemoryFolder implements ClerkFolder {
  /** What was handed over, by path, whole or not. */
  public final Map<String, byte[]> files = new LinkedHashMap<>();

  /** Everything that was said, in order. */
  public final List<String> told = new ArrayList<>();

  /** Called before each piece. */
  public Runnable beforePiece = () -> {};

  /** It says that it has something else. */
  public boolean lies;

  /** Nobody answers any more. */
  public boolean gone;

  private final ByteArrayOutputStream content = new ByteArrayOutputStream();
  private String path = "";

  @Override
  public void stage(Stage stage) {
    told.add(stage.name());
  }

  @Override
  public void begin(List<String> whole, long bytes) throws IOException {
    answer();
    path = String.join("/", whole);
    if (files.containsKey(path)) {
      throw new NotImported(Refusal.IMPORT_TARGET);
    }
    content.reset();
    files.put(path, new byte[0]);
  }

  private void answer() throws IOException {
    if (gone) {
      throw new IOException("nobody answers");
    }
  }

  @Override
  public void piece(byte[] piece) throws IOException {
    beforePiece.run();
    answer();
    content.writeBytes(piece);
    files.put(path, content.toByteArray());
  }

  @Override
  public String end() throws IOException {
    answer();
    return Sha256.text(lies ? new byte[] {9} : content.toByteArray());
  }

  @Override
  public void taken(Taken file) {
    told.add("taken " + String.join("/", file.path()) + " " + file.kind());
  }

  @Override
  public void leftOut(LeftOut file) {
    told.add("left out " + file.shown() + " " + file.reason());
  }

  @Override
  public void breakOff() {
    gone = true;
  }
}
