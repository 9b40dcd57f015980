package jp.sekisho.agent.intake;

import java.io.IOException;
import java.util.List;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Where the files of whoever asks for an import go: their own process makes them, as their own
 * user. Nothing it says is believed but that it has what it was handed, by its hash. For one
 * thread, but for {@link #breakOff}.
 */
public interface ClerkFolder {
  /** Largest piece of a file, in bytes. */
  int LARGEST_PIECE = 65_536;

  /** Where an import stands. */
  enum Stage {
    /** The medium is read. */
    COPYING,
    /** It is shut again; files are scanned, looked at and handed over. */
    CHECKING
  }

  /**
   * A file that was handed over.
   *
   * @param path its folders on the medium, then its name
   * @param sha256 base64url of the SHA-256 of its content
   * @param kind the policy's word
   */
  record Taken(List<String> path, long bytes, String sha256, String kind) {
    public Taken {
      path = List.copyOf(path);
    }
  }

  /**
   * A file that stays out.
   *
   * @param shown its path, fit to be shown
   * @param found what the scanner calls it; null when it found nothing
   */
  record LeftOut(String shown, Refusal reason, @Nullable String found) {}

  /** Says what is being done. */
  void stage(Stage stage);

  /**
   * Has a new file made.
   *
   * @param path folders, made where they are not there, then the name
   * @throws IOException when it is not made, nobody does it any more, or {@link #breakOff}
   */
  void begin(List<String> path, long bytes) throws IOException;

  /**
   * Hands a piece over.
   *
   * @param piece 1 to {@value #LARGEST_PIECE} bytes
   */
  void piece(byte[] piece) throws IOException;

  /** Ends the file; what its process read back has this SHA-256, in base64url. */
  String end() throws IOException;

  /** Says that a file arrived as it was released. */
  void taken(Taken file);

  /** Says that one stays out. */
  void leftOut(LeftOut file);

  /** Lets whoever waits here wait no more; from any thread. */
  void breakOff();
}
