package jp.sekisho.agent.login;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import jp.sekisho.agent.login.CardDesk.Stay;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.pcsc.PromptScope;
import jp.sekisho.smartcard.pkcs11.Pkcs11Card;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what kind of card is in a reader, by asking it: first as a staff card, then as what
 * else the signed policy and this terminal's readers let in. On a shared reader a card is asked as
 * a staff card and as nothing else. A card that something is known against is not found.
 * Thread-safe.
 */
public final class LoginCards {
  private final CardDesk desk;
  private final Kinds kinds;

  /**
   * What this terminal lets in.
   *
   * @param policy the kinds of the signed policy in force
   * @param module the token of the vendor's module; null without one
   * @param objections asked of each certificate that a card shows before its PIN
   */
  public record Kinds(
      Supplier<Set<CardKind>> policy, @Nullable Pkcs11Card module, CardObjections objections) {
    /** Staff cards and nothing else. */
    public static final Kinds STAFF = new Kinds(() -> EnumSet.of(CardKind.STAFF_PIV), null);

    /** Knows nothing against any certificate. */
    public Kinds(Supplier<Set<CardKind>> policy, @Nullable Pkcs11Card module) {
      this(policy, module, CardObjections.NONE);
    }
  }

  /** The kind that knew the card, or why none did. */
  record Found(@Nullable LoginCard card, LoginCard.Reading reading) implements AutoCloseable {
    private static Found no(Refusal reason) {
      return new Found(null, new LoginCard.Reading.No(reason));
    }

    /** The card of a {@link LoginCard.Reading.Present}. */
    LoginCard known() {
      if (card == null) {
        throw new IllegalStateException("no card");
      }
      return card;
    }

    @Override
    public void close() {
      if (card != null) {
        card.close();
      }
    }
  }

  LoginCards(CardDesk desk, Kinds kinds) {
    this.desk = desk;
    this.kinds = kinds;
  }

  /** Asks the card of a stay; the caller closes what is found. */
  Found find(Stay stay, PromptScope prompt) throws CardException {
    Set<CardKind> allowed = kinds.policy().get();
    Found last = Found.no(Refusal.CARD_KIND_POLICY);
    for (CardKind kind : CardKind.values()) {
      Optional<LoginCard> opened =
          allowed.contains(kind) ? open(kind, stay, prompt) : Optional.empty();
      if (opened.isPresent()) {
        LoginCard card = opened.get();
        boolean kept = false;
        try {
          last = new Found(card, card.read());
          Optional<Refusal> objection = objection(kind, last.reading());
          if (objection.isPresent()) {
            return Found.no(objection.get());
          }
          kept = !isUnknown(last);
        } finally {
          if (!kept) {
            card.close();
          }
        }
        if (kept) {
          return last;
        }
        last = Found.no(Refusal.UNKNOWN_CARD);
      }
    }
    return last;
  }

  /** Whether the card of a stay has been there since. */
  boolean isStill(Stay stay) {
    return desk.isStill(stay);
  }

  /** A card that shows its certificate only with its PIN is judged by the service alone. */
  private Optional<Refusal> objection(CardKind kind, LoginCard.Reading reading) {
    return reading instanceof LoginCard.Reading.Present present
        ? present
            .certificate()
            .flatMap(certificate -> kinds.objections().against(kind, certificate))
        : Optional.empty();
  }

  private static boolean isUnknown(Found found) {
    return found.reading() instanceof LoginCard.Reading.No no
        && (no.reason() == Refusal.UNKNOWN_CARD || no.reason() == Refusal.NO_CARD);
  }

  /** Empty where this reader, or another beside it, forbids the kind. */
  private Optional<LoginCard> open(CardKind kind, Stay stay, PromptScope prompt)
      throws CardException {
    return switch (kind) {
      case STAFF_PIV -> Optional.of(new PivLogin(desk.connect(stay, prompt)));
      case JPKI ->
          !stay.shared() && desk.servesStaffOnly()
              ? Optional.of(new JpkiLogin(desk.connect(stay, prompt)))
              : Optional.empty();
      case PKCS11 -> {
        Pkcs11Card module = kinds.module();
        // A module does not say which reader its token is in: the only card there is, or none.
        yield module != null && !stay.shared() && desk.isOnlyCard(stay)
            ? Optional.of(new ModuleLogin(module, () -> desk.connect(stay, prompt)))
            : Optional.empty();
      }
    };
  }
}
