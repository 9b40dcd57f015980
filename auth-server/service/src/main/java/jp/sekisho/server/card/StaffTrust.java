package jp.sekisho.server.card;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.card.Authenticator.Assurance;
import jp.sekisho.smartcard.verify.AnchorFiles;
import jp.sekisho.smartcard.verify.Clause;
import jp.sekisho.smartcard.verify.CrlFiles;
import jp.sekisho.smartcard.verify.CrlUrl;
import jp.sekisho.smartcard.verify.OcspResponder;
import jp.sekisho.smartcard.verify.PathVerifier;
import jp.sekisho.smartcard.verify.RevocationSource;
import jp.sekisho.smartcard.verify.TrustProfile;
import jp.sekisho.smartcard.verify.Verdict;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.util.io.pem.PemObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges certificates of one kind of card against one directory of pinned trust.
 *
 * <p>{@code *.crt} are the pinned CAs (PEM or DER). {@code *.crl} are their revocation lists; there
 * may be an address too, and of two lists the newer counts. Older than {@link #CRL_AGE} or missing
 * means refused. {@code hardware-policy.oid}, one line, is the policy under which that CA promises
 * keys bound to hardware and PIN; without the file every card is 低保証. Without a single {@code
 * *.crt} nobody is trusted.
 *
 * <p>What reaches a key through a vendor's module is 低保証 whatever the file says: nobody knows what
 * the module does. A JPKI certificate must carry the policy of user authentication ({@link
 * #JPKI_POLICY}, or the one line of {@code required-policy.oid}) and names no staff number.
 *
 * <p>All of them are looked at in every judgement, so that what was replaced counts at once,
 * without a restart; a broken file leaves what it held before in force and is told once.
 * Thread-safe.
 *
 * <p>Past 400 lines: one judgement, read from pinned file to verdict in one place.
 */
public final class StaffTrust implements CardTrust {
  /** Policy of real user-authentication certificates; that of test cards is another. */
  static final String JPKI_POLICY = "1.2.392.200149.8.5.1.3.30";

  /** How old a revocation list may be, whatever it promises itself. */
  static final Duration CRL_AGE = Duration.ofDays(7);

  /** A login waits no longer for a responder. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Nobody waits for the fetch of a list once there is one. */
  private static final Duration LIST_PATIENCE = Duration.ofMinutes(2);

  /** A login that no list answers for yet waits so long for the first; well below its own end. */
  private static final Duration FIRST_LIST_PATIENCE = Duration.ofSeconds(20);

  private static final Duration OCSP_AGE = Duration.ofDays(1);
  private static final int LARGEST_FILE = 64 * 1024;
  private static final int LONGEST_POLICY = 200;

  /** Where {@code issue-test-ca} takes the policy of a CA from, a UUID each. */
  private static final String TRIAL_ARC = "2.25.";

  /** What CAs of its first version have. */
  private static final String FIRST_TRIAL_POLICY = "1.3.6.1.4.1.32473.1.1";

  private static final Logger LOG = LoggerFactory.getLogger(StaffTrust.class);

  /** Notices in the log of the process only, for commands at the console. */
  public static final Notices LOGGED =
      (source, notice) -> LOG.warn("staff trust, {}: {}", source, notice);

  private final CardKind kind;
  private final boolean trial;
  private final AnchorFiles anchors;
  private final CrlFiles lists;
  private final Optional<CrlUrl> address;
  private final RevocationSource revocation;
  private final Path directory;
  private final Path policy;
  private final Path required;
  private final PathVerifier verifier;
  private @Nullable Material material;

  private StaffTrust(
      CardKind kind,
      Path directory,
      Remote remote,
      InstantSource clock,
      Notices notices,
      boolean trial) {
    this.kind = kind;
    this.trial = trial;
    anchors = new AnchorFiles(directory, "*.crt", notice -> notices.tell(Source.ANCHORS, notice));
    Consumer<String> aboutLists = notice -> notices.tell(Source.LISTS, notice);
    address =
        Optional.ofNullable(remote.crl())
            .map(uri ->
                new CrlUrl(
                    Http.CLIENT,
                    uri,
                    anchors::roots,
                    CRL_AGE,
                    LIST_PATIENCE,
                    FIRST_LIST_PATIENCE,
                    clock,
                    about(notices)));
    lists =
        address
            .map(fetched -> CrlFiles.and(fetched, directory, "*.crl", CRL_AGE, aboutLists))
            .orElseGet(() -> CrlFiles.in(directory, "*.crl", CRL_AGE, aboutLists));
    URI responder = remote.ocsp();
    revocation =
        responder == null
            ? lists
            : RevocationSource.all(
                List.of(lists, new OcspResponder(Http.CLIENT, responder, OCSP_AGE, PATIENCE)));
    this.directory = directory;
    policy = directory.resolve("hardware-policy.oid");
    required = directory.resolve("required-policy.oid");
    verifier = PathVerifier.reloading(clock, this::profile);
  }

  /**
   * Where else revocation is asked.
   *
   * @param crl address of a list; null: files only
   * @param ocsp responder asked at each judgement, beside the list; null: none
   */
  public record Remote(@Nullable URI crl, @Nullable URI ocsp) {
    public static final Remote NONE = new Remote(null, null);
  }

  /** Made by the first who needs it: it brings a thread. */
  private static final class Http {
    static final HttpClient CLIENT =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(PATIENCE)
            .build();
  }

  private static CrlUrl.Notices about(Notices notices) {
    return new CrlUrl.Notices() {
      @Override
      public void unreachable(String notice) {
        notices.tell(Source.ADDRESS, notice);
      }

      @Override
      public void refused(String notice) {
        notices.tell(Source.ANSWER, notice);
      }
    };
  }

  /** What a notice is about. */
  public enum Source {
    ANCHORS,
    LISTS,
    /** The address of the list, out of reach. */
    ADDRESS,
    /** What came from the address, and is refused. */
    ANSWER
  }

  /** Told of what cannot be used. */
  @FunctionalInterface
  public interface Notices {
    void tell(Source source, String notice);
  }

  /** A judgement. */
  public sealed interface Judgement {
    /**
     * The certificate leads to a pinned CA, is of the right kind and not revoked.
     *
     * @param number the staff number in its subject; empty too where the kind's certificates name
     *     none
     */
    record Trusted(X509Certificate certificate, Optional<String> number, Assurance assurance)
        implements Judgement {}

    /** It does not; {@code detail} is for an operator's eyes, never for the log. */
    record Distrusted(Refusal reason, String detail) implements Judgement {}
  }

  /** As the longest, of staff cards of no trial, with files only. */
  public static StaffTrust load(Path directory, InstantSource clock) throws IOException {
    return load(directory, clock, Remote.NONE, LOGGED, false);
  }

  /** As the longest, of staff cards. */
  public static StaffTrust load(
      Path directory, InstantSource clock, Remote remote, Notices notices, boolean trial)
      throws IOException {
    return load(CardKind.STAFF_PIV, directory, clock, remote, notices, trial);
  }

  /**
   * Loads a directory.
   *
   * @param trial whether cards of a trial's CA count, whose key lies in a directory ({@code
   *     sekisho-card issue-test-ca}): its certificates name a policy below {@code 2.25}
   * @throws IOException when an anchor or the policy in it cannot be read as what its name says;
   *     later that leaves in force what was read before
   */
  public static StaffTrust load(
      CardKind kind,
      Path directory,
      InstantSource clock,
      Remote remote,
      Notices notices,
      boolean trial)
      throws IOException {
    StaffTrust trust = new StaffTrust(kind, directory, remote, clock, notices, trial);
    if (Files.isDirectory(directory)) {
      trust.anchors.roots();
      if (!trust.anchors.problems().isEmpty()) {
        throw new IOException(String.join("; ", trust.anchors.problems()));
      }
      readPolicy(trust.policy);
      readPolicy(trust.required);
    }
    return trust;
  }

  /** Looks at the files as a judgement does, so that what is broken is told without a login. */
  public void look() {
    if (Files.isDirectory(directory)) {
      anchors.roots();
      lists.problems();
    }
  }

  /**
   * What certificates are judged by now, beside a responder: for terminals that look before they
   * ask for a PIN.
   *
   * @param roots the pinned CAs; empty: nobody is trusted
   * @param lists revocation lists in DER
   * @param requiredPolicy policy OID that must hold along the path
   * @param generation of the lists
   */
  public record Material(
      CardKind kind,
      List<X509Certificate> roots,
      List<byte[]> lists,
      Optional<String> requiredPolicy,
      long generation) {}

  /**
   * What counts now, the very same object while nothing changed; empty while the first list of an
   * address is awaited.
   */
  @SuppressWarnings("ReferenceEquality") // the anchors' list is the same object while none changed
  public synchronized Optional<Material> material() {
    boolean there = Files.isDirectory(directory);
    look();
    List<X509Certificate> roots = there ? anchors.roots() : List.of();
    Optional<String> demanded = requiredPolicy();
    long generation = lists.generation();
    Material held = material;
    if (held != null
        && held.roots() == roots
        && held.generation() == generation
        && held.requiredPolicy().equals(demanded)) {
      return Optional.of(held);
    }
    Optional<List<byte[]>> now = there ? lists.lists() : Optional.of(List.of());
    Optional<Material> fresh = now.map(der -> new Material(kind, roots, der, demanded, generation));
    material = fresh.orElse(null);
    return fresh;
  }

  /** Fetches the list anew, if it has an address. Waits for the network. */
  public void refresh() {
    address.ifPresent(CrlUrl::refresh);
  }

  @Override
  public Judgement judge(CardKind as, byte[] certificate) {
    return as == kind
        ? judge(certificate)
        : new Judgement.Distrusted(Refusal.CERT_UNTRUSTED, "the trust of " + kind.text());
  }

  /** Judges the DER of a card's certificate now. */
  public Judgement judge(byte[] certificate) {
    return switch (verifier.verify(certificate, List.of())) {
      case Verdict.Distrusted(Clause clause, String detail) ->
          new Judgement.Distrusted(refusal(clause), detail);
      case Verdict.Trusted trusted when !trial && isOfTrial(trusted.certificate()) ->
          new Judgement.Distrusted(
              Refusal.CERT_USAGE, "a certificate for trials, and this is no trial");
      case Verdict.Trusted trusted ->
          new Judgement.Trusted(
              trusted.certificate(),
              kind == CardKind.JPKI ? Optional.empty() : trusted.subjectNumber(),
              trusted.reported() ? Assurance.NORMAL : Assurance.LOW);
    };
  }

  /** Whoever reads the directory of such a CA makes cards of it for any staff number. */
  private static boolean isOfTrial(X509Certificate certificate) {
    byte[] extension = certificate.getExtensionValue(Extension.certificatePolicies.getId());
    if (extension == null) {
      return false;
    }
    CertificatePolicies policies =
        CertificatePolicies.getInstance(ASN1OctetString.getInstance(extension).getOctets());
    return Arrays.stream(policies.getPolicyInformation())
        .map(each -> each.getPolicyIdentifier().getId())
        .anyMatch(oid -> oid.startsWith(TRIAL_ARC) || oid.equals(FIRST_TRIAL_POLICY));
  }

  private Optional<TrustProfile> profile() {
    List<X509Certificate> roots = anchors.roots();
    return roots.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new TrustProfile(
                roots,
                requiredPolicy(),
                Optional.empty(),
                kind == CardKind.PKCS11 ? Optional.empty() : policy(),
                revocation));
  }

  /** What cannot be read demands what real cards have: it never demands less. */
  private Optional<String> requiredPolicy() {
    if (kind != CardKind.JPKI) {
      return Optional.empty();
    }
    try {
      return Optional.of(readPolicy(required).orElse(JPKI_POLICY));
    } catch (IOException e) {
      LOG.warn("{}: {}", required, e.toString());
      return Optional.of(JPKI_POLICY);
    }
  }

  /** A promise that cannot be read is none. */
  private Optional<String> policy() {
    try {
      return readPolicy(policy);
    } catch (IOException e) {
      LOG.warn("{}: {}", policy, e.toString());
      return Optional.empty();
    }
  }

  private static Optional<String> readPolicy(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty(); // mostly; each card's answer asks, and an exception takes longer
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(
          new String(in.readNBytes(LONGEST_POLICY), StandardCharsets.US_ASCII).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
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
    return der(Files.readAllBytes(file), String.valueOf(file.getFileName()));
  }

  /**
   * The DER in a certificate's bytes, PEM or DER; nothing is believed of it yet.
   *
   * @param name for the message
   * @throws IOException when it looks like PEM and is not one certificate
   */
  public static byte[] der(byte[] bytes, String name) throws IOException {
    if (bytes.length == 0 || bytes[0] != '-') {
      return bytes;
    }
    try (PEMParser parser =
        new PEMParser(new StringReader(new String(bytes, StandardCharsets.US_ASCII)))) {
      PemObject object = parser.readPemObject();
      if (object == null
          || !object.getType().equals("CERTIFICATE")
          || parser.readPemObject() != null) {
        throw new IOException(name + " is not one certificate");
      }
      return object.getContent();
    }
  }
}
