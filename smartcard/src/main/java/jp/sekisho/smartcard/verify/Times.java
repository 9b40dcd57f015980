package jp.sekisho.smartcard.verify;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.x509.Time;

/**
 * Times in the one form RFC 5280 section 4.1.2.5 allows: Zulu, with seconds, without fractions.
 * Bouncy Castle would take others, through a date format that costs more than a signature.
 */
final class Times {
  private static final int UTC_LENGTH = 13;
  private static final int GENERALIZED_LENGTH = 15;

  private Times() {}

  static Instant of(Time time) throws MalformedException {
    ASN1Primitive primitive = time.toASN1Primitive();
    if (primitive instanceof ASN1UTCTime utc) {
      String text = utc.toString();
      require(text, UTC_LENGTH);
      int year = number(text, 0, 2);
      return instant(text, 2, year < 50 ? 2000 + year : 1900 + year);
    }
    if (primitive instanceof ASN1GeneralizedTime generalized) {
      String text = generalized.getTimeString();
      require(text, GENERALIZED_LENGTH);
      return instant(text, 4, number(text, 0, 4));
    }
    throw new MalformedException("4.1.2.5", "no time");
  }

  private static Instant instant(String text, int at, int year) throws MalformedException {
    try {
      return LocalDateTime.of(
              year,
              number(text, at, at + 2),
              number(text, at + 2, at + 4),
              number(text, at + 4, at + 6),
              number(text, at + 6, at + 8),
              number(text, at + 8, at + 10))
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new MalformedException("4.1.2.5", "no such time: " + text);
    }
  }

  private static void require(String text, int length) throws MalformedException {
    if (text.length() != length || text.charAt(length - 1) != 'Z') {
      throw new MalformedException("4.1.2.5", "not in Zulu time with seconds: " + text);
    }
  }

  private static int number(String text, int from, int to) throws MalformedException {
    int number = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        throw new MalformedException("4.1.2.5", "no time: " + text);
      }
      number = 10 * number + digit;
    }
    return number;
  }
}
