package jp.sekisho.smartcard.simulate;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * A running virtual card: the card of a directory in a slot of vpcd, and the socket {@code
 * control.sock} in that directory to take it out and put it in. Thread-safe.
 */
public final class Simulator implements AutoCloseable {
  private final FileChannel lock;
  private final ApduTrace trace = new ApduTrace();
  private final Faults faults = new Faults();
  private final VirtualReader reader;
  private final ControlSocket control;
  private Applet card;

  private Simulator(FileChannel lock, Path directory, int port, Applet card) throws IOException {
    this.lock = lock;
    this.card = card;
    this.reader = new VirtualReader(port, trace, faults);
    this.control = new ControlSocket(directory.resolve(ControlSocket.NAME), this::control);
  }

  /**
   * Starts with the card outside the reader.
   *
   * @param port vpcd's port on loopback, 35963 for its first slot
   * @throws IOException also when another simulator runs on the directory
   */
  public static Simulator start(Path directory, int port, NewCard ifFresh) throws IOException {
    Files.createDirectories(directory);
    FileChannel lock =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (!isOurs(lock)) {
        throw new IOException("another simulator runs on " + directory);
      }
      return new Simulator(lock, directory, port, Applet.open(directory, ifFresh));
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static boolean isOurs(FileChannel lock) throws IOException {
    try {
      FileLock held = lock.tryLock();
      return held != null;
    } catch (OverlappingFileLockException e) {
      // The other one is in this very process.
      return false;
    }
  }

  public synchronized void insert() {
    reader.insert(card);
  }

  public synchronized void remove() {
    reader.remove();
  }

  /**
   * Exchanges the card for the one in another directory, as fast as pcscd can follow; in an empty
   * directory a staff card is made.
   */
  public synchronized void swap(Path directory) throws IOException {
    card =
        Files.exists(directory.resolve(CardStore.FILE))
            ? Applet.open(directory)
            : Applet.open(
                directory,
                new NewCard(NewCard.Kind.STAFF, "100042", Optional.empty(), Optional.empty()));
    reader.insert(card);
  }

  /** Commands and answers so far, PIN bytes masked. */
  public List<String> trace() {
    return trace.lines();
  }

  @Override
  public void close() throws IOException {
    control.close();
    reader.close();
    lock.close();
  }

  /** Carries out one line from the control socket; what it returns goes back. */
  private List<String> control(String line) throws IOException {
    String[] words = line.split(" ", 2);
    switch (words[0]) {
      case "insert" -> insert();
      case "remove" -> remove();
      case "swap" -> {
        if (words.length < 2) {
          throw new IOException("swap needs the directory of the other card");
        }
        swap(Path.of(words[1]));
      }
      case "trace" -> {
        return trace();
      }
      case "fault" -> {
        if (words.length > 1) {
          faults.plan(words[1]);
        }
        return faults.lines();
      }
      case "status" -> {
        return List.of(reader.hasCard() ? "inserted" : reader.isEmpty() ? "removed" : "leaving");
      }
      default -> throw new IOException("unknown command " + words[0]);
    }
    return List.of();
  }
}
