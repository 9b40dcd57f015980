package jp.sekisho.server.card;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.server.card.StaffTrust.Judgement;

/**
 * The pinned trust of every kind of card: one directory each, so that a CA pinned for one kind says
 * nothing about another. A kind without a directory trusts nobody. Thread-safe.
 */
public final class CardTrusts implements CardTrust {
  private final Map<CardKind, StaffTrust> trusts;

  private CardTrusts(Map<CardKind, StaffTrust> trusts) {
    this.trusts = trusts;
  }

  /**
   * Loads the directories of the kinds beside staff cards.
   *
   * @param staff the trust of {@link CardKind#STAFF_PIV}
   * @param directories where the others' trust is
   * @throws IOException as {@link StaffTrust#load}
   */
  public static CardTrusts load(
      StaffTrust staff,
      Function<CardKind, Path> directories,
      InstantSource clock,
      StaffTrust.Notices notices)
      throws IOException {
    Map<CardKind, StaffTrust> trusts = new EnumMap<>(CardKind.class);
    for (CardKind kind : CardKind.values()) {
      trusts.put(
          kind,
          kind == CardKind.STAFF_PIV
              ? staff
              : StaffTrust.load(
                  kind, directories.apply(kind), clock, StaffTrust.Remote.NONE, notices));
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

  /** As {@link StaffTrust#look}, at every directory. */
  public void look() {
    trusts.values().forEach(StaffTrust::look);
  }
}
