package jp.sekisho.smartcard.issue;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What is remembered of one card while it is issued, so that a broken-off issue continues. Each
 * method that records returns only when the record would survive a power cut.
 */
public interface IssueProgress {

  /** The certificate an earlier attempt issued for this order. */
  Optional<BigInteger> certified();

  /** Whether an earlier attempt gave the halves of this card's PUK away. */
  boolean halvesGiven();

  /**
   * The order is begun with this card.
   *
   * @return why it must not be: {@code CARD_OF_ANOTHER}
   */
  Optional<IssueFailure> begin(String card) throws IOException;

  void recordCertificate(BigInteger serial) throws IOException;

  void recordHalves() throws IOException;

  void recordDone(String card) throws IOException;

  /** Remembers nothing: for one card whose issue, if broken off, ends in a factory reset. */
  static IssueProgress none() {
    return new IssueProgress() {
      @Override
      public Optional<BigInteger> certified() {
        return Optional.empty();
      }

      @Override
      public boolean halvesGiven() {
        return false;
      }

      @Override
      public Optional<IssueFailure> begin(String card) {
        return Optional.empty();
      }

      @Override
      public void recordCertificate(BigInteger serial) {}

      @Override
      public void recordHalves() {}

      @Override
      public void recordDone(String card) {}
    };
  }
}
