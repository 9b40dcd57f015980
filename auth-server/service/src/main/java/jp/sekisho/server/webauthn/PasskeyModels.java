package jp.sekisho.server.webauthn;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jp.sekisho.server.storage.Recent;

/**
 * The models of authenticators that may be registered and used: a directory with one file per
 * model, called {@code <AAGUID>.pem}. It holds a line {@code model: NAME} and the certificates of
 * the maker that an attestation of exactly this model must lead to. What has no file is not on the
 * list.
 *
 * <p>A file, and not the FIDO metadata blob: closed networks cannot fetch it, a municipality hands
 * out two or three models, and one can read the whole list (ADR 0014). Read at each registration
 * and each use: a file that was taken away counts at once. Thread-safe.
 */
public final class PasskeyModels {
  /** A file of a model is small: a name and a few certificates. */
  private static final int MAX_BYTES = 64 * 1024;

  private static final Pattern AAGUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final Pattern FILE = Pattern.compile(AAGUID.pattern() + "\\.pem");
  private static final Pattern NAME = Pattern.compile("(?m)^model: ([^\\p{Cntrl}]{1,60})$");
  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----");

  /** Models kept as they were read; a list has two or three. */
  private static final int MOST = 256;

  private final Path directory;
  private final Map<String, Read> read = Recent.map(MOST);

  /** What a file said when its text was this. */
  private record Read(String text, Model model) {}

  /**
   * @param directory may be absent: then no model is listed
   */
  public PasskeyModels(Path directory) {
    this.directory = directory;
  }

  /**
   * A listed model.
   *
   * @param makers at least one
   */
  public record Model(String aaguid, String name, Set<X509Certificate> makers) {
    public Model {
      makers = Set.copyOf(makers);
    }
  }

  /** Whether any model has a file here, usable or not; false where the list cannot be looked at. */
  public boolean listsAny() {
    try (Stream<Path> files = Files.list(directory)) {
      return files.anyMatch(file -> FILE.matcher(file.getFileName().toString()).matches());
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  /**
   * The model with this AAGUID, a UUID in lower case; empty when it is not listed.
   *
   * @throws IOException when its file cannot be read or used; nothing may be registered or used
   *     then
   */
  public Optional<Model> find(String aaguid) throws IOException {
    if (!AAGUID.matcher(aaguid).matches()) {
      return Optional.empty();
    }
    Path file = directory.resolve(aaguid + ".pem");
    String text;
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException(file + " is over " + MAX_BYTES + " bytes");
      }
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    Read known = read.get(aaguid);
    if (known != null && known.text().equals(text)) {
      return Optional.of(known.model());
    }
    Model model = parse(aaguid, file, text);
    read.put(aaguid, new Read(text, model));
    return Optional.of(model);
  }

  private static Model parse(String aaguid, Path file, String text) throws IOException {
    Matcher name = NAME.matcher(text);
    if (!name.find()) {
      throw new IOException(file + " has no line \"model: NAME\"");
    }
    Set<X509Certificate> makers = new LinkedHashSet<>();
    Matcher certificate = CERTIFICATE.matcher(text);
    while (certificate.find()) {
      makers.add(read(file, certificate.group()));
    }
    if (makers.isEmpty()) {
      throw new IOException(file + " has no certificate");
    }
    return new Model(aaguid, name.group(1).strip(), makers);
  }

  private static X509Certificate read(Path file, String pem) throws IOException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    } catch (CertificateException e) {
      throw new IOException(file + " has a certificate that cannot be read", e);
    }
  }
}
