package jp.sekisho.smartcard.issue;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What is remembered of one card while it is issued, so that a broken-off issue leaves neither a
 * card for two rows nor a certificate that counts. Each method that records returns only when the
 * record would survive a power cut.
 */
public interface IssueProgress {

  /** The certificate an earlier attempt issued for this order; it is to be revoked. */
  Optional<BigInteger> certified();

  /** Whether the order was begun with another card, or the card serves another order. */
  boolean isOfAnother(String card);

  /** The order is begun with this card, if it was not before. */
  void begin(String card) throws IOException;

  void recordCertificate(BigInteger serial) throws IOException;

  void recordDone(String card) throws IOException;

  /** The order may take another card: this one is refused, what it was given is revoked. */
  void free() throws IOException;

  /** Remembers nothing: for one card, begun and ended by one command. */
  static IssueProgress none() {
    return new IssueProgress() {
      @Override
      public Optional<BigInteger> certified() {
        return Optional.empty();
      }

      @Override
      public boolean isOfAnother(String card) {
        return false;
      }

      @Override
      public void begin(String card) {}

      @Override
      public void recordCertificate(BigInteger serial) {}

      @Override
      public void recordDone(String card) {}

      @Override
      public void free() {}
    };
  }
}
