package jp.sekisho.audit.bundle;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.Iterator;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.stamp.Stamped;
import jp.sekisho.audit.tile.EntryBundle;
import jp.sekisho.audit.tile.HashTilePath;
import jp.sekisho.audit.tile.TilePath;
import jp.sekisho.audit.tree.GrowingTree;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.NodeSink;
import jp.sekisho.audit.tree.Rfc6962;

/**
 * Writes bundles, streaming: entries pass through once, leaf hashes wait in a temporary file. Equal
 * input gives equal members; a ZIP carries no times.
 *
 * <p>The checkpoint is written last and only if the entries have its root, so what an error leaves
 * behind is never a bundle. Whether the signature is good is not looked at: that is for the
 * verifier.
 */
public final class BundleWriter {
  /** Entries whose tiles still fit in a ZIP without ZIP64. */
  public static final long MAX_ZIP_ENTRIES = 16_000_000;

  /** Most bytes of a member without ZIP64. */
  public static final long MAX_ZIP_BYTES = 0xFFFFFFFEL;

  private static final NodeSink NOBODY = (level, index, hash) -> {};

  /** Half as slow as the usual level, and a tenth larger: most of an entry is random anyway. */
  private static final int LEVEL = Deflater.BEST_SPEED;

  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private BundleWriter() {}

  /** Where members go, one after the other; closing one ends it. */
  @FunctionalInterface
  private interface Members {
    OutputStream open(String name) throws IOException;
  }

  /**
   * Writes a directory.
   *
   * @param directory must not exist
   * @param entries exactly those of the checkpoint, from index 0, none with a newline
   * @throws IOException if writing fails or the entries are not those of the checkpoint
   * @throws FormatException if the note's text is not a checkpoint
   */
  public static void writeDirectory(Path directory, SignedNote checkpoint, Iterator<byte[]> entries)
      throws IOException, FormatException {
    Checkpoint signed = Checkpoint.parse(checkpoint.text());
    Files.createDirectory(directory);
    write(
        name -> {
          Path file = directory.resolve(name);
          Files.createDirectories(file.getParent() == null ? directory : file.getParent());
          return new BufferedOutputStream(
              Files.newOutputStream(file, StandardOpenOption.CREATE_NEW));
        },
        signed,
        checkpoint,
        Optional.empty(),
        Beside.NOTHING,
        entries);
  }

  /**
   * Writes a ZIP file; the stream is flushed, not closed.
   *
   * @param entries exactly those of the checkpoint, from index 0, none with a newline
   * @throws IOException if writing fails, the entries are not those of the checkpoint, or there are
   *     more than {@link #MAX_ZIP_ENTRIES} or 4 GiB of them
   * @throws FormatException if the note's text is not a checkpoint
   */
  public static void writeZip(OutputStream out, SignedNote checkpoint, Iterator<byte[]> entries)
      throws IOException, FormatException {
    writeZip(out, checkpoint, Optional.empty(), Beside.NOTHING, entries);
  }

  /**
   * What is left of entries that were deleted after their term.
   *
   * @param minimum the signed statement ({@code Minimum})
   * @param leaves their hashes, all of them
   */
  public record Deleted(SignedNote minimum, Iterator<Hash> leaves) {}

  /**
   * What may lie beside the log.
   *
   * @param names a table sealed to the checkpoint ({@code SealedNames})
   * @param stamped an older checkpoint of the log with its time-stamp
   * @param aged an older checkpoint over everything that was deleted, with its cosignatures
   */
  public record Beside(
      Optional<byte[]> names, Optional<Stamped> stamped, Optional<SignedNote> aged) {
    /** Nothing. */
    public static final Beside NOTHING = new Beside(Optional.empty(), Optional.empty());

    /** Of a log from which nothing was deleted. */
    public Beside(Optional<byte[]> names, Optional<Stamped> stamped) {
      this(names, stamped, Optional.empty());
    }
  }

  /**
   * As the other, of a log that begins with deleted entries, or with something beside it.
   *
   * @param entries those behind the deleted ones
   */
  public static void writeZip(
      OutputStream out,
      SignedNote checkpoint,
      Optional<Deleted> deleted,
      Beside beside,
      Iterator<byte[]> entries)
      throws IOException, FormatException {
    Checkpoint signed = Checkpoint.parse(checkpoint.text());
    if (signed.size() > MAX_ZIP_ENTRIES) {
      throw new IOException("too many entries for a ZIP file; write a directory");
    }
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.setLevel(LEVEL);
    write(name -> new ZipMember(zip, name), signed, checkpoint, deleted, beside, entries);
    zip.finish();
    zip.flush();
  }

