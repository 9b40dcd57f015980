package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import jp.sekisho.server.storage.StorageException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports on their way lie beside the data, for the service's eyes only, and do not stay. */
class ExportFilesTest {
  private static final byte[] ENTRIES = "{}\n".getBytes(StandardCharsets.UTF_8);

  @TempDir Path data;

  private Path exports() {
    return data.resolve("exports");
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> files = Files.list(exports())) {
      return files.toList();
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  @DisplayName("only the service may open it, and it is gone once it was sent")
  void sent() throws Exception {
    ExportFiles files = new ExportFiles(exports(), () -> Long.MAX_VALUE);
    assertEquals("rwx------", mode(exports()));
    ExportFiles.Written written = files.write(out -> out.write(ENTRIES)).orElseThrow();
    assertEquals("rw-------", mode(written.file()));
    assertEquals(ENTRIES.length, written.length());
    try (InputStream in = written.open()) {
      assertArrayEquals(ENTRIES, in.readAllBytes());
    }
    assertEquals(List.of(), left());
    files.write(out -> out.write(ENTRIES)).orElseThrow().discard();
    assertEquals(List.of(), left());
  }

  @Test
  @DisplayName("what a killed service left is deleted at the next start")
  void killed() throws Exception {
    ExportFiles.Written _ =
        new ExportFiles(exports(), () -> Long.MAX_VALUE)
            .write(out -> out.write(ENTRIES))
            .orElseThrow();
    assertEquals(1, left().size());
    var _ = new ExportFiles(exports(), () -> Long.MAX_VALUE);
    assertEquals(List.of(), left());
  }

  @Test
  @DisplayName("one that fails leaves nothing, and none takes the room that the log needs")
  void failed() throws Exception {
    AtomicLong room = new AtomicLong(ExportFiles.RESERVE);
    ExportFiles files = new ExportFiles(exports(), room::get);
    assertThrows(
        IOException.class,
        () ->
            files.write(out -> {
              out.write(ENTRIES);
              throw new IOException("no more");
            }));
    assertEquals(List.of(), left());
    files.write(out -> out.write(ENTRIES)).orElseThrow().discard();
    byte[] much = new byte[ExportFiles.STRIDE];
    assertThrows(
        StorageException.class,
        () ->
            files.write(out -> {
              out.write(ENTRIES);
              room.set(ExportFiles.RESERVE - 1);
              out.write(much);
            }));
    assertEquals(List.of(), left());
    assertThrows(StorageException.class, () -> files.write(out -> out.write(ENTRIES)), "none");
    assertEquals(List.of(), left());
  }

  @Test
  @DisplayName("no more than four are made or sent at once, however they end")
  void places() throws Exception {
    ExportFiles files = new ExportFiles(exports(), () -> Long.MAX_VALUE);
    for (int i = 0; i < 2 * ExportFiles.MOST; i++) {
      assertThrows(
          IOException.class,
          () ->
              files.write(out -> {
                throw new IOException("no more");
              }));
    }
    List<ExportFiles.Written> taken = new ArrayList<>();
    for (int i = 0; i < ExportFiles.MOST; i++) {
      taken.add(files.write(out -> out.write(ENTRIES)).orElseThrow());
    }
    assertEquals(Optional.empty(), files.write(out -> out.write(ENTRIES)));
    InputStream sent = taken.getFirst().open();
    assertArrayEquals(ENTRIES, sent.readAllBytes());
    assertEquals(Optional.empty(), files.write(out -> out.write(ENTRIES)), "not closed yet");
    sent.close();
    sent.close();
    taken.getFirst().discard();
    ExportFiles.Written next = files.write(out -> out.write(ENTRIES)).orElseThrow();
    assertEquals(Optional.empty(), files.write(out -> out.write(ENTRIES)), "one place, once");
    next.discard();
    next.discard();
    taken.add(files.write(out -> out.write(ENTRIES)).orElseThrow());
    assertEquals(Optional.empty(), files.write(out -> out.write(ENTRIES)), "not twice");
    for (ExportFiles.Written one : taken) {
      one.discard();
    }
  }
}
