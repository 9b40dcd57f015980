package jp.sekisho.keycloak;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Two self-signed pairs, made anew by keytool: a server's that its client trusts, and a client's
 * that the server trusts.
 */
record TestKeys(Path certificate, Path key, Path trust, SSLContext server) {
  private static final char[] WORD = "changeit".toCharArray();

  private static @Nullable TestKeys shared;

  /** The same ones for every test of this process: keytool takes its time. */
  static synchronized TestKeys shared()
      throws IOException, GeneralSecurityException, InterruptedException {
    TestKeys made = shared;
    if (made == null) {
      made = make(Files.createTempDirectory(Path.of("target"), "keys"));
      shared = made;
    }
    return made;
  }

  private static TestKeys make(Path directory)
      throws IOException, GeneralSecurityException, InterruptedException {
    KeyStore client = pair(directory.resolve("client.p12"), "CN=keycloak");
    KeyStore server = pair(directory.resolve("server.p12"), "CN=localhost");
    Path certificate = directory.resolve("client.crt");
    Path key = directory.resolve("client.key");
    Path trust = directory.resolve("server.crt");
    Files.writeString(certificate, pem("CERTIFICATE", client.getCertificate("own").getEncoded()));
    Files.writeString(key, pem("PRIVATE KEY", client.getKey("own", WORD).getEncoded()));
    Files.writeString(trust, pem("CERTIFICATE", server.getCertificate("own").getEncoded()));
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("client", client.getCertificate("own"));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(server, WORD);
    TrustManagerFactory trusts =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusts.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trusts.getTrustManagers(), null);
    return new TestKeys(certificate, key, trust, context);
  }

  private static String pem(String kind, byte[] der) {
    return "-----BEGIN "
        + kind
        + "-----\n"
        + Base64.getMimeEncoder().encodeToString(der)
        + "\n-----END "
        + kind
        + "-----\n";
  }

  private static KeyStore pair(Path file, String name)
      throws IOException, GeneralSecurityException, InterruptedException {
    Process keytool =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    "own",
                    "-keyalg",
                    "EC",
                    "-groupname",
                    "secp256r1",
                    "-dname",
                    name,
                    "-ext",
                    "san=dns:localhost",
                    "-validity",
                    "2",
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    file.toString(),
                    "-storepass",
                    new String(WORD)))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool failed");
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, WORD);
    }
    return store;
  }
}
