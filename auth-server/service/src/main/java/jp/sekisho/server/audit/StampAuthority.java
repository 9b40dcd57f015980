package jp.sekisho.server.audit;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.published.WholeAnswer;
import jp.sekisho.audit.stamp.TimeStamps;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;

/**
 * A time-stamping authority (時刻認証局, RFC 3161 over HTTP) that checkpoints are sent to, as hashes.
 *
 * @param url where it listens; http will do, for nothing secret is sent and nothing unsigned
 *     believed
 * @param anchors whose tokens are taken
 */
public record StampAuthority(URI url, List<X509Certificate> anchors) {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int MAX_ANCHORS = 256 * 1024;

  public StampAuthority {
    anchors = List.copyOf(anchors);
  }

  /**
   * Reads {@code tsa}, one line with the address, and {@code tsa.pem} beside it, the anchors. No
   * file: no authority.
   *
   * @throws IOException naming the file when it is anything else
   */
  public static Optional<StampAuthority> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Path pem = file.resolveSibling("tsa.pem");
    try {
      URI url = URI.create(Files.readString(file).strip());
      boolean usable =
          ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
              && url.getHost() != null
              && url.getRawUserInfo() == null
              && url.getRawFragment() == null;
      if (!usable || Files.size(pem) > MAX_ANCHORS) {
        throw new IOException(file + " is no address of a time-stamping authority");
      }
      return Optional.of(new StampAuthority(url, TimeStamps.anchors(Files.readAllBytes(pem))));
    } catch (FormatException | IllegalArgumentException e) {
      throw new IOException(file + " or " + pem + " is not usable", e);
    }
  }

  /**
   * Has a message stamped; the token was verified.
   *
   * @throws IOException when the authority does not answer, refuses, or answers anything else
   */
  byte[] stamp(byte[] message) throws IOException {
    try {
      TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
      generator.setCertReq(true);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(message);
      TimeStampRequest request =
          generator.generate(TSPAlgorithms.SHA256, digest, new BigInteger(64, new SecureRandom()));
      TimeStampResponse response = new TimeStampResponse(ask(request.getEncoded()));
      response.validate(request); // status, hash and nonce
      TimeStampToken token = response.getTimeStampToken();
      if (token == null) {
        throw new IOException("the authority refused: " + response.getStatusString());
      }
      byte[] encoded = token.getEncoded();
      var _ = TimeStamps.verify(encoded, message, anchors);
      return encoded;
    } catch (TSPException | GeneralSecurityException | FormatException e) {
      throw new IOException("the authority's answer is no time-stamp: " + e.getMessage(), e);
    }
  }

  private byte[] ask(byte[] request) throws IOException {
    HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    try {
      HttpResponse<byte[]> answer =
          WholeAnswer.of(
              client,
              HttpRequest.newBuilder(url)
                  .timeout(PATIENCE)
                  .header("Content-Type", "application/timestamp-query")
                  .POST(HttpRequest.BodyPublishers.ofByteArray(request))
                  .build(),
              TimeStamps.MAX_BYTES,
              PATIENCE);
      byte[] bytes = answer.body();
      if (answer.statusCode() != 200 || bytes.length > TimeStamps.MAX_BYTES) {
        throw new IOException("the authority answered " + answer.statusCode());
      }
      return bytes;
    } finally {
      client.shutdownNow(); // closing waits for an answer that may never end
    }
  }
}
