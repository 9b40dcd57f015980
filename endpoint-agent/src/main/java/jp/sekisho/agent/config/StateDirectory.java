package jp.sekisho.agent.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jp.sekisho.agent.config.StateException.Code;
import jp.sekisho.protocol.MalformedException;

/**
 * The agent's directory, {@code /var/lib/sekisho-agent} unless told otherwise.
 *
 * <pre>
 * agent.json   settings of the enrolment; its presence means "enrolled"
 * device.key   P-256, PKCS#8 PEM, 0600
 * device.crt   PEM: the device certificate, then the device CA
 * heard.json   what the service last said
 * status.json  what a running service last knew of itself (not durable)
 * activations.json  grants this terminal asked to use or used
 * exports.json      how much of each grant was begun to be exported
 * emergencies.json  緊急時の例外措置 of this terminal
 * offline.json the last contact with the service, and who logged in online here
 * spool/       the chain of records
 * trust/       the signed files that count, and revoked keys
 * card-trust/  what the service judges cards by: list.json, and its parts by their hashes
 * quarantine/  files of a medium that is being taken in, until they were looked at
 * gates.log    decisions about devices before enrolment, or while spool/ cannot be opened
 * alarm.txt    why the spool could not be opened; for people
 * </pre>
 *
 * @param root the directory
 */
public record StateDirectory(Path root) {
  /** Where a terminal keeps its state. */
  public static final Path DEFAULT = Path.of("/var/lib/sekisho-agent");

  private static final int LARGEST_FILE = 64 * 1024;

  /** A part of the directory that reads a file's bytes. */
  private interface Parser<T> {
    T parse(byte[] file) throws MalformedException;
  }

  public Path spool() {
    return root.resolve("spool");
  }

  public Path trust() {
    return root.resolve("trust");
  }

  public Path cardTrust() {
    return root.resolve("card-trust");
  }

  public Path alarm() {
    return root.resolve("alarm.txt");
  }

  public Path status() {
    return root.resolve("status.json");
  }

  /** Grants this terminal asked to use, and those it used. */
  public Path activations() {
    return root.resolve("activations.json");
  }

  /** How much of each grant was begun to be exported. */
  public Path exports() {
    return root.resolve("exports.json");
  }

  /** Activated exceptions of the clipboard. */
  public Path clipboardActivations() {
    return root.resolve("clipboard-activations.json");
  }

  /** How much of each was copied. */
  public Path clipboardCounts() {
    return root.resolve("clipboard-counts.json");
  }

  /** Files of a medium that is being taken in; empty but for that while. */
  public Path quarantine() {
    return root.resolve("quarantine");
  }

  /** 緊急時の例外措置 of this terminal. */
  public Path emergencies() {
    return root.resolve("emergencies.json");
  }

  /** The last contact with the service, and who logged in online here. */
  public Path offline() {
    return root.resolve("offline.json");
  }

  /** Decisions about devices that no chain of records could take. */
  public Path gatesLog() {
    return root.resolve("gates.log");
  }

  private Path settingsFile() {
    return root.resolve("agent.json");
  }

  private Path keyFile() {
    return root.resolve("device.key");
  }

  private Path certificateFile() {
    return root.resolve("device.crt");
  }

  private Path heardFile() {
    return root.resolve("heard.json");
  }

  /** Whether enrolment was completed here. */
  public boolean isEnrolled() {
    return Files.exists(settingsFile());
  }

  /** The settings; {@code NOT_ENROLLED} without them. */
  public AgentSettings settings() throws StateException {
    if (!isEnrolled()) {
      throw new StateException(Code.NOT_ENROLLED, root.toString());
    }
    return read(settingsFile(), AgentSettings::parse);
  }

  /** The device key, when one was made. */
  public Optional<DeviceKey> key() throws StateException {
    return Files.exists(keyFile())
        ? Optional.of(read(keyFile(), DeviceKey::parse))
        : Optional.empty();
  }

  /** The device certificate, then the device CA. */
  public List<X509Certificate> certificates() throws StateException {
    return read(certificateFile(), StateDirectory::parseCertificates);
  }

  /** What the service last said. */
  public Heard heard() throws StateException {
    return read(heardFile(), Heard::parse);
  }

  /** Makes the directory, 0700. */
  public void create() throws StateException {
    write(() -> AtomicFile.makeDirectory(root));
  }

  /** Stores the key, 0600, before it is ever shown to the service. */
  public void storeKey(DeviceKey key) throws StateException {
    write(() -> AtomicFile.write(keyFile(), key.file()));
  }

  public void storeCertificates(List<X509Certificate> certificates) throws StateException {
    List<byte[]> objects = new ArrayList<>();
    try {
      for (X509Certificate certificate : certificates) {
        objects.add(certificate.getEncoded());
      }
    } catch (CertificateEncodingException e) {
      throw new StateException(Code.STATE_MALFORMED, "certificate", e);
    }
    write(() -> AtomicFile.write(certificateFile(), Pem.write("CERTIFICATE", objects)));
  }

  public void storeHeard(Heard heard) throws StateException {
    write(() -> AtomicFile.write(heardFile(), heard.bytes()));
  }

  /** Stores the settings: the last step of enrolment. */
  public void storeSettings(AgentSettings settings) throws StateException {
    write(() -> AtomicFile.write(settingsFile(), settings.bytes()));
  }

  /** The certificates in DER, parsed by the JDK's own provider. */
  public static X509Certificate certificate(byte[] der) throws MalformedException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509", "SUN")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (GeneralSecurityException e) {
      throw new MalformedException("not a certificate");
    }
  }

  private static List<X509Certificate> parseCertificates(byte[] file) throws MalformedException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (byte[] der : Pem.read("CERTIFICATE", file)) {
      certificates.add(certificate(der));
    }
    return List.copyOf(certificates);
  }

  private static <T> T read(Path file, Parser<T> parser) throws StateException {
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LARGEST_FILE + 1);
    } catch (IOException e) {
      throw new StateException(Code.STATE_UNREADABLE, file.toString(), e);
    }
    try {
      if (bytes.length > LARGEST_FILE) {
        throw new MalformedException("over " + LARGEST_FILE + " bytes");
      }
      return parser.parse(bytes);
    } catch (MalformedException e) {
      throw new StateException(Code.STATE_MALFORMED, file + ": " + e.getMessage(), e);
    }
  }

  private interface Write {
    void run() throws IOException;
  }

  private void write(Write write) throws StateException {
    try {
      write.run();
    } catch (IOException e) {
      throw new StateException(Code.STATE_UNREADABLE, root.toString(), e);
    }
  }
}
