package jp.sekisho.smartcard.verify;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/**
 * Certificate revocation lists in local files (DER or PEM), read at every check so that a replaced
 * file counts at once. A missing, unreadable or overdue list is {@code Unknown}.
 *
 * @param files one CRL each, for every CA of the path
 * @param maxAge how old {@code thisUpdate} may be, whatever {@code nextUpdate} promises
 */
public record CrlFiles(List<Path> files, Duration maxAge) implements RevocationSource {
  private static final int LARGEST = 32 << 20;

  public CrlFiles {
    files = List.copyOf(files);
  }

  @Override
  public Status check(List<X509Certificate> chain, Instant now) {
    try {
      List<X509CRL> lists = new ArrayList<>();
      for (Path file : files) {
        X509CRL list = read(file);
        Instant issued = list.getThisUpdate().toInstant();
        if (issued.plus(maxAge).isBefore(now)) {
          return new Status.Unknown(file.getFileName() + " is of " + issued);
        }
        lists.add(list);
      }
      validate(chain, lists, now);
      return new Status.Good();
    } catch (CertPathValidatorException e) {
      return e.getReason() == BasicReason.REVOKED
          ? new Status.Revoked(String.valueOf(e.getMessage()))
          : new Status.Unknown(String.valueOf(e.getMessage()));
    } catch (IOException | GeneralSecurityException e) {
      return new Status.Unknown(e.toString());
    }
  }

  private static X509CRL read(Path file) throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new IOException(file.getFileName() + " is larger than 32 MiB");
      }
      CertificateFactory factory = CertificateFactory.getInstance("X.509", "SUN");
      return (X509CRL) factory.generateCRL(new ByteArrayInputStream(bytes));
    }
  }

  private static void validate(List<X509Certificate> chain, List<X509CRL> lists, Instant now)
      throws GeneralSecurityException {
    CertPathValidator validator = CertPathValidator.getInstance("PKIX", "SUN");
    PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
    checker.setOptions(EnumSet.of(Option.PREFER_CRLS, Option.NO_FALLBACK));
    PKIXParameters parameters = PathRules.parameters(chain, now);
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists)));
    parameters.addCertPathChecker(checker);
    validator.validate(PathRules.path(chain), parameters);
  }
}
