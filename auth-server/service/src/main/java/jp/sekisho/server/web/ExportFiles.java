package jp.sekisho.server.web;

import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Inject;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.Cleaner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.storage.PrivateFiles;
import jp.sekisho.server.storage.StorageException;

/**
 * Exports on their way: each in a file beside the data, that nobody but the service may open. Not
 * in the system's temporary directory: others write there, it may lie in memory, and it is part of
 * no rule about where the log's content may be. Thread-safe.
 *
 * <p>A file is gone when its last byte was sent or its making failed; what a killed process left is
 * deleted at the next start. As the log needs the same disk, an export that would fill it ends.
 */
@Context
@Requires(beans = Installation.class)
final class ExportFiles {
  /** Room that an export leaves for everything else. */
  static final long RESERVE = 256L << 20;

  /** Bytes after which the room is looked at again. */
  static final int STRIDE = 8 << 20;

  /** Exports made or sent at once: each may be as large as its log. */
  static final int MOST = 4;

  private static final Cleaner CLEANER = Cleaner.create();

  private final Path directory;
  private final LongSupplier room;
  private final Semaphore places = new Semaphore(MOST);

  @Inject
  ExportFiles(Installation installation) throws IOException {
    this(installation.directory().exports());
  }

  private ExportFiles(Path directory) throws IOException {
    this(directory, () -> usable(directory));
  }

  /**
   * @param room bytes that are free beside the data
   */
  ExportFiles(Path directory, LongSupplier room) throws IOException {
    this.directory = directory;
    this.room = room;
    PrivateFiles.createDirectory(directory);
    try (Stream<Path> left = Files.list(directory)) {
      for (Path file : left.toList()) {
        Files.delete(file);
      }
    }
  }

  private static long usable(Path directory) {
    try {
      return Files.getFileStore(directory).getUsableSpace();
    } catch (IOException e) {
      throw new StorageException("the room for exports is not known", e);
    }
  }

  /** What writes an export. */
  @FunctionalInterface
  interface Writing {
    void to(OutputStream out) throws IOException;
  }

  /** One of the places; given back once, and also when nobody has it any more. */
  private static final class Place {
    private final Cleaner.Cleanable taken;

    Place(Semaphore places) {
      this.taken = CLEANER.register(this, places::release);
    }

    void giveBack() {
      taken.clean();
    }
  }

  /** An export that is whole. */
  static final class Written {
    private final Path file;
    private final long length;
    private final Place place;

    private Written(Path file, long length, Place place) {
      this.file = file;
      this.length = length;
      this.place = place;
    }

    Path file() {
      return file;
    }

    long length() {
      return length;
    }

    /** Its bytes; the file has no name any more, and is gone with the stream. */
    InputStream open() throws IOException {
      return new FilterInputStream(Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE)) {
        @Override
        public void close() throws IOException {
          try {
            super.close();
          } finally {
            place.giveBack();
          }
        }
      };
    }

    /** It is not taken after all. */
    void discard() throws IOException {
      try {
        Files.deleteIfExists(file);
      } finally {
        place.giveBack();
      }
    }
  }

  /**
   * Writes an export; empty when as many as may be are on their way.
   *
   * @throws StorageException when it would leave too little room
   */
  Optional<Written> write(Writing writing) throws IOException {
    if (!places.tryAcquire()) {
      return Optional.empty();
    }
    Place place = new Place(places);
    boolean done = false;
    try {
      Path file = whole(writing);
      Written written = new Written(file, Files.size(file), place);
      done = true;
      return Optional.of(written);
    } finally {
      if (!done) {
        place.giveBack();
      }
    }
  }

  private Path whole(Writing writing) throws IOException {
    Path file = Files.createTempFile(directory, "export-", ".part"); // mode 0600
    try {
      try (OutputStream out = new Bounded(Files.newOutputStream(file))) {
        writing.to(out);
      }
      return file;
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /** Looks at the room left, before the first byte and then now and again. */
  private final class Bounded extends FilterOutputStream {
    private long unseen = STRIDE;

    Bounded(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      look(1);
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      look(length);
      out.write(bytes, from, length);
    }

    private void look(int length) {
      unseen += length;
      if (unseen >= STRIDE) {
        unseen = 0;
        if (room.getAsLong() < RESERVE) {
          throw new StorageException("an export would leave too little room on the disk");
        }
      }
    }
  }
}
