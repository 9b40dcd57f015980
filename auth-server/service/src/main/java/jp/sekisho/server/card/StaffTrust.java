package jp.sekisho.server.card;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.card.Authenticator.Assurance;
import jp.sekisho.smartcard.verify.CardKind;
import jp.sekisho.smartcard.verify.Clause;
import jp.sekisho.smartcard.verify.CrlFiles;
import jp.sekisho.smartcard.verify.PathVerifier;
import jp.sekisho.smartcard.verify.RevocationSource;
import jp.sekisho.smartcard.verify.TrustProfile;
import jp.sekisho.smartcard.verify.Verdict;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.util.io.pem.PemObject;
import org.jspecify.annotations.Nullable;

/**
 * Judges certificates of staff cards against one directory of pinned trust.
 *
 * <p>{@code *.crt} are the pinned CAs (PEM or DER, one each). {@code *.crl} are their revocation
 * lists, looked at in every judgement so that a replaced file counts at once; older than {@link
 * #CRL_AGE} or missing means refused, a broken file leaves the list it replaced in force. {@code
 * hardware-policy.oid}, one line, is the policy under which that CA promises keys bound to hardware
 * and PIN; without the file every card is 低保証. Without a single {@code *.crt} nobody is trusted.
 * Thread-safe.
 */
public final class StaffTrust {
  /** How old a revocation list may be, whatever it promises itself. */
  static final Duration CRL_AGE = Duration.ofDays(7);

  private static final int LARGEST_FILE = 64 * 1024;

  private final @Nullable PathVerifier any;
  private final @Nullable PathVerifier hardware;

  private StaffTrust(@Nullable PathVerifier any, @Nullable PathVerifier hardware) {
    this.any = any;
    this.hardware = hardware;
  }

  /** A judgement. */
  public sealed interface Judgement {
    /**
     * The certificate leads to a pinned CA, is of the right kind and not revoked.
     *
     * @param number the staff number in its subject
     */
    record Trusted(X509Certificate certificate, Optional<String> number, Assurance assurance)
        implements Judgement {}

    /** It does not; {@code detail} is for an operator's eyes, never for the log. */
    record Distrusted(Refusal reason, String detail) implements Judgement {}
  }

  /**
   * Loads a directory.
   *
   * @throws IOException when a file in it cannot be read as what its name says
   */
  public static StaffTrust load(Path directory, InstantSource clock) throws IOException {
    List<X509Certificate> roots = new ArrayList<>();
    for (Path file : files(directory, "*.crt")) {
      roots.add(certificate(file));
    }
    if (roots.isEmpty()) {
      return new StaffTrust(null, null);
    }
    RevocationSource lists = CrlFiles.in(directory, "*.crl", CRL_AGE);
    Path policy = directory.resolve("hardware-policy.oid");
    Optional<String> oid =
        Files.exists(policy) ? Optional.of(Files.readString(policy).strip()) : Optional.empty();
    return new StaffTrust(
        verifier(roots, Optional.empty(), lists, clock),
        oid.isEmpty() ? null : verifier(roots, oid, lists, clock));
  }

  /** Judges the DER of a card's certificate now. */
  public Judgement judge(byte[] certificate) {
    if (any == null) {
      return new Judgement.Distrusted(Refusal.CERT_UNTRUSTED, "no staff CA is pinned");
    }
    return switch (any.verify(CardKind.STAFF_PIV, certificate, List.of())) {
      case Verdict.Distrusted(Clause clause, String detail) ->
          new Judgement.Distrusted(refusal(clause), detail);
      case Verdict.Trusted trusted ->
          new Judgement.Trusted(
              trusted.certificate(),
              trusted.subjectNumber(),
              isHardware(certificate) ? Assurance.NORMAL : Assurance.LOW);
    };
  }

  private boolean isHardware(byte[] certificate) {
    return hardware != null
        && hardware.verify(CardKind.STAFF_PIV, certificate, List.of()) instanceof Verdict.Trusted;
  }

  private static PathVerifier verifier(
      List<X509Certificate> roots,
      Optional<String> policy,
      RevocationSource lists,
      InstantSource clock) {
    return new PathVerifier(
        clock, List.of(new TrustProfile(CardKind.STAFF_PIV, roots, policy, lists)));
  }

  private static Refusal refusal(Clause clause) {
    return switch (clause) {
      case NOT_YET_VALID, EXPIRED -> Refusal.CERT_EXPIRED;
      case KEY_USAGE, KEY_TYPE, POLICY -> Refusal.CERT_USAGE;
      case REVOKED -> Refusal.CERT_REVOKED;
      case REVOCATION_UNKNOWN -> Refusal.REVOCATION_UNKNOWN;
      case MALFORMED, UNKNOWN_ISSUER, PATH -> Refusal.CERT_UNTRUSTED;
    };
  }

  /**
   * The DER in a certificate file, PEM or DER.
   *
   * @throws IOException when it is too large or holds anything but one certificate
   */
  public static byte[] der(Path file) throws IOException {
    if (Files.size(file) > LARGEST_FILE) {
      throw new IOException(file.getFileName() + " is larger than 64 KiB");
    }
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length == 0 || bytes[0] != '-') {
      return bytes;
    }
    try (PEMParser parser = new PEMParser(Files.newBufferedReader(file))) {
      PemObject object = parser.readPemObject();
      if (object == null
          || !object.getType().equals("CERTIFICATE")
          || parser.readPemObject() != null) {
        throw new IOException(file.getFileName() + " is not one certificate");
      }
      return object.getContent();
    }
  }

  private static X509Certificate certificate(Path file) throws IOException {
    try {
      return PathVerifier.parse(der(file));
    } catch (CertificateException e) {
      throw new IOException(file.getFileName() + " is not a certificate", e);
    }
  }

  private static List<Path> files(Path directory, String pattern) throws IOException {
    List<Path> files = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, pattern)) {
        found.forEach(files::add);
      }
    }
    files.sort(null);
    return files;
  }
}