  private static void write(
      Members members,
      Checkpoint signed,
      SignedNote note,
      Optional<Deleted> deleted,
      Beside beside,
      Iterator<byte[]> entries)
      throws IOException {
    try (LeafSpool leaves = new LeafSpool()) {
      GrowingTree tree = new GrowingTree();
      if (deleted.isPresent()) {
        Iterator<Hash> hashes = deleted.get().leaves();
        while (hashes.hasNext()) {
          Hash leaf = hashes.next();
          leaves.write(leaf);
          tree.append(leaf, NOBODY);
        }
        try (OutputStream minimum = members.open(Member.MINIMUM)) {
          minimum.write(deleted.get().minimum().toBytes());
        }
      }
      try (OutputStream lines = members.open(Member.ENTRIES)) {
        copyEntries(tree, entries, lines, leaves);
      }
      if (tree.size() != signed.size() || !tree.root().equals(signed.root())) {
        throw new IOException("the entries are not those of the checkpoint");
      }
      leaves.rewind();
      for (long index = 0; index < TilePath.count(signed.size()); index++) {
        long width = Math.min(TilePath.FULL, signed.size() - index * TilePath.FULL);
        HashTilePath path = new HashTilePath(0, index, (int) width);
        try (OutputStream tile = members.open(path.path())) {
          tile.write(leaves.read(path.width() * Hash.SIZE));
        }
      }
    }
    if (beside.aged().isPresent()) {
      try (OutputStream aged = members.open(Member.AGED)) {
        aged.write(beside.aged().get().toBytes());
      }
    }
    if (beside.stamped().isPresent()) {
      try (OutputStream stamped = members.open(Member.STAMPED)) {
        stamped.write(beside.stamped().get().toBytes());
      }
    }
    if (beside.names().isPresent()) {
      try (OutputStream sealed = members.open(Member.NAMES)) {
        sealed.write(beside.names().get());
      }
    }
    try (OutputStream readme = members.open(Member.README)) {
      readme.write(resource(Member.README));
    }
    try (OutputStream page = members.open(Member.PAGE)) {
      page.write(page());
    }
    try (OutputStream checkpoint = members.open(Member.CHECKPOINT)) {
      checkpoint.write(note.toBytes());
    }
  }

  private static void copyEntries(
      GrowingTree tree, Iterator<byte[]> entries, OutputStream lines, LeafSpool leaves)
      throws IOException {
    while (entries.hasNext()) {
      byte[] entry = entries.next();
      if (entry.length > EntryBundle.MAX_ENTRY_BYTES || hasNewline(entry)) {
        throw new IOException("entry " + tree.size() + " is too long or has a newline");
      }
      Hash leaf = Rfc6962.leaf(entry);
      lines.write(entry);
      lines.write('\n');
      leaves.write(leaf);
      tree.append(leaf, NOBODY);
    }
  }

  private static boolean hasNewline(byte[] entry) {
    for (byte b : entry) {
      if (b == '\n') {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns the verifier for a browser. Every bundle has one for convenience; an auditor uses a
   * copy that did not come with the bundle.
   */
  public static byte[] page() throws IOException {
    return resource(Member.PAGE);
  }

  private static byte[] resource(String name) throws IOException {
    try (var in = BundleWriter.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException(name + " is missing from the program");
      }
      return in.readAllBytes();
    }
  }

  /** One member of a ZIP, of at most 4 GiB; closing ends the member, not the file. */
  private static final class ZipMember extends OutputStream {
    private final ZipOutputStream zip;
    private long room = MAX_ZIP_BYTES;

    ZipMember(ZipOutputStream zip, String name) throws IOException {
      this.zip = zip;
      ZipEntry entry = new ZipEntry(name);
      entry.setTimeLocal(NO_TIME);
      zip.putNextEntry(entry);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      room -= length;
      if (room < 0) {
        throw new IOException("more than 4 GiB of entries do not fit a ZIP; write a directory");
      }
      zip.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      zip.closeEntry();
    }
  }
}
