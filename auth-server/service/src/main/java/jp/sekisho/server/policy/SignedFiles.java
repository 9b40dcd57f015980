package jp.sekisho.server.policy;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.TrustKind;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Look;
import jp.sekisho.server.storage.Recent;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.Sql;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;

/** The table {@code signed_file}: read only with seals checked, written only with new ones. */
final class SignedFiles {
  private static final String TABLE = "signed_file";

  private static final Look ROOTS =
      new Look("select * from signed_file where kind = 'root' order by version");
  private static final Look LAYERS =
      new Look("select * from signed_file where kind = 'policy' and organ <> '-' order by organ");

  private final RowSeal seal;

  /** By kind, scope and version. A row that is byte for byte a known one is not judged again. */
  private final Map<String, Known> read = Recent.map(2048);

  /** A row whose seal held, and what it says. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never leaves this class
  private record Known(
      byte[] entryId, byte[] mac, byte[] file, byte[] signatures, SignedFile parsed) {
    boolean isOf(byte[] otherEntry, byte[] otherMac, byte[] otherFile, byte[] otherSignatures) {
      return Arrays.equals(entryId, otherEntry)
          && Arrays.equals(mac, otherMac)
          && Arrays.equals(file, otherFile)
          && Arrays.equals(signatures, otherSignatures);
    }
  }

  SignedFiles(RowSeal seal) {
    this.seal = seal;
  }

  /** Every root, oldest first. */
  List<SignedFile> roots(Handle handle) {
    return Sql.list(handle, ROOTS, this::read);
  }

  /** The newest file of {@code kind} and {@code organ} ({@code -} for all). */
  Optional<SignedFile> newest(Handle handle, TrustKind kind, String organ) {
    return Sql.first(handle, look(kind, organ), this::read);
  }

  private static Look look(TrustKind kind, String organ) {
    return new Look(
        "select * from signed_file where kind = ? and organ = ? order by version desc limit 1",
        kind.text(),
        organ);
  }

  /** What {@link #roots}, {@link #newest} of the policy for all and {@link #layers} ask. */
  static List<Look> looks() {
    return List.of(ROOTS, look(TrustKind.POLICY, OfficerRows.ALL), LAYERS);
  }

  /** The newest layer of every scope that has one, ascending by scope. */
  List<SignedFile> layers(Handle handle) {
    return Sql.list(handle, LAYERS, this::read);
  }

  /** The newest roster of every organ that has one, ascending by organ. */
  List<SignedFile> rosters(Handle handle) {
    return handle
        .createQuery("select * from signed_file where kind = 'roster' order by organ")
        .map((row, context) -> read(row))
        .list();
  }

  /** Adds {@code file}; of its kind and organ, unless it is a root, the older ones go. */
  void add(Handle handle, SignedFile file, EntryReceipt entry) {
    String kind = file.header().kind().text();
    String organ = scope(file);
    if (file.header().kind() != TrustKind.ROOT) {
      int _ = handle.execute("delete from signed_file where kind = ? and organ = ?", kind, organ);
    }
    int _ =
        handle.execute(
            "insert into signed_file (kind, organ, version, file, signatures, entry_id, mac)"
                + " values (?, ?, ?, ?, ?, ?, ?)",
            kind,
            organ,
            file.header().version(),
            file.file(),
            file.signatureFile(),
            entry.entryId(),
            seal.seal(
                TABLE,
                entry,
                columns(kind, organ, file.header().version(), file.file(), file.signatureFile())));
  }

  /** What a file is of: {@code -}, a 機関, or the scope that a layer's body names. */
  private static String scope(SignedFile file) {
    String organ = file.header().organ();
    if (organ == null || file.header().kind() != TrustKind.POLICY) {
      return organ == null ? "-" : organ;
    }
    try {
      return ScopedLayer.parse(file.bodyBytes()).scope().text();
    } catch (MalformedException e) {
      throw new IllegalStateException("a layer that was verified is malformed", e);
    }
  }

  private SignedFile read(ResultSet row) throws SQLException {
    String kind = row.getString("kind");
    String organ = row.getString("organ");
    long version = row.getLong("version");
    byte[] file = row.getBytes("file");
    byte[] signatures = row.getBytes("signatures");
    String name = kind + " " + organ + " " + version;
    byte[] entryId = row.getBytes("entry_id");
    byte[] mac = row.getBytes("mac");
    Known known = read.get(name);
    if (known != null && known.isOf(entryId, mac, file, signatures)) {
      return known.parsed();
    }
    Object[] columns = columns(kind, organ, version, file, signatures);
    if (!seal.verify(mac, TABLE, entryId, columns)) {
      throw new TamperedException(TABLE, name);
    }
    for (TrustKind one : TrustKind.values()) {
      if (one.text().equals(kind)) {
        try {
          SignedFile parsed = SignedFile.read(one, file, signatures);
          if (scope(parsed).equals(organ) && parsed.header().version() == version) {
            read.put(name, new Known(entryId, mac, file, signatures, parsed));
            return parsed;
          }
        } catch (MalformedException | IllegalStateException e) {
          // Sealed, and yet not what was sealed: said below.
        }
      }
    }
    throw new TamperedException(TABLE, name);
  }

  private static Object[] columns(
      String kind, String organ, long version, byte[] file, byte[] signatures) {
    return new Object[] {kind, organ, version, Sha256.of(file), Sha256.of(signatures)};
  }
}
