package jp.sekisho.policy.trust;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.trust.Current.Listed;
import jp.sekisho.policy.trust.Root.Officer;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;
import org.jspecify.annotations.Nullable;

/**
 * Officers, an online key and the files they sign, each part replaceable before {@link #bundle}.
 */
final class TrustScene {
  static final Instant NOW = Instant.parse("2026-11-21T05:00:00Z");
  static final String CARD = Sha256.text(new byte[] {1});
  static final String LOST_CARD = Sha256.text(new byte[] {2});

  final FileSigner officer1 = signer();
  final FileSigner officer2 = signer();
  final FileSigner officer3 = signer();
  final FileSigner online = signer();
  final List<SignedFile> roots = new ArrayList<>();
  SignedFile policy;
  SignedFile roster;
  SignedFile current;

  TrustScene() {
    roots.add(root(1, 1, List.of(officer1), List.of(officer1), true));
    policy = policy(1, officer1);
    roster = roster(1, "mayor", online);
    current = current(NOW, online);
  }

  static FileSigner signer() {
    return signer("secp256r1");
  }

  static FileSigner signer(String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return FileSigner.of(generator.generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] policyBody() {
    try (InputStream in = Policy.class.getResourceAsStream("policy.json")) {
      return Objects.requireNonNull(in).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  SignedFile root(
      long version, int threshold, List<FileSigner> officers, List<FileSigner> by, boolean trial) {
    return root(version, threshold, officers, by, trial, List.of());
  }

  SignedFile root(
      long version,
      int threshold,
      List<FileSigner> officers,
      List<FileSigner> by,
      boolean trial,
      FileSigner onlineKey) {
    return root(version, threshold, officers, by, trial, List.of(), onlineKey);
  }

  SignedFile root(
      long version,
      int threshold,
      List<FileSigner> officers,
      List<FileSigner> by,
      boolean trial,
      List<String> cleared) {
    return root(version, threshold, officers, by, trial, cleared, online);
  }

  private static SignedFile root(
      long version,
      int threshold,
      List<FileSigner> officers,
      List<FileSigner> by,
      boolean trial,
      List<String> cleared,
      FileSigner onlineKey) {
    List<Officer> listed = new ArrayList<>();
    for (int i = 0; i < officers.size(); i++) {
      listed.add(new Officer("S-300" + i, officers.get(i).key()));
    }
    Root root =
        new Root(
            threshold,
            listed,
            onlineKey.key(),
            List.of(Sha256.text(new byte[] {3})),
            List.of("localhost/log/mayor/1+0a1b2c3d+AAAA"),
            List.of(),
            List.of(),
            cleared);
    return file(TrustKind.ROOT, null, version, NOW.minusSeconds(60), trial, root.bytes(), by);
  }

  SignedFile policy(long version, FileSigner... by) {
    return file(
        TrustKind.POLICY, null, version, NOW.minusSeconds(60), true, policyBody(), List.of(by));
  }

  SignedFile roster(long version, String organ, FileSigner... by) {
    Roster cards = new Roster(Map.of(CARD, "S-1024", LOST_CARD, "S-1025"));
    return file(
        TrustKind.ROSTER, organ, version, NOW.minusSeconds(60), true, cards.bytes(), List.of(by));
  }

  SignedFile current(Instant at, FileSigner by, String... revoked) {
    Current body =
        new Current(
            Listed.of(roots.get(roots.size() - 1)),
            Listed.of(policy),
            List.of(Listed.of(roster)),
            List.of(revoked));
    return file(TrustKind.CURRENT, null, at.getEpochSecond(), at, true, body.bytes(), List.of(by));
  }

  static SignedFile file(
      TrustKind kind,
      @Nullable String organ,
      long version,
      Instant issued,
      boolean trial,
      byte[] body,
      List<FileSigner> by) {
    Duration life = kind.maxLife();
    TrustHeader header =
        TrustHeader.of(
            kind,
            organ,
            version,
            issued,
            issued.plus(life),
            trial,
            by.stream().map(signer -> signer.key().id()).toList(),
            body);
    try {
      return SignedFile.sign(header, body, by);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  TrustBundle bundle() {
    return new TrustBundle(roots, policy, roster, current);
  }

  TrustVerifier verifier() {
    return new TrustVerifier("mayor", "T-TAX-01", roots.get(0).hash());
  }
}
