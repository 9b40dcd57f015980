package jp.sekisho.agent.enforce;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.agent.config.AtomicFile;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;

/**
 * The decisions of a terminal that is not enrolled yet: lines of JSON in a file of root's, forced
 * to the disk one by one. No service ever asks for them; they are for people. Thread-safe.
 */
public final class UnenrolledLog implements DecisionLog, AutoCloseable {
  /** Bytes at most; beyond, nothing more is recorded and so nothing more is released. */
  public static final long CAPACITY = 4L << 20;

  private final FileChannel file;
  private final InstantSource clock;

  private UnenrolledLog(FileChannel file, InstantSource clock) {
    this.file = file;
    this.clock = clock;
  }

  /** Opens {@code file}, made when it is not there, its directory too. */
  public static UnenrolledLog open(Path file, InstantSource clock) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      AtomicFile.makeDirectory(directory);
    }
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    AtomicFile.syncDirectory(directory);
    return new UnenrolledLog(channel, clock);
  }

  @Override
  public synchronized boolean record(AgentEvent event) {
    Map<String, Object> fields = new TreeMap<>();
    fields.put("time", clock.instant().toString());
    fields.put("type", event.type());
    fields.put("data", event.data());
    Refusal reason = event.reason();
    if (reason != null) {
      fields.put("reason", reason.name());
    }
    byte[] line =
        (new String(CanonicalJson.write(fields), StandardCharsets.UTF_8) + "\n")
            .getBytes(StandardCharsets.UTF_8);
    try {
      if (file.size() + line.length > CAPACITY) {
        return false;
      }
      AtomicFile.writeFully(file, line);
      file.force(true);
      return true;
    } catch (IOException e) {
      System.getLogger(UnenrolledLog.class.getName())
          .log(System.Logger.Level.ERROR, "decision not recorded", e);
      return false;
    }
  }

  @Override
  public synchronized boolean takesReleases() {
    try {
      return file.size() < CAPACITY;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
