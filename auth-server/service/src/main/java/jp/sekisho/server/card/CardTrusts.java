package jp.sekisho.server.card;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.CardTrustList;
import jp.sekisho.protocol.CardTrustOffer;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.card.StaffTrust.Judgement;

/**
 * The pinned trust of every kind of card: one directory each, so that a CA pinned for one kind says
 * nothing about another. A kind without a directory trusts nobody. Thread-safe.
 */
public final class CardTrusts implements CardTrust {
  private final Map<CardKind, StaffTrust> trusts;
  private List<StaffTrust.Material> offered = List.of();
  private Offer offer = Offer.of(List.of());

  private CardTrusts(Map<CardKind, StaffTrust> trusts) {
    this.trusts = trusts;
  }

  /**
   * Loads the directories of the kinds beside staff cards.
   *
   * @param staff the trust of {@link CardKind#STAFF_PIV}
   * @param directories where the others' trust is
   * @param trial whether cards of a trial's CA count
   * @throws IOException as {@link StaffTrust#load}
   */
  public static CardTrusts load(
      StaffTrust staff,
      Function<CardKind, Path> directories,
      InstantSource clock,
      StaffTrust.Notices notices,
      boolean trial)
      throws IOException {
    Map<CardKind, StaffTrust> trusts = new EnumMap<>(CardKind.class);
    for (CardKind kind : CardKind.values()) {
      trusts.put(
          kind,
          kind == CardKind.STAFF_PIV
              ? staff
              : StaffTrust.load(
                  kind, directories.apply(kind), clock, StaffTrust.Remote.NONE, notices, trial));
    }
    return new CardTrusts(trusts);
  }

  @Override
  public Judgement judge(CardKind kind, byte[] certificate) {
    StaffTrust trust = trusts.get(kind);
    if (trust == null) {
      throw new IllegalStateException("no trust for " + kind);
    }
    return trust.judge(kind, certificate);
  }

  /**
   * What terminals may judge by.
   *
   * @param list the JSON of a {@code CardTrustList}, as it is sent in UTF-8
   * @param tag base64url SHA-256 of those bytes
   * @param parts DER of anchors and lists by their base64url SHA-256
   */
  public record Offer(String list, String tag, Map<String, byte[]> parts) {
    private static Offer of(List<StaffTrust.Material> materials) {
      Map<String, byte[]> parts = new HashMap<>();
      List<CardTrustOffer> kinds = new ArrayList<>();
      for (StaffTrust.Material material : materials) {
        List<String> anchors = new ArrayList<>();
        for (X509Certificate root : material.roots()) {
          anchors.add(add(parts, encoded(root)));
        }
        List<String> lists = material.lists().stream().map(der -> add(parts, der)).toList();
        kinds.add(
            new CardTrustOffer(
                material.kind().text(),
                anchors,
                lists,
                material.requiredPolicy().orElse(null),
                Stream.concat(anchors.stream(), lists.stream())
                    .mapToLong(name -> part(parts, name).length)
                    .sum(),
                StaffTrust.CRL_AGE.toSeconds()));
      }
      byte[] list = WireJson.write(new CardTrustList(kinds));
      return new Offer(
          new String(list, StandardCharsets.UTF_8), Sha256.text(list), Map.copyOf(parts));
    }

    private static String add(Map<String, byte[]> parts, byte[] der) {
      String name = Sha256.text(der);
      parts.put(name, der);
      return name;
    }

    private static byte[] part(Map<String, byte[]> parts, String name) {
      return Objects.requireNonNull(parts.get(name), name);
    }

    private static byte[] encoded(X509Certificate certificate) {
      try {
        return certificate.getEncoded();
      } catch (CertificateEncodingException e) {
        throw new IllegalStateException("a pinned CA that was parsed", e);
      }
    }
  }

  /** What counts now; the same object while nothing changed. */
  public synchronized Offer offer() {
    List<StaffTrust.Material> now =
        trusts.values().stream().flatMap(trust -> trust.material().stream()).toList();
    // Holds arrays: equal only where they are the very same.
    if (!now.equals(offered)) {
      offer = Offer.of(now);
      offered = now;
    }
    return offer;
  }

  /** As {@link StaffTrust#look}, at every directory. */
  public void look() {
    trusts.values().forEach(StaffTrust::look);
  }
}
