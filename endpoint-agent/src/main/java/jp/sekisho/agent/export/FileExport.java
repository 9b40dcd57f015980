package jp.sekisho.agent.export;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Locale;
import jp.sekisho.agent.enforce.WritableMedium;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;

/**
 * One file of a clerk on its way to the medium, part by part: {@link #next} until {@link #isWhole}.
 * A part that fails is taken away again as far as the medium still answers; what stays of an
 * encrypted one is a fragment without its authentication tag. Not thread-safe.
 */
public final class FileExport {
  /** Most bytes of a file in one part. */
  public static final long LARGEST_PART = 1L << 30;

  private final ClerkFiles source;
  private final ClerkFiles.Offered file;
  private final Form form;
  private final SecureRandom random;
  private final long largestPart;
  private final int parts;

  private byte[] piece = new byte[0];
  private int used;
  private long left;
  private int part;

  /** Of what was just offered. */
  public FileExport(ClerkFiles source, ClerkFiles.Offered file, Form form, SecureRandom random) {
    this(source, file, form, random, LARGEST_PART);
  }

  /** With smaller parts. */
  FileExport(
      ClerkFiles source,
      ClerkFiles.Offered file,
      Form form,
      SecureRandom random,
      long largestPart) {
    this.source = source;
    this.file = file;
    this.form = form;
    this.random = random;
    this.largestPart = largestPart;
    this.left = file.bytes();
    // What is plain has to be the very file.
    this.parts =
        form instanceof Form.Plain
            ? 1
            : Math.toIntExact(Math.max(1, (left + largestPart - 1) / largestPart));
  }

  /** Which part was begun last: 1 for the first; 0 before it. */
  public int part() {
    return part;
  }

  /** Whether its last part was begun: once {@link #next} has returned, all of it stands there. */
  public boolean isWhole() {
    return part == parts;
  }

  /**
   * The name on the medium of an envelope: it says which export and which of its envelopes.
   *
   * @param export eight letters or digits
   * @param number from 1
   */
  public static String envelopeName(String export, int number) {
    return String.format(Locale.ROOT, "SEKISHO-%s-%04d.p7m", export, number);
  }

  /** Makes what stands on the medium known before it counts. */
  @FunctionalInterface
  public interface Confirmation {
    /**
     * Called while the part can still be taken away.
     *
     * @throws NotExported when it must be
     */
    void of(WrittenPart part) throws NotExported;
  }

  /**
   * Writes the next part and reads it back.
   *
   * @param name on the medium
   * @param confirmation called when it stands there whole
   * @throws NotExported when it does not, or is not confirmed
   */
  public void next(WritableMedium medium, String name, Confirmation confirmation)
      throws NotExported {
    part++;
    long most = form instanceof Form.Plain ? left : Math.min(left, largestPart);
    WritableMedium.NewFile made;
    try {
      made = medium.create(name);
    } catch (IOException e) {
      throw new NotExported(Refusal.EXPORT_MEDIUM, e);
    }
    boolean whole = false;
    try {
      WrittenPart written = write(made, name, most);
      if (isWhole()) {
        end();
      }
      confirmation.of(written);
      whole = true;
    } catch (NotExported e) {
      throw e;
    } catch (IOException e) {
      throw new NotExported(Refusal.EXPORT_MEDIUM, e);
    } finally {
      if (!whole) {
        boolean unused = made.remove(); // As far as the medium still answers.
      }
      close(made);
    }
  }

  private static void close(WritableMedium.NewFile made) throws NotExported {
    try {
      made.close();
    } catch (IOException e) {
      throw new NotExported(Refusal.EXPORT_MEDIUM, e);
    }
  }

  private WrittenPart write(WritableMedium.NewFile made, String name, long content)
      throws IOException {
    MessageDigest sent = sha256();
    Counted out = new Counted(new DigestOutputStream(made.out(), sent));
    if (form instanceof Form.Encrypted encrypted) {
      String entry =
          parts == 1 ? file.name() : String.format(Locale.ROOT, "%s.%03d", file.name(), part);
      try (Envelope envelope = Envelope.open(out, entry, encrypted.recipients(), random)) {
        copy(content, envelope::write);
        envelope.finish();
      }
    } else {
      copy(content, out::write);
    }
    byte[] written = sent.digest();
    MessageDigest back = sha256();
    long there = 0;
    byte[] buffer = new byte[ClerkFiles.LARGEST_PIECE];
    try (InputStream in = made.readBack()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        back.update(buffer, 0, n);
        there += n;
      }
    }
    if (there != out.bytes || !MessageDigest.isEqual(written, back.digest())) {
      throw new NotExported(Refusal.EXPORT_MISMATCH);
    }
    return new WrittenPart(name, part, content, there, Base64Url.encode(written));
  }

  private interface Sink {
    void write(byte[] bytes, int from, int length) throws IOException;
  }

  private void copy(long content, Sink to) throws IOException {
    for (long missing = content; missing > 0; ) {
      if (used == piece.length) {
        fetch();
        if (piece.length == 0) {
          // Shorter than it said.
          throw new NotExported(Refusal.EXPORT_SOURCE);
        }
      }
      int some = (int) Math.min(missing, piece.length - used);
      to.write(piece, used, some);
      used += some;
      missing -= some;
      left -= some;
    }
  }

  /** There must be no more of it than was said. */
  private void end() throws NotExported {
    if (used == piece.length) {
      fetch();
    }
    if (used != piece.length) {
      throw new NotExported(Refusal.EXPORT_SOURCE);
    }
  }

  private void fetch() throws NotExported {
    try {
      piece = source.piece();
      used = 0;
    } catch (NotExported e) {
      throw e;
    } catch (IOException e) {
      throw new NotExported(Refusal.EXPORT_SOURCE, e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Counted extends FilterOutputStream {
    private long bytes;

    Counted(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int one) throws IOException {
      out.write(one);
      bytes++;
    }

    @Override
    public void write(byte[] some, int from, int length) throws IOException {
      out.write(some, from, length);
      bytes += length;
    }
  }
}
