package jp.sekisho.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.function.Consumer;
import jp.sekisho.agent.intake.ClerkFolder;
import jp.sekisho.protocol.Base64Url;
import org.jspecify.annotations.Nullable;

/**
 * A folder in which this process, as its own user, makes new files: none that is there is changed,
 * and one that was not reported as taken in is removed again.
 */
final class LocalFolder implements ClerkFolder, AutoCloseable {
  private final Path folder;
  private final Consumer<Stage> stages;
  private final Consumer<Taken> told;
  private final Consumer<LeftOut> without;

  /** What is being made, or was not reported yet. */
  private @Nullable Path made;

  private @Nullable FileChannel open;

  LocalFolder(
      Path folder, Consumer<Stage> stages, Consumer<Taken> told, Consumer<LeftOut> without) {
    this.folder = folder;
    this.stages = stages;
    this.told = told;
    this.without = without;
  }

  @Override
  public void stage(Stage stage) {
    stages.accept(stage);
  }

  @Override
  public void begin(List<String> path, long bytes) throws IOException {
    close();
    Path place = folder;
    for (String name : path.subList(0, path.size() - 1)) {
      place = place.resolve(name);
      if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(place);
      }
    }
    place = place.resolve(path.get(path.size() - 1));
    open = FileChannel.open(place, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    made = place;
  }

  @Override
  public void piece(byte[] piece) throws IOException {
    FileChannel to = open;
    if (to == null) {
      throw new IOException("no file is open");
    }
    for (ByteBuffer rest = ByteBuffer.wrap(piece); rest.hasRemaining(); ) {
      to.write(rest);
    }
  }

  @Override
  public String end() throws IOException {
    FileChannel to = open;
    Path file = made;
    if (to == null || file == null) {
      throw new IOException("no file is open");
    }
    to.force(true);
    to.close();
    open = null;
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[LARGEST_PIECE];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        hash.update(buffer, 0, n);
      }
      return Base64Url.encode(hash.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void taken(Taken file) {
    made = null;
    told.accept(file);
  }

  @Override
  public void leftOut(LeftOut file) {
    without.accept(file);
  }

  @Override
  public void breakOff() {}

  /** Removes what was made and not reported. */
  @Override
  public void close() throws IOException {
    FileChannel last = open;
    open = null;
    Path unfinished = made;
    made = null;
    try {
      if (last != null) {
        last.close();
      }
    } finally {
      if (unfinished != null) {
        Files.deleteIfExists(unfinished);
      }
    }
  }
}
